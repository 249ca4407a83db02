"""Whether a pair says the same over and over, as small models do."""

import re

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.blocked import Blocked
from dlm_lsp.synth.words import words

# Poetry and code say a run of words two or three times, a model that loops goes on.
_REPEATS = 3
_LONGEST_RUN = 12
_LEAST_SENTENCE = 4
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s*|\n")
_RUN = re.compile(rf"(?<!\S)(\S+(?: \S+){{0,{_LONGEST_RUN - 1}}}?)(?: \1(?!\S)){{{_REPEATS},}}")


def looping(pair: Pair, prose: str) -> Blocked | None:
    """Return what a pair about `prose` repeats; None where it says each thing once."""
    if words(pair.question) == words(pair.answer):
        return Blocked("looping", "the answer repeats the question")
    own = " ".join(words(prose))
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        if said := _said_again(text, own):
            return Blocked("looping", f'the {name} repeats "{said}"')
    return None


def _said_again(text: str, own: str) -> str | None:
    before: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        found = words(sentence)
        said = " ".join(found)
        # The last one may have been cut off in the middle.
        if len(found) >= _LEAST_SENTENCE and any(one.startswith(said) for one in before):
            return said
        before.append(said)
    run = _RUN.search(" ".join(words(text)))
    return run[1] if run and run[0] not in own else None
