"""Cut prompts: whether a server read less than it was sent, as its report of tokens tells."""

import re

_SMALLEST_CONTEXT = 512
"""Below it lies no context that a server would cut to, but what some report of a cached prompt."""

# No vocabulary of today joins words over a blank; what has no blanks is counted by characters.
# Over 36 texts in 20 languages, in the vocabularies of Qwen2.5, Gemma 3 and SmolLM2, what comes out
# is at most 0.62 of the tokens that there are; 2.6 characters of Chinese go into one at the most.
_UNSPACED = (
    (re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"), 4),
    (re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 8),
)
_SLACK = 0.9
_ROUND = 1024
"""Contexts are multiples of it, and a count that is one by chance is rare."""
_LESS_SLACK = 1.5
"""What that leaves of the margin, which is 1 / 0.62."""


def least_tokens(text: str) -> int:
    """Return how many tokens the text has at the least, in any script and vocabulary."""
    tokens = 0.0
    for pattern, characters_per_token in _UNSPACED:
        text, count = pattern.subn(" ", text)
        tokens += count / characters_per_token
    words = sum(any(map(str.isalnum, word)) for word in text.split())
    return int((tokens + words) * _SLACK)


def is_cut(prompt_tokens: int | None, text: str) -> bool:
    """Tell whether a server that reports so many tokens cannot have read a prompt with this text.

    Some report only what was not in their cache: where the text was in an earlier prompt, that is
    next to nothing, and no sign.
    """
    if prompt_tokens is None or prompt_tokens < _SMALLEST_CONTEXT:
        return False
    is_round = prompt_tokens % _ROUND == 0
    return prompt_tokens < least_tokens(text) * (_LESS_SLACK if is_round else 1)
