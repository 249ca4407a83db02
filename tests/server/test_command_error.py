"""Command errors: each has a code to decide by."""

import pytest

from dlm_lsp.errors import KeyRefusedError, ModelError, OptionError, StoreError, UsageError
from dlm_lsp.server.command_error import CommandError, error_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("not-open", "no open document is named"), "not-open"),
        (StoreError("plan.json is no staged plan"), "store-error"),
        (OptionError("threshold", -1.0, "takes 0 or more"), "bad-option"),
        (UsageError("what is that"), "bad-argument"),
        (ModelError("out of memory"), "model-error"),
        (KeyRefusedError("no such key"), "key-refused"),
        (KeyError("a defect of ours"), "defect"),
    ],
)
def test_an_error_has_a_code_of_its_own_or_one_for_its_type(error, code):
    assert error_code(error) == code
