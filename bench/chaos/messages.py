"""Messages: a session with the language server in which many messages are malformed."""

import random
from pathlib import Path
from typing import Any

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.json_change import change_part
from bench.chaos.wire import WireClient
from bench.river_teacher import HEAD

URI = "file:///notes/rivers.dlm"
STEPS = 60
MARKER = (
    '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction"'
    ' synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->'
)
OWN = "Prose of the writer.\n::instruction::\n### Q\nWhose is this?\n### A\nThe writer's.\n"
SYNTHESIZED = "::instruction::\n{}\n### Q\nWhich river is {}?\n### A\nThe river {}.\n"
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True},
        "configuration": True,
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
        },
        "diagnostic": {"dynamicRegistration": False},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "hover": {"contentFormat": ["markdown"]},
        "semanticTokens": {
            "requests": {"full": True},
            "formats": ["relative"],
            "tokenTypes": [],
            "tokenModifiers": [],
        },
    },
    "window": {"workDoneProgress": True},
}
POSITION = {"line": 6, "character": 1}
RANGE = {"start": POSITION, "end": {"line": 8, "character": 0}}
DOCUMENT = {"uri": URI}
REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("textDocument/hover", {"textDocument": DOCUMENT, "position": POSITION}),
    ("textDocument/completion", {"textDocument": DOCUMENT, "position": POSITION}),
    ("textDocument/definition", {"textDocument": DOCUMENT, "position": POSITION}),
    ("textDocument/references", {"textDocument": DOCUMENT, "position": POSITION, "context": {}}),
    (
        "textDocument/codeAction",
        {
            "textDocument": DOCUMENT,
            "range": RANGE,
            "context": {
                "diagnostics": [{"range": RANGE, "severity": 2, "message": "m", "source": "other"}],
                "triggerKind": 2,
            },
        },
    ),
    ("textDocument/codeLens", {"textDocument": DOCUMENT}),
    ("textDocument/inlayHint", {"textDocument": DOCUMENT, "range": RANGE}),
    ("textDocument/documentSymbol", {"textDocument": DOCUMENT}),
    ("textDocument/foldingRange", {"textDocument": DOCUMENT}),
    ("textDocument/documentLink", {"textDocument": DOCUMENT}),
    ("textDocument/selectionRange", {"textDocument": DOCUMENT, "positions": [POSITION]}),
    ("textDocument/semanticTokens/full", {"textDocument": DOCUMENT}),
    ("textDocument/diagnostic", {"textDocument": DOCUMENT}),
    ("workspace/executeCommand", {"command": "dlm.synth.report", "arguments": [{"uri": URI}]}),
    ("workspace/executeCommand", {"command": "dlm.synth.keep", "arguments": [{"uri": URI}]}),
)
NOTIFICATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("workspace/didChangeConfiguration", {"settings": {"dlm": {"perSection": 2}}}),
    ("workspace/didChangeWatchedFiles", {"changes": [{"uri": URI, "type": 2}]}),
    ("textDocument/didSave", {"textDocument": DOCUMENT}),
    ("window/workDoneProgress/cancel", {"token": "x"}),
    ("$/setTrace", {"value": "verbose"}),
    ("$/unknown", {"a": 1}),
)


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Type, ask, send malformed messages; then let the server revert what is synthesized."""
    client = WireClient(folder / "home")
    met = []
    try:
        _initialize(client, rng)
        prose = HEAD + OWN
        client.open(URI, prose + _sections(rng))
        for _ in range(STEPS):
            step = rng.choice((_type, _type, _request, _notify, _malformed_change))
            step(client, rng)
            met.append(step.__name__.strip("_"))
        _check_same_text(client)
    finally:
        client.close()
    return tuple(met)


def _initialize(client: WireClient, rng: random.Random) -> None:
    params: dict[str, Any] = {
        "processId": None,
        "clientInfo": {"name": "chaos", "version": "1"},
        "rootUri": None,
        "workspaceFolders": [{"uri": "file:///notes", "name": "notes"}],
        "capabilities": CAPABILITIES,
        "trace": "off",
    }
    if rng.random() < 0.7:
        # A key without its object cannot be lenient: the server would know nothing at all.
        key = rng.choice(list(params))
        params[key] = change_part(params[key], rng)
    answer = client.ask("initialize", params)
    if "capabilities" not in (answer.get("result") or {}):
        raise BrokenPromiseError(f"initialize was refused: {answer} for {params}")
    client.tell("initialized", {})


def _type(client: WireClient, rng: random.Random) -> None:
    """Type into the writer's prose, which begins right after the frontmatter."""
    client.type(URI, len(HEAD) + rng.randrange(6), rng.choice(("x", "y ", "\n", "word\n")))


def _request(client: WireClient, rng: random.Random) -> None:
    method, params = rng.choice(REQUESTS)
    client.ask(method, change_part(params, rng) if rng.random() < 0.7 else params)


def _notify(client: WireClient, rng: random.Random) -> None:
    method, params = rng.choice(NOTIFICATIONS)
    client.tell(method, change_part(params, rng) if rng.random() < 0.7 else params)


def _malformed_change(client: WireClient, rng: random.Random) -> None:
    """Send a change that the text here does not get, and open the document again."""
    change = {"range": RANGE, "rangeLength": 3, "text": "z"}
    params = {"textDocument": {"uri": URI, "version": 9}, "contentChanges": [change]}
    client.tell("textDocument/didChange", change_part(params, rng))
    client.tell("textDocument/didClose", {"textDocument": DOCUMENT})
    client.open(URI, client.texts[URI])


def _check_same_text(client: WireClient) -> None:
    """Let the server take out what is synthesized, and compare with the writer's text."""
    text = client.texts[URI]
    written = text[: text.index(f"::instruction::\n{MARKER}")] if MARKER in text else text
    revert = {"command": "dlm.synth.revert", "arguments": [DOCUMENT]}
    answer = client.ask("workspace/executeCommand", revert)
    if "error" in answer:
        raise BrokenPromiseError(f"the revert is refused: {answer}")
    while MARKER in client.texts[URI]:
        client.wait(f"the edit of the revert, answered by {answer}")
    if client.texts[URI] != written:
        raise BrokenPromiseError(f"the text is {client.texts[URI]!r}, not {written!r}")
    if "error" in (hover := client.ask(*REQUESTS[0])):
        raise BrokenPromiseError(f"a sound request is refused at the end: {hover}")


def _sections(rng: random.Random) -> str:
    names = (f"n{number}" for number in range(rng.randint(1, 4)))
    return "".join(SYNTHESIZED.format(MARKER, name, name) for name in names)


SCENARIO = Scenario(
    "messages",
    "the server answers every request, goes on, and edits nothing but what is synthesized",
    play,
)
