"""Diagnostics: when the client is told what is marked."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from ide.samples import GONE, SOURCE, synthesized
from lsprotocol import types
from lsprotocol.converters import get_converter
from server.editor import NEOVIM, PATIENCE, URI, VSCODE, Editor, editor
from support.document_text import FRONTMATTER

from dlm_lsp.document import SectionType, section_id
from dlm_lsp.document.section import Pair
from dlm_lsp.ide.pair_check_results import PairCheckResults
from dlm_lsp.ide.pair_checks import PairChecks
from dlm_lsp.quality.duplicate_index import DuplicateIndex
from dlm_lsp.server import diagnostics
from dlm_lsp.server.client import ClientCapabilities
from dlm_lsp.server.live_documents import LiveWorkspace
from dlm_lsp.server.pygls_patches import EncodedJson
from dlm_lsp.server.server import DlmServer
from dlm_lsp.server.settings import DiagnosticsSettings, Settings

WRONG = FRONTMATTER + "::Instruction::\n### Q\na\n### A\nb\n"
RIGHT = FRONTMATTER + "::instruction::\n### Q\na\n### A\nb\n"
TWINS = FRONTMATTER + SOURCE + synthesized() + synthesized("What's the Ill?")
PUSHED = types.PublishDiagnosticsParams
_converter = get_converter()


class RecordingServer(DlmServer):
    """A server that keeps what it would tell the client."""

    def __init__(self, **client: bool) -> None:
        super().__init__()
        self.client = ClientCapabilities(**client)
        self.protocol._workspace = LiveWorkspace(None, types.TextDocumentSyncKind.Incremental, [])
        self.pushed: list[types.PublishDiagnosticsParams] = []
        self.refreshed = 0

    def publish_diagnostics(self, params: EncodedJson) -> None:
        self.pushed.append(_converter.structure(json.loads(params.text), PUSHED))

    def workspace_diagnostic_refresh(self, _: None) -> None:
        self.refreshed += 1

    def open(self, text: str, uri: str = URI) -> None:
        """Have a document open, of which nothing was told yet."""
        self.workspace.put_text_document(types.TextDocumentItem(uri, "dlm", 1, text))

    def type(self, text: str) -> None:
        """Put a text in the place of the whole document, and say so as the client does."""
        text_document = self.text_document(URI)
        text_document.apply_change(types.TextDocumentContentChangeWholeDocument(text))
        text_document.version += 1
        diagnostics.on_changed(self, URI)

    def close(self) -> None:
        self.workspace.remove_text_document(URI)
        diagnostics.on_closed(self, URI)

    async def rest(self) -> None:
        """Wait until everything that was begun is done."""
        state = self.open_document(URI)
        begun = [task for task in (state.publish_task, state.pair_check_task) if task]
        async with asyncio.timeout(10):
            await asyncio.gather(*begun)

    @property
    def codes(self) -> list[list[str]]:
        """The codes of each publication."""
        return [[diagnostic.code for diagnostic in params.diagnostics] for params in self.pushed]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let nobody wait for a keystroke."""
    monkeypatch.setattr(diagnostics, "DEBOUNCE_SECONDS", 0.0)


def marked_in(server: DlmServer, uri: str = URI) -> list[str]:
    return [
        diagnostic.code
        for diagnostic in diagnostics.document_diagnostics(server, server.text_document(uri))
    ]


async def test_as_a_document_is_opened_its_marks_are_there_at_once():
    server = RecordingServer()
    server.open(WRONG)
    diagnostics.on_opened(server, URI)
    (params,) = server.pushed
    assert (params.uri, params.version) == (URI, 1)
    assert server.codes == [["unknown-section-type"]]
    await server.rest()


async def test_a_burst_of_edits_is_told_of_once_by_the_last_version():
    server = RecordingServer()
    server.open(RIGHT)
    for _ in range(10):
        server.type(RIGHT)
        server.type(WRONG)
    assert server.pushed == []
    await server.rest()
    assert server.codes == [["unknown-section-type"]]
    assert server.pushed[0].version == 21


async def test_a_document_that_is_closed_has_no_marks_any_more():
    server = RecordingServer()
    server.open(WRONG)
    diagnostics.on_opened(server, URI)
    server.close()
    assert server.codes == [["unknown-section-type"], []]
    assert server.pushed[-1].version is None


