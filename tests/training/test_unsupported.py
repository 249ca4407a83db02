"""Unsupported options: what a document asks of training that cannot be done."""

import pytest

from dlm_lsp.document import parse
from dlm_lsp.training.unsupported import DeviceCapabilities, training_remarks, unsupported_options

HERE = DeviceCapabilities(cuda=False, bitsandbytes=False)
GPU = DeviceCapabilities(cuda=True, bitsandbytes=True)


def _document(training: str, body: str = "Prose.\n"):
    return parse(
        "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\ndlm_version: 15\nbase_model: smollm2-135m\n"
        f"training:\n  seed: 1\n{training}---\n{body}"
    )


def _refusals(
    training: str, body: str = "Prose.\n", capabilities: DeviceCapabilities = HERE
) -> list[str]:
    document = _document(training, body)
    return list(unsupported_options(document, document.frontmatter.training, capabilities))


def test_plain_documents_can_be_trained():
    assert _refusals("") == []


@pytest.mark.parametrize(
    ("training", "named"),
    [
        ("  adapter: qlora\n", "training.adapter: qlora needs a GPU with CUDA"),
        ("  optimizer: galore_adamw\n", "training.optimizer: galore_adamw"),
        ("  optimizer: paged_adamw_8bit\n", "training.optimizer: paged_adamw_8bit"),
        ("  precision: fp16\n", "training.precision: fp16"),
        ("  preference: {enabled: true}\n", "training.preference"),
        ("  cpt: {embed_warmup_steps: 5}\n", "training.cpt.embed_warmup_steps"),
        ("  adapters: {a: {adapter: qlora}}\n", "training.adapters.a.adapter: qlora"),
        ("  target_modules: []\n", "training.target_modules: an empty list"),
        ("  adapters: {a: {target_modules: []}}\n", "training.adapters.a.target_modules: an"),
        ("  adapters: {a: {}, b: {}}\n  gate: {enabled: true}\n", "training.gate"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(training, named):
    (refusal,) = _refusals(training)
    assert refusal.startswith(named)


def test_a_gpu_without_bitsandbytes_is_told_what_is_missing():
    (refusal,) = _refusals(
        "  adapter: qlora\n", capabilities=DeviceCapabilities(cuda=True, bitsandbytes=False)
    )
    assert "the package bitsandbytes" in refusal


def test_with_a_gpu_and_bitsandbytes_four_and_eight_bits_are_taken():
    training = "  adapter: qlora\n  optimizer: adamw_bnb_8bit\n  precision: fp16\n"
    assert _refusals(training, capabilities=GPU) == []


def test_galore_is_refused_on_a_gpu_too():
    assert _refusals("  optimizer: galore_adamw_8bit\n", capabilities=GPU)


def test_media_sections_are_refused():
    (refusal,) = _refusals("", 'Prose.\n::image path="a.png" alt="b"::\n')
    assert refusal.startswith("1 image or audio section:")


def test_a_fence_that_names_an_undeclared_adapter_is_refused():
    (refusal,) = _refusals("", "::prose#tone::\nProse.\n")
    assert "training.adapters" in refusal
    assert "tone" in refusal


def test_what_is_passed_over_is_said():
    body = "Prose.\n::preference::\n### Prompt\nP\n### Chosen\nC\n### Rejected\nR\n"
    document = _document("  cache: {enabled: false}\n  audio: {auto_resample: true}\n", body)
    remarks = list(training_remarks(document, document.frontmatter.training))
    assert [line.split(":")[0] for line in remarks] == [
        "1 preference section",
        "training.cache",
        "training.audio",
    ]
    assert list(training_remarks(_document(""), _document("").frontmatter.training)) == []


def test_a_loss_that_cannot_be_compiled_is_refused():
    lacking = DeviceCapabilities(cuda=True, bitsandbytes=True, lacking_to_compile="a C compiler")
    assert _refusals("", capabilities=lacking) == [
        "training on a GPU compiles a part of the loss, and lacks a C compiler; or train on the "
        "device cpu"
    ]
