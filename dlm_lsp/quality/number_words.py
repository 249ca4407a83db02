"""Number normalization: the numbers of a text by value, in digits of any script or in words.

Number words are read by the library text2num; `unicodedata` knows digits and Han numerals.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from dlm_lsp.quality.number_vocabulary import NumberToken, NumberVocabulary
from dlm_lsp.quality.word_tokenize import normalize

# The languages whose number words text2num reads, by their BCP-47 ids.
NUMBER_WORD_LANGUAGES = frozenset(("en", "de", "fr", "es", "pt", "nl", "it", "da"))
# More digits than these are compared as they are written.
_MOST_DIGITS = 28
_HAN_LANGUAGES = ("zh", "ja")
_MONTHS = 12
_HOURS = 12
_SHORTEST_PHONE = 7
# So many tokens, an "and" or a hyphen, stand between two words of one number, or none do.
_NEAR = 3
_SCALES = frozenset((10**3, 10**6, 10**9, 10**12))
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "×": "x"})
_VULGAR_FRACTION = re.compile(r"(?:(?<![0-9])([0-9]{1,9})[^\S\n]?)?([¼-¾⅐-⅞])")
_SUPERSCRIPT = re.compile("(?P<power>(?<=[0-9])[⁺⁻]?)?[⁰¹²³⁴-⁹]++")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
# `1920x1080` has two numbers, `0x1080` is one word.
_BY = re.compile(r"(?<=[0-9])(?<!\b0) ?x ?(?=[0-9])")
_HAN_SCALES = "百千万萬億亿兆"
_HAN = f"〇零一二三四五六七八九十廿卅{_HAN_SCALES}"
_TOKEN = re.compile(
    # 17:45, 5:45 pm, 5 pm, 17h45, 17時45分
    r"(?:(?P<noon>午後|下午|오후) ?)?(?<![0-9.,:/])(?P<hour>[0-9]{1,2}) ?"
    r"(?:(?:[:h時时点點시]|uhr ) ?(?P<minute>[0-5][0-9])(?![0-9:.,]?[0-9])"
    r"(?: ?(?P<half>[ap])\.?m\b)?|(?P<on_the_hour>[ap])\.?m\b|(?(noon)[時时点點시]|(?!)))"
    # What has letters before its digits or between them is a word: int8, v2.0.1, 3f2a.
    r"|(?<![0-9a-z_])(?P<identifier>(?:[a-z_]++[0-9]|(?![0-9]++(?:e[0-9]++|(?:_[0-9]{3})++)\b)"
    r"[0-9]++[a-z_]++[0-9])"
    r"[0-9a-z_]*+(?:[.:][0-9a-z_]++)*+)"
    r"|(?P<number>(?:(?<![0-9])(?P<grouped>[0-9]{1,3}(?:[ '_][0-9]{3}(?![0-9]))++(?:[.,][0-9]++)?)"
    r"|[0-9]++(?:[.,:/⁄-][0-9]++)*+)(?:e[-+]?[0-9]{1,3}(?![0-9a-z]))?) ?"
    rf"(?P<scale>[{_HAN_SCALES}])?"
    rf"|(?P<han>[{_HAN}]++)"
)
# No token is without one.
_DIGIT_OR_NUMERAL = re.compile(f"[0-9{_HAN}]")
_DIGITS = re.compile("[0-9]++")
_DECIMAL = re.compile(r"[0-9]+(?:[.,][0-9]+)?(?:e[-+]?[0-9]+)?")
# Groups of three, in India of two before the last.
_GROUPED = re.compile(
    r"([1-9][0-9]{0,2}(?:([ '_.,])[0-9]{3})(?:\2[0-9]{3})*|[1-9][0-9]?(?:(,)[0-9]{2})+,[0-9]{3})"
    r"(?:(?!\2|\3)[.,]([0-9]+))?"
)
_VERSION = re.compile(r"v[0-9]+(?:\.[0-9]+)*")
_FRACTION = re.compile("[0-9]{1,9}[/⁄]0*[1-9][0-9]{0,8}")
_WITH_POINT = re.compile("([0-9]{1,2})[.,]([0-5][0-9])")
_WORD = re.compile(r"\w+|[^\w\s]")
_NUMERAL = frozenset(_HAN)
_VOCABULARY_OF_ALL = NumberVocabulary(*NUMBER_WORD_LANGUAGES)
_VOCABULARIES = {language: NumberVocabulary(language) for language in NUMBER_WORD_LANGUAGES}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written at `start`, and the values that it can stand for.

    `parts` say the same together, as 16 and 9 do for `16:9`; with `parts_count` each counts alone
    too, as the year of a date does. What is `unsure` may be no number: `second`, `ein`, `一`.
    """

    text: str
    values: frozenset[str]
    start: int
    parts: tuple[str, ...] = ()
    parts_count: bool = False
    unsure: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it has a day, a month and a year, or a month and a year."""
        others = [int(part) for part in self.parts if len(part) < 3]
        is_with_year = [len(part) for part in self.parts if len(part) >= 3] == [len("2020")]
        return is_with_year and (len(others) == 2 or (len(others) == 1 and others[0] <= _MONTHS))


def find_numbers(text: str, languages: Iterable[str] = ()) -> list[Number]:
    """Return the numbers of `text`, among them those in words of `languages`.

    What several languages read comes for each of them.
    """
    # Half a character, a lone surrogate, is none that a library reads; this keeps the length.
    text = _in_ascii_digits(text.encode("utf-8", "replace").decode())
    numbers = list(_in_digits(text)) if _DIGIT_OR_NUMERAL.search(text) else []
    if languages := tuple(languages):
        distinct = set(filter(str.isalpha, _WORD.findall(text)))
        if len(languages) > 1:
            distinct = _VOCABULARY_OF_ALL.number_words(distinct)
        words: list[re.Match[str]] = []
        for language in languages:
            if number_words := _VOCABULARIES[language].number_words(distinct):
                words = words or list(_WORD.finditer(text))
                near = _near_number_words(words, number_words)
                numbers = _with_words(numbers, text, near, language)
    return numbers


def number_values(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each number as it is written and what it can stand for, in words of any language.

    `1.5 million` is 1.5 and 1500000, `twenty-five` is 25 alone, `1,184` is 1184 and 1.184.
    """
    numbers = find_numbers(text, sorted(NUMBER_WORD_LANGUAGES))
    in_order = sorted(numbers, key=lambda number: number.start)
    yield from dict.fromkeys(
        (number.text, number.values) for number in in_order if not number.unsure
    )


