"""Pair tags: questions and answers that a reply has between tags such as those of XML."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from dlm_lsp.synth.labelled_texts import NAMED_ROLES, Labelled, asked_roles, fold_roles
from dlm_lsp.synth.raw_pair import RawPair

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s\d_<>/\"'=][^\s<>/\"'=]{0,40})(?:\s[^<>]{0,200})?>")
_CDATA = re.compile(r"\s*+<!\[CDATA\[(.*)\]\]>\s*+", re.DOTALL)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_NUMBER = re.compile(r"[_.-]?\d{1,9}\Z")


def named_tags(text: str) -> list[RawPair]:
    """Return the pairs between tags that are called question and answer."""
    elements = _elements(text, lambda element: element.label in NAMED_ROLES)
    return fold_roles((NAMED_ROLES[label], words) for label, words in elements)


def asked_tags(text: str) -> list[RawPair]:
    """Return the pairs between tags of any name, by the question marks in them."""
    elements = list(_elements(text, lambda element: element.is_leaf))
    roles = asked_roles(elements)
    return fold_roles((roles[label], words) for label, words in elements if label in roles)


@dataclass(slots=True)
class _Element:
    """An opening tag, its end, and where the tag begins and ends that closes it."""

    label: str
    end: int
    closed_from: int
    closed_to: int
    is_leaf: bool = True


def _elements(text: str, wanted: Callable[[_Element], bool]) -> Iterator[Labelled]:
    """Yield what stands in each element that is wanted and in no other such."""
    behind = 0
    for element in _all_elements(text):
        if element.end > behind and wanted(element):
            yield element.label, _content(text[element.end : element.closed_from])
            behind = element.closed_to


def _all_elements(text: str) -> list[_Element]:
    tags = list(_TAG.finditer(text))
    closing: dict[str, list[re.Match[str]]] = defaultdict(list)
    for tag in tags:
        if tag["end"]:
            closing[tag["name"]].append(tag)
    starts = {name: [tag.start() for tag in found] for name, found in closing.items()}
    elements = []
    for tag in tags:
        name = tag["name"]
        if tag["end"] or name not in starts:
            continue
        place = bisect_right(starts[name], tag.start())
        if place < len(starts[name]):
            closer = closing[name][place]
            label = _NUMBER.sub("", name).lower()
            elements.append(_Element(label, tag.end(), closer.start(), closer.end()))
    for element, inner in pairwise(elements):
        element.is_leaf = inner.closed_to > element.closed_from
    return elements


def _content(raw: str) -> str:
    """Return the text of an element, its entities read where it is written by the rules of XML."""
    if verbatim := _CDATA.fullmatch(raw):
        return verbatim[1]
    escaped = "<" not in raw and "&" not in _ENTITY.sub("", raw)
    return (_ENTITY.sub(lambda entity: unescape(entity[0]), raw) if escaped else raw).strip()
