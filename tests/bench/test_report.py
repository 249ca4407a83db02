from bench.quality.grades import GradedPair
from bench.quality.report import bars, report
from bench.quality.runs import RawPair, Run


def a_run(maker, filter_, *pairs, asked_at="1"):
    return Run(
        half="held-out",
        maker=maker,
        teacher="qwen-1.5b",
        strategy="extraction",
        filter=filter_,
        prompt=asked_at,
        per_section=3,
        asked_at=asked_at,
        sections={"a": "en", "b": "de"},
        pairs=pairs,
    )


def a_pair(id_, reason=""):
    return RawPair(id=id_, section="a", strategy="extraction", reason=reason)


def graded(**grades):
    return {
        id_: GradedPair(id_, "a", "en", "held-out", "ours", grade, (), second=grade)
        for id_, grade in grades.items()
    }


REFERENCE = a_run("reference", "dedup-only", a_pair("r"), a_pair("x"))


def met(runs, grades):
    return {bar.what.split(",")[0]: bar.met for bar in bars(runs, grades)}


def test_every_bar_is_met_by_right_pairs_alone():
    ours = a_run("ours", "sway", a_pair("p"), a_pair("q"))
    grades = graded(p="right", q="right", r="right", x="wrong")
    assert set(met([ours, REFERENCE], grades).values()) == {True}


def test_every_bar_can_be_missed():
    ours = a_run("ours", "sway", a_pair("p"), a_pair("q", "not_grounded"), a_pair("s"))
    grades = graded(p="wrong", q="right", s="other_language", r="right", x="wrong")
    assert set(met([ours, REFERENCE], grades).values()) == {False}


def test_the_newest_prompts_count():
    before = a_run("ours", "sway", a_pair("p"), asked_at="1")
    after = a_run("ours", "sway", a_pair("q"), asked_at="2")
    found = met([after, before], graded(p="wrong", q="right"))
    assert found["accepted pairs that are right"] is True


def test_what_was_not_measured_is_not_met():
    assert set(met([a_run("ours", "sway")], {}).values()) == {None}


def test_the_report_names_every_run_and_the_agreement():
    ours = a_run("ours", "sway", a_pair("p"))
    scores = {"a-judge": {"p": 0.5, "x": 0.25}}
    text = report([ours, REFERENCE], graded(p="right", r="right", x="wrong"), scores)
    assert "ours, qwen-1.5b, extraction, sway" in text
    assert "reference, qwen-1.5b, extraction, dedup-only" in text
    assert "3 were graded twice: 100% alike, Cohen's kappa 1.00" in text
    assert "| margin by a-judge | 1.00 | 1 | 1 |" in text
