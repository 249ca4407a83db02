"""Benchmark documents: sections as a user would have them, in one file."""

from collections.abc import Sequence

from bench.quality.text_sections import TextSection

# A ULID has no I, L, O and U.
_DIGITS = str.maketrans("ILOU", "1100")
_BASE_ID = "01KAEN0QVA1TYBENCH00000000"


def document_of(sections: Sequence[TextSection], base_model: str = "smollm2-135m") -> str:
    """Return a document of sections; its id says the language and half of the first."""
    ending = f"{sections[0].language}{sections[0].half[:1]}".upper().translate(_DIGITS)
    dlm_id = f"{_BASE_ID[: -len(ending)]}{ending}"
    bodies = "\n::prose::\n".join(section.text for section in sections)
    return f"---\ndlm_id: {dlm_id}\nbase_model: {base_model}\n---\n{bodies}\n"
