"""Odd JSON: bodies that nobody expects, and whole ones with one part replaced."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

DEEP = '{"error":' * 3000 + "1" + "}" * 3000

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if type(value) is list else ())
    )
    for key, inner in items:
        yield from _paths(inner, (*above, key))


def _with(whole: Any, path: Sequence[Any], value: Any) -> bytes:
    if not path:
        return json.dumps(value).encode()
    changed = copy.deepcopy(whole)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(changed).encode()


def spoilt(whole: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """The body with one part of it, at any depth, replaced by anything."""
    return st.builds(_with, st.just(whole), st.sampled_from(list(_paths(whole))), values)


def _without(whole: Any, path: Sequence[Any]) -> bytes:
    changed = copy.deepcopy(whole)
    place = changed
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return json.dumps(changed).encode()


def curtailed(whole: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """The body without one part of it, at any depth."""
    paths = [path for path in _paths(whole) if path]
    return st.builds(_without, st.just(whole), st.sampled_from(paths)) if paths else st.nothing()
