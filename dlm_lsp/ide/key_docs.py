"""Key documentation: what the parts of a document are for, in Markdown."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dlm_lsp.document.base_models import HUB_PREFIX, RegisteredModel, model_path, resolve_base_model
from dlm_lsp.document.schema import Frontmatter
from dlm_lsp.document.schema_description import blocks_of, describe_allowed
from dlm_lsp.document.section import SectionType
from dlm_lsp.ide.markdown import code_span

ANY_NAME = "<name>"
"""Stands in the path of a key for the name of an adapter."""
ANY_ITEM = "[]"
"""Stands in the path of a key for an item of a list."""

SECTION_TYPES = {
    SectionType.PROSE: (
        "**Prose**: text that the model learns as it stands, and about which a teacher can be"
        " asked for questions and answers."
    ),
    SectionType.INSTRUCTION: (
        "**Instruction**: questions under `### Q` and answers under `### A`. The model learns to"
        " give the answers; `### Q !probe` marks a question that is also used to test it."
    ),
    SectionType.PREFERENCE: (
        "**Preference**: a `### Prompt` with a `### Chosen` and a `### Rejected` answer, for"
        " learning to prefer the one to the other."
    ),
    SectionType.IMAGE: (
        "**Image**: a picture. `path` says where its file is, seen from the document; `alt` says"
        " in words what it shows, and may be left out."
    ),
    SectionType.AUDIO: (
        "**Audio**: a recording. `path` says where its file is, seen from the document;"
        " `transcript` is what is said in it, word for word. Both are needed."
    ),
}
HEADERS = {
    "### Q": "The question of a pair stands below.",
    "### Q !probe": "A question that is also used to test the trained model.",
    "### A": "The answer to the question above stands below.",
    "### Prompt": "What both answers reply to.",
    "### Chosen": "The better answer.",
    "### Rejected": "The worse answer.",
}
ATTRIBUTES = {
    "path": "Where the file is, seen from the document.",
    "alt": "What the picture shows, in words.",
    "transcript": "What is said in the recording, word for word.",
    "synth_teacher": "The model that wrote the pair.",
    "synth_strategy": "How it was asked: `extraction` or `expansion`.",
    "synth_at": "When the pair was written, such as `2026-01-31T09:30:00Z`.",
    "source_section_id": "The id of the prose section that the pair is about.",
    "judge_name": "The model that compared the two answers.",
    "judge_score_chosen": "The score of the chosen answer, a number.",
    "judge_score_rejected": "The score of the rejected answer, a number.",
    "mined_at": "When the preference was found, such as `2026-01-31T09:30:00Z`.",
    "mined_run_id": "The number of the training run, 1 or more.",
    "source": "The run that the section came from.",
}
MARKERS = {
    "synth": "Says which teacher wrote this section, when, how, and about which prose.",
    "mined": "Says which judge set the chosen answer above the rejected one.",
    "harvest": "Says which run this section came from.",
}


def block_at(path: Sequence[str]) -> type[BaseModel] | None:
    """Return the block of keys that stands at `path`, None where there is none."""
    block: type[BaseModel] | None = Frontmatter
    item_type: type[BaseModel] | None = None
    for step in path:
        if item_type:
            block, item_type = item_type, None
        elif block:
            block, item_type = blocks_of(block, step)
    return None if item_type else block


def field_at(path: Sequence[str]) -> FieldInfo | None:
    """Return the field of the key at `path`, None where no key stands there."""
    block = block_at(path[:-1]) if path else None
    return block.model_fields.get(path[-1]) if block else None


def describe_key(path: Sequence[str]) -> str | None:
    """Say what the frontmatter key at `path` means, what it takes, and its default."""
    field = field_at(path)
    if field:
        parts = [f"{_heading(path)}\n\n{field.description}", f"Takes {describe_allowed(field)}."]
        if default := default_of(field):
            parts.append(f"Default: `{default}`.")
        elif field.is_required():
            parts.append("Required.")
        return "\n\n".join(parts)
    if path and tuple(path[:-1]) == ("training", "adapters"):
        return (
            f"{_heading(path)}\n\nA named adapter with settings of its own."
            f" A fence such as {code_span(f'::instruction#{path[-1]}::')} picks it."
        )
    return None


def _heading(path: Sequence[str]) -> str:
    return f"**{code_span('.'.join(path).replace(f'.{ANY_ITEM}', ANY_ITEM))}**"


def default_of(field: FieldInfo) -> str | None:
    """Return the default of `field` as YAML, None for a block or a key that must be there."""
    value = field.default
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return None
    return _yaml(value)


def _yaml(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, tuple):
        items = ", ".join(f'"{item}"' for item in value)
        return f"[{items}]"
    return str(value)


def describe_model(name: str) -> str:
    """Say what the registry knows of a base model."""
    facts = resolve_base_model(name)
    if facts:
        return _facts(facts)
    if name.startswith(HUB_PREFIX) and (path := model_path(name)):
        return (
            f"{code_span(path)} is a folder of safetensors or a GGUF file, seen from the document. "
            "A GGUF file is converted once, into the cache."
        )
    if name.startswith(HUB_PREFIX):
        hub_id = name.removeprefix(HUB_PREFIX)
        return (
            f"{code_span(hub_id)} is not in the registry: "
            "it is taken from the Hugging Face hub as it"
            " is, and nothing more is known of it here."
        )
    return f"{code_span(name)} is neither a key of the registry nor `hf:org/name`."


def _facts(facts: RegisteredModel) -> str:
    lines = [
        f"**{code_span(facts.key)}**\n",
        f"- Parameters: {format_billions(facts)} B",
        f"- Context: {facts.context_length:,} tokens",
        f"- Licence: {_licence(facts)}",
        f"- Size: {facts.size_gb_fp16:g} GB at 16 bit",
        f"- Hub: {code_span(facts.hf_id)}",
    ]
    return "\n".join(lines)


def _licence(facts: RegisteredModel) -> str:
    name = "its own, not in the SPDX list" if facts.license_spdx == "Other" else facts.license_spdx
    return f"{name}; the hub wants it accepted first" if facts.requires_acceptance else name


def format_billions(facts: RegisteredModel) -> str:
    """Return the parameters of a model in billions."""
    return f"{facts.params / 1e9:g}"
