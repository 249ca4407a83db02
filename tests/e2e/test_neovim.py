"""Neovim: with the files in `editors/neovim`, set up by the words of their README."""

import json
import re
import shutil
import time

import pytest
from e2e.documents import (
    ITS_FIRST_PAIR_KEPT,
    MISTAKEN,
    PLAIN,
    REAL,
    SYNTHESIZED,
    WITH_LONE_CRS,
    synthesized,
    two_teachers,
)
from e2e.home import EDITORS, ROOT, Home
from support.teacher_server import HEAD, Town, pairs_about, same_pair_twice, town

from dlm_lsp.document import apply_edits, parse, remove

README = ROOT / "editors" / "neovim" / "README.md"
DRIVE = ROOT / "tests" / "e2e" / "drive.lua"
TEACHER = "luaeval('vim.lsp.config.dlm_lsp.settings.dlm.teacher')"
QUESTIONS = [question for question, _, _ in pairs_about(1)]


@pytest.fixture
def neovim(home):
    """A home in which the README was followed."""
    home.follow(README)
    return home


def walk(neovim: Home, name: str, text: str, **more: str):
    """Walk a document through Neovim, and return it as it was saved."""
    document = neovim.write("notes/towns.dlm", text)
    neovim.run(
        *("nvim", "--headless", "-c", f"luafile {DRIVE}"),
        **{"WALK": name, "DOCUMENT": str(document), **more},
    )
    return document


def test_a_problem_is_marked_and_mended(neovim):
    walk(neovim, "diagnostics", MISTAKEN)


def test_a_hover_tells_where_a_section_came_from(neovim):
    walk(neovim, "hover", SYNTHESIZED)


def test_lenses_and_hints_stand_beside_the_text(neovim):
    walk(neovim, "beside", SYNTHESIZED)


def test_markers_are_concealed_pairs_fold_and_lists_are_picked_from(neovim):
    walk(neovim, "less_noise", SYNTHESIZED)


def test_old_pairs_are_shown_beside_those_in_their_places(neovim, teacher):
    walk(
        neovim,
        "regenerate",
        SYNTHESIZED.replace(QUESTIONS[0], "What is it?"),
        TEACHER=teacher.selector,
    )


def test_one_goes_to_sources_pairs_and_sections_and_folds_them(neovim):
    walk(neovim, "navigation", SYNTHESIZED)


def test_the_grammar_colours_the_document_and_the_markdown_in_it(neovim):
    walk(neovim, "colours", SYNTHESIZED)


def test_a_code_action_synthesizes_with_progress_into_the_saved_file(neovim, teacher):
    saved = walk(neovim, "synthesize", PLAIN, TEACHER=teacher.selector)
    assert [section.pairs[0].pair.question for section in synthesized(saved)] == QUESTIONS
    assert not saved.read_text().endswith("\n\n")


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_what_was_synthesized_is_reverted_to_every_byte(neovim, teacher, line_break):
    text = PLAIN.replace("\n", line_break)
    saved = walk(neovim, "round", text, TEACHER=teacher.selector)
    assert saved.read_bytes() == text.encode()


def test_the_commands_go_about_what_was_synthesized(neovim, teacher):
    walk(neovim, "commands", PLAIN, TEACHER=teacher.selector)


def test_prose_on_the_last_of_several_lines_is_asked_about(neovim, teacher):
    walk(neovim, "lines", PLAIN, TEACHER=teacher.selector)


def test_pairs_are_staged_and_applied_or_discarded(neovim, teacher):
    walk(neovim, "stage", PLAIN, TEACHER=teacher.selector)


def test_a_range_says_what_staged_pairs_are_applied_or_discarded(neovim, teacher):
    walk(neovim, "ranges", f"{PLAIN}::prose::\n{town(2)}\n", TEACHER=teacher.selector)


def test_22_pairs_are_reviewed_by_22_keys(neovim, teacher):
    text = PLAIN + "".join(f"::prose::\n{town(number)}\n" for number in range(2, 12))
    saved = walk(neovim, "review", text, TEACHER=teacher.selector)
    assert len(synthesized(saved)) == 20


def test_a_preview_is_a_review(neovim, teacher):
    walk(neovim, "preview", PLAIN, TEACHER=teacher.selector, REVIEW="preview")


