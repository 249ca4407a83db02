import io
import json
import os
import pty
import re
from pathlib import Path

import pytest
from rich.console import Console
from support.teacher_server import DLM, Town, plain

from dlm_lsp.cli import output, progress_line
from dlm_lsp.cli.progress import SynthProgress
from dlm_lsp.synth.events import PairVerified, RequestDone, SectionDone


def _seen_on_a_terminal(home, *args: object) -> str:
    """Return all that `dlm` shows on a terminal, without what colours and moves it."""
    master, slave = pty.openpty()
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child becomes the command
        os.setsid()
        os.dup2(slave, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.environ |= {"DLM_HOME": str(home), "TERM": "xterm", "COLUMNS": "120"}
        os.execv(DLM, [str(DLM), *map(str, args)])
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in (0, 3)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def test_a_terminal_shows_a_live_line_that_is_gone_at_the_end(document, teacher, home):
    path = document((1, 2, 3))
    text = _seen_on_a_terminal(home, "synth", "instructions", path, *plain(teacher))
    assert re.search(r"synth .*\d/3 .* accepted, .* refused", text)
    assert "of 3 sections" not in text


def test_a_terminal_shows_first_which_model_is_looked_at_then_the_estimate_then_its_loading(
    document, home, llama
):
    flags = ["--teacher", f"hf:{llama}", "--filter", "dedup-only"]
    text = _seen_on_a_terminal(home, "synth", "instructions", document((1,)), *flags)
    name = re.escape(Path(llama).name)
    steps = rf"preparing {name}.*1 section, 1 request, about .* out.*loading {name}, 0 accepted"
    assert re.search(steps, text, re.DOTALL)
    assert text.index("preparing") < text.index("loading")


def test_elsewhere_there_is_a_plain_line_for_a_model_that_is_loaded(dlm, document, llama):
    flags = ["--teacher", f"hf:{llama}", "--filter", "dedup-only"]
    run = dlm("synth", "instructions", document((1,)), *flags)
    estimate, loading, *_ = run.stderr.splitlines()
    assert estimate.startswith("1 section, 1 request")
    assert loading == f"loading {Path(llama).name}"


def test_elsewhere_there_is_a_plain_line_for_each_section(dlm, document, teacher):
    run = dlm("synth", "instructions", document((1, 2, 3)), *plain(teacher))
    lines = [line for line in run.stderr.splitlines() if " sections: " in line]
    assert [line.split(":")[0] for line in lines] == [f"{n} of 3 sections" for n in (1, 2, 3)]


def test_only_tokens_that_were_paid_for_in_this_run_are_counted(capsys):
    with SynthProgress() as line:
        for event in (
            RequestDone("a", "extraction", cached=True, tokens_in=1000, tokens_out=200),
            RequestDone("b", "extraction", cached=False, tokens_in=30, tokens_out=4),
            SectionDone("b", 1, 1),
        ):
            line.show(event)
    assert "1 of 1 sections: 0 accepted, 0 refused, 34 tokens\n" in capsys.readouterr().err


def test_where_no_tokens_are_told_none_are_shown(capsys):
    with SynthProgress() as line:
        line.show(RequestDone("a", "extraction", cached=False, tokens_in=None, tokens_out=None))
        line.show(SectionDone("a", 1, 1))
    assert "1 of 1 sections: 0 accepted, 0 refused\n" in capsys.readouterr().err


def test_the_counts_end_as_those_of_the_report(dlm, document, teacher):
    teacher.answer = lambda _: Town("Ville1 has")
    run = dlm("synth", "instructions", document((1, 2)), *plain(teacher))
    lines = [line for line in run.stderr.splitlines() if " accepted, " in line]
    assert lines[-2].startswith("2 of 2 sections: 4 accepted, 0 refused")
    assert lines[-1].startswith("in all: 2 accepted, 2 refused")


@pytest.mark.parametrize(("total", "noun"), [(1, "pair"), (2, "pairs")])
def test_verification_is_told_once_it_is_done(capsys, total, noun):
    with SynthProgress() as line:
        for done in range(1, total + 1):
            line.show(PairVerified(done, total))
    assert capsys.readouterr().err == f"{total} {noun} verified: 0 accepted, 0 refused\n"


def test_a_terminal_shows_how_far_verification_is(monkeypatch):
    shown = io.StringIO()
    screen = Console(file=shown, force_terminal=True, width=120)
    for module in (output, progress_line):
        monkeypatch.setattr(module, "err", lambda: screen)
    with SynthProgress() as line:
        line.show(PairVerified(3, 8))
        line.show(PairVerified(4, 8))
    assert "4 of 8 verified, 0 accepted" in shown.getvalue()
    assert "\n8 pairs" not in shown.getvalue()


def test_the_last_counts_are_those_of_the_report(dlm, document, teacher):
    """Of the pairs that pass, one more came than is wanted of each section."""
    path = document((1, 2, 3))
    flags = [*plain(teacher)[:-1], "1"]
    run = dlm("synth", "instructions", path, *flags, "--json")
    (found,) = json.loads(run.stdout)["documents"]
    counts = [
        re.search(r"(\d+) accepted, (\d+) refused", line)
        for line in run.stderr.splitlines()
        if " accepted, " in line
    ]
    last = counts[-1]
    assert last
    assert tuple(map(int, last.groups())) == (len(found["accepted"]), len(found["refused"]))
    assert found["accepted"]
    assert found["refused"]
