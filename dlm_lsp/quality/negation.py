"""Negation: whether a text says that something is not so, in any of many languages."""

import re
from collections.abc import Iterable

from dlm_lsp.quality.word_tokenize import word_tokens

# A negation is one of a few words in each language; no library here tells them. "N'est" is two
# words; of "doesn't", and where words have no blanks between them, it is a part.
_NEGATIONS = frozenset(
    word_tokens(
        "not no never none nothing nobody without neither nor cannot nicht nichts kein keine "
        "keinen keinem keiner keines nie niemals niemand ohne n ne pas jamais sans aucun aucune "
        "rien non nunca sin ningún ninguno ninguna jamás nada nadie não sem senza niet geen inte "
        "не нет ни без никогда нельзя bez nigdy لا لم لن ليس غير بدون"
    )
)
_NEGATION_IN_WORDS = re.compile("n['’]t(?!\\w)|[不没沒无無未非勿]|ない|なかっ|なく|ません|않|없|못")


def is_negated(text: str, words: Iterable[str]) -> bool:
    """Tell whether `text`, of these `word_tokens`, has a negation, as a word or within one."""
    return not _NEGATIONS.isdisjoint(words) or bool(_NEGATION_IN_WORDS.search(text))