async def test_once_a_document_is_closed_nothing_more_is_told_of_it():
    server = RecordingServer()
    server.open(WRONG)
    server.type(TWINS)
    state = server.open_document(URI)
    server.close()
    await asyncio.wait([state.publish_task, state.pair_check_task], timeout=10)
    assert state.publish_task.cancelled()
    assert state.pair_check_task.cancelled()
    diagnostics.refresh_diagnostics(server, URI)
    assert server.codes == [[]]
    assert server.open_documents == {}


async def test_what_takes_a_second_look_is_told_when_it_is_found():
    server = RecordingServer()
    server.open_document(URI).settings = Settings(
        diagnostics=DiagnosticsSettings(synthesized="off")
    )
    server.open(TWINS)
    diagnostics.on_opened(server, URI)
    await server.rest()
    assert server.codes == [[], ["near-duplicate"]]


async def test_a_second_look_that_finds_nothing_tells_nothing():
    server = RecordingServer()
    server.open(RIGHT)
    diagnostics.on_opened(server, URI)
    await server.rest()
    assert len(server.pushed) == 1


async def test_what_was_found_once_is_told_with_the_next_edit_too():
    server = RecordingServer()
    server.open(TWINS)
    diagnostics.on_opened(server, URI)
    await server.rest()
    server.type(TWINS + "::prose::\nMore.\n")
    await server.rest()
    assert server.codes[-1].count("near-duplicate") == 1
    assert len(server.pushed) == 3


async def test_a_keystroke_breaks_a_second_look_off():
    server = RecordingServer()
    server.open(TWINS)
    diagnostics.on_opened(server, URI)
    first = server.open_document(URI).pair_check_task
    server.type(RIGHT)
    await server.rest()
    assert first.cancelled()
    assert "near-duplicate" not in [code for codes in server.codes for code in codes]


async def test_others_work_while_a_second_look_takes_long(monkeypatch):
    monkeypatch.setattr(diagnostics, "_IMPORTED_EARLY", ())
    monkeypatch.setattr(diagnostics, "_SLICE", -1.0)
    monkeypatch.setattr(diagnostics, "_REST", 0.0)
    server = RecordingServer()
    server.open(FRONTMATTER + SOURCE + "".join(synthesized(f"Why {n}?") for n in range(50)))
    diagnostics.rerun_pair_checks(server, URI)
    worked = 0

    async def work() -> None:
        nonlocal worked
        for _ in range(10_000):
            if server.open_document(URI).pair_check_task.done():
                return
            worked += 1
            await asyncio.sleep(0)

    await asyncio.gather(work(), server.rest())
    assert worked >= 100


@dataclass
class HeldStep:
    """A step of a second look that lasts until it is released, and the questions compared."""

    begun: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    questions: list[str] = field(default_factory=list)


@pytest.fixture
def held_step(monkeypatch) -> Iterator[HeldStep]:
    """Hold the first comparison of a pair up."""
    held, compare = HeldStep(), DuplicateIndex.compare

    def slow(self: DuplicateIndex, pair: Pair) -> Iterator[tuple[int, bool]]:
        held.questions.append(pair.question)
        held.begun.set()
        assert held.released.wait(4 * PATIENCE)
        return compare(self, pair)

    monkeypatch.setattr(DuplicateIndex, "compare", slow)
    yield held
    held.released.set()


async def hops(count: int = 20) -> None:
    """Let each task that waits for a thread have one, as often as it may take."""
    for _ in range(count):
        await asyncio.to_thread(int)


async def test_looks_that_are_broken_off_hold_no_threads(held_step):
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(4))
    server = RecordingServer()
    server.open(FRONTMATTER + SOURCE + synthesized())
    diagnostics.rerun_pair_checks(server, URI)
    await asyncio.to_thread(held_step.begun.wait)
    try:
        async with asyncio.timeout(PATIENCE):
            for _ in range(6):
                diagnostics.rerun_pair_checks(server, URI)
                await hops()
    finally:
        held_step.released.set()
    await server.rest()


async def test_a_look_that_is_broken_off_as_it_waits_is_never_taken_up(held_step):
    server = RecordingServer()
    server.open(FRONTMATTER + SOURCE + synthesized())
    diagnostics.rerun_pair_checks(server, URI)
    await asyncio.to_thread(held_step.begun.wait)
    for question in ("Stale?", "Live?"):
        server.type(FRONTMATTER + SOURCE + synthesized(question))
        await hops()
    held_step.released.set()
    await server.rest()
    # What a thread has begun ends before another can.
    await hops()
    assert "Live?" in held_step.questions
    assert "Stale?" not in held_step.questions


