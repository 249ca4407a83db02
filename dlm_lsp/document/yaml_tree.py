"""YAML tree: the values of a YAML text, and where each part of it stands."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dlm_lsp.document.edit import Span
from dlm_lsp.document.lines import LINE_BREAK, line_and_column, line_starts
from dlm_lsp.document.problem import Problem, Severity

# No frontmatter comes near these; they keep hostile ones from taking seconds or the stack.
MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 64
MAX_NODES = 10_000
MAX_EXPANDED_NODES = 20_000
MAX_DIGITS = 4300

_MAP, _SEQ, _VALUE, _MERGE = (
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "value", "merge")
)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# What the constructors of PyYAML raise on a scalar that only looks like a date, number or flag.
_BAD_SCALAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class YamlTree:
    """A value as YAML builds it, its span, and the trees of its parts.

    An alias is the very tree of its anchor, so its span is where the value is written.
    """

    value: Any
    span: Span
    entries: Mapping[Hashable, "MappingEntry"] = field(default_factory=dict)
    items: tuple["YamlTree", ...] = ()


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """What stands under a key of a mapping, where the key stands, and whether it is `repeated`."""

    key: Span
    tree: YamlTree
    repeated: bool = False


def mapping_entries(span: Span, entries: Mapping[Hashable, MappingEntry]) -> YamlTree:
    """Return the tree of a mapping with these entries."""
    return YamlTree({key: entry.tree.value for key, entry in entries.items()}, span, entries)


def read_yaml_tree(text: str) -> tuple[YamlTree | None, list[Problem]]:
    """Return the tree of the one YAML document in `text` and what is wrong with it.

    The tree is None for an empty document and where `text` has no readable structure.
    Of a repeated key the last value counts.
    """
    if len(text) > MAX_CHARACTERS:
        return None, [_error("yaml-too-large", Span(0, 0), _TOO_LONG)]
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML"
        return None, [_error("yaml-syntax", Span(error.position, error.position + 1), message)]
    except yaml.MarkedYAMLError as error:
        return None, [_syntax_problem(text, error)]
    if root is None:
        return None, []
    builder = _Builder(text, loader)
    return builder.tree(root), builder.problems


class _TooMuch(yaml.MarkedYAMLError):
    """The text is YAML, but more of it than is read."""


class _Loader(yaml.SafeLoader):
    """The safe loader, with bounds on depth and size.

    The loader is the one written in Python: the one in C reads another YAML (it takes U+2028 for
    a line break inside a scalar) and cannot be bounded.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._expanded: dict[yaml.Node, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        peek: Callable[[], Any] = self.peek_event
        event = peek()
        mark = event.start_mark
        if self._depth == MAX_DEPTH:
            raise _TooMuch(None, None, f"nested more than {MAX_DEPTH} levels deep", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        if isinstance(event, yaml.AliasEvent):
            if node not in self._expanded:
                raise yaml.MarkedYAMLError(
                    None, None, f"`*{event.anchor}` stands inside what it stands for", mark
                )
            return node
        if node is None:
            return None
        expanded = 1 + sum(self._expanded[part] for part in _parts(node))
        if expanded > MAX_EXPANDED_NODES or len(self._expanded) == MAX_NODES:
            raise _TooMuch(None, None, "more values than a frontmatter can have", mark)
        self._expanded[node] = expanded
        return node


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


class _Builder:
    """Builds the tree of each node once, in the order of the text."""

    def __init__(self, text: str, loader: _Loader) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._lines = line_starts(text)
        self._loader = loader
        self._built: dict[yaml.Node, YamlTree] = {}

    def tree(self, node: yaml.Node) -> YamlTree:
        # Anchors come before their aliases, so the depth of this recursion is that of the text.
        if node not in self._built:
            self._built[node] = self._build(node)
        return self._built[node]

    def _build(self, node: yaml.Node) -> YamlTree:
        span = self._span(node)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return mapping_entries(span, self._entries(node))
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ:
            items = tuple(self.tree(item) for item in node.value)
            return YamlTree([item.value for item in items], span, items=items)
        return YamlTree(self._constructed(node), span)

    def _constructed(self, node: yaml.Node) -> Any:
        if node.tag in _NUMBERS and len(node.value) > MAX_DIGITS:
            self._report(self._span(node), f"a number of more than {MAX_DIGITS:,} characters")
            return None
        try:
            return self._loader.construct_object(node, deep=True)
        except yaml.MarkedYAMLError as error:
            self._report(self._span(node), _plain(error.problem or ""))
        except RecursionError:
            self._report(self._span(node), f"`{node.tag}` is nested too deep")
        except _BAD_SCALAR:
            kind = node.tag.rpartition(":")[2]
            self._report(self._span(node), f"this looks like a YAML {kind} but is none: quote it")
        return None

    def _entries(self, node: yaml.MappingNode) -> dict[Hashable, MappingEntry]:
        merged: dict[Hashable, MappingEntry] = {}
        own: dict[Hashable, MappingEntry] = {}
        for key_node, value_node in node.value:
            key_span = self._span(key_node)
            if key_node.tag == _MERGE:
                merged |= self._merged(value_node, key_span)
                continue
            key = key_node.value if key_node.tag == _VALUE else self.tree(key_node).value
            tree = self.tree(value_node)
            if key_span.start == key_span.end:
                key_span = _rest_of_line(self._text, key_span.start)
            if not isinstance(key, Hashable):
                self._report(key_span, "a list or a mapping cannot be a key")
                continue
            if key in own:
                self._report_repeated(key_span, own[key].key)
            own[key] = MappingEntry(key_span, tree, repeated=key in own)
        return merged | own

    def _merged(self, node: yaml.Node, key: Span) -> dict[Hashable, MappingEntry]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[Hashable, MappingEntry] = {}
        for source in reversed(sources):
            if not isinstance(source, yaml.MappingNode):
                self._report(key, "`<<` takes a mapping or a list of mappings")
                return {}
            merged |= self.tree(source).entries
        return merged

    def _span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark.index, node.end_mark.index
        return Span(start, start + len(self._text[start:end].rstrip()))

    def _report(self, span: Span, message: str) -> None:
        self.problems.append(_error("yaml-syntax", span, message))

    def _report_repeated(self, span: Span, first: Span) -> None:
        key = " ".join(self._text[span.start : span.end].split())
        # The frontmatter begins on line 2 of its document.
        line = 1 + line_and_column(self._lines, first.start)[0]
        message = f"`{key}` stands here again (before on line {line}): the last one counts"
        self.problems.append(Problem("duplicate-key", Severity.WARNING, span, message))


def _error(code: str, span: Span, message: str) -> Problem:
    return Problem(code, Severity.ERROR, span, message)


def _syntax_problem(text: str, error: yaml.MarkedYAMLError) -> Problem:
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    # Where something never ends, its beginning is the place to look at.
    if error.context_mark and _NEVER_ENDS.match(problem):
        mark = error.context_mark
    span = _rest_of_line(text, mark.index if mark else 0)
    if isinstance(error, _TooMuch):
        return _error("yaml-too-large", span, problem)
    return _error("yaml-syntax", span, _plain(problem))


def _rest_of_line(text: str, start: int) -> Span:
    match = LINE_BREAK.search(text, start)
    words = text[start : match.start() if match else len(text)].rstrip()
    if words:
        return Span(start, start + len(words))
    before = text[:start].rstrip()
    breaks = list(LINE_BREAK.finditer(before))
    line_start = breaks[-1].end() if breaks else 0
    return Span(line_start, len(before))


_TOO_LONG = f"the frontmatter is longer than {MAX_CHARACTERS:,} characters"
_NEVER_ENDS = re.compile(
    "could not find expected ':'|found unexpected (end of stream|document separator)|expected ','"
)
_PLAIN = {
    "mapping values are not allowed": (
        "a `:` inside a value: quote the value, or mend the indentation"
    ),
    "could not find expected ':'": "a key without a colon after it",
    "found unexpected (?:end of|document)": "a quote that is never closed",
    r"found character '\\t'": "a tab: YAML is indented with spaces",
    "found character '(.+?)'": r"a value cannot begin with `\1`: put it in quotes",
    "expected ',' or '(.)'": r"a list or mapping without its closing `\1` or a comma",
    "expected <block end>": "this does not line up with what stands above it",
    "found undefined alias '(.+)'": r"`*\1` is the name of nothing above",
    "^second occurrence$": "the name after `&` is the anchor of another value already",
    "tag '(?:tag:yaml.org,2002:)?(.+)'": r"the tag `\1` is not allowed in a frontmatter",
    "but found another document": "a second document: a frontmatter is one mapping",
}


def _plain(problem: str) -> str:
    """Return what the YAML library found, in words for a writer."""
    for pattern, words in _PLAIN.items():
        if match := re.search(pattern, problem):
            return f"not valid YAML: {match.expand(words)}"
    return "not valid YAML: " + " ".join(problem.split())
