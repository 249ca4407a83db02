"""Frontmatter keys: where they and their values stand."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dlm_lsp.document import Document, Section, Span
from dlm_lsp.document.lines import without_last_break
from dlm_lsp.document.yaml_tree import MappingEntry, YamlTree, read_yaml_tree

_DELIMITER = "---"
_ADAPTERS = ("training", "adapters")


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A key with its value, or an item of a list, which has no key; `path` leads to it.

    The span of a value is empty where nothing is written, or an alias of what is written elsewhere.
    """

    path: tuple[Hashable, ...]
    key: Span | None
    value: Span
    content: Any

    @property
    def span(self) -> Span:
        """From the key to the end of the value."""
        return Span(self.key.start, max(self.key.end, self.value.end)) if self.key else self.value


def frontmatter_span(document: Document) -> Span | None:
    """Return the frontmatter from its first `---` to its last, if it has both."""
    start = 1 if document.text.startswith("\ufeff") else 0
    if document.yaml.start == start:
        return None
    return Span(start, document.yaml.end + len(_DELIMITER))


def key_values(document: Document) -> tuple[KeyValue, ...]:
    """Return every key and list item of the frontmatter; none where it is no YAML."""
    start = document.yaml.start
    end = without_last_break(document.text, start, document.yaml.end)
    return tuple(_moved(entry, start) for entry in _read_key_values(document.text[start:end]))


def adapter_key(document: Document, name: str) -> Span | None:
    """Return where the frontmatter names the adapter `name`."""
    path = (*_ADAPTERS, name)
    return next((entry.key for entry in key_values(document) if entry.path == path), None)


def adapter_keyed_at(document: Document, offset: int) -> str | None:
    """Return the adapter that the frontmatter names at `offset`."""
    if not document.yaml.start <= offset <= document.yaml.end:
        return None
    for entry in key_values(document):
        if names_adapter(entry) and entry.key and entry.key.start <= offset <= entry.key.end:
            return str(entry.path[-1])
    return None


def names_adapter(entry: KeyValue) -> bool:
    """Tell whether the key of `one` is the name of an adapter."""
    return len(entry.path) == len(_ADAPTERS) + 1 and entry.path[:-1] == _ADAPTERS


def adapter_span(section: Section) -> Span | None:
    """Return where the fence of `section` names its adapter."""
    if section.adapter is None or section.fence is None:
        return None
    start = section.source.index("#", section.start) + 1
    return Span(start, start + len(section.adapter))


# An editor asks again at each keystroke, and few keystrokes are in the frontmatter.
@lru_cache(maxsize=64)
def _read_key_values(yaml: str) -> tuple[KeyValue, ...]:
    root, _ = read_yaml_tree(yaml)
    return tuple(sorted(_parts(root, ()), key=lambda entry: entry.span)) if root else ()


def _parts(tree: YamlTree, path: tuple[Hashable, ...]) -> Iterator[KeyValue]:
    for key, entry in tree.entries.items():
        # What a merge key brings in stands elsewhere.
        if _inside(entry.key, tree.span):
            yield from _entry(entry, tree.span, (*path, key))
    at = tree.span.start
    for index, item in enumerate(tree.items):
        # So does what an alias stands for.
        if at <= item.span.start and _inside(item.span, tree.span):
            at = item.span.end
            yield KeyValue((*path, index), None, item.span, item.value)
            yield from _parts(item, (*path, index))


def _entry(entry: MappingEntry, within: Span, path: tuple[Hashable, ...]) -> Iterator[KeyValue]:
    key, tree = entry.key, entry.tree
    if tree.span.start < key.end or not _inside(tree.span, within):
        yield KeyValue(path, key, Span(key.end, key.end), tree.value)
        return
    yield KeyValue(path, key, tree.span, tree.value)
    yield from _parts(tree, path)


def _inside(span: Span, outer: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end


def _moved(entry: KeyValue, by: int) -> KeyValue:
    key = Span(entry.key.start + by, entry.key.end + by) if entry.key else None
    return KeyValue(
        entry.path, key, Span(entry.value.start + by, entry.value.end + by), entry.content
    )
