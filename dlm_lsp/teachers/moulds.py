"""Which questions a statement answers: how they begin, and of which words they are made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_AUXILIARY = re.findall(
    r"\w+",
    "is are was were be been do does did has have had can could may might must should will would",
)
_SMALL = {
    *_AUXILIARY,
    *re.findall(r"\w+", "a an the of in on at to for from by with into than as it its their"),
}
_NUMBER = (
    r"(?:\d[\d,.]*\d|\d|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|twenty|thirty|forty|fifty|sixty|hundred)"
)
_COUNTED = re.compile(
    rf"(?<![-\w.]){_NUMBER}\s+((?:(?!times\b|other\b|more\b)[a-z-]{{3,}}(?<!s)\s)??"
    r"(?:[a-z]{2,}[^\W\dsu]s|people|children|feet))\b(?! of\b)"
)
_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})s?\b")
_REASON = re.compile(r"\b(?:because|since(?! (?:the )?\d)|so that)\b|, so\b")
_DEFINED = re.compile(
    r"^((?:(?:A|An|The) )?(?!reason\b|usual\b)[\w-]+"
    r"(?: (?!of|in|on|at|for|which|that)[\w-]+){0,3}?)"
    r" (is|are|was|were) (?:a|an|the|one of)\b"
)
_CONDITION = re.compile(r"^(When|If|After) ([^,;:]{8,90}), ")
_CLAUSE = re.compile(r"[;:]\s|,\s(?:and|but|so|because|while|since|which|who|where)\b")
_ADVERBIAL = re.compile(
    r"^(?:when|if|because|since|after|before|although|while|at|on|for|with|until|as|during|under|"
    r"most|about|nobody|only|not|no)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,;:.!?()\"“”„«»]+(?:[.:][^\s,;:.!?()\"“”„«»]+)*")


@dataclass(frozen=True, slots=True)
class Mould:
    """A Lark grammar for questions about `statement`, and what it has to say to them."""

    statement: str
    """The sentence, or the clause of it, that the question is about."""
    grammar: str
    asked: str
    """The words that are the answer at its shortest; the whole statement where unknown."""


def moulds(sentence: str) -> tuple[Mould, ...]:
    """Return the moulds that fit an English sentence."""
    return tuple(_moulds(sentence))


def any_question(sentence: str) -> Mould:
    """Return the mould that fits a sentence in any language."""
    return Mould(sentence, r'start: " " /[^\n?？]{8,120}[?？]/', sentence)


def is_english(prose: str) -> bool:
    """Say whether enough of the small words of English stand in `prose`."""
    words = re.findall(r"[^\W\d_]+", prose.lower())
    return sum(word in _SMALL for word in words) >= 0.2 * len(words)


def _moulds(sentence: str) -> Iterator[Mould]:
    bare = sentence.rstrip(".!")
    if condition := _CONDITION.match(bare):
        when = f"{condition[1].lower()} {condition[2]}"
        yield Mould(sentence, f'start: " What happens {_quoted(when)}?"', sentence)
    elif defined := _DEFINED.match(bare):
        asked = f"What {defined[2]} {_lowered(defined[1])}"
        yield Mould(sentence, f'start: " {_quoted(asked)}?"', sentence)
    if _REASON.search(bare):
        yield Mould(sentence, _free("Why", bare), sentence)
    clause = _CLAUSE.split(bare)[0]
    years = _YEAR.findall(clause)
    if len(years) == 1:
        yield Mould(f"{clause}.", _free("When", clause, years[0]), years[0])
    elif counted := _COUNTED.search(clause):
        number = counted[0].removesuffix(counted[1]).strip()
        yield Mould(f"{clause}.", _free(f"How many {counted[1]}", clause, number), counted[0])
    if not _ADVERBIAL.match(clause):
        yield from _subject(clause, sentence)


def _subject(clause: str, sentence: str) -> Iterator[Mould]:
    """Ask for the beginning of the clause, with the rest of it as it stands."""
    words = clause.split()
    ends = [" ".join(words[at:]) for at in range(1, min(len(words) - 3, 14))]
    if ends:
        choices = " | ".join(f'"{_quoted(end)}"' for end in ends)
        yield Mould(
            sentence, f'start: " " ("What" | "Who") " " rest "?"\nrest: {choices}', sentence
        )


def _free(opening: str, statement: str, but: str = "") -> str:
    words = {word for word in _WORD.findall(statement) if word != but}
    known = "|".join(_pattern(word) for word in sorted(words | _SMALL | _turned(words)))
    return f"start: / {_pattern(opening)} ({'|'.join(_AUXILIARY)})( ({known}),?){{2,18}}\\?/"


def _turned(words: set[str]) -> set[str]:
    """Return the forms that words may take in a question, such as "take" for "takes"."""
    turned = set()
    for word in words:
        if word[:1].isupper() and word[1:].islower():
            turned.add(word.lower())
        if not re.fullmatch(r"[a-z]{4,}", word) or word.endswith("ss"):
            continue
        for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e")):
            if word.endswith(ending):
                turned.add(word.removesuffix(ending) + instead)
    return turned


def _lowered(subject: str) -> str:
    article, space, rest = subject.partition(" ")
    return f"{article.lower()} {rest}" if space and article in ("A", "An", "The") else subject


def _pattern(word: str) -> str:
    return re.sub(r"[^\w\s-]", lambda found: "\\" + found[0], word)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
