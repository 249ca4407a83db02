import subprocess
import sys

import pytest
from support.document_text import document, found, mended

from dlm_lsp.document import HarvestMarker, MinedMarker, SynthMarker

SYNTH = (
    '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction"'
    ' synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->'
)
MINED = (
    '<!-- dlm-auto-mined: judge_name="j" judge_score_chosen="1.5" judge_score_rejected="-2"'
    ' mined_at="2026-01-31T09:30:00Z" mined_run_id="3" -->'
)
HARVEST = '<!-- dlm-auto-harvest: source="run_1" -->'
QA = "### Q\nWhy?\n### A\nSo.\n"
PREFERENCE = "### Prompt\na\n### Chosen\nb\n### Rejected\nc\n"


def test_markers_are_lifted_out_of_the_content_in_any_order():
    section, *_ = document(f"::instruction::\n{HARVEST}\n{SYNTH}\n{QA}").sections
    assert [marker.value for marker in section.markers] == [
        HarvestMarker("run_1"),
        SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", "0123456789abcdef"),
    ]
    assert section.content == QA.removesuffix("\n")
    assert section.synth == section.markers[1].value


def test_a_mined_marker_carries_numbers():
    section, *_ = document(f"::preference::\n{MINED}\n{PREFERENCE}").sections
    assert section.markers[0].value == MinedMarker("j", 1.5, -2.0, "2026-01-31T09:30:00Z", 3)


def test_a_marker_does_not_count_for_the_identity():
    bare, marked = (
        document(f"::instruction::\n{line}{QA}").sections[0] for line in ("", SYNTH + "\n")
    )
    assert bare.id == marked.id


def test_a_synth_marker_writes_the_line_it_was_read_from():
    assert document(f"::instruction::\n{SYNTH}\n{QA}").sections[0].synth.line() == SYNTH


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('synth_teacher="t"', '⟦synth_teacher⟧="⟦⟧"'),
        ('synth_at="2026-01-31T09:30:00Z"', 'synth_at="⟦2026-13-31⟧"'),
        ('source_section_id="0123456789abcdef"', 'source_section_id="⟦0123456789ABCDEF⟧"'),
        ('synth_teacher="t"', 'synth_teacher="t" ⟦synth_teacher="u"⟧'),
        ('synth_teacher="t"', 'synth_teacher="t" ⟦model="u"⟧'),
    ],
)
def test_a_wrong_attribute_is_an_error_at_its_place(before, after):
    marker = SYNTH.replace(before, after.replace("⟦synth_teacher⟧", "synth_teacher"))
    assert found(f"::instruction::\n{marker}\n{QA}") == ["invalid-marker"]


@pytest.mark.parametrize(
    "marker",
    [
        SYNTH.replace(' synth_teacher="t"', ""),
        SYNTH.replace('"t"', "t"),
        SYNTH.replace('synth_teacher="t"', 'synth_teacher="t",'),
    ],
)
def test_a_malformed_marker_is_an_error_on_its_line(marker):
    assert found(f"::instruction::\n⟦{marker}⟧\n{QA}") == ["invalid-marker"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("1.5", "nan"), ("1.5", "high"), ('run_id="3"', 'run_id="0"'), ('run_id="3"', 'run_id="x"')],
)
def test_a_mined_marker_takes_finite_scores_and_a_run_from_one(before, after):
    parsed = document(f"::preference::\n{MINED.replace(before, after)}\n{PREFERENCE}")
    assert [problem.code for problem in parsed.problems] == ["invalid-marker"]


def test_a_mistyped_attribute_is_named_with_what_was_meant():
    body = f"::instruction::\n{SYNTH.replace('synth_at', 'synth_ta')}\n{QA}"
    assert f"::instruction::\n{SYNTH}\n{QA}" == mended(body)


@pytest.mark.parametrize(
    "slip", [SYNTH + " ", SYNTH.replace("auto-synth", "auto-sinth"), " " + SYNTH]
)
def test_a_near_miss_of_a_marker_is_mended(slip):
    body = f"::instruction::\n{QA}::instruction::\n{slip}\n{QA}"
    codes = [problem.code for problem in document(body).problems]
    assert "near-miss-marker" in codes
    start = document(body).problems[0]
    assert start.code in codes
    assert mended(body) == f"::instruction::\n{QA}::instruction::\n{SYNTH}\n{QA}"


def test_a_marker_that_is_not_first_is_plain_text_and_said_so():
    assert found(f"::instruction::\n{QA}⟦{SYNTH}⟧\n") == ["misplaced-marker"]


@pytest.mark.parametrize("marker", [SYNTH, MINED, '<!-- dlm-auto-harvest: source="run" -->'])
def test_a_marker_on_the_wrong_section_type_is_said_so(marker):
    assert found(f"::prose::\n⟦{marker}⟧\ntext\n") == ["marker-on-wrong-section"]
    assert found(f"⟦{marker}⟧\ntext\n") == ["marker-on-wrong-section"]


def test_a_near_miss_below_a_sound_marker_is_in_its_place_and_mended():
    harvest = '<!-- dlm-auto-harvest: source="run" -->'
    assert mended(f"::instruction::\n{SYNTH}\n{harvest} \n{QA}") == (
        f"::instruction::\n{SYNTH}\n{harvest}\n{QA}"
    )


def test_a_marker_in_a_code_block_is_code():
    assert found(f"text\n```\n{SYNTH}\n```\n") == []


@pytest.mark.parametrize(
    ("fence", "marker", "between", "body"),
    [
        ("::instruction::", SYNTH, "", QA),
        ("::instruction::", SYNTH, f"{HARVEST}\n", QA),
        ("::instruction::", HARVEST, "", QA),
        ("::preference::", MINED, "", PREFERENCE),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_a_marker_of_a_kind_that_stands_above_is_warned_of(
    fence, marker, between, body, line_break
):
    twice = f"{fence}\n{marker}\n{between}⟦{marker}⟧\n{body}".replace("\n", line_break)
    assert found(twice) == ["repeated-marker"]
    once = f"{fence}\n{between}{marker}\n{body}".replace("\n", line_break)
    assert mended(twice.replace("⟦", "").replace("⟧", "")) == once


def test_markers_of_different_kinds_stand_together():
    assert found(f"::instruction::\n{SYNTH}\n{HARVEST}\n{QA}") == []


def test_markers_without_a_slip_ask_for_no_suggestion():
    text = f"---\nbase_model: smollm2-135m\n---\n::instruction::\n{SYNTH}\n{QA}"
    code = "import sys; from dlm_lsp.document import parse; parse(sys.stdin.read()).problems"
    code += "; print('rapidfuzz' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
