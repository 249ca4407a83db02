"""Out of memory: how it is recognised, and how to go on when a batch does not fit."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.memory_errors import MEMORY_ERRORS

from dlm_lsp.local.oom import halve_on_oom, is_out_of_memory

every_kind = pytest.mark.parametrize("error", MEMORY_ERRORS.values(), ids=MEMORY_ERRORS)


@given(
    st.lists(st.integers(), min_size=1, max_size=20),
    st.integers(1, 8),
    st.sampled_from(list(MEMORY_ERRORS.values())),
)
def test_whatever_fits_the_result_is_that_of_each_item_in_order(items, room, error):
    def work(some):
        if len(some) > room:
            raise error
        return [item * 2 for item in some]

    assert halve_on_oom(work, items) == [item * 2 for item in items]


@every_kind
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


@every_kind
def test_a_want_of_memory_is_recognised_also_as_the_cause_of_another_error(error):
    assert is_out_of_memory(error)
    wrapped = ValueError("cannot read the weights")
    wrapped.__cause__ = error
    assert is_out_of_memory(wrapped)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`"),
        RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"),
        ValueError("Unrecognized model in /models/memory"),
        OSError("No such file or directory"),
        KeyboardInterrupt(),
    ],
)
def test_no_other_error_is_taken_for_it(error):
    assert not is_out_of_memory(error)


def test_errors_that_lead_to_each_other_are_looked_at_once():
    first, second = ValueError("first"), ValueError("second")
    first.__context__, second.__context__ = second, first
    assert not is_out_of_memory(first)


def test_what_the_processor_raises_on_a_tensor_that_no_memory_holds_is_recognised():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**62, dtype=torch.uint8)
    assert is_out_of_memory(raised.value)
