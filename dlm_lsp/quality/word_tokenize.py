"""Word tokenization: the words, names and numbers of a text, in any script."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

_APOSTROPHES = {ord("’"): "'", ord("ʼ"): "'"}
# Scripts written without blanks: each character is a word of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_EMPHASIS = re.compile(rf"(?<![^\W{_UNSPACED}])_++|(?<!_)_++(?![^\W{_UNSPACED}])")
_POSSESSIVE = re.compile(r"'s?(?!\w)", re.IGNORECASE)
# A run of word characters is looked at once, from its start, whether or not a digit is in it.
_NUMBER = re.compile(r"(?<!\w)[^\W\d]*+\d(?:[.,:]?\w)*+")
_BEFORE_SENTENCE = re.compile(r"""(?:\A|[.!?…。！？]["'”’»)\]]*+\s|\n)[^\w\n]*+""")


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


def normalize(text: str) -> str:
    """Return `text` in one width, one case, one kind of apostrophe and with single blanks."""
    return " ".join(_in_one_width(text).casefold().split())


def word_tokens(text: str) -> list[str]:
    """Return the words of `text` in one case, without punctuation and possessive endings."""
    return _WORD.findall(_without_marks(_without_emphasis(text)).casefold())


def number_tokens(text: str) -> frozenset[str]:
    """Return the numbers of `text` and the words that hold a digit, such as `int8`."""
    return frozenset(_NUMBER.findall(normalize(text)))


def name_tokens(text: str) -> frozenset[str]:
    """Return those of the `word_tokens` that are written with a capital.

    The first word of a sentence may be any word; it counts where it has a second capital.
    """
    # Most questions have but their first capital.
    if text.isascii() and text[1:] == text[1:].lower():
        return frozenset()
    return frozenset(match[0].casefold() for match, is_name in _tell_names(text) if is_name)


def full_name_tokens(text: str) -> frozenset[str]:
    """Return those of the `name_tokens` that follow each other, as first and last names do."""
    names = [match for match, is_name in _tell_names(text) if is_name]
    return frozenset(
        match[0].casefold()
        for pair in pairwise(names)
        if pair[0].end() + 1 == pair[1].start()
        for match in pair
    )


def _tell_names(text: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Yield each word as it is written, and whether it has the capital of a name."""
    text = _without_emphasis(text)
    first = _sentence_starts(text)
    for match in _WORD.finditer(_without_marks(text)):
        word = match[0]
        is_first = match.start() in first
        capital = word[0].isupper() and word != "I"
        yield match, capital and (not is_first or any(map(str.isupper, word[1:])))


def _sentence_starts(text: str) -> set[int]:
    # A run that ends at a line break or at the end of the text is passed over whole.
    ends = {match.end() for match in _BEFORE_SENTENCE.finditer(text)}
    return {end for end in ends if text[end : end + 1] not in ("", "\n")}


def _without_emphasis(text: str) -> str:
    """Return `text` in one width, with blanks for the underscores of Markdown's emphasis."""
    text = _in_one_width(text)
    return _EMPHASIS.sub(_blank, text) if "_" in text else text


def _in_one_width(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)


def _without_marks(text: str) -> str:
    """Return `text` with blanks for what is no part of a word, which stands where it stood."""
    if "'" in text:
        text = _POSSESSIVE.sub(_blank, text)
    return text.translate(_BLANKS)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
