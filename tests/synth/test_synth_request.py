"""Synthesis request: paths seen from the document, and the local models that a run needs."""

import pytest

from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import (
    NeededModel,
    SynthRequest,
    asks_server,
    needed_models,
    request_beside,
    uses_base_model,
)

OTHER = "openai:other"
BASE = "smollm2-135m"


@pytest.mark.parametrize("prefix", ["", "hf:"])
def test_a_path_is_seen_from_the_folder_of_the_document_whoever_is_named_by_it(prefix, tmp_path):
    options = SynthOptions(verify=f"{prefix}./v.gguf")
    seen = request_beside(SynthRequest("hf:./t.gguf", f"{prefix}./j.gguf", options), tmp_path)
    assert seen.teacher == f"hf:{tmp_path / 't.gguf'}"
    assert seen.judge == f"{prefix}{tmp_path / 'j.gguf'}"
    assert seen.options.verify == f"{prefix}{tmp_path / 'v.gguf'}"


@pytest.mark.parametrize("verify", ["auto", "off", "openai:m", "some/model"])
def test_a_verifier_that_is_no_path_stays_as_it_is(verify, tmp_path):
    request = SynthRequest(OTHER, None, SynthOptions(verify=verify))
    assert request_beside(request, tmp_path) == request


@pytest.mark.parametrize(
    ("teacher", "verify", "needed"),
    [
        (OTHER, "auto", [("smollm2-135m", False)]),
        (OTHER, "hf:v", [("smollm2-135m", False), ("v", True)]),
        ("hf:t", "off", [("t", True), ("smollm2-135m", False)]),
    ],
)
def test_a_run_needs_the_models_of_teacher_judge_and_verifier(teacher, verify, needed):
    found = needed_models(SynthRequest(teacher, None, SynthOptions(verify=verify)), BASE)
    assert [(model.name, model.named_by_user) for model in found] == needed


def test_the_own_adapter_as_verifier_needs_its_base_model_where_another_judges():
    request = SynthRequest(OTHER, "j", SynthOptions(verify="self"))
    assert needed_models(request, BASE) == (
        NeededModel("j", named_by_user=True),
        NeededModel("smollm2-135m", named_by_user=False),
    )


@pytest.mark.parametrize(
    ("teacher", "judge", "options", "uses"),
    [
        (OTHER, None, SynthOptions(), True),
        (OTHER, "hf:j", SynthOptions(), False),
        (OTHER, None, SynthOptions(filter="dedup-only"), False),
        ("self", None, SynthOptions(filter="dedup-only"), True),
        (OTHER, "hf:j", SynthOptions(verify="self"), True),
    ],
)
def test_the_base_model_of_a_document_is_loaded_where_it_judges_or_speaks(
    teacher, judge, options, uses
):
    assert uses_base_model(SynthRequest(teacher, judge, options)) is uses


@pytest.mark.parametrize(
    ("teacher", "verify", "alone"),
    [(OTHER, "auto", True), (OTHER, "hf:v", True), ("hf:t", "off", False), ("self", "off", False)],
)
def test_a_run_asks_a_server_where_who_writes_is_not_here(teacher, verify, alone):
    request = SynthRequest(teacher, None, SynthOptions(verify=verify))
    assert asks_server(request) is alone
