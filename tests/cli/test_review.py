"""Review command: in a real terminal, key by key."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from support.kept_runs import keep_run
from support.pty_process import PtyProcess
from support.teacher_server import DLM, pairs_about, town

from dlm_lsp.api.documents import load_document
from dlm_lsp.api.reviewing import load_review
from dlm_lsp.document import Pair, parse
from dlm_lsp.store.lock import document_lock
from dlm_lsp.synth.report import Candidate, Refusal

PROMPT = "y n e s a A j k q ?] "
_STYLE = re.compile("\x1b\\[[0-9;]*m")


def environment(home: Path) -> dict[str, str]:
    """The environment of somebody at a terminal."""
    unset = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "VISUAL", "EDITOR")
    usual = {name: value for name, value in os.environ.items() if name not in unset}
    return {**usual, "TERM": "xterm-256color", "LANG": "C.UTF-8", "DLM_HOME": str(home)}


def candidates(path: Path) -> list[Candidate]:
    """Two pairs about each section of a document of towns."""
    found = []
    for number, section in enumerate(load_document(path).document.sections, start=1):
        for place, (question, answer, evidence) in enumerate(pairs_about(number)):
            margin = 1.0 - number / 100 - place / 1000
            pair = Pair(question, answer)
            found.append(Candidate(pair, section.id, "extraction", evidence, margin))
    return found


def refusal(path: Path, **more: str) -> Refusal:
    source = load_document(path).document.sections[0]
    values = {
        "question": "How many mills are there?",
        "answer": "There are 11.",
        "reason": "not_self_contained",
        "detail": "it names no town",
    }
    return Refusal(source_id=source.id, strategy="extraction", **values | more)


@pytest.fixture
def path(document, home, monkeypatch) -> Path:
    """A document of two sections, with four pairs staged and one refused."""
    monkeypatch.setenv("DLM_HOME", str(home))
    made = document()
    keep_run(made, candidates(made), [refusal(made)])
    return made


@pytest.fixture
def review(tmp_path, home) -> Callable[..., object]:
    """Start `dlm synth review` in a terminal."""

    def start(*args: object, columns: int = 100, **env: str):
        command = [str(DLM), "synth", "review", *map(str, args)]
        usual = environment(home)
        return PtyProcess.running(command, {**usual, **env}, tmp_path, (40, columns))

    return start


def play(terminal: PtyProcess, keys: Iterable[str]) -> str:
    """Answer each prompt with a key, and return the last line once the command has ended."""
    for key in keys:
        terminal.answer(PROMPT, key)
    assert terminal.end() == 0
    return terminal.lines()[-2]


def questions(path: Path) -> list[str]:
    return [p.pair.question for s in parse(path.read_text()).sections for p in s.pairs]


def decisions(path: Path) -> dict[str, str | None]:
    _, items = load_review(path)
    return {item.pair.question: item.decision for item in items}


MILLS1, BRIDGE1, MILLS2, BRIDGE2 = (q for n in (1, 2) for q, _, _ in pairs_about(n))


def test_22_pairs_are_reviewed_with_22_keys(document, review, home, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(home))
    path = document(range(1, 12))
    keep_run(path, candidates(path))
    with review(path) as terminal:
        last = play(terminal, "yyn" * 7 + "y")
    assert last == "15 accepted, 7 rejected, 0 left · 22 of 22 reviewed"
    assert len(questions(path)) == 15


def test_a_pair_is_shown_with_all_that_speaks_for_it(path, review):
    with review(path, NO_COLOR="1") as terminal:
        shown = _STYLE.sub("", terminal.answer(PROMPT, "q"))
        terminal.end()
    assert "1 of 4  The town of Ville1 has 11 mills" in shown
    assert "staged · gpt-5-mini · extraction · margin 0.99" in shown
    assert f"Q  {MILLS1}" in shown
    assert "A  Ville1 has 11 mills." in shown
    assert f"  {town(1)}" in shown


def test_the_evidence_stands_out_in_its_passage_without_colours_too(path, review):
    with review(path, NO_COLOR="1") as terminal:
        shown = terminal.answer(PROMPT, "q")
        terminal.end()
    # Bold and underlined.
    assert f"\x1b[1;4m{town(1)}\x1b[0m" in shown
    with review(path, TERM="dumb") as terminal:
        shown = terminal.answer(PROMPT, "q")
        terminal.end()
    assert f"[{town(1)}]" in shown
    assert "\x1b" not in shown


def test_each_key_decides_or_leaves(path, review):
    with review(path) as terminal:
        assert play(terminal, "ynjn") == "1 accepted, 2 rejected, 1 left · 3 of 4 reviewed"
    assert decisions(path) == {
        MILLS1: "accepted",
        BRIDGE1: "rejected",
        MILLS2: None,
        BRIDGE2: "rejected",
        "How many mills are there?": None,
    }
    assert questions(path) == [MILLS1]


def test_the_rest_of_a_section_is_left_or_taken(path, review):
    with review(path) as terminal:
        assert play(terminal, "sa") == "2 accepted, 0 rejected, 2 left · 2 of 4 reviewed"
    assert questions(path) == [MILLS2, BRIDGE2]


def test_all_that_is_left_of_a_document_is_taken(path, review):
    with review(path) as terminal:
        assert play(terminal, "nA") == "3 accepted, 1 rejected, 0 left · 4 of 4 reviewed"
        assert "3 pairs accepted" in terminal.shown
    assert questions(path) == [BRIDGE1, MILLS2, BRIDGE2]


def test_back_leads_to_the_pair_before_which_can_be_decided_on_otherwise(path, review):
    with review(path) as terminal:
        assert play(terminal, ["y", "k", "n", "\x1b[B", "q"]) == (
            "0 accepted, 1 rejected, 3 left · 1 of 4 reviewed"
        )
    assert questions(path) == []


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("\x04", 0), ("\x03", 130)])
def test_quitting_keeps_what_was_decided_and_leaves_the_terminal_as_it_was(
    key, code, path, review, tmp_path, home
):
    inner = f"stty -g > before; {DLM} synth review {path}; echo $? > code; stty -g > after"
    with PtyProcess.running(["sh", "-c", inner], environment(home), tmp_path) as terminal:
        terminal.answer(PROMPT, "y")
        terminal.answer(PROMPT, key)
        terminal.end()
    assert (tmp_path / "code").read_text().strip() == str(code)
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text()
    assert terminal.lines()[-2] == "1 accepted, 0 rejected, 3 left · 1 of 4 reviewed"
    assert questions(path) == [MILLS1]


def editor(tmp_path: Path, *commands: str) -> str:
    """An editor that does one thing the first time, another the second, and so on."""
    script = tmp_path / "editor.sh"
    lines = "\n".join(f"{number}) {command};;" for number, command in enumerate(commands, 1))
    script.write_text(
        f"n=$(cat {tmp_path}/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > {tmp_path}/n\n"
        f"case $n in\n{lines}\nesac\n"
    )
    return f"sh {script}"


def test_a_pair_is_edited_in_the_form_of_the_document_and_taken_so(path, review, tmp_path):
    command = editor(tmp_path, 'cp "$1" seen; sed -i s/mills/windmills/ "$1"')
    with review(path, "--teacher", "gpt-5-mini", EDITOR=command) as terminal:
        assert play(terminal, "eq") == "1 accepted, 0 rejected, 3 left · 1 of 4 reviewed"
    assert (tmp_path / "seen").read_text() == f"### Q\n{MILLS1}\n### A\nVille1 has 11 mills.\n"
    assert questions(path) == ["How many windmills does Ville1 have?"]


def test_a_text_that_is_no_pair_is_told_and_edited_again(path, review, tmp_path):
    command = editor(
        tmp_path, 'echo "### A" >> "$1"', 'sed -i -e "\\$d" -e s/mills/windmills/ "$1"'
    )
    with review(path, EDITOR=command) as terminal:
        terminal.answer(PROMPT, "e")
        message = terminal.answer("Edit again? [y n] ", "y")
        assert "cannot stand in a document" in message
        terminal.answer(PROMPT, "q")
        terminal.end()
    assert questions(path) == ["How many windmills does Ville1 have?"]


def test_a_pair_that_is_left_as_it_is_in_the_editor_is_asked_about_again(path, review, tmp_path):
    with review(path, EDITOR="true") as terminal:
        terminal.answer(PROMPT, "e")
        terminal.answer("nothing is changed", "")
        terminal.answer(PROMPT, "q")
        terminal.end()
    assert questions(path) == []


def test_an_edited_text_that_is_refused_is_there_to_be_edited_again(path, review, tmp_path, home):
    (plan,) = home.rglob("pending.json")
    away = tmp_path / "away.json"
    command = editor(
        tmp_path,
        f'sed -i s/mills/windmills/ "$1"; mv {plan} {away}',
        f'cp "$1" seen; mv {away} {plan}',
    )
    with review(path, EDITOR=command) as terminal:
        terminal.answer(PROMPT, "e")
        assert "is not there any more" in terminal.answer("Edit again? [y n] ", "y")
        terminal.answer(PROMPT, "q")
        assert terminal.end() == 0
    assert "windmills" in (tmp_path / "seen").read_text()
    assert questions(path) == ["How many windmills does Ville1 have?"]


def test_an_edited_text_that_cannot_be_put_in_is_there_to_be_edited_again(path, review, tmp_path):
    copy = tmp_path / "copy"
    command = editor(
        tmp_path,
        f'cp {path} {copy}; sed -i s/mills/windmills/ "$1"; sed -i "s/has 11/has 12/" {path}',
        f"cp {copy} {path}",
    )
    with review(path, EDITOR=command) as terminal:
        terminal.answer(PROMPT, "e")
        assert "it cannot be put in" in terminal.answer("Edit again? [y n] ", "y")
        terminal.answer(PROMPT, "q")
        assert terminal.end() == 0
    assert questions(path) == ["How many windmills does Ville1 have?"]


def test_an_editor_that_is_not_there_is_told(path, review):
    with review(path, EDITOR="nosucheditor") as terminal:
        terminal.answer(PROMPT, "e")
        assert "nosucheditor" in terminal.answer("Edit again? [y n] ", "n")
        terminal.answer(PROMPT, "q")
        assert terminal.end() == 0


def test_a_refused_pair_says_why_in_words_and_can_be_taken(path, review):
    with review(path, "--state", "refused") as terminal:
        shown = terminal.answer(PROMPT, "y")
        assert terminal.end() == 0
    assert "1 of 1" in shown
    assert "Refused, not understood without its section: it names no town" in shown
    assert terminal.lines()[-2] == "1 accepted, 0 rejected, 0 left · 1 of 5 reviewed"
    assert questions(path) == ["How many mills are there?"]


def test_low_margins_come_first_and_others_can_be_left_out(path, review):
    with review(path, "--low-first", "--below", "0.985") as terminal:
        assert f"1 of 2  {town(2)[:8]}" in (shown := terminal.answer(PROMPT, "y"))
        assert BRIDGE2 in shown
        assert MILLS2 in terminal.answer(PROMPT, "y")
        assert terminal.end() == 0


def test_what_is_decided_is_shown_again_if_that_is_asked_for(path, review):
    with review(path) as terminal:
        play(terminal, "ynA")
    with review(path) as terminal:
        assert terminal.end() == 0
    assert "nothing to review: 4 of 4 reviewed (`--all` shows them again" in terminal.shown
    with review(path, "--all") as terminal:
        shown = terminal.answer(PROMPT, "n")
        terminal.answer(PROMPT, "q")
        terminal.end()
    assert "in the document · accepted before" in shown
    assert MILLS1 not in questions(path)


def test_documents_come_one_after_the_other(path, document, review, tmp_path):
    other = document((1, 2), "other.dlm")
    other.write_text(other.read_text().replace("8CE", "8CF"))
    keep_run(other, candidates(other)[:1])
    with review(path, other) as terminal:
        terminal.answer(PROMPT, "A")
        assert "other.dlm" in terminal.answer(PROMPT, "y")
        assert terminal.end() == 0
    assert terminal.lines()[-2] == "5 accepted, 0 rejected, 0 left · 5 of 5 reviewed"


def test_nothing_of_a_pair_steers_the_terminal_and_narrow_lines_hold(path, review):
    hostile = "\x1b[2J\x1b]0;owned\x07 \u202ethis\u202c\r\u3000"
    made = refusal(path, answer="町には" * 30, detail=hostile, evidence=hostile)
    keep_run(path, [], [made], teacher=f"openai:{hostile}", at="2026-02-01T00:00:00Z")
    with review(path, "--state", "refused", columns=40) as terminal:
        terminal.answer(PROMPT, "q")
        assert terminal.end() == 0
    plain = _STYLE.sub("", terminal.shown)
    assert "owned" in plain
    assert "\x1b" not in plain
    assert not {"\x07", "\u202e"} & set(plain)
    for line in plain.partition(PROMPT)[0].replace("\r\n", "\n").split("\n"):
        assert sum(2 if character in "町には" else 1 for character in line) <= 40, line


def test_without_a_terminal_it_is_a_usage_error_in_one_line(dlm, path):
    refused = dlm("synth", "review", path)
    assert refused.returncode == 2
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "terminal" in line


def test_a_document_that_has_been_changed_meanwhile_is_decided_on_as_it_is_now(path, review):
    with review(path) as terminal:
        terminal.until(PROMPT)
        path.write_text(path.read_text() + "\nMore.\n")
        terminal.press("y")
        terminal.answer(PROMPT, "q")
        assert terminal.end() == 0
    assert path.read_text().endswith("\nMore.\n")
    assert questions(path) == [MILLS1]


def test_waiting_for_another_process_ends_with_a_ctrl_c(path, review):
    folder = load_document(path).folder
    with document_lock(folder, "dlm train", print, path), review(path) as terminal:
        terminal.answer(PROMPT, "y")
        terminal.answer("dlm train", "\x03")
        assert terminal.end() == 130
    assert questions(path) == []


def test_a_document_that_fails_meanwhile_does_not_end_the_review_of_the_others(
    path, document, review
):
    other = document((1, 2), "other.dlm")
    other.write_text(other.read_text().replace("8CE", "8CF"))
    keep_run(other, candidates(other)[:1])
    with review(path, other) as terminal:
        terminal.until(PROMPT)
        path.rename(path.with_suffix(".away"))
        terminal.press("y")
        assert "dlm: " in terminal.answer(PROMPT, "y")
        assert terminal.end() == 1
    assert questions(other) == [MILLS1]


def test_where_nothing_could_be_read_nothing_more_is_said(path, review, home):
    (plan,) = home.rglob("pending.json")
    plan.write_text("no plan")
    with review(path) as terminal:
        assert terminal.end() == 1
    assert "is no staged plan" in terminal.shown
    assert "nothing to review" not in terminal.shown


def test_a_filter_that_no_pair_fits_is_said_to_be_the_reason(path, review):
    with review(path, "--teacher", "nobody") as terminal:
        assert terminal.end() == 0
    assert "nothing to review: no pair fits the filter · 0 of 4 reviewed" in terminal.shown


def test_what_was_decided_before_is_not_among_those_that_are_accepted_together(path, review):
    with review(path) as terminal:
        play(terminal, "jjnq")
    with review(path, "--all") as terminal:
        assert play(terminal, "Aq").startswith("3 accepted, 0 rejected, 1 left")
    assert decisions(path)[MILLS2] == "rejected"
    assert questions(path) == [MILLS1, BRIDGE1, BRIDGE2]


def test_a_section_that_is_left_is_not_accepted_with_all_others(
    document, review, home, monkeypatch
):
    monkeypatch.setenv("DLM_HOME", str(home))
    path = document()
    first, second, third, fourth = candidates(path)
    by_turns = zip((first, third, second, fourth), (0.1, 0.2, 0.3, 0.4), strict=True)
    keep_run(path, [replace(candidate, margin=margin) for candidate, margin in by_turns])
    with review(path, "--low-first") as terminal:
        assert play(terminal, "sA").startswith("2 accepted, 0 rejected, 2 left")
    assert questions(path) == [MILLS2, BRIDGE2]
