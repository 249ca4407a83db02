import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.frontmatter_texts import (
    BASE,
    ID,
    REQUIRED,
    found,
    frontmatters,
    mended,
    messages,
    read,
    slipped,
)
from support.reference_oracle import Oracle

from dlm_lsp.document.edit import Span, apply_edits
from dlm_lsp.document.frontmatter import read_frontmatter
from dlm_lsp.document.problem import Severity

LINE_BREAKS = st.sampled_from(["\n", "\r\n", "\r"])


def document(yaml: str, line_break: str = "\n", before: str = "") -> tuple[str, Span]:
    """A whole document, and where its YAML stands."""
    opening = f"{before}---{line_break}"
    yaml = f"{yaml}\n".replace("\n", line_break)
    span = Span(len(opening), len(opening) + len(yaml))
    return f"{opening}{yaml}---{line_break}Some prose.{line_break}", span


def test_a_frontmatter_needs_an_id_and_a_base_model():
    frontmatter, problems = read(REQUIRED)
    assert problems == []
    assert (frontmatter.dlm_id, frontmatter.base_model) == (ID.split()[1], BASE.split()[1])


def test_a_frontmatter_with_an_error_is_none_and_one_with_a_warning_is_not():
    assert read(f"{REQUIRED}seed: 1\n")[0] is None
    frontmatter, [problem] = read(f"{REQUIRED}system_prompt: a\nsystem_prompt: b\n")
    assert problem.severity is Severity.WARNING
    assert frontmatter.system_prompt == "b"


@pytest.mark.parametrize(
    ("yaml", "code"),
    [
        ("⟦- a\n- b⟧\n", "not-a-mapping"),
        ("⟦just words⟧\n", "not-a-mapping"),
        ("⟦---⟧\n# a remark alone\n", "not-a-mapping"),
        (f"{REQUIRED}a: b⟦: c⟧\n", "yaml-syntax"),
        (f"{REQUIRED}⟦dlm_id⟧: 01HZ4X7TGZM3J1A2B3C4D5E6F7\n", "duplicate-key"),
    ],
)
def test_what_yaml_makes_of_it_is_shown_first(yaml, code):
    assert found(yaml) == [code]


@pytest.mark.parametrize("version", ["16", "99", "9999999999999999999999"])
def test_a_newer_version_is_refused_and_nothing_else_of_it_is_judged(version):
    text = f"dlm_version: ⟦{version}⟧\nfuture: 1\n"
    assert found(text) == ["newer-version"]
    assert "written by a newer tool" in messages(f"dlm_version: {version}\n")


@pytest.mark.parametrize("version", ["0", "-1", "true", "'15'", "15.0", "x", "[15]", "2024-01-31"])
def test_a_version_is_a_whole_number_from_1(version):
    text = f"{REQUIRED}dlm_version: ⟦{version}⟧\n"
    assert found(text) == ["invalid-value"]
    assert f"from 1 to 15, not `{version}`" in messages(f"{REQUIRED}dlm_version: {version}\n")


def test_a_version_without_a_value_is_shown_at_its_key():
    assert found(f"{REQUIRED}⟦dlm_version⟧:\n") == ["invalid-value"]


@pytest.mark.parametrize("version", ["'15'", '"15"', "15.0"])
def test_a_version_of_another_type_is_mended(version):
    assert mended(f"{REQUIRED}dlm_version: {version}\n") == f"{REQUIRED}dlm_version: 15\n"


@pytest.mark.parametrize("name", ["qwen2.5-0.5b", "gemma-3-270m", "hf:org/name", "hf:a.b/c-d_e.1"])
def test_a_base_model_of_the_registry_or_the_hub_is_known(name):
    assert found(f"{ID}\nbase_model: {name}\n") == []


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("qwen2.5-0.6b", "qwen2.5-0.5b"),
        ("Qwen2.5-0.5B", "qwen2.5-0.5b"),
        ("hf:smollm2-135m", "smollm2-135m"),
        ("google/gemma-3-270m", "hf:google/gemma-3-270m"),
        ("'gemma3-270m'", "gemma-3-270m"),
        ("./models/x", "hf:./models/x"),
    ],
)
def test_an_unknown_base_model_is_a_warning_with_the_closest_one(name, suggestion):
    assert found(f"{ID}\nbase_model: ⟦{name}⟧\n") == ["unknown-base-model"]
    assert mended(f"{ID}\nbase_model: {name}\n") == f"{ID}\nbase_model: {suggestion}\n"