def test_a_review_goes_back_edits_and_quits_in_40_columns(neovim):
    saved = walk(neovim, "review_keys", SYNTHESIZED)
    answers = [section.pairs[0].pair.answer for section in synthesized(saved)]
    assert answers == ["Ville1 has 11 mills.\nAnd one more.", "In 1501."]


def test_a_decision_that_no_server_has_taken_is_none(neovim):
    walk(neovim, "review_without_server", SYNTHESIZED)


def test_a_refused_pair_says_why_and_can_be_taken(neovim, teacher):
    teacher.answer = same_pair_twice
    saved = walk(neovim, "review_refused", PLAIN, TEACHER=teacher.selector)
    assert len(synthesized(saved)) == 2


def test_words_choose_the_pairs_of_a_review_and_their_order(neovim):
    store = neovim.folder / "dlm"
    walk(neovim, "review_filter", two_teachers(store), DLM_HOME=str(store))


def test_the_tutorial_leads_from_no_document_to_exported_pairs(home, teacher):
    page = (ROOT / "docs" / "tutorial.md").read_text().partition("## In Neovim\n")[2]
    (settings,) = re.findall(r"^ {8}(vim\.lsp\.config.*)$", page, re.MULTILINE)
    address = teacher.selector.removeprefix("vllm-server:")
    own = settings.replace("localhost:8080", address)
    home.write(".config/nvim/plugin/dlm_settings.lua", f"{own}\n")
    home.follow(README)
    opens, *steps = re.findall(r"`:(.+?)`", page)
    walk = {"WALK": "tutorial", "OPEN": opens, "STEPS": "\n".join(steps), "PROSE": town(1)}
    (home.folder / "notes").mkdir()
    home.run(
        *("nvim", "--headless", "-c", f"cd {home.folder / 'notes'}", "-c", f"luafile {DRIVE}"),
        **walk,
    )
    rows = (home.folder / "notes" / "bees.jsonl").read_text().splitlines()
    assert [json.loads(row)["question"] for row in rows] == QUESTIONS
    assert all(json.loads(row)["reviewed"] for row in rows)


def test_keep_takes_the_marker_out(neovim):
    saved = walk(neovim, "keep", SYNTHESIZED)
    assert [section.pairs[0].pair.question for section in synthesized(saved)] == QUESTIONS[1:]


def test_revert_asks_with_a_count_and_gives_back_every_byte(neovim):
    assert walk(neovim, "revert", SYNTHESIZED).read_text() == PLAIN


def test_into_a_text_with_lone_crs_nothing_is_written_until_it_is_mended(neovim):
    saved = walk(neovim, "lone_crs", WITH_LONE_CRS)
    assert saved.read_bytes() == ITS_FIRST_PAIR_KEPT.encode()


def test_cancel_ends_a_run_that_waits_for_its_teacher(neovim, held):
    assert walk(neovim, "cancel", PLAIN, TEACHER=held.selector).read_text() == PLAIN


def test_a_run_goes_on_while_one_types_in_the_file_that_its_document_is_saved_as(neovim, teacher):
    text = PLAIN.replace(HEAD, f"{HEAD}Mine.\n::prose::\n")
    renamed, saved = neovim.folder / "notes" / "places.dlm", neovim.folder / "saved"

    def answer(prompt: str) -> Town:
        while not saved.exists():
            time.sleep(0.01)
        return Town(prompt)

    teacher.answer = answer
    walk(neovim, "saveas", text, TEACHER=teacher.selector, RENAMED=str(renamed), SAVED=str(saved))
    document = parse(renamed.read_text())
    pairs = [section for section in document.sections if section.synth]
    assert [section.pairs[0].pair.question for section in pairs] == QUESTIONS
    assert apply_edits(document.text, remove(document, pairs)) == text
    assert len(teacher.asked) == 1


def test_a_model_on_this_machine_writes_and_judges(neovim):
    saved = walk(neovim, "model", REAL)
    assert {section.synth.synth_teacher for section in synthesized(saved)} == {"hf:gemma-3-270m"}


def test_an_empty_file_gets_a_frontmatter_and_its_prose_a_section_per_heading(neovim):
    document = parse(walk(neovim, "first_document", "").read_text())
    assert (document.problems, len(document.sections)) == ((), 3)


