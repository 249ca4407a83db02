import json

from bench.quality.grades import GRADED, GRADES, GradedPair, Origin, read_grades, write_grades


def a_pair(**changes):
    given = {
        "id": "p",
        "section": "s",
        "language": "en",
        "half": "tuning",
        "source": "ours",
        "grade": "right",
        "why": "",
        "origins": (Origin("ours", "t", "extraction", "abc"),),
        "question": "Who waits?",
        "answer": "The heron.",
    }
    return GradedPair(**{**given, **changes})


def test_grades_are_read_back_as_they_were(tmp_path):
    pairs = [a_pair(), a_pair(id="q", grade="wrong", why="half", second="trivial")]
    write_grades(pairs, tmp_path / "pairs.jsonl")
    assert read_grades(tmp_path / "pairs.jsonl") == {pair.id: pair for pair in pairs}


def test_committed_grades_are_of_the_rubric():
    assert {pair.grade for pair in read_grades().values()} <= set(GRADES)


def test_committed_pairs_about_others_texts_have_no_words():
    for line in GRADED.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        if pair["source"] != "ours":
            assert not pair.keys() & {"question", "answer", "evidence"}, pair["id"]
