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
    two_teachers,
)
from e2e.home import EDITORS, ROOT, Home
from e2e.terminal import Terminal
from support.teacher_server import pairs_about, same_pair_twice, town

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


def towns(count: int) -> str:
    """The plain document, with prose about more towns."""
    return PLAIN + "".join(f"::prose::\n{town(number)}\n" for number in range(2, count + 1))


def test_staged_pairs_are_reviewed_one_by_one_with_their_evidence(emacs, teacher):
    saved = walk(emacs, "review", towns(3), file="Städte.dlm", TEACHER=teacher.selector)
    assert len(synthesized(saved)) == 5


def test_a_review_goes_back_and_on_tells_its_keys_and_takes_the_rest_at_once(emacs):
    walk(emacs, "review-keys", SYNTHESIZED)


def test_a_pair_is_edited_before_it_is_accepted_and_no_word_is_lost(emacs):
    saved = walk(emacs, "review-edit", SYNTHESIZED)
    answers = [section.pairs[0].pair.answer for section in synthesized(saved)]
    assert answers == ["Ville1 has 11 mills.\nUnd 🐝 mehr.", "In 1501."]


def test_a_decision_that_no_server_has_taken_is_none(emacs):
    walk(emacs, "review-without-server", SYNTHESIZED)


def test_a_decision_that_comes_to_nothing_is_not_counted_and_keeps_its_words(emacs, teacher):
    walk(emacs, "review-unapplied", PLAIN, TEACHER=teacher.selector)


def test_a_review_goes_on_while_its_document_is_edited(emacs, teacher):
    saved = walk(emacs, "review-typing", towns(2), TEACHER=teacher.selector)
    assert [section.pairs[0].pair.question for section in synthesized(saved)] == QUESTIONS[:1]


def test_a_review_ends_with_its_document(emacs):
    walk(emacs, "review-killed", SYNTHESIZED)


def test_a_pair_that_a_shell_has_dropped_is_not_decided_on(emacs, teacher):
    walk(emacs, "review-elsewhere", PLAIN, TEACHER=teacher.selector)


def test_a_preview_is_a_review(emacs, teacher):
    walk(emacs, "preview", PLAIN, TEACHER=teacher.selector, REVIEW="preview")


def test_a_refused_pair_says_why_and_can_be_taken(emacs, teacher):
    teacher.answer = same_pair_twice
    saved = walk(emacs, "review-refused", PLAIN, TEACHER=teacher.selector)
    assert len(synthesized(saved)) == 2


def test_words_choose_the_pairs_of_a_review_and_their_order(emacs):
    store = emacs.folder / "dlm"
    walk(emacs, "review-filter", two_teachers(store), DLM_HOME=str(store))


def test_a_review_stands_below_its_document_and_leaves_with_its_last_pair(emacs):
    document = emacs.write("notes/towns.dlm", SYNTHESIZED)
    with Terminal.showing(emacs, "emacs", "-nw", document) as terminal:
        terminal.until("[eglot:notes")
        terminal.press("C-c", "C-e")
        screen = terminal.until("1 of 2 · 0 of 2 reviewed")
        assert screen.index("How many mills") < screen.index("1 of 2 ·")
        terminal.type("yy")
        terminal.until("2 accepted, 0 rejected, 0 left · 2 of 2 reviewed")
        # One mode line: that of the document.
        terminal.until_count(" F1  ", 1)


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


def test_the_review_works_under_lsp_mode_too(emacs, teacher):
    packages = EDITORS / "root/usr/share/emacs/site-lisp/elpa-src"
    walk(emacs, "lsp-mode-review", PLAIN, TEACHER=teacher.selector, LSP_MODE=str(packages))


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
    lisp = emacs.folder / ".emacs.d" / "lisp"
    files = sorted(lisp.glob("*.el"))
    assert len(files) == 2
    strict = "(setq byte-compile-error-on-warn t)"
    command = ("emacs", "-Q", "--batch", "-L", lisp, "--eval", strict, "-f", "batch-byte-compile")
    emacs.run(*command, *files)
