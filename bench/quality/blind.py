"""Blind grading: pairs to be read without a word of who wrote them, and the grades read back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from bench.quality.grades import Grade, GradedPair, Origin
from bench.quality.manual_text import one_line
from bench.quality.runs import RawPair, Run
from bench.quality.text_sections import TextSection

LONGEST_WHY = 100
# Fewer words, or characters where there are no blanks, are no quotation.
_QUOTED_WORDS, _QUOTED_CHARACTERS = 5, 24


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade as a reader writes it, for the pair with this id."""

    id: str
    grade: Grade
    why: str


class GradeError(ValueError):
    """A grade that cannot be taken."""


def ungraded(
    runs: Iterable[Run], graded: Mapping[str, GradedPair], *, again: bool = False
) -> list[RawPair]:
    """Return each pair once that has no grade yet, or with `again` no second one."""
    found: dict[str, RawPair] = {}
    for pair in (pair for run in runs for pair in run.pairs):
        known = graded.get(pair.id)
        if (known is None) if not again else (known is not None and known.second is None):
            found.setdefault(pair.id, pair)
    return list(found.values())


def sheet(pairs: Iterable[RawPair], sections: Iterable[TextSection]) -> Iterator[str]:
    """Yield the lines of a Markdown sheet: each text once, and its pairs in the order of hashes."""
    of_section: dict[str, list[RawPair]] = {}
    for pair in pairs:
        of_section.setdefault(pair.section, []).append(pair)
    for section in sections:
        about = sorted(of_section.get(section.id, ()), key=lambda pair: pair.id)
        if not about:
            continue
        yield f"\n---\n[{section.language}]\n\n{section.text}\n"
        for pair in about:
            yield f"{pair.id}\n  Q {one_line(pair.question)}\n  A {one_line(pair.answer)}"


def read_verdicts(text: str) -> Iterator[Verdict]:
    """Yield the grades of a file, a JSON object a line.

    Raises:
        GradeError: a line that is none, with its number.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            verdict = Verdict(raw["id"], raw["grade"], raw.get("why", ""))
        except (ValueError, KeyError, TypeError) as error:
            raise GradeError(f"line {number} is no grade: {error!r}") from error
        if verdict.grade not in get_args(Grade):
            raise GradeError(f"line {number}: there is no grade {verdict.grade!r}")
        if len(verdict.why) > LONGEST_WHY:
            raise GradeError(f"line {number}: more than {LONGEST_WHY} characters of why")
        yield verdict


def with_grades(
    graded: Mapping[str, GradedPair],
    verdicts: Iterable[Verdict],
    runs: Sequence[Run],
    sections: Iterable[TextSection],
    *,
    again: bool = False,
) -> dict[str, GradedPair]:
    """Return the graded pairs with these verdicts, as second grades with `again`.

    Raises:
        GradeError: a verdict on a pair that no run has, or a `why` that quotes another's text.
    """
    result = dict(graded)
    written = {pair.id: pair for run in runs for pair in run.pairs}
    by_id = {section.id: section for section in sections}
    for verdict in verdicts:
        if again and verdict.id in result:
            result[verdict.id] = replace(result[verdict.id], second=verdict.grade)
            continue
        pair = written.get(verdict.id)
        section = by_id.get(pair.section) if pair else None
        if again or not pair or not section:
            raise GradeError(f"{verdict.id}: no such pair to be graded")
        if section.source != "ours" and _quotes(verdict.why, section.text, pair):
            raise GradeError(f"{verdict.id}: the why quotes a text that is not ours")
        result[verdict.id] = _graded(pair, section, verdict)
    origins = _origins(runs)
    return {id_: replace(p, origins=origins.get(id_, p.origins)) for id_, p in result.items()}


def _graded(pair: RawPair, section: TextSection, verdict: Verdict) -> GradedPair:
    graded = GradedPair(
        id=pair.id,
        section=section.id,
        language=section.language,
        half=section.half,
        source=section.source,
        grade=verdict.grade,
        why=verdict.why,
        origins=(),
    )
    if section.source != "ours":
        return graded
    return replace(graded, question=pair.question, answer=pair.answer, evidence=pair.evidence)


def _origins(runs: Iterable[Run]) -> dict[str, tuple[Origin, ...]]:
    found: dict[str, dict[Origin, None]] = {}
    for run in runs:
        for pair in run.pairs:
            origin = Origin(run.maker, run.teacher, pair.strategy, run.prompt)
            found.setdefault(pair.id, {})[origin] = None
    return {id_: tuple(origins) for id_, origins in found.items()}


def _quotes(why: str, text: str, pair: RawPair) -> bool:
    """Tell whether `why` has a run of words from the text or from the pair about it."""
    within = " ".join(f"{text} {pair.question} {pair.answer}".lower().split())
    words = why.lower().split()
    runs = [
        " ".join(words[at : at + _QUOTED_WORDS]) for at in range(len(words) - _QUOTED_WORDS + 1)
    ]
    runs += [
        why.lower()[at : at + _QUOTED_CHARACTERS]
        for at in range(len(why) - _QUOTED_CHARACTERS + 1)
        if " " not in why[at : at + _QUOTED_CHARACTERS]
    ]
    return any(run in within for run in runs)
