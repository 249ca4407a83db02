"""Merge conflicts: the lines that a version control leaves where two versions of a text differ."""

import re
from collections.abc import Iterator

from dlm_lsp.document.edit import Span
from dlm_lsp.document.problem import Problem, Severity

_BEGIN, _BETWEEN, _END = "<" * 7, "=" * 7, ">" * 7
_CODE = "```"
# Lines of these alone, or with the name of a version behind a blank.
_LINE = re.compile(
    r"(?:(?<=[\n\r])|\A)(?:```|<{7}(?![^ \n\r])|={7}(?![^\n\r])|>{7}(?![^ \n\r]))[^\n\r]*"
)
_MESSAGE = (
    "a merge conflict: keep what is right of the two versions, and take out the lines that begin "
    f"with `{_BEGIN}`, `{_BETWEEN}` and `{_END}`"
)


def conflict_problems(text: str, span: Span) -> Iterator[Problem]:
    """Yield a problem for each line of `text[span]` that begins or ends a conflict.

    One that only ends counts behind a line between versions: mail quotes by the same signs. In a
    code block such lines are shown, not meant.
    """
    if text.find(_BEGIN, *span) < 0 and text.find(_END, *span) < 0:
        return
    in_code = between = False
    for line in _LINE.finditer(text, *span):
        words = line[0]
        if words.startswith(_CODE):
            in_code = not in_code
        elif in_code:
            continue
        elif words == _BETWEEN:
            between = True
        elif words.startswith(_BEGIN) or between:
            yield Problem("merge-conflict", Severity.ERROR, Span(*line.span()), _MESSAGE)
            between = False
