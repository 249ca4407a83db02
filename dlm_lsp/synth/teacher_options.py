"""Teacher options: what a user adds to the body of each request, beside what this program sends."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from dlm_lsp.errors import OptionError

FIELD = "teacher_options"
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_HAS_ITS_OWN = {
    "max_tokens": "max_new_tokens",
    "max_completion_tokens": "max_new_tokens",
    "max_output_tokens": "max_new_tokens",
    "max_new_tokens": "max_new_tokens",
    "num_predict": "max_new_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "seed": "seed",
}
# What this program sends itself, or what would change the form in which a reply comes.
_OURS = frozenset(
    (
        "best_of",
        "cache_control",
        "function_call",
        "functions",
        "input",
        "instructions",
        "logprobs",
        "messages",
        "model",
        "models",
        "n",
        "output_config",
        "output_format",
        "parallel_tool_calls",
        "prompt",
        "prompt_cache_key",
        "response_format",
        "stream",
        "stream_options",
        "system",
        "tool_choice",
        "tools",
        "top_logprobs",
    )
)
_ADDRESSES_AND_SECRETS = re.compile(
    r"(?:.*[_.-])?(?:url|uri|endpoint|hosts?|prox(?:y|ies)|webhook|headers?|authorization|auth"
    r"|api_?keys?|secrets?|passwords?|credentials?|(?:access|auth|bearer|api)[_.-]?tokens?"
    r"|extra_(?:body|query|headers))",
    re.IGNORECASE,
)


def parse_teacher_options(texts: Iterable[str]) -> dict[str, Any] | None:
    """Return the options that `name=value` texts give, each value in JSON; None for no text.

    Raises:
        OptionError: one has no such form, or stands twice; its value is not repeated.
    """
    options: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise OptionError(FIELD, name, "takes a name, = and a value in JSON: num_ctx=8192")
        if name in options:
            raise OptionError(FIELD, name, "stands there twice; leave one out")
        options[name] = _json_value(name, value)
    return options or None


def check_teacher_options(options: object) -> None:
    """Check that options can be sent beside what this program sends.

    Raises:
        OptionError: naming the one that cannot, without its value.
    """
    if options is None:
        return
    if not isinstance(options, Mapping):
        raise OptionError(FIELD, options, "takes an object")
    for name, value in options.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise OptionError(FIELD, name, "takes names of letters, digits and underscores")
        if name in _HAS_ITS_OWN:
            requirement = "has an option of its own: {other}"
            raise OptionError(FIELD, name, requirement, other=_HAS_ITS_OWN[name])
        if name in _OURS:
            raise OptionError(FIELD, name, "is set by this program; leave it out")
        for inner in (name, *_names_in(value)):
            if _ADDRESSES_AND_SECRETS.fullmatch(inner):
                raise OptionError(
                    FIELD, inner, "is an address or a secret, which no option holds; leave it out"
                )
        _check_value(name, value)


def _json_value(name: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # A bare word is no JSON, though it is what is typed first.
        word = text.strip()
        is_word = _NAME.fullmatch(name) and re.fullmatch(r"[\w.-]{1,40}", word)
        hint = f""", as {name}='"{word}"'""" if is_word else ""
        what = "a number, true, false, null, a list, an object, or a text in quotes"
        raise OptionError(FIELD, name, f"takes a value in JSON: {what}{hint}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check_value(name: str, value: object) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise OptionError(FIELD, name, "takes a value that JSON has") from None


def _names_in(value: object, depth: int = 32) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _names_in(inner, depth - 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names_in(inner, depth - 1)
