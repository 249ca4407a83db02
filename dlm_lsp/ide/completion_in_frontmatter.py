"""Frontmatter completion: what can be written there, whether or not it is YAML just now."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dlm_lsp.document import Document, Span
from dlm_lsp.document.base_models import HUB_PREFIX, RegisteredModel, base_models
from dlm_lsp.document.lines import after_break, line_break_of
from dlm_lsp.document.schema import CURRENT_VERSION, SourceConfig
from dlm_lsp.document.schema_description import blocks_of, describe_allowed, literal_choices
from dlm_lsp.ide.completion_item import CompletionItem, completion_item
from dlm_lsp.ide.key_docs import ANY_ITEM, ANY_NAME, block_at, default_of, field_at, format_billions
from dlm_lsp.ide.lines import line_at, line_spans

_KEY_BEGUN = re.compile(r" *(?:- +)?(\w*)")
_KEY_REST = re.compile(r"\w*")
_VALUE_BEGUN = re.compile(r" *(?:- +)?(\w+):( *)([^\s#\"'\[{]*)")
_VALUE_REST = re.compile(r"[^\s#]*")
_NOTHING = re.compile(r"\s*(?:#.*)?")
_LINE = re.compile(r"( *)(-(?: +|$))?(?:([\w\"'][^:]*):(?= |$))?(.*)", re.DOTALL)
_ADAPTERS = ("training", "adapters")
_STEP = "  "


@dataclass(frozen=True, slots=True)
class _Line:
    """What the indentation of a line shows: the columns of its key and of its dash.

    `key` is empty where there is none; a line `opens` a block where nothing follows its key.
    """

    key: str
    column: int
    dash: int | None
    opens: bool

    @property
    def floor(self) -> int:
        """The column that a key around this line stands left of."""
        return self.column if self.dash is None else self.dash + 1


@dataclass(frozen=True, slots=True)
class _Block:
    """The block of keys around the cursor.

    `there` are its other keys; `lines` are what the next line may line up with: the lines around
    the block, and the one with the dash where the block is an item of a list.
    """

    path: tuple[str, ...]
    there: frozenset[str]
    lines: tuple[_Line, ...]


def frontmatter_lines(document: Document) -> Span:
    """Return the lines between the two `---`, or below the first where there is no second."""
    if not any(problem.code == "unclosed-frontmatter" for problem in document.problems):
        return document.yaml
    first = line_at(document.text, document.yaml.start)
    # The end of the text belongs to them too.
    return Span(after_break(document.text, first.end), len(document.text) + 1)


def frontmatter_completions(
    document: Document, head: Span, offset: int
) -> Iterator[CompletionItem]:
    """Yield what can be written at `offset`, which is in `head`."""
    text = document.text
    line = line_at(text, offset)
    if offset > line.end or line.start < head.start:
        return
    before = text[line.start : offset]
    here = _read(before)
    above = _lines(text, Span(head.start, line.start))
    below = _lines(text, Span(line.end, min(head.end, len(text))))
    block = _block(above, here, below)
    if block is None:
        return
    if value := _VALUE_BEGUN.fullmatch(before):
        span = Span(offset - len(value[3]), _end_of(_VALUE_REST, text, offset))
        if _NOTHING.fullmatch(text, span.end, line.end):
            yield from _values((*block.path, value[1]), span, "" if value[2] else " ")
    elif key := _KEY_BEGUN.fullmatch(before):
        span = Span(offset - len(key[1]), _end_of(_KEY_REST, text, offset))
        if text.startswith(":", span.end):
            yield from _keys(block, span)
        elif _NOTHING.fullmatch(text, span.end, line.end) and _fits(block, here, below):
            yield from _keys(block, span, below=line_break_of(text) + " " * here.column + _STEP)


def _end_of(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset


def _lines(text: str, span: Span) -> list[_Line]:
    lines = (text[line.start : line.end] for line in line_spans(text, span))
    return [_read(line) for line in lines if not _NOTHING.fullmatch(line)]


def _read(line: str) -> _Line:
    match = _LINE.fullmatch(line)
    indent, dash, key, rest = match.groups() if match else ("", None, None, line)
    column = len(indent) + len(dash or "")
    opens = key is not None and _NOTHING.fullmatch(rest) is not None
    return _Line((key or "").strip("\"' "), column, len(indent) if dash else None, opens)


def _block(above: Sequence[_Line], here: _Line, below: Sequence[_Line]) -> _Block | None:
    """Return the block of a key in the column of `here`, None where the indentation fits none."""
    before = list(_siblings_above(above, here))
    first = before[-1] if before else here
    parents = list(_parents(above, first.floor))
    if not _lines_up(above, here, before, parents) or not all(line.opens for line in parents):
        return None
    there = {line.key for line in (*before, *_siblings_below(below, here))}
    return _Block(_path(first, parents), frozenset(there), (first, *parents))


def _siblings_above(above: Sequence[_Line], here: _Line) -> Iterator[_Line]:
    """Yield the lines of the same block above `here`, from the nearest up."""
    if here.dash is not None:
        return
    for line in reversed(above):
        if line.column < here.column:
            return
        if line.column == here.column:
            yield line
            if line.dash is not None:
                return


def _siblings_below(below: Sequence[_Line], here: _Line) -> Iterator[_Line]:
    for line in below:
        if line.column < here.column or (line.dash is not None and line.dash < here.column):
            return
        if line.column == here.column:
            yield line


def _parents(above: Sequence[_Line], floor: int) -> Iterator[_Line]:
    """Yield the lines that hold the blocks around `floor`, from the nearest up."""
    for line in reversed(above):
        if line.column < floor:
            yield line
            floor = line.floor


def _path(first: _Line, parents: Sequence[_Line]) -> tuple[str, ...]:
    path = [ANY_ITEM] if first.dash is not None else []
    for line in parents:
        path += [line.key, ANY_ITEM] if line.dash is not None else [line.key]
    path.reverse()
    named = tuple(path[: len(_ADAPTERS)]) == _ADAPTERS and len(path) > len(_ADAPTERS)
    return (*_ADAPTERS, ANY_NAME, *path[len(_ADAPTERS) + 1 :]) if named else tuple(path)


def _lines_up(
    above: Sequence[_Line], here: _Line, before: Sequence[_Line], parents: Sequence[_Line]
) -> bool:
    if before or not above:
        return True
    opens_block = bool(parents) and above[-1] is parents[0]
    return opens_block or any(line.dash is not None and line.dash == here.dash for line in above)


def _fits(block: _Block, here: _Line, below: Sequence[_Line]) -> bool:
    """Tell whether the line below still has its place with a key in the column of `here`."""
    if not below:
        return True
    following = below[0]
    if following.dash is None:
        return following.column in {here.column, *(line.column for line in block.lines)}
    return following.dash in {line.dash for line in block.lines}


def _keys(block: _Block, span: Span, below: str | None = None) -> Iterator[CompletionItem]:
    """Yield the keys that `block` lacks; `below` starts the line under a key, if one is written."""
    model = block_at(block.path)
    if model is None:
        return
    for order, (key, field) in enumerate(model.model_fields.items()):
        if key not in block.there:
            after = "" if below is None else _after_key(*blocks_of(model, key), below)
            yield completion_item(
                "key",
                key,
                span,
                key + after,
                order=order,
                detail=describe_allowed(field).replace("`", ""),
                topic=".".join((*block.path, key)),
            )


def _after_key(
    block_type: type[BaseModel] | None, item_type: type[BaseModel] | None, below: str
) -> str:
    if item_type is SourceConfig:
        return f":{below}- path: "
    return f":{below}" if block_type or item_type else ": "


def _values(path: tuple[str, ...], span: Span, gap: str) -> Iterator[CompletionItem]:
    field = field_at(path)
    if field is None:
        return
    topic = ".".join(path)
    default = default_of(field)
    for order, word in enumerate(_words(path, field)):
        detail = "default" if word == default else ""
        yield completion_item(
            "value", word, span, gap + word, order=order, detail=detail, topic=topic
        )
    if path == ("base_model",):
        yield from _models(span, gap, topic)


def _words(path: tuple[str, ...], field: FieldInfo) -> Iterator[str]:
    if path == ("dlm_version",):
        yield str(CURRENT_VERSION)
    if field.annotation is bool:
        yield from ("true", "false")
    yield from literal_choices(field)
    if NoneType in get_args(field.annotation):
        yield "null"


def _models(span: Span, gap: str, topic: str) -> Iterator[CompletionItem]:
    models = base_models().values()
    for order, facts in enumerate(models):
        text = gap + facts.key
        yield completion_item("model", facts.key, span, text, order=order, detail=_in_short(facts))
    yield completion_item(
        "value",
        HUB_PREFIX,
        span,
        gap + HUB_PREFIX,
        order=len(models),
        detail="hf:org/name of the Hugging Face hub, or a path: hf:./model.gguf",
        topic=topic,
    )


def _in_short(facts: RegisteredModel) -> str:
    context = f"{facts.context_length // 1024}k"
    return f"{format_billions(facts)}B · {context} · {facts.license_spdx}"
