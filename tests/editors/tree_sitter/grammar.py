"""Built grammar: made of its committed files, and what a tree says of a document."""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from tree_sitter import Language, Node, Parser, Tree

from dlm_lsp.document import Document, Section, SectionType, Span
from dlm_lsp.document.lines import LINE_BREAK
from dlm_lsp.document.section import MEDIA
from dlm_lsp.ide.qa_spans import qa_header_spans

ROOT = Path(__file__).resolve().parents[3]
GRAMMAR = ROOT / "editors/tree-sitter-dlm"


@cache
def language() -> Language:
    """The language that `src/` makes."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "dlm.so"
        source = GRAMMAR / "src"
        command = [os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O2", "-std=c11", "-I", source]
        subprocess.run(
            [*command, "-o", library, source / "parser.c", source / "scanner.c"], check=True
        )
        make = ctypes.CDLL(str(library)).tree_sitter_dlm
    make.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    capsule.restype = ctypes.py_object
    return Language(capsule(make(), b"tree_sitter.Language", None))


def tree_of(text: str, old: Tree | None = None) -> Tree:
    """The tree of `text`; with `old`, made from that tree where it still holds."""
    parser = Parser(language())
    return parser.parse(text.encode(), old) if old else parser.parse(text.encode())


def nodes(node: Node) -> Iterator[Node]:
    """Every node from `node` down, in order."""
    yield node
    for child in node.children:
        yield from nodes(child)


@dataclass(frozen=True)
class Found:
    """What a section is, in offsets into the text.

    `text` is where its prose or caption stands, `marker_lines` how many lines its markers take,
    `turns` where the texts of its complete turns stand, without blanks around them.
    """

    kind: str
    start: int
    end: int
    fence: Span | None
    adapter: str | None
    marker_lines: int
    text: Span | None
    headers: tuple[Span, ...]
    turns: tuple[tuple[Span, ...], ...]


def found_by_parse(document: Document) -> list[Found]:
    """The sections that our parser found."""
    return [_section(document.text, section) for section in document.sections]


def found_in_tree(text: str, tree: Tree) -> list[Found]:
    """The sections that the tree of `text` shows; prose without text is none."""
    offsets = _Offsets(text)
    sections = [
        _node(text, node, offsets)
        for node in tree.root_node.named_children
        if node.type.endswith("_section")
    ]
    return [section for section in sections if section.kind != SectionType.PROSE or section.text]


def yaml_in_tree(text: str, tree: Tree) -> Span | None:
    """Where the tree of `text` has the YAML of its frontmatter, if this has any."""
    offsets = _Offsets(text)
    return next((offsets.span(n) for n in nodes(tree.root_node) if n.type == "yaml"), None)


def _section(text: str, section: Section) -> Found:
    plain = section.type in (SectionType.PROSE, *MEDIA)
    above = text[section.fence.end if section.fence else section.start : section.body_start]
    turns = [(pair.question_span, pair.answer_span) for pair in section.pairs]
    turns += [
        (preference.prompt_span, preference.chosen_span, preference.rejected_span)
        for preference in section.preferences
    ]
    return Found(
        kind=str(section.type),
        start=section.start,
        end=section.end,
        fence=section.fence,
        adapter=section.adapter,
        marker_lines=sum(map(bool, LINE_BREAK.split(above))),
        text=section.body if plain and section.content.strip() else None,
        headers=tuple(qa_header_spans(section)),
        turns=tuple(turns),
    )


def _node(text: str, node: Node, offsets: "_Offsets") -> Found:
    fence = node.child_by_field_name("fence")
    adapter = fence and fence.child_by_field_name("adapter")
    kind = node.type.removesuffix("_section")
    plain = kind not in (SectionType.INSTRUCTION, SectionType.PREFERENCE)
    own_text = node.child_by_field_name("text") if plain else None
    below = [child for child in nodes(node) if child is not node]
    length = {"pair": 2, "preference": 3}
    turns = []
    for turn in node.named_children:
        texts = [part.child_by_field_name("text") for part in turn.named_children]
        if len(texts) == length.get(turn.type) and all(texts):
            turns.append(tuple(_trimmed(text, offsets.span(text_node)) for text_node in texts))
    return Found(
        kind=kind,
        start=offsets.span(node).start,
        end=offsets.span(node).end,
        fence=offsets.span(fence) if fence else None,
        adapter=adapter.text.decode() if adapter and adapter.type == "adapter" else None,
        marker_lines=sum(child.type in ("marker", "malformed_marker") for child in below),
        text=offsets.span(own_text) if own_text else None,
        headers=tuple(offsets.span(n) for n in below if n.type.endswith("_header")),
        turns=tuple(turns),
    )


def _trimmed(text: str, span: Span) -> Span:
    stretch = text[span.start : span.end]
    end = span.start + len(stretch.rstrip())
    assert not stretch[0].isspace()
    assert not LINE_BREAK.search(text, end, span.end)
    return Span(span.start, end)


class _Offsets:
    """From offsets in bytes to offsets in characters."""

    def __init__(self, text: str) -> None:
        lengths = (len(character.encode()) for character in text)
        self._offsets = {at: index for index, at in enumerate(accumulate(lengths, initial=0))}

    def span(self, node: Node) -> Span:
        return Span(self._offsets[node.start_byte], self._offsets[node.end_byte])
