"""New frontmatter: the fixes that write one, and those that write a new id into one."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.frontmatter_texts import BASE, ID, frontmatters, messages, read, slipped

from dlm_lsp.document import Document, apply_edits, parse
from dlm_lsp.document.new_frontmatter import NEW_ID, fill_id

NEW = "01K7XW3Q9DGEMM4N2BT5RHV8CE"
TITLE = "Insert a new id"


def fixed(text: str, title: str) -> Document | None:
    """The document after the fix of this title; None where none is offered."""
    fixes = [problem.fix for problem in parse(text).problems if problem.fix]
    fix = next((fix for fix in fixes if fix.title == title), None)
    return parse(apply_edits(text, fill_id(fix, NEW).edits)) if fix else None


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("body", ["", "\n", "# Bees\nThey hum.", "a\r\nb\r\n", " ---\nb\n---x\n"])
def test_a_text_without_a_frontmatter_gets_one_and_no_other_byte_changes(mark, body):
    text = mark + body
    document = fixed(text, "Add frontmatter")
    if " ---" in body:
        assert document is None
        return
    assert document.frontmatter.dlm_id == NEW
    assert document.text.startswith(f"{mark}---")
    assert document.text.endswith(body)
    assert ("\r\n" in document.text) == ("\r\n" in text)


@pytest.mark.parametrize("above", ["\n", "# Bees\n", "----\n", "\r\n \r"])
def test_a_document_whose_frontmatter_is_not_on_top_keeps_its_id(above):
    text = f"{above}---\n{ID}\n{BASE}\n---\nThey hum."
    assert [problem.code for problem in parse(text).problems][:1] == ["missing-frontmatter"]
    assert fixed(text, "Add frontmatter") is None


@example("\n\n:")
@given(st.text(alphabet="-:`#abc \n\r\ufeff\u00e4", max_size=40))
def test_whatever_the_text_its_sections_stay_the_same_under_a_new_frontmatter(body):
    document = fixed(body, "Add frontmatter")
    old = parse(body)
    offered = old.problems and old.problems[0].code == "missing-frontmatter"
    almost = body.removeprefix("\ufeff").splitlines()[:1] and not document
    assert document is not None or not offered or almost
    if document:
        assert document.frontmatter is not None
        # A blank line below a frontmatter is no part of the body (format §1), and one alone.
        first, *rest = [section.content for section in old.sections] or [""]
        without = [words for words in (first.removeprefix("\n"), *rest) if words]
        assert [section.content for section in document.sections] in (without, [first, *rest])


@pytest.mark.parametrize(
    "yaml",
    [
        "",
        f"{BASE}\n",
        f"# mine\n\n  {BASE}\n",
        f"{BASE}\r\nsystem_prompt: a\r\n",
        f"dlm_id:\n{BASE}\n",
        f"dlm_id: # later\n{BASE}\n",
        f"dlm_id: 01hz\n{BASE}\n",
        f"dlm_id: '01hz'  # mine\n{BASE}\n",
        f"dlm_id: 12\n{BASE}\n",
        f"dlm_id: null\n{BASE}\n",
        f"{{dlm_id: 01hz, {BASE}}}\n",
    ],
)
def test_an_id_that_is_missing_or_malformed_is_written_anew(yaml):
    document = fixed(f"---\n{yaml}---\n", TITLE)
    assert "dlm_id" not in " ".join(problem.message for problem in document.problems)
    if BASE in yaml:
        assert document.frontmatter.dlm_id == NEW


@pytest.mark.parametrize(
    "yaml",
    [
        f"dlm_id: [a]\n{BASE}\ntraining: {{seed: [}}\n",
        f"{{{BASE}}}\n",
        f"x: &a {{dlm_id: 1}}\n<<: *a\n{BASE}\n",
        "- a\n",
    ],
)
def test_where_an_id_cannot_be_written_so_that_it_reads_no_fix_is_offered(yaml):
    assert fixed(f"---\n{yaml}---\n", TITLE) is None
    assert messages(yaml)


@example(f":{ID}\nbase_model: 0\nbase_model: 0")
@given(
    st.one_of(frontmatters(), slipped(), slipped().map(lambda yaml: yaml.replace(ID, "dlm_id:")))
)
def test_whatever_the_frontmatter_a_new_id_is_read_and_changes_nothing_else(yaml):
    text = f"---\n{yaml}\n---\nprose\n"
    document = fixed(text, TITLE)
    if document is None:
        return
    assert NEW_ID not in document.text
    rest = [p.message for p in document.problems]
    assert not [message for message in rest if message.startswith(("`dlm_id` t", "`dlm_id` is"))]
    # A line that is added moves those below.
    before, after = (
        {re.sub(r"on line \d+", "on a line", message) for message in messages}
        for messages in ([p.message for p in parse(text).problems], rest)
    )
    assert after <= before
    assert [s.id for s in document.sections] == [s.id for s in parse(text).sections]


def test_a_lower_case_id_is_written_in_capitals_and_stays_the_same():
    (problem,) = read(f"dlm_id: 01hz4x7tgzm3j1a2b3c4d5e6f7\n{BASE}\n")[1]
    assert (problem.fix.title, problem.fix.is_safe) == (
        "Change to `01HZ4X7TGZM3J1A2B3C4D5E6F7`",
        True,
    )
