"""Emacs: with the files in `editors/emacs`, set up by the words of their README."""

import pytest
from e2e.documents import (
    ITS_FIRST_PAIR_KEPT,
    MISTAKEN,
    PLAIN,
    REAL,
    SYNTHESIZED,
    WITH_LONE_CRS,
    synthesized,
)
from e2e.home import EDITORS, ROOT, Home
from e2e.terminal import Terminal
from support.teacher_server import pairs_about, town

from dlm_lsp.document import parse

FOLDER = ROOT / "editors" / "emacs"
DRIVE = ROOT / "tests" / "e2e" / "drive.el"
QUESTIONS = [question for question, _, _ in pairs_about(1)]
STRUCTURE = """\
::prose::
::image path="a.png" alt="a"::
```
::inline::
```
::instruction::
### Q
key: value
"""


@pytest.fixture
def emacs(home):
    """A home in which the README was followed."""
    home.follow(FOLDER / "README.md")
    return home


def walk(emacs: Home, name: str, text: str, file: str = "towns.dlm", **more: str):
    """Walk a document through Emacs, and return it as it was saved."""
    document = emacs.write(f"notes/{file}", text)
    emacs.run(
        *("emacs", "--batch", "-l", emacs.folder / ".emacs.d" / "init.el", "-l", DRIVE),
        **{"WALK": name, "DOCUMENT": str(document), **more},
    )
    return document


def test_a_problem_is_marked_and_mended(emacs):
    walk(emacs, "diagnostics", MISTAKEN, file="Städte.dlm")


def test_a_hover_tells_where_a_section_came_from(emacs):
    walk(emacs, "hover", SYNTHESIZED)


def test_a_code_action_synthesizes_with_progress_into_the_saved_file(emacs, teacher):
    saved = walk(emacs, "synthesize", PLAIN, TEACHER=teacher.selector)
    assert [section.pairs[0].pair.question for section in synthesized(saved)] == QUESTIONS


def test_a_document_is_made_of_nothing_or_of_a_text_and_never_over_a_file(emacs):
    emacs.write("notes/bees.md", "# Bees\nThey hum.\n")
    walk(emacs, "new", PLAIN)
    folder = emacs.folder / "notes"
    made = {path.name: parse(path.read_text()) for path in folder.glob("*.dlm")}
    assert set(made) == {"towns.dlm", "new notes.dlm", "bees.dlm"}
    assert [document.problems for document in made.values()] == [()] * 3
    assert len({document.frontmatter.dlm_id for document in made.values()}) == 3


def test_the_commands_go_about_what_was_synthesized(emacs, teacher):
    walk(emacs, "commands", PLAIN, TEACHER=teacher.selector)


def test_pairs_are_staged_and_applied_or_discarded(emacs, teacher):
    walk(emacs, "stage", PLAIN, TEACHER=teacher.selector)


def test_what_is_typed_while_a_run_ends_stays_in_one_piece(emacs, teacher):
    walk(emacs, "typing", f"{PLAIN}::prose::\n{town(2)}\n", TEACHER=teacher.selector)


def test_markers_are_hidden_and_pairs_fold(emacs):
    walk(emacs, "less-noise", SYNTHESIZED)


def test_keep_takes_the_marker_out(emacs):
    saved = walk(emacs, "keep", SYNTHESIZED)
    assert [section.pairs[0].pair.question for section in synthesized(saved)] == QUESTIONS[1:]


def test_revert_asks_with_a_count_and_gives_back_every_byte(emacs):
    assert walk(emacs, "revert", SYNTHESIZED).read_text() == PLAIN


def test_return_at_an_empty_prompt_chooses_nothing(emacs, teacher):
    walk(emacs, "return", SYNTHESIZED, TEACHER=teacher.selector)


def test_the_provenance_of_another_section_is_shown_without_a_question(emacs):
    first, last = SYNTHESIZED.rsplit("vllm-server:towns", 1)
    walk(emacs, "provenance", f"{first}vllm-server:roads{last}")


def test_into_a_text_with_lone_crs_nothing_is_written_until_it_is_mended(emacs):
    saved = walk(emacs, "lone-crs", WITH_LONE_CRS)
    assert saved.read_bytes() == ITS_FIRST_PAIR_KEPT.encode()


def test_cancel_ends_a_run_that_waits_for_its_teacher(emacs, held):
    assert walk(emacs, "cancel", PLAIN, TEACHER=held.selector).read_text() == PLAIN


def test_a_model_on_this_machine_writes_and_judges(emacs):
    saved = walk(emacs, "model", REAL)
    assert {section.synth.synth_teacher for section in synthesized(saved)} == {"hf:gemma-3-270m"}


def test_the_commands_work_under_lsp_mode_too(emacs, teacher):
    packages = EDITORS / "root/usr/share/emacs/site-lisp/elpa-src"
    walk(emacs, "lsp-mode", PLAIN, TEACHER=teacher.selector, LSP_MODE=str(packages))


@pytest.mark.parametrize("grammar", [True, False])
def test_the_structure_is_coloured_and_code_is_not(emacs, grammar):
    library = emacs.folder / ".emacs.d" / "tree-sitter" / "libtree-sitter-dlm.so"
    if not grammar:
        library.unlink()
    walk(emacs, "faces", PLAIN + STRUCTURE, GRAMMAR=str(grammar))


@pytest.mark.parametrize("name", [".emacs.d/init.el", ".config/emacs/init.el", ".emacs"])
def test_settings_of_ones_own_are_read_beside_ours(home, name):
    home.write(name, "(setq mine 'mine)\n")
    home.follow(FOLDER / "README.md")
    words = '(insert (format "%s and %s" mine (plist-get dlm-settings :teacher)))'
    with Terminal.showing(home, "emacs", "-nw", "--eval", words) as terminal:
        terminal.until("mine and hf:gemma-3-270m")


def test_one_goes_to_sources_pairs_and_sections_and_folds_them(emacs):
    walk(emacs, "navigation", SYNTHESIZED)


def test_with_the_grammar_one_goes_by_pairs(emacs):
    walk(emacs, "pairs", SYNTHESIZED)


def test_the_mode_compiles_without_a_warning(emacs):
    mode = emacs.folder / ".emacs.d" / "lisp" / "dlm-mode.el"
    strict = "(setq byte-compile-error-on-warn t)"
    emacs.run("emacs", "-Q", "--batch", "--eval", strict, "-f", "batch-byte-compile", mode)
