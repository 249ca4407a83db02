"""What a second look at the pairs of a document has found."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a second look found, by section ids.

    `alike` names for a section those with a pair that says the same; `ungrounded` says for a
    section and its source what in the answer the source does not back.
    """

    alike: Mapping[str, tuple[str, ...]]
    ungrounded: Mapping[tuple[str, str], str]


NO_DOUBTS = Doubts({}, {})
