"""Marked documents: `⟦` and `⟧` stand around what a problem should point at."""

from dlm_lsp.document import Document, apply_edits, parse

FRONTMATTER = (
    "---\ndlm_id: 01JZZZZZZZZZZZZZZZZZZZZZZZ\ndlm_version: 15\nbase_model: smollm2-135m\n---\n"
)


def document(body: str) -> Document:
    """The parsed document with a sound frontmatter and this body."""
    return parse(FRONTMATTER + body)


def found(marked_body: str) -> list[str]:
    """The codes of the problems in the body, each checked to point at what the marks enclose."""
    body = marked_body.replace("⟦", "").replace("⟧", "")
    parsed = document(body)
    spans = sorted({problem.span for problem in parsed.problems})
    text = parsed.text
    for span in reversed(spans):
        text = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
    assert text.removeprefix(FRONTMATTER) == marked_body
    return [problem.code for problem in parsed.problems]


def mended(body: str) -> str:
    """The body after the first fix that its problems offer."""
    parsed = document(body)
    fix = next(problem.fix for problem in parsed.problems if problem.fix)
    return apply_edits(parsed.text, fix.edits).removeprefix(FRONTMATTER)
