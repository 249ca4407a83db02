"""Version migration: an older frontmatter as the current version words it (format §2)."""

from collections.abc import Hashable

from dlm_lsp.document.edit import Span
from dlm_lsp.document.problem import Problem, Severity
from dlm_lsp.document.yaml_tree import MappingEntry, YamlTree, mapping_entries

# Where each key of version 1's `training.dpo` went.
_MOVED = ("enabled", "loss_type", "reference")
_HYPERPARAMS = ("beta", "learning_rate", "num_epochs")
DPO_KEYS = frozenset((*_MOVED, *_HYPERPARAMS))


def migrate(root: YamlTree, version: int) -> tuple[YamlTree, list[Problem]]:
    """Return `root` as the current version words it, and what is lost on the way.

    Every part keeps the span of the words that it was made of. Only version 1 differs: its
    `training.dpo` is `training.preference` today.
    """
    training = root.entries.get("training")
    if version > 1 or training is None or "dpo" not in training.tree.entries:
        return root, []
    keys = dict(training.tree.entries)
    dpo = keys.pop("dpo")
    problems: list[Problem] = []
    if dpo.tree.value is not None:
        if "preference" in keys:
            message = "version 1 reads `training.dpo`; this block beside it is not read"
            problems.append(_lost(keys["preference"].key, message))
        problems += [
            _lost(entry.key, f"`training.dpo` has no key `{key}`: it is not read")
            for key, entry in dpo.tree.entries.items()
            if key not in DPO_KEYS
        ]
        keys["preference"] = MappingEntry(dpo.key, _preference(dpo))
    upgraded = MappingEntry(training.key, mapping_entries(training.tree.span, keys))
    return mapping_entries(root.span, {**root.entries, "training": upgraded}), problems


def _preference(dpo: MappingEntry) -> YamlTree:
    if not isinstance(dpo.tree.value, dict):
        return dpo.tree
    old, span = dpo.tree.entries, dpo.tree.span
    new: dict[Hashable, MappingEntry] = {key: old[key] for key in _MOVED if key in old}
    hyperparams: dict[Hashable, MappingEntry] = {
        key: old[key] for key in _HYPERPARAMS if key in old
    }
    if hyperparams:
        new["hyperparams"] = MappingEntry(dpo.key, mapping_entries(span, hyperparams))
    reference = new.get("reference")
    if reference and reference.tree.value == "pre_dpo_adapter":
        new["reference"] = MappingEntry(reference.key, YamlTree("pre_adapter", reference.tree.span))
    return mapping_entries(span, new)


def _lost(span: Span, message: str) -> Problem:
    return Problem("unknown-key", Severity.WARNING, span, message)
