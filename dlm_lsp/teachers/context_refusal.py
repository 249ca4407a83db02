"""Context refusal: a server says that a request is longer than its model reads.

The wordings are those of public reports; each stands in the tests, with who says it.
"""

import re
from dataclasses import dataclass

from dlm_lsp.teachers.error_messages import error_codes, error_layers, server_message
from dlm_lsp.teachers.response_parsing import token_count

_CODES = frozenset(
    ("context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded")
)
_CONTEXT = r"context[ _-]?(?:length|window|size|limit)"
_WORDS = re.compile(
    rf"maximum {_CONTEXT}|{_CONTEXT} is only|exceed\w* (?:the )?(?:available |model's |max\w* )*"
    rf"{_CONTEXT}|{_CONTEXT} (?:has been |was )?exceeded|(?:longer|greater) than the (?:model's )?"
    rf"(?:{_CONTEXT}|maximum model length)|context the overflows|context overflow"
    r"|exceed\w* (?:the )?(?:model token limit|max\w* (?:allowed |input )?length"
    r"|maximum number of tokens)"
    r"|(?:prompt|input)\b.{0,60}\btoo long|reduce (?:the|your) (?:length|message size)"
    r"|tokens.{0,3} \+ .{0,3}max_new_tokens.{0,3} must be|must have less than \d+ tokens"
    r"|request too large for|range of input length should be",
    re.IGNORECASE,
)
_NUMBER = r"(\d[\d,]{0,14})"
_LIMITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bn_ctx: {_NUMBER}",
        rf"{_CONTEXT}\s*(?:is |of |: )?(?:only )?\(?{_NUMBER}(?![\d,]* \+)",
        rf"{_NUMBER} maximum context length",
        rf"> {_NUMBER}",
        rf"maximum (?:number of tokens |model length |allowed |length |input )*"
        rf"(?:allowed |length |of )*\(?{_NUMBER}",
        rf"must (?:be <=|have less than) {_NUMBER}",
        rf"limit(?: of)?:? {_NUMBER}",
        rf"\[\d+, ?{_NUMBER}\]",
    )
)


@dataclass(frozen=True, slots=True)
class ContextRefusal:
    """A request was too long; `limit` is how many tokens the model reads, where that was said."""

    limit: int | None = None


def context_refusal(body: object) -> ContextRefusal | None:
    """Return what an error body says of the context, None where it is about something else."""
    words = server_message(body)
    if not (error_codes(body) & _CODES or _WORDS.search(words)):
        return None
    named = (token_count(layer.get("n_ctx")) for layer in error_layers(body))
    return ContextRefusal(next(filter(None, named), None) or _limit_in(words))


def _limit_in(words: str) -> int | None:
    for pattern in _LIMITS:
        if match := pattern.search(words):
            return int(match[1].replace(",", "")) or None
    return None
