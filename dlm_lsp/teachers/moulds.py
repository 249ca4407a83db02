"""Which questions a statement answers: ready ones, and moulds for a model to fill."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dlm_lsp.teachers.english import AUXILIARY, SMALL, Verb, main_verb, may_head
from dlm_lsp.teachers.sentences import leans

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
_CONDITION = re.compile(r"^(When|If) ([^,;:]{8,90}), ")
_PAST = re.compile(r"\b(?:was|were|had|did)\b")
_CLAUSE = re.compile(r"[;:]\s|,\s(?:and|but|so|because|while|since|which|who|where)\b")
_ADVERBIAL = re.compile(
    r"^(?:when|if|because|since|after|before|although|while|at|in|on|for|with|until|as|during|"
    r"under|most|about|between|nobody|only|not|no|every|each|up)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s,;:.!?()\"“”„«»]+(?:[.:][^\s,;:.!?()\"“”„«»]+)*")


@dataclass(frozen=True, slots=True)
class Mould:
    """One way to ask for a statement: questions that are ready, or a grammar to write one by."""

    statement: str
    """The sentence, or the clause of it, that the question is about."""
    asked: str
    """The words that are the answer at its shortest; the whole sentence where unknown."""
    ready: tuple[str, ...] = ()
    grammar: str | None = None
    """Lark, as llguidance reads it."""


def moulds(sentence: str) -> tuple[Mould, ...]:
    """Return the moulds that fit an English sentence."""
    return tuple(_moulds(sentence))


def any_question(sentence: str) -> Mould:
    """Return the mould that fits a sentence in any language."""
    return Mould(sentence, sentence, grammar=r'start: " " /[^\n?？]{8,120}[?？]/')


def _moulds(sentence: str) -> Iterator[Mould]:
    bare = sentence.rstrip(".!")
    clause = _CLAUSE.split(bare)[0]
    words = clause.split()
    verb = main_verb(words)
    if condition := _CONDITION.match(bare):
        happens = "happened" if _PAST.search(condition[2]) else "happens"
        question = f"What {happens} {condition[1].lower()} {condition[2]}?"
        yield Mould(sentence, sentence, (question,))
    elif defined := _DEFINED.match(bare):
        yield Mould(sentence, sentence, (f"What {defined[2]} {_lowered(defined[1])}?",))
    if reason := _REASON.search(bare):
        cause, effect = bare[: reason.start()], bare[reason.end() :]
        if reason[0] != ", so":
            yield Mould(sentence, sentence, grammar=_free("Why", cause))
        elif verb and not _CLAUSE.search(effect):
            # The effect speaks of "it"; who that is stands before the verb of the cause.
            who = " ".join(words[: verb.at])
            yield Mould(sentence, sentence, grammar=_free("Why", effect, about=who))
    years = _YEAR.findall(clause)
    counted = _COUNTED.search(clause)
    if len(years) == 1 and " that " not in clause:
        yield Mould(f"{clause}.", years[0], grammar=_free("When", clause, years[0]))
    elif counted and verb and counted.start() > len(" ".join(words[: verb.at])):
        number = counted[0].removesuffix(counted[1]).strip()
        opening = f"How many {counted[1]}"
        yield Mould(f"{clause}.", counted[0], grammar=_free(opening, clause, number))
    if verb and not _ADVERBIAL.match(clause) and not leans(sentence):
        yield Mould(sentence, sentence, tuple(_for_subject(words, verb)))


def _for_subject(words: list[str], verb: Verb) -> Iterator[str]:
    """Yield questions for the words before the verb, with the rest of the clause as it stands."""
    rest = " ".join(words[verb.at :]).partition(", ")[0]
    if not 4 <= len(rest.split()) <= 18:
        return
    if not verb.base:
        yield f"What {rest}?"
        yield f"Who {rest}?"
    subject = words[: verb.at]
    if may_head(subject[-1], subject[:-1]):
        yield f"Which {subject[-1]} {rest}?"


def _free(opening: str, statement: str, but: str = "", about: str = "") -> str:
    """Return a grammar for questions of the words of `statement`, `about` standing first."""
    words = {word for word in _WORD.findall(statement) if word != but}
    known = "|".join(_pattern(word) for word in sorted(words | SMALL | _turned(words)))
    first = f" {_pattern(_lowered(about))}" if about else ""
    auxiliary = "|".join(AUXILIARY)
    return f"start: / {_pattern(opening)} ({auxiliary}){first}( ({known})){{2,18}}\\?/"


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
