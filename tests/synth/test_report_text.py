"""Synthesis report: in Markdown that holds other people's words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from dlm_lsp.document import Pair, parse
from dlm_lsp.synth.report import WHOLE_DOCUMENT, Candidate, Refusal, Report, Skip, Usage, Verdict
from dlm_lsp.synth.report_outline import PairStates, report_outline
from dlm_lsp.synth.report_text import report_markdown
from dlm_lsp.synth.saved_report import SavedReport

DOCUMENT = parse(
    "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n\n# Oslo\n\nA city.\n"
)
ID = DOCUMENT.sections[0].id
# The reader of this test takes no link to a file.
URI = "https://notes/a%20b.dlm"
SPENT = Usage(requests=3, from_cache=1, tokens_in=100, tokens_out=20, seconds=1.25)
ACCEPTED = Candidate(Pair("What is Oslo?", "A city.\n\nA capital."), ID, "extraction", margin=1.234)
REFUSED = Refusal("What is it?", "It.", ID, "extraction", "not_self_contained", 'names "it"')
SKIPPED = Skip(ID, "expansion", "request_failed", "the server is away")


def report(
    accepted: tuple = (), refused: tuple = (), skipped: tuple = (), uri: str = "", **more
) -> str:
    """The Markdown of a run."""
    values = {"usage": SPENT, "generated": 4, "dedup": 3, "judge_passed": 2, "threshold": 2}
    run = Report("sway", accepted=accepted, refused=refused, skipped=skipped, **values | more)
    saved = SavedReport("openai:m", None, "2026-01-31T09:30:00Z", run)
    return report_markdown(report_outline(saved, DOCUMENT, PairStates()), uri)


def test_the_head_is_a_list():
    assert report().startswith("# Synthesis report\n\n- Teacher: openai:m\n- Time: 2026")
    assert "##" not in report()


def test_accepted_pairs_stand_under_their_section_with_their_answers_quoted():
    assert report(accepted=(ACCEPTED,)).split("\n\n")[-5:] == [
        "## Accepted (1)",
        "### Oslo, line 6 (1)",
        "#### What is Oslo?",
        "> A city.  \n>   \n> A capital.",
        "extraction, margin 1.23\n",
    ]


def test_a_section_is_a_link_where_the_document_has_an_address():
    text = report((ACCEPTED,), (REFUSED,), (SKIPPED,), uri=URI)
    assert text.count(f"[Oslo]({URI}#L6)") == 3


def test_a_section_that_is_gone_is_no_link():
    gone = Candidate(ACCEPTED.pair, "0" * 16, "extraction")
    assert "### a section that has changed since (1)" in report(accepted=(gone,), uri=URI)


def test_refused_pairs_stand_under_the_reason_in_words_with_answer_and_detail():
    assert report(refused=(REFUSED,)).split("\n\n")[-5:] == [
        "## Refused (1)",
        "### not understood without its section (1)",
        "#### What is it?",
        "> It.",
        'extraction, about Oslo, line 6. names "it"\n',
    ]


def test_what_gave_nothing_is_named_with_the_reason_in_words():
    whole = Skip(WHOLE_DOCUMENT, None, "no_prose", "there is none")
    assert report(skipped=(SKIPPED, whole)).endswith(
        "## Gave nothing, or less than asked for (2)\n\n"
        "- Oslo, line 6 (expansion): **the request failed**, the server is away\n"
        "- the document: **no prose to ask about**, there is none\n"
    )


def test_the_evidence_is_quoted():
    candidate = Candidate(ACCEPTED.pair, ID, "extraction", "A *city*.")
    assert "\n“A \\*city\\*.”\n" in report(accepted=(candidate,))


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("Is *this* `code`?", "Is \\*this\\* \\`code\\`?"),
        ("[a](http://x)", "\\[a\\](http://x)"),
        ("<img src=x>", "\\<img src=x\\>"),
    ],
)
def test_markdown_in_a_pair_is_shown_and_not_read(words, escaped):
    candidate = Candidate(Pair(words, words), ID, "extraction")
    refused = Refusal(words, "", ID, "extraction", "looping", words)
    skipped = Skip(ID, None, "shortfall", words)
    text = report(accepted=(candidate,), refused=(refused,), skipped=(skipped,))
    assert text.count(escaped) == 5
    assert words not in text


def rendered(text: str) -> SyntaxTreeNode:
    """What a reader of the Markdown sees."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return SyntaxTreeNode(markdown.parse(text))


