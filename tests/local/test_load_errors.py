"""Load errors: what kept a model from being read."""

import re
import subprocess
import sys

import pytest
import torch
from support.memory_errors import MEMORY_ERRORS
from support.tiny_model import tiny_llama, tiny_mixtral
from transformers import AutoModelForCausalLM

from dlm_lsp.errors import ModelError
from dlm_lsp.local.load import load_model

TOO_LITTLE = (
    r"there is too little memory to load {}, whose weights take 0\.[0-9] GB on disk; close other "
    r"programs, take a smaller model, or run it on another device"
)


def too_little(folder) -> str:
    return f"^{TOO_LITTLE.format(re.escape(str(folder)))}$"


@pytest.mark.parametrize("error", MEMORY_ERRORS.values(), ids=MEMORY_ERRORS)
@pytest.mark.parametrize("boundary", ["read", "moved"])
def test_a_want_of_memory_is_told_as_such_and_not_as_a_wrong_model(
    tmp_path, monkeypatch, error, boundary
):
    folder = tiny_llama(tmp_path)

    def fail(*_, **__):
        raise error

    if boundary == "read":
        monkeypatch.setattr(torch.Tensor, "to", fail)
    else:
        monkeypatch.setattr(torch.nn.Module, "to", fail)
    with pytest.raises(ModelError, match=too_little(folder)):
        load_model(str(folder))


@pytest.mark.parametrize("kind", ["allocator of CUDA", "cuBLAS", "processor"])
def test_a_want_of_memory_is_seen_where_transformers_only_logs_it(tmp_path, monkeypatch, kind):
    folder = tiny_mixtral(tmp_path)

    def fail(*_, **__):
        raise MEMORY_ERRORS[kind]

    monkeypatch.setattr(torch, "stack", fail)
    with pytest.raises(RuntimeError, match="issues during automatic conversion"):
        AutoModelForCausalLM.from_pretrained(folder)
    with pytest.raises(ModelError, match=too_little(folder)):
        load_model(str(folder))


def test_a_process_that_may_take_no_more_memory_says_so(tmp_path):
    """The limit is that of the system, and so is the error."""
    folder = tiny_llama(tmp_path, width=400_000)
    script = (
        "import resource, sys\n"
        "import psutil, peft, torch, transformers\n"
        "from transformers import AutoModelForCausalLM, LlamaForCausalLM\n"
        "from dlm_lsp.local.load import load_model\n"
        "room = psutil.Process().memory_info().vms + 64 * 2**20\n"
        "resource.setrlimit(resource.RLIMIT_AS, (room, room))\n"
        "load_model(sys.argv[1])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False
    )
    last = run.stderr.strip().splitlines()[-1]
    assert re.fullmatch(f"dlm_lsp.errors.ModelError: {too_little(folder)[1:-1]}", last), last
