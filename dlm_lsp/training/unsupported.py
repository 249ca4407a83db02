"""Unsupported options: what a document asks of training that cannot be done, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from dlm_lsp.document.document import Document
from dlm_lsp.document.schema import Adapter, Training
from dlm_lsp.document.section import MEDIA, SectionType


@dataclass(frozen=True, slots=True)
class DeviceCapabilities:
    """What decides whether some of the keys can be honoured."""

    cuda: bool
    bitsandbytes: bool
    lacking_to_compile: str = ""
    """What the loss on a GPU is compiled with and is not here, with what to do; else empty."""


def unsupported_options(
    document: Document, training: Training, capabilities: DeviceCapabilities
) -> Iterator[str]:
    """Yield what stands in the way of training, one line each, with what to do about it."""
    if capabilities.lacking_to_compile:
        yield (
            "training on a GPU compiles a part of the loss, and lacks "
            f"{capabilities.lacking_to_compile}; or train on the device cpu"
        )
    yield from _keys(training, capabilities)
    blocks: dict[str, Training | Adapter] = {"training": training} | {
        f"training.adapters.{name}": adapter for name, adapter in (training.adapters or {}).items()
    }
    for key, block in blocks.items():
        if block.adapter == "qlora" and not (capabilities.cuda and capabilities.bitsandbytes):
            yield (
                f"{key}.adapter: qlora needs {_lacking(capabilities)}, which is not here; "
                "write `lora`, or train where it is"
            )
        if not block.target_modules:
            yield (
                f"{key}.target_modules: an empty list gives an adapter to no layer; name some, "
                "or write `auto`"
            )
    yield from _sections(document, training)


def _keys(training: Training, capabilities: DeviceCapabilities) -> Iterator[str]:
    if training.optimizer.startswith("galore"):
        yield (
            f"training.optimizer: {training.optimizer} is made for training whole weights, and an "
            "adapter has none; write `adamw_torch`"
        )
    elif training.optimizer != "adamw_torch" and not (
        capabilities.cuda and capabilities.bitsandbytes
    ):
        yield (
            f"training.optimizer: {training.optimizer} needs {_lacking(capabilities)}, which is "
            "not here; write `adamw_torch`"
        )
    if training.precision == "fp16" and not capabilities.cuda:
        yield (
            "training.precision: fp16 needs a GPU with CUDA, for its loss has to be scaled there; "
            "write `fp32` or `bf16`, or leave the key out"
        )
    if training.gate.enabled:
        yield "training.gate: a gate is not trained here; set `enabled: false`"
    if training.preference.enabled:
        yield (
            "training.preference: the preference phase is not run here; set `enabled: false` to "
            "train on the other sections"
        )
    if training.cpt.embed_warmup_steps:
        yield (
            "training.cpt.embed_warmup_steps: embeddings are not trained here, for an adapter "
            "would not carry them; write 0"
        )


def _sections(document: Document, training: Training) -> Iterator[str]:
    media = sum(section.type in MEDIA for section in document.sections)
    if media:
        yield (
            f"{media} image or audio section{'s' * (media > 1)}: only text is trained here; take "
            "them out of the document"
        )
    declared = training.adapters or {}
    strays = {
        section.adapter: section
        for section in document.sections
        if section.adapter is not None and section.adapter not in declared
    }
    for name, section in strays.items():
        yield (
            f"::{section.type}#{name}::: `training.adapters` has no {name}; declare it there, or "
            "take the name out of the fence"
        )


def training_remarks(document: Document, training: Training) -> Iterator[str]:
    """Yield what is passed over without harm, one line each."""
    preferences = sum(section.type is SectionType.PREFERENCE for section in document.sections)
    if preferences:
        plural = "s" * (preferences > 1)
        yield f"{preferences} preference section{plural}: not trained, for that phase is off"
    if "cache" in training.model_fields_set:
        yield "training.cache: without effect, for no tokens are kept between runs"
    if "audio" in training.model_fields_set:
        yield "training.audio: without effect, for no audio is trained"


def _lacking(capabilities: DeviceCapabilities) -> str:
    return "a GPU with CUDA" if not capabilities.cuda else "the package bitsandbytes"
