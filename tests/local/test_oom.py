"""Out of memory: how to go on when a batch does not fit."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.local.oom import halve_on_oom

FULL = [
    torch.OutOfMemoryError(),
    MemoryError(),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
]


@given(st.lists(st.integers(), min_size=1, max_size=20), st.integers(1, 8), st.sampled_from(FULL))
def test_whatever_fits_the_result_is_that_of_each_item_in_order(items, room, error):
    def work(some):
        if len(some) > room:
            raise error
        return [item * 2 for item in some]

    assert halve_on_oom(work, items) == [item * 2 for item in items]


@pytest.mark.parametrize("error", FULL)
def test_one_item_that_does_not_fit_is_an_error(error):
    def work(some):
        raise error

    with pytest.raises(type(error)):
        halve_on_oom(work, [1, 2])


def test_any_other_error_is_not_tried_again():
    tried = []

    def work(some):
        tried.append(some)
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        halve_on_oom(work, [1, 2])
    assert tried == [[1, 2]]
