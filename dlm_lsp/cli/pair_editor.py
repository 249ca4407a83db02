"""Pair editor: a pair as text in the user's editor, and the text as a pair again."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlm_lsp.api.reviewing import edited_pair
from dlm_lsp.document import Pair, Span
from dlm_lsp.document.lines import with_line_feeds
from dlm_lsp.document.qa_fields import QUESTION_AND_ANSWER, read_qa_fields
from dlm_lsp.document.well_formed import body_of
from dlm_lsp.errors import UsageError
from dlm_lsp.store.os_reason import os_reason


def pair_text(pair: Pair) -> str:
    """Return a pair as it stands in a document."""
    return f"{body_of(pair)}\n"


def read_pair(text: str) -> Pair:
    """Return the one pair that a text holds.

    Raises:
        UsageError: it holds none or several, or the pair cannot stand in a document.
    """
    body = with_line_feeds(text).strip("\n")
    turns, problems = read_qa_fields(body, Span(0, len(body)), QUESTION_AND_ANSWER)
    if problems:
        raise UsageError(f"this cannot stand in a document: {problems[0].message}")
    if len(turns) != 1:
        raise UsageError(f"it holds {len(turns)} pairs instead of one")
    question, answer = turns[0]
    if question.probe:
        raise UsageError("it is a probe, which a synthesized section cannot be")
    return edited_pair(question.text, answer.text)


def edit_text(text: str) -> str:
    """Return what the user makes of a text in `$VISUAL` or `$EDITOR`.

    Raises:
        UsageError: there is no such editor, it failed, or what it left is no text.
    """
    usual = "notepad" if sys.platform == "win32" else "vi"
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or usual
    try:
        command = shlex.split(editor) or [usual]
    except ValueError as error:
        raise UsageError(
            f"the name of the editor cannot be read: {editor} ({error}); correct VISUAL or EDITOR"
        ) from error
    with tempfile.TemporaryDirectory(prefix="dlm-") as folder:
        path = Path(folder) / "pair.md"
        path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        try:
            with _interrupts_of_its_own():
                done = subprocess.run([*command, str(path)], check=False)
            if done.returncode:
                raise UsageError(f"{editor} ended with code {done.returncode}; nothing is changed")
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise UsageError(
                f"cannot edit with {editor}: {os_reason(error)}; name another editor in EDITOR"
            ) from error
        except ValueError as error:
            raise UsageError(f"{editor} left no text in UTF-8; nothing is changed") from error


@contextmanager
def _interrupts_of_its_own() -> Iterator[None]:
    """Leave a Ctrl-C to the process that is started meanwhile."""
    # A handler that does nothing: what is ignored, a child would ignore, too.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
