import pytest

from dlm_lsp.document import parse
from dlm_lsp.document.new_document import new_document
from dlm_lsp.document.new_frontmatter import DEFAULT_BASE_MODEL

ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"


def made(body: str, **options):
    return new_document(body, ID, DEFAULT_BASE_MODEL, **options)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_text_gets_a_frontmatter_in_its_own_line_breaks(line_break):
    body = f"# Bees{line_break}They hum.{line_break}"
    document = parse(made(body).text)
    assert document.problems == ()
    assert (document.frontmatter.dlm_id, document.frontmatter.dlm_version) == (ID, 15)
    assert document.text.endswith(body)
    assert document.text.count(line_break) == 7


def test_a_frontmatter_of_another_kind_is_left_out_and_told():
    new = made("\ufeff---\ntitle: Bees\ntags: [a]\n---\n# Bees\n")
    assert (new.left_out, parse(new.text).sections[0].content) == (("title", "tags"), "# Bees")


@pytest.mark.parametrize(
    "body", ["---\nnot: [closed\n---\n", "---\nwords\n---\n", "---\n", "a\n---\nb: c\n---\n"]
)
def test_a_rule_of_dashes_is_no_frontmatter(body):
    new = made(body)
    assert (new.left_out, new.text.endswith(body)) == ((), True)


def test_a_section_begins_at_each_heading_where_that_is_wanted():
    body = "# Bees\nThey hum.\n# Wasps\nThey sting.\n"
    assert len(parse(made(body).text).sections) == 1
    assert len(parse(made(body, split_headings=True).text).sections) == 2


def test_a_document_of_nothing_has_no_section_and_no_problem():
    document = parse(made("\n").text)
    assert (document.sections, document.problems) == ((), ())
