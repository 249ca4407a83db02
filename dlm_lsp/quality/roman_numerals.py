"""Roman numerals: their values, where letters can be nothing else."""

import re
import unicodedata

# Two letters are often something else: CD, DC, MM. One alone, or XL and its like, is a numeral
# behind a word, as in `Chapter V` and `siglo V`; in `12 V` it is a unit, and `I` is English.
_IN_TEXT = re.compile(
    r"(?<!\w)(?:[IVX]{2}|[IVXLCDM]{3,15}|(?<=[^\W\d_]{3}[ \u00a0])(?:[VX]|X[CL]|L[VX]))"
    r"(?=(?:er|i?[eè]me|re|[eº°ª])?(?!\w))"
)
_ALONE = re.compile("[ivx]{1,2}|x[cl]|l[vx]|[ivxlcdm]{3,15}", re.IGNORECASE)
# Characters that are numerals and nothing else.
_SIGN = re.compile("[\u2160-\u2188]")


def roman_values(text: str) -> frozenset[str]:
    """Return the values of the Roman numerals in `text`, in capitals: `XIX`, `XIXe`, `Ⅳ`."""
    signs: frozenset[str] = frozenset()
    if not text.isascii():
        signs = frozenset(str(int(unicodedata.numeric(sign))) for sign in _SIGN.findall(text))
        text = unicodedata.normalize("NFKC", text)
    values = map(roman_value, _IN_TEXT.findall(text))
    return signs.union(value for value in values if value)


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