def may_have_numbers(words: Sequence[str]) -> bool:
    """Tell whether a text of these `word_tokens` may have `number_values`; sooner than they do."""
    together = "".join(words)
    if not (together.isalpha() and _NUMERAL.isdisjoint(together)):
        return bool(words)
    return bool(_VOCABULARY_OF_ALL.number_words(set(words)))


def known_values(numbers: Iterable[Number]) -> frozenset[str]:
    """Return all the values that numbers can stand for, and those of parts that count alone."""
    return frozenset(
        value
        for number in numbers
        for value in (*number.values, *(number.parts if number.parts_count else ()))
    )


def stands_in(number: Number, *known: AbstractSet[str]) -> bool:
    """Tell whether a number is among `known` values, or all its parts are.

    The month of a date may stand there in words.
    """
    if any(not number.values.isdisjoint(values) for values in known):
        return True
    missing = [part for part in number.parts if not any(part in values for values in known)]
    if number.is_date and len(missing) == 1:
        return len(missing[0]) <= 2 and int(missing[0]) <= _MONTHS
    return bool(number.parts) and not missing


def may_stand_in_words(number: Number, language: str | None) -> bool:
    """Tell whether prose in `language` may have a number in a word that cannot be read here.

    Prose often has the numbers up to ten in words, and the tens up to 100.
    """
    if language is None or language in NUMBER_WORD_LANGUAGES or language in _HAN_LANGUAGES:
        return False
    wholes = (int(value) for value in number.values if value.isdecimal() and len(value) <= 3)
    return any(whole <= 10 or (whole <= 100 and whole % 10 == 0) for whole in wholes)


def _in_ascii_digits(text: str) -> str:
    if not text.isascii():
        text = _SUPERSCRIPT.sub(_power, _VULGAR_FRACTION.sub(_mixed, text))
    text = normalize(text)
    if not text.isascii():
        text = text.translate(_SEPARATORS)
        text = _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
    return _BY.sub(" x ", text) if "x" in text else text


def _power(match: re.Match[str]) -> str:
    # Of a unit or a footnote it is no number.
    return "" if match["power"] is None else f" ^{match[0]}"


def _mixed(match: re.Match[str]) -> str:
    fraction = Fraction(unicodedata.numeric(match[2])).limit_denominator(10)
    fraction += int(match[1] or 0)
    return f" {_quotient(fraction.numerator, fraction.denominator)}"


def _in_digits(text: str) -> Iterator[Number]:
    for match in _TOKEN.finditer(text):
        written = match[0].strip()
        start = match.start()
        if match["hour"]:
            yield _clock(match)
        elif identifier := match["identifier"]:
            number = Number(written, frozenset((identifier,)), start)
            if _VERSION.fullmatch(identifier):
                number = _compound(identifier[1:], start)
                number = replace(number, text=written, values=number.values | {identifier})
            yield number
        elif han := match["han"]:
            # Alone, or beside others that only scale, it is a part of many words.
            numerals = [unicodedata.numeric(character) for character in han]
            sure = numerals[0] < 10_000 and min(numerals) < 10 <= max(numerals)
            value = str(_han_value(han)) if len(han) <= _MOST_DIGITS else han
            yield Number(written, frozenset((value,)), start, unsure=not sure)
        else:
            number = _compound(match["number"], start)
            if match["scale"]:
                number = _scaled(number, written, int(unicodedata.numeric(match["scale"])))
            yield number


