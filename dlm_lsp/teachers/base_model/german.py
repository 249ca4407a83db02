"""German question templates: the questions that a statement answers."""

import re
from collections.abc import Iterator

from dlm_lsp.teachers.base_model.german_clause import (
    GermanClause,
    lowercase_article,
    parse_main_clause,
)
from dlm_lsp.teachers.base_model.question_template import QuestionTemplate, as_answer

_REASON = re.compile(r", (?:weil|denn|da) ")
_CLAUSE = re.compile(
    r", |; |: | und (?=[a-zäöüß]+(?:t|te|ten|en|rde|rden)\b|(?:ist|sind|war|wird|hat) )"
)
_MONTH = "(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
_TIME = re.compile(
    rf" ?\b(?:(?:im (?:Jahr|Herbst|Winter|Sommer|Frühjahr|{_MONTH})|am \d{{1,2}}\. {_MONTH}|"
    r"um|seit|erst) )?(?:1\d|20)\d\d\b"
    rf"(?! [A-ZÄÖÜ])| ?\bum \d{{1,2}}(?::\d\d)? Uhr\b| ?\bam \d{{1,2}}\. {_MONTH}\b"
)
# A name without an article, or a trade with two names behind it.
_PERSON = re.compile(
    r"(?!(?:Der|Die|Das|Eine?|Zwei|Drei)\b)[A-ZÄÖÜ][a-zäöüß]+(?: [A-ZÄÖÜ][a-zäöüß]+)*$|"
    r"(?:Der|Die) [A-ZÄÖÜ][a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+ [A-ZÄÖÜ]"
)
_SEVERAL = re.compile(r"(?:en|sind)$")
_COUNTED = re.compile(
    r"^(?P<before>(?:.*? )?)(?:etwa |rund |fast |insgesamt |nur )?"
    r"(?P<number>\d[\d.,]*|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig) "
    r"(?P<noun>[A-ZÄÖÜ][a-zäöüß]{2,})(?P<after>(?: .*)?)$"
)


def german_templates(sentence: str) -> tuple[QuestionTemplate, ...]:
    """Return the templates that fit a German sentence."""
    return tuple(template for template in _templates(sentence) if template.questions)


def _templates(sentence: str) -> Iterator[QuestionTemplate]:
    bare = sentence.rstrip(".!")
    if reason := _REASON.search(bare):
        cause = parse_main_clause(bare[: reason.start()])
        if cause:
            because = as_answer(bare[reason.start() :])
            yield QuestionTemplate(sentence, because, (_asking("Warum", cause, cause.rest),))
    first = _CLAUSE.split(bare)[0]
    parts = parse_main_clause(first)
    if parts is None:
        return
    times = list(_TIME.finditer(parts.rest))
    if len(times) == 1:
        time = times[0][0].strip()
        opening = "Seit wann" if time.startswith("seit") else "Wann"
        rest = parts.rest[: times[0].start()] + parts.rest[times[0].end() :]
        yield QuestionTemplate(sentence, as_answer(time), (_asking(opening, parts, rest),))
    elif (counted := _COUNTED.match(parts.rest)) and not counted["before"].strip():
        opening = f"Wie viele {counted['noun']}"
        answer = parts.rest[counted.end("before") : counted.end("noun")]
        yield QuestionTemplate(
            sentence, as_answer(answer), (_asking(opening, parts, counted["after"]),)
        )
    if parts.verb == "heißt":
        yield QuestionTemplate(sentence, as_answer(parts.rest), (_asking("Wie", parts, ""),))
    elif len(parts.rest.split()) >= 2 and not _SEVERAL.search(parts.verb):
        predicate = f"{parts.verb} {parts.rest}"
        who = "Wer" if _PERSON.match(parts.subject) else "Was"
        yield QuestionTemplate(sentence, as_answer(parts.subject), (f"{who} {predicate}?",))


def _asking(opening: str, parts: GermanClause, rest: str) -> str:
    return (
        " ".join(f"{opening} {parts.verb} {lowercase_article(parts.subject)} {rest}".split()) + "?"
    )
