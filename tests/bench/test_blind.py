import json

import pytest

from bench.quality.blind import (
    GradeError,
    Verdict,
    read_verdicts,
    sheet,
    ungraded,
    with_grades,
)
from bench.quality.runs import RawPair, Run, pair_id
from bench.quality.text_sections import TextSection

OURS = TextSection("en", "tuning", "ours", "Herons", "The heron waits in shallow water for a fish.")
THEIRS = TextSection("en", "tuning", "debian", "Storks", "A stork stands on one leg on the roof.")


def a_run(*pairs, maker="ours"):
    return Run(
        half="tuning",
        maker=maker,
        teacher="qwen",
        strategy="extraction",
        filter="sway",
        prompt="abc",
        per_section=3,
        asked_at="",
        sections={OURS.id: "en", THEIRS.id: "en"},
        pairs=pairs,
    )


def a_pair(section, question, answer, reason=""):
    return RawPair(
        id=pair_id(section.id, question, answer),
        section=section.id,
        strategy="extraction",
        reason=reason,
        question=question,
        answer=answer,
        evidence="evidence",
    )


HERON = a_pair(OURS, "What does the heron wait for?", "A fish.", reason="not_grounded")
STORK = a_pair(THEIRS, "Where does a stork stand?", "On the roof.")


def grade(pair, grade="right", why=""):
    return Verdict(pair.id, grade, why)


def test_a_sheet_tells_neither_who_wrote_a_pair_nor_what_the_filters_said():
    text = "\n".join(sheet(ungraded([a_run(HERON, STORK)], {}), [OURS, THEIRS]))
    assert HERON.question in text
    assert THEIRS.text in text
    assert not any(word in text for word in ("ours", "qwen", "not_grounded", "evidence"))


def test_a_pair_of_two_runs_is_read_once():
    assert ungraded([a_run(HERON), a_run(HERON, maker="reference")], {}) == [HERON]


def test_a_graded_pair_is_not_read_again():
    graded = with_grades({}, [grade(HERON)], [a_run(HERON)], [OURS])
    assert ungraded([a_run(HERON, STORK)], graded) == [STORK]


def test_a_pair_remembers_all_who_wrote_it():
    found = [a_run(HERON), a_run(HERON, maker="reference")]
    graded = with_grades({}, [grade(HERON)], found, [OURS])
    assert [origin.maker for origin in graded[HERON.id].origins] == ["ours", "reference"]


def test_words_are_kept_of_our_own_texts_only():
    verdicts = [grade(HERON), grade(STORK)]
    graded = with_grades({}, verdicts, [a_run(HERON, STORK)], [OURS, THEIRS])
    assert graded[HERON.id].answer == "A fish."
    assert (graded[STORK.id].question, graded[STORK.id].evidence) == ("", "")


def test_a_why_that_quotes_anothers_text_is_refused():
    verdict = grade(STORK, "wrong", "no: stands on one leg on the roof")
    with pytest.raises(GradeError, match="quotes"):
        with_grades({}, [verdict], [a_run(STORK)], [THEIRS])


def test_a_second_grade_stands_beside_the_first():
    first = with_grades({}, [grade(HERON)], [a_run(HERON)], [OURS])
    assert ungraded([a_run(HERON)], first, again=True) == [HERON]
    both = with_grades(first, [grade(HERON, "trivial")], [a_run(HERON)], [OURS], again=True)
    assert (both[HERON.id].grade, both[HERON.id].second) == ("right", "trivial")
    assert ungraded([a_run(HERON)], both, again=True) == []


def test_a_grade_of_no_known_pair_is_refused():
    with pytest.raises(GradeError, match="no such pair"):
        with_grades({}, [grade(HERON)], [], [OURS])


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        json.dumps({"grade": "right"}),
        json.dumps({"id": "p", "grade": "good"}),
        json.dumps({"id": "p", "grade": "right", "why": "x" * 101}),
    ],
)
def test_a_line_that_is_no_grade_is_refused_with_its_number(line):
    with pytest.raises(GradeError, match="line 2"):
        list(read_verdicts("\n" + line))
