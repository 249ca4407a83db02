"""Texts: hostile documents, by all that an editor asks of one, and by what a run does to one."""

import random
import time
from pathlib import Path

from bench.chaos.campaign import BrokenPromiseError, Scenario
from bench.chaos.wire import WireClient
from bench.river_teacher import HEAD
from dlm_lsp.document import (
    Addition,
    Pair,
    SectionType,
    SynthMarker,
    apply_edits,
    insert,
    parse,
    remove,
)

LENGTH = 40_000
LONGEST_RUN = 20_000
LONGEST = 5.0
"""Seconds after which an answer counts as frozen; the text is a hundred times a usual one."""
URI = "file:///notes/hostile.dlm"
DOCUMENT = {"uri": URI}
RUNS = (
    "_", "-", "=", "ACGT", "文字", ". ", "::instruction#a", "::", " ", "\t", "{", "[", "(", "`",
    "*", "### Q", '<!-- dlm-auto-synth: a="', '" b="', "\\", "[a](b", "![", "x=", "1,", "1.2.",
    "a-", "é", "\u0301", "https://", "&#", "|", "~", ">", "# ", "k: ", "- ", "'", '"', "\u202e",
    "\u200b", "ﷺ",
)  # fmt: skip
LINES = (
    "::prose::", "::instruction::", "::instruction#tone::", "::preference::", "### Q", "### A",
    "### Prompt", "### Chosen", "### Rejected", "```", "---", "Some prose about 12 mills.", "",
    '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction"'
    ' synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->',
)  # fmt: skip
BREAKS = ("\n", "\n", "\n", "\r\n", "\r", "\u2028", "\x85", "\x0c")
REQUESTS = (
    "foldingRange",
    "documentSymbol",
    "semanticTokens/full",
    "diagnostic",
    "codeLens",
    "documentLink",
)


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Show a hostile document and ask everything about it; then insert pairs and remove them."""
    text = _text(rng)
    _check_removal(text, rng)
    client = WireClient(folder / "home")
    try:
        client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        client.tell("initialized", {})
        client.open(URI, text)
        for method in REQUESTS:
            start = time.monotonic()
            client.ask(f"textDocument/{method}", {"textDocument": DOCUMENT})
            if (seconds := time.monotonic() - start) > LONGEST:
                raise BrokenPromiseError(f"{method} took {seconds:.1f} s for {text[:300]!r}")
    finally:
        client.close()
    return ("documents",)


def _text(rng: random.Random) -> str:
    """Return a document with hostile prose, and hostile pairs that are synthesized from it."""
    prose = HEAD + _hostile(rng) + "\n"
    pairs = ""
    for section in parse(prose).sections[:20]:
        marker = SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", section.id)
        question, answer = (rng.choice(RUNS) * rng.choice((1, 9, LONGEST_RUN)) for _ in "qa")
        pairs += f"::instruction::\n{marker.line()}\n### Q\n{question}\n### A\n{answer}\n"
    return prose + pairs


def _hostile(rng: random.Random) -> str:
    parts, length = [], 0
    while length < LENGTH:
        if rng.random() < 0.3:
            run = rng.choice(RUNS)
            part = run * rng.randint(1, LONGEST_RUN // len(run))
        else:
            part = rng.choice(LINES) + rng.choice(BREAKS)
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _check_removal(text: str, rng: random.Random) -> None:
    document = parse(text)
    prose = [section for section in document.sections if section.type == SectionType.PROSE]
    if not prose or any(problem.severity == "error" for problem in document.problems):
        return
    section = rng.choice(prose)
    marker = SynthMarker("chaos", "extraction", "2026-01-31T09:30:00Z", section.id)
    edits = insert(document, [Addition(Pair("Who?", "Nobody."), marker)])
    changed = parse(apply_edits(text, edits))
    added = [s for s in changed.sections if s.synth == marker]
    if apply_edits(changed.text, remove(changed, added)) != text:
        raise BrokenPromiseError(f"removal does not give back the bytes of {text!r}")


SCENARIO = Scenario(
    "texts",
    f"every request about {LENGTH:,} hostile characters is answered in {LONGEST:g} s;"
    " inserting and removing a pair gives back the bytes",
    play,
)
