"""Pair editor: a pair as text, and the text as a pair again."""

import shlex
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.cli.pair_editor import edit_text, pair_text, read_pair
from dlm_lsp.document import Pair, PairFault, well_formed
from dlm_lsp.errors import UsageError


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_pair_that_is_not_changed_reads_back_as_it_was(question, answer):
    pair = well_formed(question, answer)
    if not isinstance(pair, PairFault):
        assert read_pair(pair_text(pair)) == pair
        assert read_pair(pair_text(pair).replace("\n", "\r\n")) == pair


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("What?\nIt.\n", "cannot stand in a document"),
        ("### Q\nWhat?\n### A\nIt.\n### Q\nWho?\n### A\nHe.\n", "2 pairs instead of one"),
        ("### Q !probe\nWhat?\n### A\nIt.\n", "a probe"),
        ("### Q\nWhat?\n### A\n::prose::\n", "the fence line"),
        ("### Q\n\n### A\nIt.\n", "cannot stand in a document"),
    ],
)
def test_a_text_that_is_no_pair_is_refused_with_the_reason(text, why):
    with pytest.raises(UsageError, match=why):
        read_pair(text)


def test_an_editor_may_take_arguments_and_leave_what_windows_leaves(monkeypatch):
    monkeypatch.setenv("VISUAL", 'sh -c \'printf "\\357\\273\\277new" > "$1"\' sh')
    assert edit_text(pair_text(Pair("What?", "It."))) == "new"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("false", "code 1"),
        ("nosucheditor", "EDITOR"),
        ("vi 'a", "cannot be read.*correct VISUAL or EDITOR"),
        ('sh -c \'printf "\\377" > "$1"\' sh', "UTF-8"),
    ],
)
def test_an_editor_that_fails_is_told(command, why, monkeypatch):
    monkeypatch.setenv("VISUAL", command)
    with pytest.raises(UsageError, match=why):
        edit_text("text")


def test_a_ctrl_c_is_left_to_the_editor(monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    script = "trap 'printf new > \"$1\"; exit 0' INT; kill -INT $PPID; kill -INT $$"
    monkeypatch.setenv("VISUAL", shlex.join(["sh", "-c", script, "sh"]))
    assert edit_text("text") == "new"
    assert signal.getsignal(signal.SIGINT) is before
