import pytest
from support.frontmatter_texts import BASE

from dlm_lsp.document import apply_edits, duplicate_id, parse
from dlm_lsp.document.new_frontmatter import fill_id

OLD, NEW = "01HZ4X7TGZM3J1A2B3C4D5E6F7", "01K7XW3Q9DGEMM4N2BT5RHV8CE"


@pytest.mark.parametrize(
    "line",
    [f"dlm_id: {OLD}", f'dlm_id: "{OLD}"', f"dlm_id:   '{OLD}'  # mine", f"? dlm_id\n: {OLD}"],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_id_is_marked_and_the_fix_gives_the_document_one_of_its_own(line, mark):
    text = f"{mark}---\n{line}\n{BASE}\n---\nprose\n"
    problem = duplicate_id(text, parse(text).yaml, "b.dlm")
    assert text[problem.span.start : problem.span.end].strip("\"'") == OLD
    assert (problem.code, str(problem.severity)) == ("duplicate-dlm-id", "warning")
    assert problem.message.startswith("`b.dlm` has this id too")
    assert problem.fix.title == "Give this document an id of its own"
    mended = parse(apply_edits(text, fill_id(problem.fix, NEW).edits))
    assert (mended.frontmatter.dlm_id, mended.problems) == (NEW, ())


@pytest.mark.parametrize("yaml", ["", f"{BASE}\n", "- a\n"])
def test_where_there_is_no_id_there_is_none_to_mark(yaml):
    text = f"---\n{yaml}---\n"
    assert duplicate_id(text, parse(text).yaml, "b.dlm") is None
