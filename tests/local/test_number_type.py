"""Number type: in which floating-point numbers a model computes on a device."""

import pytest
import torch

from dlm_lsp.local.number_type import (
    choose_number_type,
    device_number_type,
    has_native_bf16,
    processor_has_bf16,
)

CAPABILITIES_HERE = torch.cpu.get_capabilities


@pytest.mark.parametrize(
    ("native", "fits", "chosen"),
    [
        (True, True, "bfloat16"),
        (True, False, "bfloat16"),
        (False, True, "float32"),
        (False, False, "bfloat16"),
    ],
)
def test_bfloat16_is_taken_where_it_is_native_or_float32_has_no_room(native, fits, chosen):
    assert choose_number_type(native_bf16=native, float32_fits=fits) == chosen


@pytest.mark.parametrize(
    ("capabilities", "has_it"),
    [
        ({"avx2": True, "avx512_f": True, "avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_tile": True, "amx_bf16": True}, True),
        ({"avx2": True, "avx512_f": True, "avx512_bf16": False, "amx_fp16": True}, False),
        ({"architecture": "arm64", "neon": True, "bf16": True}, False),
        ({}, False),
    ],
)
def test_a_processor_has_bfloat16_by_its_instructions(capabilities, has_it):
    assert processor_has_bf16(capabilities) is has_it


def test_the_processor_here_is_asked_what_it_has(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", CAPABILITIES_HERE)
    asked = processor_has_bf16(CAPABILITIES_HERE())
    assert has_native_bf16("cpu") is (asked and torch.backends.mkldnn.is_available())


def test_bfloat16_without_onednn_is_not_taken(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert has_native_bf16("cpu") is torch.backends.mkldnn.is_available()
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not has_native_bf16("cpu")


def test_a_pytorch_that_does_not_tell_computes_in_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert not has_native_bf16("cpu")


def test_a_processor_without_bfloat16_takes_it_where_float32_has_no_room():
    processor = torch.device("cpu")
    assert device_number_type(processor, 1000) == "float32"
    assert device_number_type(processor, 10**18) == "bfloat16"


@pytest.mark.parametrize(
    ("native", "free", "chosen"),
    [(True, 10**9, "bfloat16"), (False, 10**9, "float32"), (False, 10, "bfloat16")],
)
def test_a_gpu_is_asked_for_bfloat16_that_is_not_imitated(monkeypatch, native, free, chosen):
    def has_bf16(*, including_emulation: bool = True) -> bool:
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", has_bf16)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (free, 2 * free))
    assert device_number_type(torch.device("cuda"), 1000) == chosen


@pytest.mark.parametrize(("newer", "chosen"), [(True, "bfloat16"), (False, "float32")])
def test_the_gpu_of_a_mac_is_asked_as_pytorch_asks_it(monkeypatch, newer, chosen):
    asked = []

    def is_macos_or_newer(major: int, minor: int) -> bool:
        asked.append((major, minor))
        return newer

    monkeypatch.setattr(torch.backends.mps, "is_macos_or_newer", is_macos_or_newer)
    assert device_number_type(torch.device("mps"), 10**18) == chosen
    assert asked == [(14, 0)]
