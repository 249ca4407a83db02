"""Bash completion: a selector is completed behind its colon, at which bash breaks it."""

import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pty_process import PtyProcess
from support.teacher_server import DLM

from dlm_lsp.cli.bash_words import joined_words


@pytest.mark.posix
@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_completes_a_selector_behind_its_colon(tmp_path):
    path = f"{DLM.parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "PS1": "ready> ", "TERM": "dumb"}
    shell = ["bash", "--noprofile", "--norc", "-i"]
    with PtyProcess.running(shell, env, tmp_path) as bash:
        bash.answer("ready> ", 'eval "$(dlm --show-completion bash)"\n')
        bash.answer("ready> ", "dlm synth instructions --teacher hf:smollm3\t")
        bash.until("--teacher hf:smollm3-3b ")
        bash.press("\x15dlm synth instructions --verify of\t")
        bash.until("--verify off ")


@pytest.mark.parametrize(
    ("words", "at", "whole", "place"),
    [
        (["dlm", "--teacher", "hf", ":", "m"], 4, ["dlm", "--teacher", "hf:m"], 2),
        (["dlm", "--teacher", "hf", ":"], 3, ["dlm", "--teacher", "hf:"], 2),
        (["dlm", "hf", ":", "m", "x"], 4, ["dlm", "hf:m", "x"], 2),
        (["a", ":", "//b", ":", "80"], 4, ["a://b:80"], 0),
        (["dlm", "synth"], 2, ["dlm", "synth"], 2),
    ],
)
def test_words_around_a_colon_are_one(words, at, whole, place):
    assert joined_words(words, at) == (whole, place)


@given(st.lists(st.text("ab", min_size=1), min_size=1), st.data())
def test_words_without_a_colon_stay_as_they_are(words, data):
    at = data.draw(st.integers(0, len(words)))
    assert joined_words(words, at) == (words, at)
