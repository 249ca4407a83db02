"""What the words, names and numbers of a text are, in any script."""

import re
import unicodedata
from collections.abc import Iterator

_APOSTROPHES = {ord("’"): "'", ord("ʼ"): "'"}
# Scripts written without blanks: each character is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_POSSESSIVE = re.compile(r"'s?(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"\w*\d(?:[.,:]?\w)*")
_SENTENCE_START = re.compile(r"""(?:\A|[.!?…。！？]["'”’»)\]]*\s|\n)[^\w\n]*(?=\w)""")


class _Blanks(dict[int, str]):
    """Maps each character that is no part of a word to a blank; filled as characters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Symbols count, for `C++` is not `C`; a backtick or an accent on its own does not.
        kind = unicodedata.category(character)
        blank = kind[0] in "PZC" or kind == "Sk"
        self[code] = " " if blank and character not in "_#%&@" else character
        return self[code]


_BLANKS = _Blanks()


def normalised(text: str) -> str:
    """Return `text` in one width, one case, one kind of apostrophe and with single blanks."""
    return " ".join(_in_one_width(text).casefold().split())


def words(text: str) -> list[str]:
    """Return the words of `text` in one case, without punctuation and possessive endings."""
    return [match[0].casefold() for match in _words(_in_one_width(text))]


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of `text` and the words that hold a digit, such as `int8`."""
    return frozenset(_NUMBER.findall(normalised(text)))


def names(text: str) -> frozenset[str]:
    """Return those of the `words` that are written with a capital.

    The first word of a sentence may be any word; it counts where it has a second capital.
    """
    text = _in_one_width(text)
    first = {match.end() for match in _SENTENCE_START.finditer(text)}
    return frozenset(
        match[0].casefold()
        for match in _words(text)
        if match[0][0].isupper()
        and match[0] != "I"
        and (match.start() not in first or any(c.isupper() for c in match[0][1:]))
    )


def _in_one_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)


def _words(text: str) -> Iterator[re.Match[str]]:
    # Each step keeps the length, so that a match stands where its word does.
    without_endings = _POSSESSIVE.sub(lambda match: " " * len(match[0]), text)
    return _WORD.finditer(without_endings.translate(_BLANKS))
