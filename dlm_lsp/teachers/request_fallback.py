"""Request fallback: the shape of requests, and how it changes by what a server refuses in words.

No server names its refusals by code: the words are all there is, and the status says little (the
same template error comes as 400, 424 or 500). The patterns are those of public reports.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

LEAST_TEMPERATURE = 0.01
"""What is sent for a temperature of 0 where it has to be positive: the likeliest word, all but."""

NEW_LIMIT = "max_completion_tokens"
OLD_LIMIT = "max_tokens"
"""The names that the limit on a reply has, the second where the first is refused or ignored."""
LOGPROBS = "logprobs"
"""The parameter that asks how likely each token was, and each that could have been instead."""

_LEAST_LIMIT = 16
_FORMAT = re.compile(
    r"response_format|json_schema|json_object|json.mode|structured.?output"
    r"|output_config|output_format|guided|grammar|schema|(?:generate|validate) json|xgrammar",
    re.IGNORECASE,
)
# A value out of range also names its parameter; only these words say that it is not taken at all.
_REFUSED = re.compile(
    r"support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|extra (?:inputs|fields)"
    r"|deprecated|only the default|cannot (?:both|be)|removed|unavailable|incompatible|not enabled",
    re.IGNORECASE,
)
_ILLEGAL = re.compile(r"不支持|非法|不合法")
_STREAM_ONLY = re.compile(
    r"only supports? (?:the )?(?:sse )?stream|(?:enable|requires?|use) (?:the )?stream"
    r"|stream\W.{0,20}must be (?:set to )?true|stream(?:ing)? (?:mode )?is required"
    r"|non-?stream\w*\W.{0,30}not (?:supported|allowed)|not support non-?stream|[只仅]支持流",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"roles? must alternate"
    r"|only .{0,40}\broles? (?:is|are) (?:supported|allowed)"
    r"|(?:system|developer)\W{1,3}(?:role|message|prompt|instruction)s?\b.{0,40}"
    r"(?:\bnot\b|n't\b|unsupported)"
    r"|(?:support|unexpected|invalid|unknown|got|role)\w*\W.{0,20}\bsystem\b(?! error)"
    r"|messages\W{1,3}0\W{1,3}role",
    re.IGNORECASE,
)
# Whatever else a template stumbles over, a lone user turn is the least that it can be given.
_TEMPLATE = re.compile(r"jinja|chat.?template|raise_exception|template error", re.IGNORECASE)
_LIMIT_NAMED = re.compile(
    r"max_?(?:completion_|new_|output_)?tokens|(?:completion|output) tokens", re.IGNORECASE
)
_TOO_LARGE = re.compile(
    r"too (?:large|high|big|long)|at most|less than|smaller|<=|≤|>|range|maximum|exceed|greater"
    r"|limit|between|up to",
    re.IGNORECASE,
)
# How much is left beside a prompt is another matter for each prompt.
_CONTEXT = re.compile(
    r"context length|context window (?:of|is)|prompt|inputs?\W{1,3}tokens|in the messages"
    r"|sequence length|max_model_len|afford|credit",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w-])|(?<![\w.-])\d+(?![\w-])")
_UNNAMED = re.compile(
    r"requested parameters|unsupported param(?:eter)?s|param(?:eter)?s (?:is|are) not supported"
    r"|参数有误",
    re.IGNORECASE,
)
# What follows is what could be sent instead.
_INSTEAD = re.compile(
    r"expected one of|must be one of|\buse\b.{0,40}\binstead|please use|did you", re.IGNORECASE
)
# The name of a model may hold any of these words.
_NO_MODEL = re.compile(r"\bmodel\b.{0,100}(?:not found|not exist)", re.IGNORECASE)
_NO_WORDS = re.compile(
    r"(?:an? )?(?:internal(?: server)?|server|unknown)? ?(?:error|failure)?(?: occurred)?"
    r"|not implemented|bad request|unprocessable (?:entity|content)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RequestShape:
    """How a request is put to a server.

    The output format by its index, the parameters that it goes `without`, whether the system text
    stands at the head of the user's, the `temperature` in place of 0, the most tokens that a reply
    may be given, and whether the reply is streamed.
    """

    format_index: int = 0
    without: frozenset[str] = frozenset()
    system_as_user: bool = False
    temperature: float | None = None
    most_tokens: int | None = None
    streams: bool = False

    def limit(self, max_new_tokens: int) -> int:
        """Return how many tokens a reply may be given where so many are wanted."""
        return min(max_new_tokens, self.most_tokens or max_new_tokens)


def next_shape(
    shape: RequestShape,
    words: str,
    *,
    formats: int,
    sent: Sequence[str],
    temperature: float = 0.0,
    max_new_tokens: int = 1024,
) -> RequestShape | None:
    """Return the next shape to try after a refusal in these words, None where none would help.

    `formats` is how many formats there are, the last being none; of several refused parameters the
    first in `sent` goes. `temperature` and `max_new_tokens` are what the user wants.
    """
    if _NO_MODEL.search(words):
        return None
    steps: tuple[Callable[[], RequestShape | None], ...] = (
        lambda: _if(not shape.streams and _STREAM_ONLY.search(words), shape, streams=True),
        lambda: _if(not shape.system_as_user and _SYSTEM.search(words), shape, system_as_user=True),
        lambda: _with_smaller_limit(shape, words, shape.limit(max_new_tokens)),
        lambda: _with_some_temperature(shape, words, temperature),
        lambda: _with_weaker_format(shape, words, formats),
        lambda: _without_refused(shape, words, sent),
        lambda: _if(
            not shape.system_as_user and _TEMPLATE.search(words), shape, system_as_user=True
        ),
        lambda: _with_fewer_parameters(shape, formats, sent) if _UNNAMED.search(words) else None,
    )
    return next(filter(None, (step() for step in steps)), None)


def _if(condition: object, shape: RequestShape, **changes: Any) -> RequestShape | None:
    return replace(shape, **changes) if condition else None


def is_unexplained(words: str) -> bool:
    """Tell whether an error is told without any reason."""
    return bool(_NO_WORDS.fullmatch(words.strip(" .!")))


def blind_shapes(shape: RequestShape, *, formats: int) -> tuple[RequestShape, ...]:
    """Return the shapes to try after a failure without words: what is refused most, then both."""
    as_user = replace(shape, system_as_user=True)
    last = formats - 1
    shapes = (as_user, replace(shape, format_index=last), replace(as_user, format_index=last))
    return tuple(dict.fromkeys(each for each in shapes if each != shape))


def _with_smaller_limit(shape: RequestShape, words: str, limit: int) -> RequestShape | None:
    """Return a shape with the limit that the words name: the largest number below what was sent.

    If it was another number, the next refusal leads below it.
    """
    if _CONTEXT.search(words) or not (_LIMIT_NAMED.search(words) and _TOO_LARGE.search(words)):
        return None
    numbers = (int(number.replace(",", "")) for number in _NUMBER.findall(words) if len(number) < 9)
    smaller = max((number for number in numbers if _LEAST_LIMIT <= number < limit), default=None)
    return replace(shape, most_tokens=smaller) if smaller else None


def _with_some_temperature(
    shape: RequestShape, words: str, temperature: float
) -> RequestShape | None:
    if temperature or shape.temperature or _REFUSED.search(words):
        return None
    return replace(shape, temperature=LEAST_TEMPERATURE) if _names(words, "temperature") else None


def _with_weaker_format(shape: RequestShape, words: str, formats: int) -> RequestShape | None:
    if shape.format_index < formats - 1 and _FORMAT.search(words):
        return replace(shape, format_index=shape.format_index + 1)
    return None


def _without_refused(shape: RequestShape, words: str, sent: Sequence[str]) -> RequestShape | None:
    words = _INSTEAD.split(words, maxsplit=1)[0]
    refused = next((parameter for parameter in sent if _names(words, parameter)), None)
    # The small temperature too has been refused: then none.
    is_sure = _REFUSED.search(words) or _ILLEGAL.search(words)
    if refused and (is_sure or (refused == "temperature" and shape.temperature)):
        return replace(shape, without=shape.without | {refused})
    return None


def _with_fewer_parameters(
    shape: RequestShape, formats: int, sent: Sequence[str]
) -> RequestShape | None:
    if shape.format_index < formats - 1:
        return replace(shape, format_index=formats - 1)
    free = [parameter for parameter in sent if parameter not in (NEW_LIMIT, OLD_LIMIT)]
    gone = free or [parameter for parameter in sent if parameter == NEW_LIMIT]
    return replace(shape, without=shape.without | {*gone}) if gone else None


def _names(words: str, parameter: str) -> bool:
    return bool(re.search(rf"(?<!\w){parameter}(?!\w)", words, re.ASCII))
