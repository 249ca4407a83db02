import pytest

from bench.quality import runs
from bench.quality.runs import RawPair, Run, pair_id, read_runs, write_run


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "COMMITTED", tmp_path / "committed")
    monkeypatch.setattr(runs, "WITH_TEXTS", tmp_path / "cache")
    return tmp_path / "committed", tmp_path / "cache"


def a_run():
    pair = RawPair(
        id=pair_id("s", "Who waits?", "The heron."),
        section="s",
        strategy="extraction",
        reason="not_grounded",
        margin=-0.25,
        question="Who waits?",
        answer="The heron.",
        evidence="The heron waits",
    )
    return Run(
        half="tuning",
        maker="ours",
        teacher="t",
        strategy="extraction",
        filter="sway",
        prompt="abc",
        per_section=3,
        asked_at="2026-01-01T00:00:00Z",
        sections={"s": "en"},
        pairs=(pair,),
    )


def test_a_run_is_read_back_as_it_was(folders):
    write_run(a_run())
    assert list(read_runs(folders[1])) == [a_run()]


def test_the_committed_run_has_no_words(folders):
    write_run(a_run())
    (path,) = folders[0].iterdir()
    assert "heron" not in path.read_text(encoding="utf-8").lower()
    (committed,) = read_runs(folders[0])
    assert committed.pairs[0].reason == "not_grounded"


def test_white_space_makes_no_other_pair():
    assert pair_id("s", "Who  waits?", "The heron.\n") == pair_id("s", "Who waits?", "The heron.")


def test_a_pair_about_another_section_is_another():
    assert pair_id("s", "Who waits?", "The heron.") != pair_id("t", "Who waits?", "The heron.")
