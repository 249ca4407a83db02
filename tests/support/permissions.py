"""Permissions fixture: permission bits that count, also where the tests run as root."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@pytest.fixture
def permissions() -> Iterator[None]:
    """Make permission bits count, also where the tests run as root."""
    with _without_root_powers():
        yield


@contextmanager
def _without_root_powers() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    before = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    weak = (ctypes.c_uint32 * 6)(*before)
    weak[0] &= ~0b110  # effective CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert libc.capset(header, weak) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0
