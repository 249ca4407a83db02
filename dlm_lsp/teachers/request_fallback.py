"""Request fallback: the parameters and the output format that requests go without once refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_FORMAT = re.compile(
    r"response_format|json_schema|json_object|json mode|structured.?output"
    r"|output_config|output_format|guided|grammar|schema",
    re.IGNORECASE,
)
# A value out of range also names its parameter; only these words say that it is not taken at all.
_REFUSED = re.compile(
    r"support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|extra (?:inputs|fields)"
    r"|deprecated|only the default|cannot (?:both|be)|removed|unavailable|incompatible",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RequestShape:
    """The output format of a request, by its index, and the parameters it goes `without`."""

    format_index: int = 0
    without: frozenset[str] = frozenset()


def next_shape(
    shape: RequestShape, words: str, *, formats: int, droppable: Sequence[str]
) -> RequestShape | None:
    """Return the next shape to try after a refusal in these words, None where none would help.

    `formats` is how many formats there are, the last being none; of several refused parameters the
    first in `droppable` goes.
    """
    if shape.format_index < formats - 1 and _FORMAT.search(words):
        return replace(shape, format_index=shape.format_index + 1)
    if not _REFUSED.search(words):
        return None
    for parameter in droppable:
        named = re.search(rf"(?<!\w){parameter}(?!\w)", words)
        if named and parameter not in shape.without:
            return replace(shape, without=shape.without | {parameter})
    return None
