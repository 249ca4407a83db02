"""Life cycle: what the client asks for, over the wire, with the capabilities of real editors."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from ide.samples import GONE, RICH, SOURCE, synthesized
from lsprotocol import types
from server.editor import (
    EDITORS,
    EMACS,
    NEOVIM,
    PATIENCE,
    URI,
    VSCODE,
    capabilities_of,
    editor,
)
from support.document_text import FRONTMATTER

DOCUMENT = types.TextDocumentIdentifier(URI)
TEXT = FRONTMATTER + SOURCE + synthesized() + "::prose::\n🙂 Another river.\n"


def body(text: str) -> str:
    return FRONTMATTER + text


@pytest.mark.parametrize("name", EDITORS)
async def test_problems_are_shown_as_the_document_is_opened(name):
    async with editor(name) as client:
        client.open(body("::Instruction::\n### Q\na\n### A\nb\n"))
        (found,) = await client.marked("unknown-section-type")
        assert found.range.start == client.at("Instruction")


async def test_a_client_that_pulls_is_asked_and_never_pushed_to():
    async with editor(VSCODE, pull=True) as client:
        client.open(body("::Instruction::\n### Q\na\n### A\nb\n"))
        (found,) = await client.pulled()
        assert found.code == "unknown-section-type"
        client.type(len(client.text()), len(client.text()), "x")
        await client.pulled()
        assert client.diagnostics == {}


async def test_diagnostics_go_when_the_document_is_closed():
    async with editor(VSCODE) as client:
        client.open(body("::Instruction::\n"))
        await client.until(lambda: client.diagnostics.get(URI))
        client.text_document_did_close(types.DidCloseTextDocumentParams(DOCUMENT))
        await client.until(lambda: not client.diagnostics[URI])


async def test_diagnostics_follow_what_is_typed():
    async with editor(VSCODE) as client:
        client.open(body("::prose::\nText.\n"))
        await client.marked()
        at = client.text().index("::prose::") + len("::prose::")
        client.type(at, at, " ")
        await client.marked("near-miss-fence")


async def test_where_a_section_came_from_is_a_hint_and_what_is_stale_a_warning():
    async with editor(VSCODE) as client:
        client.open(body(SOURCE + synthesized() + synthesized("Why?", GONE)))
        stale = types.DiagnosticSeverity.Hint
        # Until it is known that nothing backs it, it is no warning.
        while stale == types.DiagnosticSeverity.Hint:
            await client.actions("Why?")
            found = await client.marked("synthesized", "stale-source")
            assert found[0].severity == types.DiagnosticSeverity.Hint
            stale = found[1].severity
        assert stale == types.DiagnosticSeverity.Warning


async def test_what_takes_a_second_look_is_shown_later():
    twin = "::instruction::\n### Q\nWhat is the Ill?\n### A\nA river.\n"
    async with editor(NEOVIM) as client:
        client.open(body(SOURCE + twin + synthesized("What is the Ill ?")))
        await client.marked("synthesized", "near-duplicate")


@pytest.mark.parametrize("name", EDITORS)
async def test_a_hover_tells_where_a_section_came_from(name):
    async with editor(name) as client:
        client.open(TEXT)
        found = await client.text_document_hover_async(
            types.HoverParams(DOCUMENT, client.at("<!-- dlm"))
        )
        assert "hf:tiny" in found.contents.value
        assert "The Ill is a river" in found.contents.value


async def test_the_way_leads_from_a_marker_to_its_source_and_back():
    async with editor(NEOVIM) as client:
        client.open(TEXT)
        there = await client.text_document_definition_async(
            types.DefinitionParams(DOCUMENT, client.at("<!-- dlm"))
        )
        assert there[0].target_range.start == client.at("The Ill")
        back = await client.text_document_references_async(
            types.ReferenceParams(
                context=types.ReferenceContext(include_declaration=False),
                text_document=DOCUMENT,
                position=client.at("The Ill"),
            )
        )
        assert [location.range.start for location in back] == [client.at("::instruction::")]


async def test_symbols_folds_selections_tokens_and_links_are_given():
    async with editor(VSCODE) as client:
        client.open(RICH + SOURCE + synthesized() + '::image path="a.png"::\n')
        symbols = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(DOCUMENT)
        )
        assert [symbol.name for symbol in symbols][1:3] == [
            "The Ill is a river.",
            "What is the Ill?",
        ]
        folds = await client.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT))
        assert {(fold.start_line, fold.end_line) for fold in folds} >= {(20, 25)} or folds
        (selected,) = await client.text_document_selection_range_async(
            types.SelectionRangeParams(DOCUMENT, [client.at("river")])
        )
        assert selected.range.start == client.at("river")
        tokens = await client.text_document_semantic_tokens_full_async(
            types.SemanticTokensParams(DOCUMENT)
        )
        assert len(tokens.data) % 5 == 0
        part = await client.text_document_semantic_tokens_range_async(
            types.SemanticTokensRangeParams(
                DOCUMENT, types.Range(client.at("::image"), client.position(len(client.text())))
            )
        )
        assert 0 < len(part.data) < len(tokens.data)
        links = await client.text_document_document_link_async(types.DocumentLinkParams(DOCUMENT))
        assert [link.target for link in links][-1] == "file:///notes/a.png"


@pytest.mark.parametrize("name", [NEOVIM, EMACS])
@pytest.mark.parametrize("lenses", [True, False])
@pytest.mark.parametrize("hints", [True, False])
async def test_hints_are_given_where_no_lenses_say_the_same_and_both_can_be_switched_off(
    name, lenses, hints
):
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    settings = {"codeLens": {"enable": lenses}, "inlayHints": {"enable": hints}}
    async with editor(name, **settings) as client:
        client.open(TEXT)
        await client.text_document_hover_async(types.HoverParams(DOCUMENT, client.at("---")))
        found = await client.text_document_code_lens_async(types.CodeLensParams(DOCUMENT))
        assert ("Keep" in [lens.command.title for lens in found]) is lenses
        hinted = await client.text_document_inlay_hint_async(
            types.InlayHintParams(DOCUMENT, everything)
        )
        shows_lenses = name != EMACS
        expected = hints and not (lenses and shows_lenses)
        assert ("1 pair" in [hint.label for hint in hinted]) is expected


async def test_a_lens_of_prose_that_has_pairs_asks_for_more():
    async with editor(NEOVIM) as client:
        client.open(TEXT)
        found = await client.text_document_code_lens_async(types.CodeLensParams(DOCUMENT))
        (more,) = [
            lens.command for lens in found if lens.command.title.startswith("Synthesize more")
        ]
        assert (more.title, more.command) == ("Synthesize more · 1 pair", "dlm.synth.run")
        assert more.arguments[0]["more"] is True


async def test_completions_leave_their_words_to_be_asked_for():
    async with editor(VSCODE) as client:
        client.open(body("\n"))
        end = client.position(len(client.text()))
        items = await client.text_document_completion_async(types.CompletionParams(DOCUMENT, end))
        item = next(entry for entry in items if entry.label == "::instruction::")
        assert item.documentation is None
        resolved = await client.completion_item_resolve_async(item)
        assert resolved.documentation.value


async def test_positions_behind_an_emoji_are_right_in_every_encoding():
    for name in EDITORS:
        async with editor(name) as client:
            client.open(body("🙂🙂 ::x\n::prose::\n🙂 a\n::Prose:: \n"))
            (found,) = await client.marked("near-miss-fence")
            assert found.range.start == client.at("::Prose::")


@pytest.mark.parametrize("uri", ["file:///my%20notes/a.dlm", "file:///c%3A/notes/a.dlm"])
async def test_what_is_typed_under_an_escaped_address_is_heard(uri):
    async with editor(NEOVIM, pull=True) as client:
        client.open(body("Text.\n"), uri)
        end = len(client.text(uri))
        client.type(end, end, "::Prose::\n", uri)
        assert [diagnostic.code for diagnostic in await client.pulled(uri)] == [
            "unknown-section-type"
        ]


@pytest.fixture
def asked_nothing(monkeypatch):
    """Have every editor push its settings, and answer for none."""
    recorded = capabilities_of

    def without_configuration(name: str, **more: bool) -> types.ClientCapabilities:
        capabilities = recorded(name, **more)
        capabilities.workspace.configuration = False
        return capabilities

    monkeypatch.setattr("server.editor.capabilities_of", without_configuration)


OFF = {"diagnostics": {"synthesized": "off"}}


@pytest.mark.usefixtures("asked_nothing")
async def test_settings_that_are_pushed_no_more_are_taken_back():
    async with editor(VSCODE) as client:
        client.open(body(SOURCE + synthesized()))
        await client.marked("synthesized")
        on = ["synthesized"]
        for pushed, marks in (
            ({"dlm": OFF}, []),
            ({}, on),
            ({"dlm": OFF, "python": {}}, []),
            ({"python": {}}, on),
            ({"dlm": OFF}, []),
        ):
            client.workspace_did_change_configuration(types.DidChangeConfigurationParams(pushed))
            await client.marked(*marks)


@pytest.mark.usefixtures("asked_nothing")
async def test_settings_that_are_taken_back_leave_the_initialization_options():
    async with editor(VSCODE, **OFF) as client:
        client.open(body(SOURCE + synthesized() + synthesized("Why?", GONE)))
        await client.marked("stale-source")
        loud = {"dlm": {"diagnostics": {"synthesized": "information"}}}
        for pushed, marks in ((loud, ["synthesized"]), ({"dlm": {}}, [])):
            client.workspace_did_change_configuration(types.DidChangeConfigurationParams(pushed))
            await client.marked(*marks, "stale-source")


@pytest.mark.usefixtures("asked_nothing")
@pytest.mark.parametrize("pushed", [{"other": {}}, {"dlm": "x"}, None])
async def test_a_push_of_no_settings_of_ours_leaves_the_initialization_options(pushed):
    async with editor(VSCODE, **OFF) as client:
        client.open(body(SOURCE + synthesized() + synthesized("Why?", GONE)))
        await client.marked("stale-source")
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams(pushed))
        await client.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT))
        await client.marked("stale-source")


@pytest.mark.usefixtures("asked_nothing")
@pytest.mark.parametrize("pushed", [{"dlm": "x"}, None])
async def test_a_push_that_says_nothing_leaves_what_was_pushed(pushed):
    async with editor(VSCODE) as client:
        client.open(body(SOURCE + synthesized() + synthesized("Why?", GONE)))
        await client.marked("synthesized", "stale-source")
        for settings in ({"dlm": OFF}, pushed):
            client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
            await client.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT))
            await client.marked("stale-source")


async def test_a_medium_is_looked_for_again_as_its_document_is_saved(tmp_path):
    uri = (tmp_path / "notes.dlm").as_uri()
    async with editor(EMACS) as client:
        client.open(body('::image path="a.png"::\n'), uri)
        await client.until(lambda: client.diagnostics.get(uri))
        (tmp_path / "a.png").touch()
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        client.text_document_did_save(saved)
        await client.until(lambda: not client.diagnostics[uri])


async def test_a_missing_medium_is_watched_for(tmp_path: Path):
    uri = (tmp_path / "notes.dlm").as_uri()
    async with editor(VSCODE) as client:
        registered: asyncio.Queue[types.Registration] = asyncio.Queue()

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params: types.RegistrationParams) -> None:
            registered.put_nowait(params.registrations[0])

        client.open(body('::image path="media/a[1].png"::\n'), uri)
        async with asyncio.timeout(PATIENCE):
            registration = await registered.get()
        (watcher,) = registration.register_options["watchers"]
        assert watcher["globPattern"] == "**/a?1?.png"
        await client.until(lambda: client.diagnostics.get(uri))
        (tmp_path / "media").mkdir()
        file = tmp_path / "media" / "a[1].png"

        def notify(change: types.FileChangeType) -> None:
            event = types.FileEvent(file.as_uri(), change)
            client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

        file.touch()
        notify(types.FileChangeType.Created)
        await client.until(lambda: not client.diagnostics[uri])
        file.unlink()
        notify(types.FileChangeType.Deleted)
        await client.until(lambda: client.diagnostics[uri])


def test_what_documents_need_is_imported_behind_the_answer_to_initialize():
    code = """
import asyncio, json, sys
from dlm_lsp.server.lifecycle import create_server
steps = []
def note(what):
    steps.append([what, "pydantic" in sys.modules])
class Client:
    def write(self, data):
        note("answer")
    def close(self):
        pass
async def serve():
    server = create_server(on_ready=lambda: note("ready"))
    server.protocol.set_writer(Client())
    message = {"jsonrpc": "2.0", "params": {"processId": None, "capabilities": {}}}
    server.protocol.handle_message({**message, "id": 1, "method": "initialize"})
    await asyncio.sleep(0)
    server.protocol.handle_message({"jsonrpc": "2.0", "method": "initialized", "params": {}})
asyncio.run(serve())
print(json.dumps(steps))
"""
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert json.loads(ran.stdout) == [["answer", False], ["ready", True]]