async def test_a_defect_in_a_look_that_was_broken_off_is_logged(monkeypatch, caplog):
    begun, released = threading.Event(), threading.Event()

    def broken(*_: object) -> Iterator[tuple[int, bool]]:
        begun.set()
        assert released.wait(4 * PATIENCE)
        raise ValueError("a defect of a look")

    monkeypatch.setattr(DuplicateIndex, "compare", broken)
    server = RecordingServer()
    server.open(FRONTMATTER + SOURCE + synthesized())
    diagnostics.rerun_pair_checks(server, URI)
    await asyncio.to_thread(begun.wait)
    state = server.open_document(URI)
    state.pair_check_task.cancel()
    await asyncio.wait([state.pair_check_task])
    released.set()
    await asyncio.wait([state.pair_check_slice])
    await asyncio.sleep(0)
    assert caplog.text.count("ValueError: a defect of a look") == 1


async def test_what_is_found_is_read_where_nothing_changes_it(monkeypatch):
    readers = []
    results = PairChecks.results.fget

    def recorded(self: PairChecks) -> PairCheckResults:
        readers.append(threading.current_thread())
        return results(self)

    monkeypatch.setattr(PairChecks, "results", property(recorded))
    server = RecordingServer()
    server.open(TWINS)
    diagnostics.rerun_pair_checks(server, URI)
    await server.rest()
    assert "near-duplicate" in marked_in(server)
    assert threading.main_thread() not in readers


async def test_a_hostile_source_freezes_nothing():
    source = " x ".join(["_" * 50_000, "漢" * 10_000, "a " * 5_000, ". " * 5_000, "\n" * 10_000])
    source += "x"
    pair = synthesized(source_id=section_id(SectionType.PROSE, source))
    async with editor(VSCODE) as ed:
        ed.open(f"{FRONTMATTER}{source}\n{pair}")
        document = types.TextDocumentIdentifier(URI)
        async with asyncio.timeout(PATIENCE):
            # The second look comes between; what finds nothing is asked for until it has been.
            await ed.marked("synthesized", "ungrounded-answer")
            await ed.text_document_folding_range_async(types.FoldingRangeParams(document))


async def test_a_client_that_pulls_is_never_pushed_to_but_told_to_ask_again():
    server = RecordingServer(pulls_diagnostics=True)
    server.open(TWINS)
    diagnostics.on_opened(server, URI)
    assert server.refreshed == 0
    await server.rest()
    assert server.refreshed == 1
    assert "near-duplicate" in marked_in(server)
    server.type(WRONG)
    await server.rest()
    server.close()
    assert server.pushed == []


async def test_one_that_cannot_be_told_to_ask_again_is_offered_nothing_to_ask_for():
    async with editor(NEOVIM) as client:
        client.open(TWINS)
        assert client.server_can.diagnostic_provider is None
        # These are found by the second look.
        await client.marked("synthesized", "synthesized", "near-duplicate")


def test_a_medium_is_looked_for_beside_the_document(tmp_path):
    uri = (tmp_path / "notes.dlm").as_uri()
    server = RecordingServer()
    server.open(FRONTMATTER + '::image path="media/a.png"::\n', uri)
    assert marked_in(server, uri) == ["missing-file"]
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.png").touch()
    assert marked_in(server, uri) == []


def test_a_base_model_that_is_not_beside_the_document_is_marked(tmp_path):
    uri = (tmp_path / "notes.dlm").as_uri()
    server = RecordingServer()
    text = re.sub("base_model: .*", "base_model: hf:./m.gguf", FRONTMATTER)
    server.open(text, uri)
    text_document = server.text_document(uri)
    found = diagnostics.document_diagnostics(server, text_document)
    assert sorted(diagnostic.code for diagnostic in found) == ["local-base-model", "missing-file"]
    assert {text[slice(*diagnostic.span)] for diagnostic in found} == {"hf:./m.gguf"}
    (tmp_path / "m.gguf").touch()
    assert marked_in(server, uri) == ["local-base-model"]
    server.open(text, "untitled:Untitled-1")
    assert marked_in(server, "untitled:Untitled-1") == ["local-base-model"]


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "media"])
def test_what_can_be_no_file_is_missing(path, tmp_path):
    (tmp_path / "media").mkdir()
    uri = (tmp_path / "notes.dlm").as_uri()
    server = RecordingServer()
    server.open(FRONTMATTER + f'::image path="{path}"::\n', uri)
    assert marked_in(server, uri) == ["missing-file"]