def lines_of(block: SyntaxTreeNode) -> list[str]:
    """The lines of a paragraph or heading that holds nothing but words."""
    (inline,) = block.children
    assert {part.type for part in inline.children} <= {"text", "hardbreak"}
    words = "".join("\n" if part.type == "hardbreak" else part.content for part in inline.children)
    return [" ".join(line.split()) for line in words.split("\n")]


BLOCKS = [
    "# Title",
    "Title ##",
    "#",
    "---",
    "- item",
    "+ item",
    "* item",
    "-",
    "1. first",
    "2) second",
    "3.",
    "> quoted",
    "    code",
    "\tcode",
    "=",
    "===",
    "```",
    "~~~ python",
    "| a | b |",
    "|---|---|",
    ":--|--:",
    "a | b",
    "--- | ---",
    "[a]: http://x",
    "<div>",
    "<!-- a",
    "***",
    "___",
    "\\",
    "words\\",
    "words  ",
    "",
    "  ",
]
_LINES = st.sampled_from(BLOCKS) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0\n"), max_size=12
)
_TEXTS = st.lists(_LINES, min_size=1, max_size=5).map("\n".join)


@given(_TEXTS, _TEXTS)
def test_each_line_of_a_pair_is_shown_as_a_line_of_words(question, answer):
    candidate = Candidate(Pair(question, answer), ID, "extraction")
    refused = Refusal(question, answer, ID, "extraction", "looping", answer)
    text = report(accepted=(candidate,), refused=(refused,))
    blocks = rendered(text).children
    asked = [block for block in blocks if block.tag == "h4"]
    assert len(asked) == 2
    for heading in asked:
        assert not heading.children or lines_of(heading) == [" ".join(question.split())]
    answered = [block for block in blocks if block.type == "blockquote"]
    assert len(answered) == (2 if answer else 0)
    for quote in answered:
        assert {block.type for block in quote.children} <= {"paragraph"}
        shown = [line for block in quote.children for line in lines_of(block)]
        assert shown == [" ".join(line.split()) for line in answer.split("\n") if line.strip()]
    assert {block.type for block in blocks} <= {
        "heading",
        "blockquote",
        "paragraph",
        "bullet_list",
    }


def test_the_lines_of_an_answer_are_indented_as_they_were():
    candidate = Candidate(Pair("Why?", "def f():\n    if x:\n\treturn\n  \nEnd."), ID, "extraction")
    blocks = rendered(report(accepted=(candidate,))).children
    (quote,) = [block for block in blocks if block.type == "blockquote"]
    shown = quote.children[0].children[0].children
    assert [part.content for part in shown if part.content] == [
        "def f():",
        "\N{NO-BREAK SPACE}" * 4 + "if x:",
        "\N{NO-BREAK SPACE}" * 4 + "return",
    ]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_words_of_a_pair_ever_make_a_heading_or_a_link(question, answer, detail):
    verdict = Verdict(None, detail)
    hostile = Candidate(Pair(question, answer), ID, "extraction", detail, verdict=verdict)
    refused = Refusal(question, answer, ID, "extraction", "looping", detail, evidence=detail)
    skipped = Skip(ID, None, "shortfall", detail)
    text = report((hostile,), (refused,), (skipped,), uri=URI, failure=detail)
    headings = [line for line in text.split("\n") if re.match("#+ ", line)]
    assert len(headings) == 8
    links = [node for node in rendered(text).walk() if node.type in ("link", "image")]
    assert {link.attrs.get("href") for link in links} == {f"{URI}#L6"}