def _clock(match: re.Match[str]) -> Number:
    """Return a time of day; in which half of it is left open where nothing tells."""
    hour, minute = int(match["hour"]), match["minute"] or "00"
    half = "p" if match["noon"] else match["half"] or match["on_the_hour"]
    is_early = not half and hour <= _HOURS
    hours = {hour % _HOURS + _HOURS * (half == "p") if half else hour}
    if is_early:
        hours |= {hour % _HOURS, hour % _HOURS + _HOURS}
    values = {f"{hour}:{minute}" for hour in hours}
    if minute == "00":
        values |= {str(hour) for hour in hours} | {str(hour % _HOURS) for hour in hours}
    parts = () if half else (str(hour), _canonical(minute))
    # `1h 30m` may be how long something takes.
    is_duration = ":" not in match[0]
    return Number(match[0].strip(), frozenset(values), match.start(), parts, is_duration)


def _compound(written: str, start: int) -> Number:
    values = {written}
    parts = tuple(map(_canonical, _DIGITS.findall(written)))
    if decimal := _DECIMAL.fullmatch(written):
        values.add(_canonical(written))
    if grouped := _GROUPED.fullmatch(written):
        whole = "".join(_DIGITS.findall(grouped[1]))
        values.add(_canonical(f"{whole}.{grouped[4]}" if grouped[4] else whole))
    if time := _WITH_POINT.fullmatch(written):
        values.add(f"{int(time[1])}:{time[2]}")
    if decimal or grouped:
        # Two numbers may stand side by side.
        return Number(written, frozenset(values), start, parts if " " in written else ())
    if len(parts) == 2 and _FRACTION.fullmatch(written):
        values.add(_quotient(int(parts[0]), int(parts[1])))
    digits = "".join(_DIGITS.findall(written))
    if "-" in written and len(digits) >= _SHORTEST_PHONE:
        values.add(_canonical(digits))
    # Of a ratio both count, of an address or a time with seconds none does.
    counts = ":" not in written or len(parts) == 2
    number = Number(written, frozenset(values), start, parts, parts_count=counts)
    if len(parts) > 2 and "." in written and not number.is_date:
        # The parts of a version or an address say nothing elsewhere.
        return replace(number, parts=())
    return number


def _scaled(number: Number, written: str, scale: int) -> Number:
    scaled = (
        _canonical(str(Decimal(value) * scale))
        for value in number.values
        if _DECIMAL.fullmatch(value) and "," not in value
    )
    return replace(number, text=written, values=number.values.union(scaled))


def _near_number_words(
    words: Sequence[re.Match[str]], number_words: AbstractSet[str]
) -> list[NumberToken]:
    """Return the `number_words` among `words`, and those beside them.

    What is not near one is not read, for that takes the most time.
    """
    near = {
        beside
        for at, match in enumerate(words)
        if match[0] in number_words
        for beside in range(max(0, at - _NEAR), min(len(words), at + _NEAR + 1))
    }
    return [
        NumberToken(words[at][0], words[at].start(), is_apart=at - 1 not in near)
        for at in sorted(near)
    ]


def _with_words(
    numbers: Sequence[Number], text: str, tokens: Sequence[NumberToken], language: str
) -> list[Number]:
    """Return `numbers` and those in words; `million` after another number goes into that one."""
    import text_to_num

    ends = {number.start + len(number.text): at for at, number in enumerate(numbers)}
    found = list(numbers)
    for place in text_to_num.find_numbers(tokens, language, threshold=0.0):
        start = tokens[place.start].start
        last = tokens[place.end - 1]
        written = text[start : last.start + len(last.word)]
        scaled = ends.get(len(text[:start].rstrip())) if place.value in _SCALES else None
        if scaled is not None:
            both = f"{numbers[scaled].text} {written}"
            found[scaled] = _scaled(numbers[scaled], both, int(place.value))
            continue
        value = _canonical(str(place.value))
        unsure = value in ("0", "1") or (place.is_ordinal and value == "2")
        found.append(Number(written, frozenset((value,)), start, unsure=unsure))
    return found


def _han_value(numeral: str) -> int:
    """Return the value of a Han numeral; without a scale it is read digit by digit."""
    total = section = digit = 0
    for character in numeral:
        value = int(unicodedata.numeric(character))
        if value < 10:
            digit = digit * 10 + value
        elif value in (20, 30):
            section += value
        elif value < 10_000:
            section, digit = section + (digit or 1) * value, 0
        else:
            total, section, digit = total + ((section + digit) or 1) * value, 0, 0
    return total + section + digit


def _quotient(numerator: int, denominator: int) -> str:
    return _canonical(str(Decimal(numerator) / Decimal(denominator)))


def _canonical(number: str) -> str:
    """Return one way of writing for all that have the same value."""
    number = number.replace(",", ".")
    if len(number) > _MOST_DIGITS:
        return number
    decimal = Decimal(number).normalize()
    return f"{decimal:f}" if abs(decimal.adjusted()) < _MOST_DIGITS else str(decimal)