def test_a_document_is_made_of_nothing_or_of_a_text_and_never_over_a_file(neovim):
    neovim.write("notes/bees.md", "# Bees\nThey hum.\n")
    walk(neovim, "new", PLAIN)
    folder = neovim.folder / "notes"
    made = {path.name: parse(path.read_text()) for path in folder.glob("*.dlm")}
    assert set(made) == {"towns.dlm", "new notes.dlm", "bees.dlm", "asked.dlm"}
    assert [document.problems for document in made.values()] == [()] * 4
    assert len({document.frontmatter.dlm_id for document in made.values()}) == 4
    shown = neovim.run("nvim", "--headless", "+help :DlmNew", "+.print", "+qall")
    assert "*:DlmNew*" in shown


def test_the_server_is_found_to_be_well(neovim):
    report = neovim.run("nvim", "--headless", "+checkhealth dlm", "+%print", "+qall!")
    assert "OK dlm-lsp " in report
    assert "ERROR" not in report


def test_a_server_that_ends_at_once_is_found_to_be_ill(neovim):
    server = neovim.write("bin/dlm-lsp", "#!/bin/sh\necho 'no such module' >&2\nexit 1\n")
    server.chmod(0o755)
    path = f"{server.parent}:{neovim.env['PATH']}"
    report = neovim.run("nvim", "--headless", "+checkhealth dlm", "+%print", "+qall!", PATH=path)
    assert "ERROR `dlm-lsp --version` ended with 1: no such module" in report


def test_to_open_a_document_without_the_server_says_so(neovim):
    path = f"{EDITORS / 'bin'}:/usr/bin:/bin"
    said = neovim.run("nvim", "--headless", "notes.dlm", "+qall", PATH=path)
    assert "dlm: `dlm-lsp` is not on PATH" in said
    assert "PATH" not in neovim.run("nvim", "--headless", "notes.dlm", "+qall")


def test_settings_of_ones_own_are_read_beside_ours(home):
    home.write(".config/nvim/init.vim", "let g:mine = 'mine'\n")
    home.follow(README)
    out = home.run("nvim", "--headless", f"+echo g:mine {TEACHER}", "+qall")
    assert out.split() == ["mine", "hf:gemma-3-270m"]


def test_every_command_is_in_the_help(neovim):
    names = "join(keys(nvim_buf_get_commands(0, {})), ' ')"
    found = neovim.run("nvim", "--headless", "notes.dlm", f"+echo {names}", "+qall").split()
    commands = [word for word in found if word.startswith("Dlm")]
    assert len(commands) == 20
    for name in commands:
        shown = neovim.run("nvim", "--headless", f"+help :{name}", "+.print", "+qall")
        assert f"*:{name}*" in shown


def test_a_plugin_manager_can_load_it_from_the_checkout(home):
    named = ROOT / "editors" / "neovim"
    loaded = ("+echo luaeval('vim.lsp.is_enabled(\"dlm_lsp\")')", "+echo &filetype", "+qall")
    out = home.run("nvim", "--headless", "--cmd", f"set rtp^={named}", "notes.dlm", *loaded)
    assert out.split() == ["v:true", "dlm"]


def test_the_plugin_for_lazy_has_its_teacher_and_its_help(home):
    (spec,) = re.findall(r"^```lua\n(\{.*?^\})$", README.read_text(), re.MULTILINE | re.DOTALL)
    (clone,) = re.findall(r'dir = "~/(.*)"', spec)
    shutil.copytree(README.parent, home.folder / clone, ignore=shutil.ignore_patterns("tags"))
    # What lazy.nvim does with it.
    lazy = f"""
        local plugin = {spec}
        plugin.dir = vim.fs.normalize(plugin.dir)
        vim.opt.runtimepath:prepend(plugin.dir)
        plugin.config(plugin)
    """
    init = home.write(".config/nvim/init.lua", lazy)
    asked = (f"+echo {TEACHER}", "+help dlm", "+echo ' ' .. expand('%:t')", "+qall")
    assert init.is_file()
    assert home.run("nvim", "--headless", *asked).split() == ["hf:gemma-3-270m", "dlm.txt"]
