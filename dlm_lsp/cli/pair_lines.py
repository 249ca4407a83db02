"""Pair lines: a pair in the lists that the shell prints, with all that one decides by."""

from collections.abc import Iterator, Sequence

from dlm_lsp.cli.terminal_text import Line
from dlm_lsp.ide.teacher_name import short_teacher_name
from dlm_lsp.synth.insertion import SOURCE_GONE
from dlm_lsp.synth.review_items import ReviewCounts


def pair_lines(
    question: str, answer: str, evidence: str, facts: Sequence[str], bullet: str = "-"
) -> Iterator[Line]:
    """Yield a pair in lines without an indent: question, answer, evidence, and facts in one."""
    yield "added" if bullet == "+" else "heading", f"{bullet} q: {_line(question)}"
    yield "plain", f"  a: {_line(answer)}"
    if evidence:
        yield "quiet", f"  evidence: “{_line(evidence)}”"
    yield "quiet", f"  {_line(' · '.join(fact for fact in facts if fact))}"


def heading_or_note(heading: str) -> str:
    """Return what a source section is called; of one that is gone, that it is."""
    return heading or SOURCE_GONE


def pair_facts(
    teacher: str, strategy: str, margin: float | None, decision: str | None, id_: str
) -> Sequence[str]:
    """Return what is known of a pair beside its words; `--section` takes its id."""
    return (
        short_teacher_name(teacher) if teacher else "",
        strategy,
        "" if margin is None else f"margin {margin:.2f}",
        decision or "not reviewed",
        f"id {id_}",
    )


def counts_in_words(counts: ReviewCounts) -> str:
    """Return how far a review is."""
    return f"{counts.reviewed} of {counts.total} reviewed" if counts.total else "no pairs yet"


def _line(text: str) -> str:
    return " ".join(text.split())
