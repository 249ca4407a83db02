"""English question templates: the questions that a statement answers."""

import re
from collections.abc import Iterator

from dlm_lsp.teachers.base_model import english_clause
from dlm_lsp.teachers.base_model.english_clause import EnglishClause
from dlm_lsp.teachers.base_model.question_template import QuestionTemplate, as_answer
from dlm_lsp.teachers.base_model.sentences import has_bare_subject

_NUMBER = (
    r"(?:\d[\d,.]*\d|\d|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|twenty|thirty|forty|fifty|sixty|hundred)"
)
_NO_ADJECTIVE = r"(?!(?:times|other|more|that|and|or|with|for|from|per|is|was|of|in|to)\b)"
_COUNTED = re.compile(
    r"^(?P<before>.*?)(?:(?:about|around|only|up to|at least|at most|nearly|almost|exactly) )?"
    rf"(?<![-\w.])(?!(?:1\d|20)\d\d ){_NUMBER} (?P<noun>(?:{_NO_ADJECTIVE}[a-z-]{{3,}}(?<!s) )??"
    r"(?:[a-z]{2,}[^\W\dsu]s|people|children|feet)(?: (?:long|wide|high|tall|deep|thick|old))?"
    r"(?: per \w+| a (?:day|week|month|year))?)(?![-\w])(?! of\b)(?P<after>.*)$"
)
_PREPOSITION = re.compile(r"^(?P<rest>(?:.* )?)(?P<word>in|for|on|after|within|with|over|by|to) $")
_NO_COUNT = re.compile(
    r"\b(?:every|each|another|first|next|following|than|of|or|hundred|number) $|,|"
    r"\b(?:between|from|and)\b|\d"
)
_LAST_ADVERB = re.compile(r" ?\b(?:mainly|mostly|partly|largely|only|simply)$")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_POINT = (
    rf"(?:(?:the )?(?:\d{{1,2}} )?(?:{_MONTH} )?(?:1[0-9]{{3}}|20[0-9]{{2}})s?|"
    rf"(?:\d{{1,2}} )?{_MONTH}|\d{{1,2}}:\d\d|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)"
)
_TIME = re.compile(
    r",? ?\b(?:[Ii]n|[Oo]n|[Aa]t|[Aa]round|[Ff]rom|[Ee]very|[Ee]ach) (?:the night of )?"
    rf"{_POINT}(?: (?:to|until|and|or) {_POINT})?(?![-\w]),?"
)
_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})s?\b")
_REASON = re.compile(r",? \b(?:because|since(?! (?:the )?\d)|so that)\b ")
_DEFINED = re.compile(
    r"^((?:(?:A|An|The) )?(?!(?:reason|usual|first|second|Every|Each|Any)\b)[\w-]+"
    r"(?: (?!of|in|on|at|for|which|that|and|or)[\w-]+){0,3}?) (is|are|was|were) (?:a|an)\b|"
    r"^([A-Z][A-Z0-9]*|(?:A|An) [\w-]+|The [a-z-]+ [A-Z]+) (is) the\b"
)
_CONDITION = re.compile(r"^(When|If) ([^,;:]{8,90}), ")
_PAST = re.compile(r"\b(?:was|were|had|did)\b")
_CLAUSE = re.compile(r"[;:]\s|,\s(?:and|but|so|because|while|since|which|who|where|although)\b")
_ADVERBIAL = re.compile(
    r"^(?:when|if|because|since|after|before|although|while|at|in|on|for|with|until|as|during|"
    r"under|most|about|between|nobody|only|not|no|every|each|up|more|both|it|there)\b",
    re.IGNORECASE,
)
_ONE_OR_MORE = re.compile(rf"(?:an?|one|two|{_NUMBER}|\d.*)$")
_COPULA = re.compile(r"^(?:is|are|was|were)$")


def english_templates(sentence: str, prose: str) -> tuple[QuestionTemplate, ...]:
    """Return the templates that fit an English sentence of `prose`."""
    return tuple(template for template in _templates(sentence, prose) if template.questions)


def _templates(sentence: str, prose: str) -> Iterator[QuestionTemplate]:
    bare = sentence.rstrip(".!")
    first = _CLAUSE.split(bare)[0]
    yield from _for_all_of_it(sentence, bare)
    if reason := _REASON.search(bare):
        because = as_answer(bare[reason.start() :])
        yield QuestionTemplate(
            sentence, because, tuple(_turned("Why", bare[: reason.start()], prose))
        )
    years = _YEAR.findall(first)
    time = _TIME.search(first)
    if time and len(years) < 2 and " that " not in first:
        rest = f"{first[: time.start()]} {first[time.end() :]}".strip()
        yield QuestionTemplate(sentence, as_answer(time[0]), tuple(_turned("When", rest, prose)))
    elif counted := _COUNTED.match(first):
        yield _how_many(sentence, counted, prose)
    parts = (
        None
        if _ADVERBIAL.match(first) or has_bare_subject(sentence)
        else english_clause.parse_clause(first)
    )
    if parts:
        yield QuestionTemplate(sentence, as_answer(parts.subject), tuple(_for_subject(parts)))
        if english_clause.takes_object(parts) and len(parts.rest.split()) <= 9:
            what = EnglishClause(parts.subject, parts.adverb, parts.verb, "")
            acted_on = as_answer(english_clause.first_conjunct(parts.rest))
            yield QuestionTemplate(sentence, acted_on, tuple(_asking("What", what, prose, parts)))


