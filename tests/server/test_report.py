"""Synthesis report: in Markdown that holds other people's words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from dlm_lsp.document import Pair
from dlm_lsp.server.report import report_markdown
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.pipeline import SynthResult
from dlm_lsp.synth.report import Candidate, Refusal, Report, Skip, Usage, Verdict
from dlm_lsp.teachers.money import Money

ID = "0123456789abcdef"
ESTIMATE = Estimate(0, 0, 0, 0, 0, exact=True)
SPENT = Usage(requests=3, from_cache=1, tokens_in=100, tokens_out=20, seconds=1.25)
ACCEPTED = Candidate(Pair("What is Oslo?", "A city.\n\nA capital."), ID, "extraction", margin=1.234)
REFUSED = Refusal("What is it?", "It.", ID, "extraction", "not_self_contained", 'names "it"')
SKIPPED = Skip(ID, "expansion", "request_failed", "the server is away")


def report(
    accepted: tuple = (),
    refused: tuple = (),
    skipped: tuple = (),
    judge: str | None = None,
    notes: tuple[str, ...] = (),
    verifier: str | None = None,
    why_unverified: str = "",
    **more,
) -> str:
    """The Markdown of a run."""
    values = {"usage": SPENT, "generated": 4, "dedup": 3, "judge_passed": 2, "threshold": 2}
    run = Report("sway", accepted=accepted, refused=refused, skipped=skipped, **values | more)
    at = "2026-01-31T09:30:00Z"
    judged_by = f"{judge} (threshold 0.1)"
    result = SynthResult(
        "openai:m", judge, ESTIMATE, run, (), at, notes, judged_by, verifier, why_unverified
    )
    return report_markdown(result, "2 inserted")


def test_the_head_says_who_wrote_when_what_came_of_it_and_what_it_cost():
    assert report(judge="sway:m").splitlines() == [
        "# Synthesis report",
        "",
        "- Teacher: `openai:m`",
        "- Judge: `sway:m (threshold 0.1)`",
        "- Time: 2026-01-31T09:30:00Z",
        "- Pairs: 4 generated, 3 after text rules and duplicates, 0 accepted",
        "- Outcome: 2 inserted",
        "- Cost: 3 requests, 1 from the cache, 100 tokens in, 20 out, 1.2 s",
    ]


def test_what_a_run_cost_in_money_is_named_where_it_is_known():
    cost = replace(SPENT, cost=Money(43_210, "USD"))
    assert "20 out, 1.2 s, $0.043" in report(usage=cost)


def test_without_a_judge_none_is_named():
    assert "Judge" not in report()


def test_what_was_told_of_the_teacher_before_stands_in_the_head():
    assert "- Note: it writes no \\<b\\>" in report(notes=("it writes no <b>",)).splitlines()


def test_tokens_that_nobody_counted_are_none():
    assert "0 tokens in, 0 out" in report(usage=Usage(requests=1))


def test_an_accepted_pair_is_shown_with_its_answer_quoted_and_where_it_came_from():
    assert report(accepted=(ACCEPTED,)).split("\n\n")[-4:] == [
        "## Accepted (1)",
        "### What is Oslo?",
        "> A city.  \n>   \n> A capital.",
        f"From section `{ID}`, extraction, margin 1.23.\n",
    ]


def test_a_pair_that_was_not_judged_has_no_margin():
    candidate = Candidate(ACCEPTED.pair, ID, "expansion")
    assert report(accepted=(candidate,)).endswith(f"From section `{ID}`, expansion.\n")


def test_a_refused_pair_is_named_with_the_reason():
    assert report(refused=(REFUSED,)).endswith(
        '## Refused (1)\n\n- What is it?: **not_self_contained**, names "it"\n'
    )


def test_a_skipped_section_is_named_with_the_reason():
    whole = Skip("(document)", None, "no_prose", "there is none")
    assert report(skipped=(SKIPPED, whole)).endswith(
        "## Skipped (2)\n\n"
        f"- `{ID}` (expansion): **request_failed**, the server is away\n"
        "- `(document)`: **no_prose**, there is none\n"
    )


def test_what_there_is_none_of_has_no_heading():
    assert "##" not in report()


def test_a_run_that_was_cancelled_says_so():
    assert "- Ended early: it was cancelled\n" in report(stopped=True)


def test_a_run_that_failed_says_why_on_one_line():
    assert "- Ended early: the key \\*x\\* is wrong\n" in report(failure="the key *x*\nis wrong")


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
    _, _, _, asked, answered, _, _, refusals = rendered(
        report(accepted=(candidate,), refused=(refused,))
    ).children
    assert asked.type == "heading"
    assert not asked.children or lines_of(asked) == [" ".join(question.split())]
    assert answered.type == "blockquote"
    assert {block.type for block in answered.children} <= {"paragraph"}
    shown = [line for block in answered.children for line in lines_of(block)]
    assert shown == [" ".join(line.split()) for line in answer.split("\n") if line.strip()]
    (item,) = refusals.children
    (paragraph,) = item.children
    (inline,) = paragraph.children
    assert {part.type for part in inline.children} <= {"text", "strong"}


def test_the_lines_of_an_answer_are_indented_as_they_were():
    candidate = Candidate(Pair("Why?", "def f():\n    if x:\n\treturn\n  \nEnd."), ID, "extraction")
    shown = rendered(report(accepted=(candidate,))).children[4].children[0].children[0].children
    assert [part.content for part in shown if part.content] == [
        "def f():",
        "\N{NO-BREAK SPACE}" * 4 + "if x:",
        "\N{NO-BREAK SPACE}" * 4 + "return",
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_of_a_pair_ever_make_a_line_of_their_own(question, answer):
    plain = Candidate(Pair("Q", "A"), ID, "extraction")
    hostile = Candidate(Pair(question, answer), ID, "extraction")
    refused = Refusal(question, answer, ID, "extraction", "looping", answer)
    text = report(accepted=(hostile,), refused=(refused,))
    headings = [line for line in text.split("\n") if line.startswith("#")]
    assert len(headings) == 4
    lines = report(accepted=(plain,), refused=(refused,)).split("\n")
    assert len(text.split("\n")) == len(lines) + answer.count("\n")


def test_a_verifier_is_named_with_what_it_verified_and_what_went_without():
    right = replace(ACCEPTED, verdict=Verdict(0.876))
    unread = replace(ACCEPTED, verdict=Verdict(None, "the verdict could not be read"))
    text = report((right, unread), verifier="openai:n", verified=1)
    assert "- Verifier: `openai:n`, 1 verified, 1 accepted unverified\n" in text
    assert (
        f"From section `{ID}`, extraction, margin 1.23, right with a probability of 0.88.\n" in text
    )
    assert "margin 1.23, unverified (the verdict could not be read).\n" in text


def test_why_nobody_verified_is_told_where_that_was_not_asked_for():
    assert "- Not verified: the models are small\n" in report(why_unverified="the models are small")
    assert "erif" not in report()
