import json
import re

from support.teacher_server import town

from dlm_lsp.api.reviewing import decide_pairs


def test_what_is_applied_and_staged_is_counted(dlm, staged):
    shown = dlm("synth", "list", staged).stdout
    assert "applied auto-synth: 0\n  staged pending:     4" in shown
    assert "    - extraction: 4" in shown
    dlm("synth", "apply", staged)
    assert "applied auto-synth: 4\n  staged pending:     0" in dlm("synth", "list", staged).stdout


def test_each_pair_stands_under_its_section_with_all_that_one_decides_by(dlm, staged):
    lines = dlm("synth", "list", staged).stdout.split("\n")
    first = lines.index(f"  {town(1)}")
    assert lines[first + 1 : first + 4] == [
        "    - q: How many mills does Ville1 have?",
        "      a: Ville1 has 11 mills.",
        f"      evidence: “{town(1)}”",
    ]
    assert re.fullmatch(
        "      towns · extraction · not reviewed · id [0-9a-f]{16}", lines[first + 4]
    )


def test_how_far_the_review_is_and_what_was_decided_is_shown(dlm, staged, home, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(home))
    (before,) = json.loads(dlm("synth", "list", staged, "--json").stdout)["documents"]
    first, second, *_ = (pair["section_id"] for pair in before["staged"])
    decide_pairs(staged, [first], "accepted", print)
    decide_pairs(staged, [second], "rejected", print)
    shown = dlm("synth", "list", staged).stdout
    assert "  2 of 4 reviewed\n" in shown
    assert "extraction · accepted · id" in shown
    (after,) = json.loads(dlm("synth", "list", staged, "--json").stdout)["documents"]
    assert after["review"] == {"reviewed": 2, "total": 4}
    assert [pair["decision"] for pair in after["applied"]] == ["accepted"]
    assert len(after["staged"]) == 2


def test_nothing_yet_is_said(dlm, document, home):
    assert "no auto-synth instruction sections yet" in dlm("synth", "list", document()).stdout
    assert not home.exists()


def test_json_lists_each_section_with_its_provenance(dlm, staged, teacher):
    (listed,) = json.loads(dlm("synth", "list", staged, "--json").stdout)["documents"]
    assert listed["applied"] == []
    first = listed["staged"][0]
    assert first["teacher"] == teacher.selector
    assert first["question"] == "How many mills does Ville1 have?"
    assert first["stale"] is False
    assert first["answer"] == "Ville1 has 11 mills."
    assert (first["heading"], first["evidence"]) == (town(1), town(1))
    assert (first["margin"], first["decision"]) == (None, None)


def test_a_section_whose_source_has_changed_is_stale(dlm, staged):
    dlm("synth", "apply", staged)
    staged.write_text(staged.read_text().replace("has 11 mills and", "has 12 mills and"))
    assert dlm("synth", "list", staged).stdout.count("  stale · ") == 2


def test_a_document_with_an_error_in_its_body_can_still_be_listed(dlm, staged):
    staged.write_text(staged.read_text() + "::poem::\n")
    assert "staged pending:     4" in dlm("synth", "list", staged).stdout


def test_markup_in_a_pair_is_shown_as_it_is(dlm, tmp_path):
    path = tmp_path / "markup.dlm"
    path.write_text(
        "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n::instruction::\n"
        '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction" '
        'synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->\n'
        "### Q\nWhat is [/INST] list[int] :smile: <b>?\n### A\nIt.\n"
    )
    assert "q: What is [/INST] list[int] :smile: <b>?" in dlm("synth", "list", path).stdout


def test_a_corrupt_plan_is_named_with_the_way_out(dlm, staged, home):
    (plan,) = home.rglob("pending.json")
    plan.write_text("{")
    refused = dlm("synth", "list", staged)
    assert refused.returncode == 1
    assert str(plan) in refused.stderr
    assert "dlm synth discard" in refused.stderr
    assert dlm("synth", "discard", staged).returncode == 0
    assert dlm("synth", "list", staged).returncode == 0
