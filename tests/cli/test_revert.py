import json

import pytest

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\nprose\n"


def section(teacher: str, at: str, question: str) -> str:
    return (
        f'::instruction::\n<!-- dlm-auto-synth: synth_teacher="{teacher}" '
        f'synth_strategy="extraction" synth_at="{at}" source_section_id="0123456789abcdef" -->\n'
        f"### Q\n{question}\n### A\nSo.\n"
    )


OLD = section("hf:a", "2026-01-31T09:30:00Z", "Old?")
NEW = section("hf:b", "2026-03-31T09:30:00+02:00", "New?")
OWN = "::instruction::\n### Q\nMine?\n### A\nYes.\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "notes.dlm"
    path.write_text(HEAD + OLD + OWN + NEW)
    return path


def test_every_synthesized_section_goes_and_no_other(dlm, path):
    done = dlm("synth", "revert", path)
    assert done.stdout == f"synth: stripped 2 auto-synth instruction sections from {path}\n"
    assert path.read_text() == HEAD + OWN


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (["--teacher", "hf:a"], HEAD + OWN + NEW),
        (["--since", "2026-02-01"], HEAD + OLD + OWN),
        (["--since", "2026-03-31T07:30:00Z"], HEAD + OLD + OWN),
        (["--since", "2026-03-31T07:30:01Z"], HEAD + OLD + OWN + NEW),
        (["--since", "2026-02-01", "--teacher", "hf:a"], HEAD + OLD + OWN + NEW),
    ],
)
def test_conditions_choose_what_goes(dlm, path, flags, left):
    assert dlm("synth", "revert", path, *flags).returncode == 0
    assert path.read_text() == left


def test_a_section_is_reverted_by_its_id(dlm, path):
    (listed,) = json.loads(dlm("synth", "list", path, "--json").stdout)["documents"]
    chosen = listed["applied"][0]["section_id"]
    (done,) = json.loads(dlm("synth", "revert", path, "--section", chosen, "--json").stdout)[
        "documents"
    ]
    assert done == {"path": str(path), "removed": [chosen], "edited": []}
    assert path.read_text() == HEAD + OWN + NEW


def test_an_unknown_id_or_time_is_refused_and_nothing_is_written(dlm, path):
    before = path.read_text()
    assert dlm("synth", "revert", path, "--section", "0" * 16).returncode == 2
    assert dlm("synth", "revert", path, "--since", "yesterday").returncode == 2
    assert path.read_text() == before


def test_a_document_with_an_error_elsewhere_can_be_reverted(dlm, path):
    path.write_text(path.read_text() + "::poem::\n")
    dlm("synth", "revert", path)
    assert path.read_text() == HEAD + OWN + "::poem::\n"


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31T23:59:59", "2026-01-01T00:00+14:00"])
def test_any_time_there_is_can_be_named(dlm, path, since):
    assert dlm("synth", "revert", path, "--since", since).returncode == 0


def test_words_typed_into_a_synthesized_section_are_not_taken_out_with_it(dlm, staged):
    before = staged.read_text()
    dlm("synth", "apply", staged)
    text = staged.read_text().replace("In 1501.\n", "In 1501.\nMy own thought.\n")
    staged.write_text(text)
    done = dlm("synth", "revert", staged)
    assert "stripped 3 auto-synth instruction sections" in done.stdout
    assert "1 section edited since and left" in done.stderr
    assert "My own thought." in staged.read_text()
    dlm("synth", "revert", staged, "--edited")
    assert staged.read_text() == before


def test_who_wrote_what_is_there_is_noted_where_the_teacher_is_none_of_them(dlm, path):
    run = dlm("synth", "revert", path, "--teacher", "hf:typo")
    assert run.returncode == 0
    assert run.stderr == "note: nothing there is by hf:typo, but by hf:a, hf:b\n"
    assert dlm("synth", "revert", path, "--teacher", "hf:a").stderr == ""