@pytest.mark.parametrize(
    "name", ["hf:", "hf:name", "hf:a/b/c", "hf:a b/c", "hf:model.gguf", "my model"]
)
def test_a_base_model_that_resembles_none_has_no_fix(name):
    assert found(f"{ID}\nbase_model: ⟦'{name}'⟧\n") == ["unknown-base-model"]
    assert mended(f"{ID}\nbase_model: '{name}'\n") == f"{ID}\nbase_model: '{name}'\n"


@pytest.mark.parametrize("name", ["hf:./m.gguf", "hf:/m", "hf:~/m", "hf:../m", "'hf:C:\\m.gguf'"])
def test_a_path_to_a_base_model_is_a_warning_that_others_cannot_read_it(name):
    assert found(f"{ID}\nbase_model: ⟦{name}⟧\n") == ["local-base-model"]
    assert read(f"{ID}\nbase_model: {name}\n")[0].base_model == name.strip("'")


@pytest.mark.parametrize("before", ["", "\ufeff"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_spans_and_fixes_count_in_the_text_of_the_document(before, line_break):
    text, span = document(f"# 😀 \u2028\n{ID}\nbase_modle: smollm3-3b", line_break, before)
    _, [missing, unknown] = read_frontmatter(text, span)
    assert text[slice(*missing.span)] == "---"
    assert text[slice(*unknown.span)] == "base_modle"
    assert apply_edits(text, unknown.fix.edits) == text.replace("modle", "model")


def test_the_line_break_before_the_closing_line_is_no_part_of_a_value():
    assert read(f"{REQUIRED}system_prompt: |\n  Be brief.\n")[0].system_prompt == "Be brief."


@pytest.mark.parametrize(
    "yaml", ["a: " + "[" * 3000, "x" * 10**6, "a: 1\n" * 2000, "{a: " * 3000, "1: 1\n" * 3000]
)
def test_a_hostile_frontmatter_is_refused_within_two_seconds(yaml):
    started = time.process_time()
    assert read(yaml + "\n")[0] is None
    assert time.process_time() - started < 2


def test_the_same_frontmatter_is_not_read_twice():
    first, _ = read(REQUIRED)
    text, span = document(f"{ID}\n{BASE}", before="\ufeff")
    assert read_frontmatter(text, span)[0] is first


@given(st.text() | slipped(), LINE_BREAKS, st.sampled_from(["", "\ufeff"]))
def test_reading_never_fails_and_every_problem_points_at_something(yaml, line_break, before):
    text, span = document(yaml, line_break, before)
    frontmatter, problems = read_frontmatter(text, span)
    assert (frontmatter is None) is any(p.severity is Severity.ERROR for p in problems)
    for problem in problems:
        assert 0 <= problem.span.start < problem.span.end <= span.end
        assert problem.message
        assert "\n" not in problem.message
    assert problems == sorted(problems, key=lambda problem: problem.span)


@given(slipped())
def test_every_fix_mends_what_it_is_offered_for(yaml):
    text, span = document(yaml)
    _, problems = read_frontmatter(text, span)
    for problem in problems:
        if problem.fix:
            after = apply_edits(text, problem.fix.edits)
            longer = len(after) - len(text)
            left = read_frontmatter(after, Span(span.start, span.end + longer))[1]
            assert len(left) < len(problems) or problem.message not in [p.message for p in left]
            assert "yaml-syntax" not in {p.code for p in left} - {p.code for p in problems}


def assert_agrees(oracle: Oracle, text: str, span: Span) -> None:
    """Ours and the reference's reading of the frontmatter are the same."""
    ours, problems = read_frontmatter(text, span)
    theirs = oracle.parse(text)
    assert (ours is not None) is theirs["ok"], (problems, theirs)
    if ours:
        # Tuples are lists in JSON.
        assert json.loads(json.dumps(ours.model_dump())) == theirs["frontmatter"]


@settings(deadline=None, max_examples=300)
@given(yaml=frontmatters(), line_break=LINE_BREAKS, before=st.sampled_from(["", "\ufeff"]))
def test_frontmatters_read_as_the_reference_reads_them(oracle, yaml, line_break, before):
    assert_agrees(oracle, *document(yaml, line_break, before))


@settings(deadline=None, max_examples=500)
@given(yaml=slipped(), line_break=LINE_BREAKS, before=st.sampled_from(["", "\ufeff"]))
def test_frontmatters_with_slips_read_as_the_reference_reads_them(oracle, yaml, line_break, before):
    assert_agrees(oracle, *document(yaml, line_break, before))