def _for_all_of_it(sentence: str, bare: str) -> Iterator[QuestionTemplate]:
    """Ask what happens on a condition, or what something is."""
    if condition := _CONDITION.match(bare):
        happens = "happened" if _PAST.search(condition[2]) else "happens"
        question = f"What {happens} {condition[1].lower()} {condition[2]}?"
        yield QuestionTemplate(sentence, as_answer(bare[condition.end() :]), (question,))
    elif defined := _DEFINED.match(bare):
        subject, verb = defined[1] or defined[3], defined[2] or defined[4]
        article, space, rest = subject.partition(" ")
        what = f"{article.lower()} {rest}" if space and len(article) < 4 else subject
        is_what = as_answer(bare[defined.end(2 if defined[1] else 4) :])
        yield QuestionTemplate(sentence, is_what, (f"What {verb} {what}?",))


def _for_subject(parts: EnglishClause) -> Iterator[str]:
    """Yield questions for the subject, with what is said of it as it stands."""
    predicate = " ".join(filter(None, (parts.adverb, parts.verb, parts.rest))).partition(", ")[0]
    following = parts.rest.partition(" ")[0]
    # "What is a lock?" would ask for what a lock is, not for what is one.
    if not 4 <= len(predicate.split()) <= 18 or (
        _COPULA.match(parts.verb) and _ONE_OR_MORE.match(following)
    ):
        return
    if not parts.is_base:
        yield f"What {predicate}?"
        if english_clause.may_be_person(parts.subject):
            yield f"Who {predicate}?"
    if head := english_clause.head_noun(parts.subject):
        yield f"Which {head} {predicate}?"


def _how_many(sentence: str, counted: re.Match[str], prose: str) -> QuestionTemplate:
    """Return a template for a number of things."""
    before, opening = counted["before"], f"How many {counted['noun']}"
    answer = counted.string[counted.end("before") : counted.end("noun")]
    if preposition := _PREPOSITION.match(before):
        before = preposition["rest"]
        opening = f"{preposition['word'].capitalize()} how many {counted['noun']}"
        answer = f"{preposition['word']} {answer}"
    # Only where the verb stands before the number can the number be taken out behind it.
    parts = english_clause.parse_clause(before)
    if not parts or _ADVERBIAL.match(before) or _NO_COUNT.search(counted["before"]):
        return QuestionTemplate(sentence, sentence)
    after = re.split(r", |\band\b", counted["after"])[0]
    rest = " ".join(f"{parts.rest} {after}".split())
    whole = EnglishClause(parts.subject, parts.adverb, parts.verb, rest)
    return QuestionTemplate(
        sentence, as_answer(answer), tuple(_asking(opening, whole, prose, parts))
    )


def _turned(opening: str, text: str, prose: str) -> Iterator[str]:
    text = re.split(r"[;:] ", text)[-1]
    parts = None if _ADVERBIAL.match(text) else english_clause.parse_clause(text)
    if parts:
        rest = parts.rest.partition(", ")[0]
        rest = english_clause.first_conjunct(_LAST_ADVERB.sub("", rest))
        yield from _asking(
            opening, EnglishClause(parts.subject, parts.adverb, parts.verb, rest), prose, parts
        )


def _asking(opening: str, parts: EnglishClause, prose: str, whole: EnglishClause) -> Iterator[str]:
    """Yield the question that opens so, once for each form that the verb may have."""
    for auxiliary, verb in english_clause.invert(whole):
        words = (
            opening,
            auxiliary,
            _within(parts.subject, prose, auxiliary),
            parts.adverb,
            verb,
            parts.rest,
        )
        yield " ".join(filter(None, words)) + "?"


def _within(subject: str, prose: str, auxiliary: str) -> str:
    """Return `subject` as it is written within a sentence: "the mill" but "Ashford"."""
    first, _, rest = subject.partition(" ")
    if not (first.isalpha() and first[0].isupper() and (first[1:].islower() or first == "A")):
        return subject
    lowered = first.lower()
    named = re.search(rf"[a-z,] {re.escape(first)}\b", prose)
    used = re.search(rf"\s{re.escape(lowered.removesuffix('s'))}\w*\b(?!\.\w)", prose)
    several = first.endswith("s") and auxiliary not in ("is", "was", "does", "has")
    common = lowered in ("a", "an", "the") or (
        not named and (used or several or rest[:1].islower())
    )
    return f"{lowered} {rest}".strip() if common else subject
