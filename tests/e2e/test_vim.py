"""Vim with ALE: with the files in `editors/vim`, set up by the words of their README."""

import re
from dataclasses import replace

import pytest
from e2e.documents import (
    ITS_FIRST_PAIR_KEPT,
    MISTAKEN,
    PLAIN,
    SYNTHESIZED,
    WITH_LONE_CRS,
    synthesized,
)
from e2e.home import EDITORS, ROOT, Home
from e2e.terminal import Terminal

README = ROOT / "editors" / "vim" / "README.md"


@pytest.fixture
def vim(home):
    """A home in which the README was followed; ALE comes with Debian's package."""
    home.follow(README)
    return home


def choose(vim: Home, teacher) -> None:
    """Choose a teacher in the place of that in our file."""
    path = vim.folder / ".vim" / "plugin" / "dlm_settings.vim"
    ours = path.read_text().replace("hf:gemma-3-270m", teacher.selector)
    path.write_text(ours.replace("'review'", "'filter': 'dedup-only', 'review'"))


def command(terminal: Terminal, words: str) -> None:
    terminal.type(f":{words}")
    terminal.press("Enter")


def act(terminal: Terminal, line: int, title: str) -> None:
    """Choose a code action on a line."""
    command(terminal, str(line))
    command(terminal, "ALECodeAction")
    offered = terminal.until("Type number")
    terminal.type(re.search(rf"(\d+)\) {title}", offered)[1])
    terminal.press("Enter")
    terminal.until_gone("Type number")


def test_a_problem_is_marked_where_the_cursor_is(vim):
    with Terminal.showing(vim, "vim", vim.write("notes/towns.dlm", MISTAKEN)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "3")
        terminal.until("is neither a key of the registry")


def test_a_hover_tells_where_a_section_came_from(vim):
    with Terminal.showing(vim, "vim", vim.write("notes/towns.dlm", SYNTHESIZED)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "7")
        terminal.until("synthesized by vllm-server:towns")
        command(terminal, "ALEHover")
        terminal.until("the answer stands in the source")


def test_one_goes_to_the_source_and_to_what_came_from_it(vim):
    with Terminal.showing(vim, "vim", vim.write("notes/towns.dlm", SYNTHESIZED)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "8")
        terminal.until("synthesized by")
        command(terminal, "ALEGoToDefinition")
        terminal.until("5,1")
        command(terminal, "ALEFindReferences")
        terminal.until("towns.dlm:12")


def test_a_code_action_keeps_a_section(vim):
    document = vim.write("notes/towns.dlm", SYNTHESIZED)
    with Terminal.showing(vim, "vim", document) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "7")
        terminal.until("synthesized by vllm-server:towns")
        command(terminal, "ALECodeAction")
        offered = terminal.until("Type number")
        number = re.search(r"(\d)\) Keep this synthesized section", offered)[1]
        terminal.press(number, "Enter")
        terminal.until_count("<!-- dlm-auto-synth", 1)
        command(terminal, "write")
        terminal.until("written")
    assert len(synthesized(document)) == 1


def test_three_steps_in_a_row_are_made_though_no_edit_is_answered(vim):
    document = vim.write("notes/towns.dlm", WITH_LONE_CRS)
    with Terminal.showing(vim, "vim", document) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "5")
        terminal.until("a carriage return without")
        for title in ("Keep", "Remove", "Revert all"):
            act(terminal, 11, title)
            terminal.until("lone carriage return")
            command(terminal, "pclose")
            terminal.until_gone("lone carriage return")
        act(terminal, 5, "Replace every lone carriage return")
        terminal.until_gone("^M")
        # Below the log, which has three lines more now.
        for line, title, left in ((14, "Keep", 2), (20, "Remove", 1), (22, "Revert all", 0)):
            act(terminal, line, title)
            terminal.until_count("<!-- dlm-auto-synth", left)
        command(terminal, "write")
        terminal.until("written")
    assert document.read_bytes() == ITS_FIRST_PAIR_KEPT.encode()


def test_the_end_of_a_run_is_told_and_its_pairs_are_applied_from_the_shell(vim, teacher):
    choose(vim, teacher)
    document = vim.write("my notes/towns.dlm", PLAIN)
    with Terminal.showing(vim, "vim", document) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "DlmSynthesizeDocument")
        terminal.until("2 staged")
        command(terminal, "!dlm synth apply %:S")
        terminal.until("wrote 2 sections")
        terminal.press("Enter")
        terminal.until("How many mills")
    assert len(synthesized(document)) == 2


def test_the_report_of_a_run_is_written_and_said_where(vim, teacher):
    choose(vim, teacher)
    with Terminal.showing(vim, "vim", vim.write("notes/towns.dlm", PLAIN)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "DlmSynthesizeDocument")
        terminal.until_file(vim.folder / ".dlm/store/01K7XW3Q9DGEMM4N2BT5RHV8CE/synth/pending.json")
        command(terminal, "DlmReport")
        terminal.until("dlm_lsp: written to /")


def test_cancel_says_that_nothing_runs(vim):
    with Terminal.showing(vim, "vim", vim.write("notes/towns.dlm", PLAIN)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "DlmCancel")
        terminal.until("nothing is running for this document")


def test_without_the_server_the_commands_say_so(vim):
    alone = replace(vim, env={**vim.env, "PATH": f"{EDITORS / 'bin'}:/usr/bin:/bin"})
    with Terminal.showing(alone, "vim", vim.write("notes/towns.dlm", PLAIN)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "DlmReport")
        terminal.until("dlm-lsp does not run: is it on PATH?")


@pytest.mark.parametrize("name", [".vimrc", ".vim/vimrc"])
def test_settings_of_ones_own_are_read_beside_ours(home, name):
    home.write(name, "let g:mine = 'mine'\n")
    home.follow(README)
    with Terminal.showing(home, "vim", home.write("notes/towns.dlm", PLAIN)) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "echo g:mine 'and' g:dlm_settings.teacher")
        terminal.until("mine and hf:gemma-3-270m")


def test_the_structure_is_coloured_and_code_is_not(vim):
    document = vim.write("notes/towns.dlm", PLAIN + "::prose::\n```\n::inline::\n```\n")
    groups = "join(map(range(1, line('$')), {_, n -> synIDattr(synID(n, 1, 1), 'name')}))"
    with Terminal.showing(vim, "vim", document) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, f"echo {groups}")
        terminal.until("dlmFence dlmCode dlmCode dlmCode")


def test_without_a_plugin_the_commands_say_so(vim):
    document = vim.write("notes/towns.dlm", PLAIN)
    ours_alone = f"set packpath={vim.folder}/.vim,$VIMRUNTIME"
    with Terminal.showing(vim, "vim", "--cmd", ours_alone, document) as terminal:
        terminal.until("dlm_id: ")
        command(terminal, "DlmCancel")
        terminal.until("neither ALE nor vim-lsp is installed")
