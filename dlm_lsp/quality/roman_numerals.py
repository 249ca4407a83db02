"""Roman numerals: their values, where letters can be nothing else."""

import re
import unicodedata

# One letter alone is a numeral behind a word: `Chapter V`, `siglo V`; in `12 V` it is a unit.
_IN_TEXT = re.compile(
    r"(?<!\w)(?:[IVXLCDM]{2,15}|(?<=[^\W\d_]{3}[ \u00a0])[IVX])(?=(?:er|i?[eè]me|re|[eº°ª])?(?!\w))"
)
_ALONE = re.compile("[ivxlcdm]{2,15}|[ivx]", re.IGNORECASE)


def roman_values(text: str) -> frozenset[str]:
    """Return the values of the Roman numerals in `text`, in capitals: `XIX`, `XIXe`, `Ⅳ`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    values = map(roman_value, _IN_TEXT.findall(text))
    return frozenset(value for value in values if value)


def roman_value(word: str) -> str | None:
    """Return the value of a word that is a Roman numeral, in either case; else None."""
    if not _ALONE.fullmatch(word):
        return None
    # It is needed by few texts, and by none that an editor opens.
    from roman_numerals import InvalidRomanNumeralError, OutOfRangeError, RomanNumeral

    try:
        return str(int(RomanNumeral.from_string(word.upper())))
    except (InvalidRomanNumeralError, OutOfRangeError):
        return None
