"""Hover context: what is known beside the text."""

from datetime import timedelta

import pytest
from ide.samples import SOURCE
from server.editor import URI
from support.teacher_server import HEAD

from dlm_lsp.document import parse
from dlm_lsp.ide.provenance import RecordedProvenance
from dlm_lsp.server.hover_context import HoverContext, hover_context
from dlm_lsp.server.live_documents import LiveDocument
from dlm_lsp.server.server import DlmServer
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.ledger import Ledger, LedgerEntry

TEXT = f"{HEAD}🙂\r\n{SOURCE}"
STORED = LedgerEntry(
    section_id="a" * 16,
    source_section_id="b" * 16,
    teacher="hf:m",
    strategy="extraction",
    synth_at="2026-01-31T09:30:00Z",
    run_id="run",
    evidence="The Ill",
    margin=1.5,
    judge="sway:m",
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder of all stores, which is not there yet."""
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ledger(home) -> Ledger:
    """The ledger of the document."""
    return Ledger(store_folder(parse(TEXT).frontmatter.dlm_id))


def known(text: str = TEXT) -> HoverContext:
    return hover_context(DlmServer(), LiveDocument(URI, text, 1, "utf-16", "dlm"))


def test_what_spoke_for_a_section_is_in_the_ledger(ledger):
    ledger.add([STORED])
    assert known().provenance("a" * 16) == RecordedProvenance("The Ill", 1.5, "sway:m")


def test_the_ledger_is_read_when_it_is_asked_for(ledger):
    before = known()
    ledger.add([STORED])
    assert before.provenance("a" * 16)


def test_of_a_section_that_the_ledger_does_not_hold_nothing_is_known(ledger):
    ledger.add([STORED])
    assert known().provenance("c" * 16) is None


def test_to_ask_where_nothing_was_synthesized_makes_no_file(home):
    assert known().provenance("a" * 16) is None
    assert not home.exists()


def test_a_ledger_that_cannot_be_read_is_logged_and_knows_nothing(ledger, caplog):
    ledger.path.parent.mkdir(parents=True)
    ledger.path.write_bytes(b"no database" * 100)
    assert known().provenance("a" * 16) is None
    assert "store.sqlite" in caplog.text


@pytest.mark.parametrize("text", [SOURCE, HEAD.replace("01K7", "!") + SOURCE])
def test_of_a_document_without_a_store_nothing_is_known(text, home):
    assert known(text).provenance("a" * 16) is None


def test_the_address_of_a_place_is_its_line_counted_from_one():
    for words, line in (("---", 1), ("dlm_id", 2), ("🙂", 5), ("Ill", 6)):
        assert known().link(TEXT.index(words)) == f"{URI}#L{line}"


def test_the_time_is_in_the_zone_of_the_user():
    assert isinstance(known().now.utcoffset(), timedelta)
