"""Command names: those of commands, and of the notifications that only this server has."""

COMMANDS = {
    "synthesize": "dlm.synth.run",
    "estimate": "dlm.synth.estimate",
    "cancel": "dlm.synth.cancel",
    "keep": "dlm.synth.keep",
    "remove": "dlm.synth.remove",
    "regenerate": "dlm.synth.regenerate",
    "source": "dlm.goToSource",
    "provenance": "dlm.showProvenance",
    "apply": "dlm.synth.apply",
    "discard": "dlm.synth.discard",
    "restore": "dlm.synth.restoreDiscarded",
    "revert": "dlm.synth.revert",
    "review": "dlm.review.items",
    "decide": "dlm.review.decide",
    "report": "dlm.synth.report",
    "overview": "dlm.synth.overview",
    "workspace": "dlm.workspace.overview",
    "teachers": "dlm.teachers",
}
"""Every command of the server, by what it does."""

OVERVIEW_CHANGED = "$/dlm/overviewChanged"
"""Tells a client that asked for it that the answer to `overview` is another, for a `uri`."""

RUN_ENDED = "$/dlm/runEnded"
"""Tells a client that asked for it how a run ended: the fields of `RunEnd`, `uri` and `token`."""

PICK_ACTION = "dlm.pickAction"
"""A command of clients that asked for it: the user picks one of `actions`, which is then done."""

ACTION_KIND = "refactor.rewrite.dlm"
"""What all code actions are below that do more than mend a problem."""
