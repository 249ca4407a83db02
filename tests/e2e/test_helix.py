"""Helix: in a terminal, with the files in `editors/helix`, set up by their README."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
from e2e.home import ROOT, Home
from e2e.terminal import Terminal, without_colours
from support.teacher_server import pairs_about

README = ROOT / "editors" / "helix" / "README.md"
QUESTIONS = [question for question, _, _ in pairs_about(1)]


class Helix:
    """Helix with one document."""

    def __init__(self, terminal: Terminal, document: Path) -> None:
        self.terminal = terminal
        self.document = document

    @classmethod
    @contextmanager
    def showing(cls, home: Home, text: str) -> Iterator["Helix"]:
        """Show a document, and end Helix at last."""
        document = home.write("notes/towns.dlm", text)
        with Terminal.showing(home, "hx", document) as terminal:
            terminal.until("dlm_id: ")
            yield cls(terminal, document)

    def go_to(self, words: str) -> None:
        """Search for words, from the top of the document."""
        self.terminal.press("g", "g")
        self.terminal.type(f"/{words}")
        self.terminal.until(f"search:{words}")
        self.terminal.press("Enter")
        self.terminal.until_gone("search:")

    def ask(self, key: str, answer: str) -> str:
        """Press the space bar and a key until the server is there to answer; return the screen."""
        not_yet = "No configured language server", "No code actions available"
        while True:
            self.terminal.press("Space", key)
            shown = self.terminal.until(answer, *not_yet)
            if answer in shown:
                return shown
            # A key without a meaning takes the message away.
            self.terminal.press("F12")
            for message in not_yet:
                self.terminal.until_gone(message)

    def act(self, title: str) -> None:
        """Choose a code action in the menu."""
        self.ask("a", title)
        shown = self.terminal.reversed()
        while not any(line.startswith(title) for line in shown):
            self.terminal.press("Down")
            shown = self.terminal.reversed_other_than(shown)
        self.terminal.press("Enter")
        self.terminal.until_gone(title)

    def until_synthesized(self, count: int) -> None:
        """Wait until so many synthesized sections are to be seen."""
        self.terminal.until_count("<!-- dlm-auto-synth", count)

    def save(self) -> str:
        """Save, and return what is in the file then."""
        before = self.document.stat()
        self.terminal.type(":write")
        self.terminal.press("Enter")
        self.terminal.until("written")
        self.terminal.until_gone("[+]")
        assert self.document.stat() != before
        return self.document.read_text()


@pytest.fixture
def home(home):
    """A home in which the README was followed."""
    home.follow(README)
    return home


def choose(home: Home, teacher) -> None:
    """Choose a teacher in the place of that in our file."""
    path = home.folder / ".config" / "helix" / "languages.toml"
    line = 'teacher = "hf:gemma-3-270m"\n'
    ours = path.read_text()
    assert line in ours
    chosen = f'teacher = "{teacher.selector}"\nfilter = "dedup-only"\nperSection = 2\n'
    path.write_text(ours.replace(line, chosen))


def test_a_problem_is_marked_and_mended(home):
    with Helix.showing(home, MISTAKEN) as helix:
        helix.go_to("smollm2-135n")
        helix.terminal.until("did you mean")
        helix.act("Change")
        assert helix.save() == MISTAKEN.replace("135n", "135m")


def test_a_hover_tells_where_a_section_came_from(home):
    with Helix.showing(home, SYNTHESIZED) as helix:
        # Before the server has the document, Helix shows an empty answer as nothing at all.
        helix.terminal.until("●")
        helix.go_to("dlm-auto-synth")
        shown = helix.ask("k", "Teacher: vllm-server:towns")
        assert "the answer stands in the source" in shown
        assert "“The town of Ville1" in shown


def test_one_goes_to_sources_and_sections_and_selects_a_pair(home):
    with Helix.showing(home, SYNTHESIZED) as helix:
        helix.terminal.until("●")
        helix.terminal.press("Space", "s")
        helix.terminal.until("namespace frontmatter")
        helix.terminal.press("Escape")
        helix.terminal.until_gone("namespace frontmatter")
        helix.go_to("### Q")
        helix.terminal.press("g", "d")
        helix.terminal.until("5:1")
        helix.go_to("### A")
        helix.terminal.press("m", "a", "f", "d")
        helix.terminal.until_gone("How many mills")


def test_the_grammar_colours_the_document(home):
    assert "Highlight queries: ✓" in without_colours(home.run("hx", "--health", "dlm"))
    with Helix.showing(home, SYNTHESIZED) as helix:
        helix.terminal.until("mills.")
        colour = helix.terminal.colour_of
        assert colour("bridge") == colour("many") == ""
        assert colour("instruction") and colour("###")


def test_hints_stand_beside_the_text(home):
    with Helix.showing(home, SYNTHESIZED) as helix:
        helix.terminal.until("●")
        # They come with the next movement.
        helix.go_to("How many mills")
        helix.terminal.until("a bridge from 1501. 2 pairs")


def test_a_code_action_synthesizes_with_progress_into_the_saved_file(home, teacher):
    choose(home, teacher)
    with Helix.showing(home, PLAIN) as helix:
        helix.go_to("The town")
        helix.act("Synthesize instructions")
        helix.terminal.until("2 inserted")
        helix.save()
        assert [
            section.pairs[0].pair.question for section in synthesized(helix.document)
        ] == QUESTIONS
        helix.terminal.press("u")
        assert helix.save() == PLAIN


def test_keep_takes_the_marker_out(home):
    with Helix.showing(home, SYNTHESIZED) as helix:
        helix.go_to("How many mills")
        helix.act("Keep this synthesized section")
        helix.terminal.until("[+]")
        helix.save()
        assert [
            section.pairs[0].pair.question for section in synthesized(helix.document)
        ] == QUESTIONS[1:]


def test_revert_counts_and_gives_back_every_byte(home):
    with Helix.showing(home, SYNTHESIZED) as helix:
        helix.act("Revert all synthesized instructions (2)")
        helix.terminal.until("[+]")
        assert helix.save() == PLAIN


def test_into_a_text_with_lone_crs_nothing_is_written_until_it_is_mended(home):
    with Helix.showing(home, WITH_LONE_CRS) as helix:
        for title in ("Keep this", "Remove this", "Revert all"):
            helix.go_to("How many mills")
            helix.act(title)
            helix.terminal.until("lone carriage return")
            # A key without a meaning takes the message away.
            helix.terminal.press("F12")
            helix.terminal.until_gone("lone carriage return")
        helix.go_to("Epoch 1")
        helix.act("Replace every lone carriage return")
        helix.terminal.until("[+]")
        for words, title, left in (
            ("How many mills", "Keep this", 2),
            ("When was the bridge", "Remove this", 1),
            ("Is Ville1", "Revert all", 0),
        ):
            helix.go_to(words)
            helix.act(title)
            helix.until_synthesized(left)
        helix.save()
        assert helix.document.read_bytes() == ITS_FIRST_PAIR_KEPT.encode()


def test_cancel_ends_a_run_that_waits_for_its_teacher(home, held):
    choose(home, held)
    with Helix.showing(home, PLAIN) as helix:
        helix.go_to("The town")
        helix.act("Synthesize instructions")
        helix.terminal.until("0 of 1 section")
        helix.terminal.press("Space", "i", "c")
        helix.terminal.until("cancelled")
        assert helix.document.read_text() == PLAIN


def test_a_model_on_this_machine_writes_and_judges(home):
    with Helix.showing(home, REAL) as helix:
        helix.go_to("The tram network")
        helix.act("Synthesize instructions")
        helix.terminal.until("0 of 1 section")
        helix.terminal.until(" inserted")
        helix.save()
        made = synthesized(helix.document)
        assert {section.synth.synth_teacher for section in made} == {"hf:gemma-3-270m"}
        helix.go_to("dlm-auto-synth")
        assert "margin" in helix.ask("k", "Teacher: hf:gemma-3-270m")