def test_beside_a_document_that_was_never_saved_nothing_is_looked_for():
    server = RecordingServer()
    server.open(FRONTMATTER + '::image path="a.png"::\n', "untitled:Untitled-1")
    assert marked_in(server, "untitled:Untitled-1") == []


@pytest.mark.parametrize("knows", [True, False])
def test_related_places_are_told_to_those_that_know_them(knows):
    server = RecordingServer(related_information=knows)
    server.open(FRONTMATTER + SOURCE + synthesized())
    text_document = server.text_document(URI)
    (found,) = diagnostics.encode_diagnostics(
        server, text_document, diagnostics.document_diagnostics(server, text_document)
    )
    assert bool(found.related_information) is knows


async def test_a_new_setting_shows_the_marks_anew():
    async with editor(VSCODE) as client:
        client.open(FRONTMATTER + SOURCE + synthesized() + synthesized("Why?", GONE))
        await client.marked("synthesized", "stale-source")
        client.set_configuration({"dlm": {"diagnostics": {"synthesized": "off"}}})
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await client.marked("stale-source")


async def pulled(client: Editor, last: str | None = None) -> types.DocumentDiagnosticReport:
    """What a client is answered that has the diagnostics of the report `last`."""
    return await client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(types.TextDocumentIdentifier(URI), previous_result_id=last)
    )


async def test_a_client_that_has_the_diagnostics_is_not_sent_them_again():
    async with editor(VSCODE, pull=True) as client:
        client.open(WRONG + SOURCE)
        first = await pulled(client)
        assert [mark.code for mark in first.items] == ["unknown-section-type"]
        client.type(len(WRONG), len(WRONG), "So: ")
        unchanged = await pulled(client, first.result_id)
        assert (unchanged.kind, unchanged.result_id) == ("unchanged", first.result_id)
        assert (await pulled(client, "another")).items == first.items
        client.type(len(FRONTMATTER), len(FRONTMATTER), "\n")
        moved = await pulled(client, first.result_id)
        assert moved.result_id != first.result_id
        assert [mark.range.start.line for mark in moved.items] == [
            mark.range.start.line + 1 for mark in first.items
        ]


async def test_a_report_is_another_as_soon_as_what_lies_elsewhere_is(tmp_path):
    server = RecordingServer(pulls_diagnostics=True)
    uri, copy, image = (tmp_path / name for name in ("notes.dlm", "copy.dlm", "a.png"))
    uri = uri.as_uri()
    server.open(FRONTMATTER + '::image path="a.png"::\n::prose::\n', uri)
    text_document = server.text_document(uri)

    def report(last: str | None = None) -> dict[str, object]:
        document = types.TextDocumentIdentifier(uri)
        params = types.DocumentDiagnosticParams(document, previous_result_id=last)
        return json.loads(diagnostics.on_pulled(server, params).text)

    def append(text: str) -> None:
        whole = types.TextDocumentContentChangeWholeDocument(text_document.source + text)
        text_document.apply_change(whole)

    last = report()["resultId"]
    for change, codes in (
        (image.touch, []),
        (lambda: copy.write_text(FRONTMATTER), ["duplicate-dlm-id"]),
        (lambda: append("1\r2\n"), ["duplicate-dlm-id", "lone-cr"]),
        (lambda: append("3\r4\n"), ["duplicate-dlm-id", "lone-cr"]),
        (copy.unlink, ["lone-cr"]),
        (image.unlink, ["lone-cr", "missing-file"]),
    ):
        assert report(last) == {"kind": "unchanged", "resultId": last}
        change()
        diagnostics.look_for_copies(server)
        await server.copies_task
        full = report(last)
        assert [mark["code"] for mark in full["items"]] == codes
        last = full["resultId"]


async def test_a_document_that_is_opened_again_is_reported_in_full():
    async with editor(VSCODE, pull=True) as client:
        client.open(WRONG)
        first = await pulled(client)
        client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI))
        )
        assert not (await pulled(client, first.result_id)).items
        client.open(WRONG)
        assert (await pulled(client, first.result_id)).items == first.items


async def test_pulled_and_pushed_diagnostics_are_the_same():
    async with editor(VSCODE, pull=True) as pulling, editor(VSCODE) as pushed_to:
        for client in (pulling, pushed_to):
            client.open(TWINS + WRONG[len(FRONTMATTER) :])
        await pushed_to.marked("synthesized", "synthesized", "unknown-section-type")
        both = (await pulled(pulling)).items, pushed_to.diagnostics[URI]
        first, second = ([(mark.code, mark.range, mark.message) for mark in of] for of in both)
        assert first == second
