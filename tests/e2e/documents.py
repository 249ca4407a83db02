"""Documents: those that every editor is walked through."""

from pathlib import Path

from support.teacher_server import HEAD, pairs_about, town

from dlm_lsp.document import Section, parse

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


def synthesized(path: Path) -> list[Section]:
    """The synthesized sections of a saved document, which must be sound."""
    document = parse(path.read_text(encoding="utf-8"))
    assert list(document.errors) == []
    return [section for section in document.sections if section.synth]
