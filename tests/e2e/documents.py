"""Documents: those that every editor is walked through."""

from pathlib import Path

from support.teacher_server import HEAD, pairs_about, town

from dlm_lsp.document import Section, parse
from dlm_lsp.store.ledger import Ledger, LedgerEntry

MISTAKEN = HEAD.replace("smollm2-135m", "smollm2-135n") + f"{town(1)}\n"
PLAIN = HEAD + f"{town(1)}\n"
REAL = (
    "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: hf:google/gemma-3-270m\n---\n"
    "The tram network of Harrowmere was largest in 1926, when it had nine lines and 214 cars.\n"
)


def _block(question: str, answer: str) -> str:
    source = parse(PLAIN).sections[0].id
    return (
        "::instruction::\n"
        '<!-- dlm-auto-synth: synth_teacher="vllm-server:towns" synth_strategy="extraction" '
        f'synth_at="2026-01-31T10:00:00Z" source_section_id="{source}" -->\n'
        f"### Q\n{question}\n### A\n{answer}\n"
    )


SYNTHESIZED = PLAIN + "".join(_block(q, a) for q, a, _ in pairs_about(1))
"""The plain document as it is once both pairs about its town are in."""


def two_teachers(home: Path) -> str:
    """Return the same with its second pair by another teacher, and their margins in `home`."""
    first, second, third = SYNTHESIZED.split("::instruction::\n")
    other = third.replace("vllm-server:towns", "hf:org/tiny model")
    text = "::instruction::\n".join((first, second, other))
    source, *pairs = parse(text).sections
    entries = [
        LedgerEntry(pair.id, source.id, "towns", "extraction", "", "", None, margin, "sway:tiny")
        for pair, margin in zip(pairs, (0.5, 0.1), strict=True)
    ]
    Ledger(home / "store" / HEAD.split()[2]).add(entries)
    return text


_LOG = "Epoch 1\rEpoch 2\rEpoch 3\rEpoch 4\n::prose::\n"
_THREE = [*((q, a) for q, a, _ in pairs_about(1)), ("Is Ville1 a town?", "Ville1 is a town.")]
_BLOCKS = [_block(q, a) for q, a in _THREE]
WITH_LONE_CRS = HEAD + _LOG + f"{town(1)}\n" + "".join(_BLOCKS)
"""A document with a pasted progress bar above three synthesized sections."""

ITS_FIRST_PAIR_KEPT = (
    HEAD
    + _LOG.replace("\r", "\n")
    + f"{town(1)}\n"
    + "".join(line for line in _BLOCKS[0].splitlines(keepends=True) if not line.startswith("<!--"))
)
"""The same once it was mended, its first pair kept, the second removed, and the rest reverted."""


def synthesized(path: Path) -> list[Section]:
    """The synthesized sections of a saved document, which must be sound."""
    document = parse(path.read_text(encoding="utf-8"))
    assert list(document.errors) == []
    return [section for section in document.sections if section.synth]
