"""Schema problems: what a mismatch with the schema says to the writer, and where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.edit import Edit, Span
from dlm_lsp.document.new_frontmatter import insert_id, replace_id
from dlm_lsp.document.problem import Fix, Problem, Severity
from dlm_lsp.document.schema import ADAPTER_NAME_RULE, ULID_PATTERN, Frontmatter
from dlm_lsp.document.schema_description import blocks_of, describe_allowed, literal_choices
from dlm_lsp.document.yaml_tree import YamlTree

_Loc = tuple[int | str, ...]
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Place:
    """The part of a frontmatter that an error names.

    `key` is where the key above it stands, `field` what the schema says of it, `block` the model
    of the mapping that it is, `named` that of each thing in it, `name` its dotted path.
    """

    tree: YamlTree
    name: str = ""
    key: Span | None = None
    field: FieldInfo | None = None
    block: type[BaseModel] | None = None
    named: type[BaseModel] | None = None

    @property
    def span(self) -> Span:
        # The nothing after `key:` is shown at its key.
        empty = self.tree.span.start == self.tree.span.end
        return self.key if empty and self.key else self.tree.span


def schema_problems(yaml: str, root: YamlTree, error: ValidationError) -> list[Problem]:
    """Return the problems that `error` found in `root`, the tree of `yaml`.

    A key that the whole frontmatter lacks has the span of `root`.
    """
    problems: list[Problem] = []
    invalid: dict[str, Problem] = {}
    strange: dict[str, _Place] = {}
    for details in error.errors(include_url=False, include_input=False):
        loc = details["loc"]
        match details["type"]:
            case "extra_forbidden":
                problems.append(_unknown_key(yaml, _place(root, loc[:-1]), str(loc[-1])))
            case "invalid_key":
                place = _place(root, loc[:-1])
                strange[place.name] = place
            case "missing":
                problems.append(_missing_key(yaml, _place(root, loc[:-1]), str(loc[-1])))
            case "conflict":
                for path, message in details["ctx"]["conflicts"]:
                    span = _place(root, loc + path).span
                    problems.append(_error("conflicting-keys", span, message))
            case _ if loc[-1] == "[key]":
                problems.append(_adapter_name(yaml, _place(root, loc)))
            case _:
                place = _place(root, loc)
                # A type with alternatives complains once for each of them.
                if place.name not in invalid:
                    invalid[place.name] = _invalid_value(yaml, place)
    for place in strange.values():
        problems += _keys_that_are_no_texts(yaml, place)
    # Where an item of a list is wrong, a list was meant, not the alternative to it.
    lists = {name.rpartition("[")[0] for name in invalid if name.endswith("]")}
    return problems + [problem for name, problem in invalid.items() if name not in lists]


def replace_name(yaml: str, span: Span, old: str, new: str) -> Fix | None:
    """Return the fix that writes `new` for the scalar `old`, None where `span` holds more."""
    if yaml[span.start : span.end] not in (old, f'"{old}"', f"'{old}'"):
        return None
    return Fix(f"Change to `{new}`", (Edit(span, new),))


def _place(root: YamlTree, loc: _Loc) -> _Place:
    place = _Place(root, block=Frontmatter)
    for part in loc:
        tree, key = place.tree, place.key
        if part in tree.entries:
            key, tree = tree.entries[part].key, tree.entries[part].tree
            name = f"{place.name}.{part}" if place.name else str(part)
        elif isinstance(part, int) and part < len(tree.items):
            tree, name = tree.items[part], f"{place.name}[{part}]"
        else:
            # Which alternative of a type complains: no part of the text.
            continue
        place = _Place(tree, name, key, *_step(place, str(part)))
    return place


def _step(
    place: _Place, part: str
) -> tuple[FieldInfo | None, type[BaseModel] | None, type[BaseModel] | None]:
    """Return the field, block and named block of what stands under `part` of `place`."""
    if place.named:
        return None, place.named, None
    if place.block:
        return place.block.model_fields.get(part), *blocks_of(place.block, part)
    return place.field, None, None


def _unknown_key(yaml: str, parent: _Place, key: str) -> Problem:
    span = parent.tree.entries[key].key
    owner = f"`{parent.name}`" if parent.name else "a frontmatter"
    if (parent.name, key) == ("training", "dpo"):
        message = "`training.dpo` is called `training.preference` since version 2"
        return _error("unknown-key", span, message)
    words = quote_value(yaml, span)
    fields = parent.block.model_fields if parent.block else {}
    suggestion = closest_name(key, fields)
    if suggestion is None:
        message = f"{words} is no key of {owner}; it takes {_listed(fields)}"
        return _error("unknown-key", span, message)
    message = f"{words} is no key of {owner}: did you mean `{suggestion}`?"
    # Of a key that stands there twice one would be left.
    in_the_way = suggestion in parent.tree.entries or parent.tree.entries[key].repeated
    fix = None if in_the_way else replace_name(yaml, span, key, suggestion)
    return _error("unknown-key", span, message, fix)


def _keys_that_are_no_texts(yaml: str, parent: _Place) -> Iterator[Problem]:
    for key, entry in parent.tree.entries.items():
        if not isinstance(key, str):
            message = f"a key is a text, not {quote_value(yaml, entry.key)}"
            yield _error("unknown-key", entry.key, message)


def _missing_key(yaml: str, parent: _Place, key: str) -> Problem:
    field = parent.block.model_fields[key] if parent.block else None
    name = f"{parent.name}.{key}" if parent.name else key
    message = (
        f"`{name}` is missing; it takes {describe_allowed(field)}"
        if field
        else f"`{name}` is missing"
    )
    fix = None
    if name == "dlm_id":
        keys = [entry.key.start for entry in parent.tree.entries.values()]
        fix = insert_id(yaml, min(keys, default=0))
    return _error("missing-key", parent.tree.span, message, fix)


def _adapter_name(yaml: str, place: _Place) -> Problem:
    span = place.key or place.span
    message = f"the name of an adapter is {ADAPTER_NAME_RULE}, not {quote_value(yaml, span)}"
    return _error("invalid-value", span, message)


def _invalid_value(yaml: str, place: _Place) -> Problem:
    if place.field is None:
        words = "a mapping"
    else:
        words = "a text" if place.name.endswith("]") else describe_allowed(place.field)
    message = f"`{place.name}` takes {words}, not {_shown(yaml, place.tree)}"
    return _error("invalid-value", place.span, message, _correction(yaml, place))


def _correction(yaml: str, place: _Place) -> Fix | None:
    value = place.tree.value
    if place.name == "dlm_id":
        return _id_correction(yaml, place.tree)
    if not isinstance(value, str) or not place.field:
        return None
    suggestion = closest_name(value, literal_choices(place.field))
    return replace_name(yaml, place.tree.span, value, suggestion) if suggestion else None


def _id_correction(yaml: str, tree: YamlTree) -> Fix | None:
    upper = tree.value.upper() if isinstance(tree.value, str) else ""
    if re.fullmatch(ULID_PATTERN, upper) and (
        fix := replace_name(yaml, tree.span, tree.value, upper)
    ):
        return replace(fix, is_safe=True)
    return replace_id(yaml, tree.span)


def _shown(yaml: str, tree: YamlTree) -> str:
    if tree.value and isinstance(tree.value, (dict, list)):
        return "a mapping" if isinstance(tree.value, dict) else "a list"
    return quote_value(yaml, tree.span)


def quote_value(yaml: str, span: Span) -> str:
    """Return the words in `span` as a message quotes them: one short line."""
    words = " ".join(yaml[span.start : span.end].split())
    if len(words) > _SHOWN:
        words = words[:_SHOWN] + "…"
    return f"`{words}`" if words else "nothing"


def _listed(keys: dict[str, FieldInfo]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def _error(code: str, span: Span, message: str, fix: Fix | None = None) -> Problem:
    return Problem(code, Severity.ERROR, span, message, fix)
