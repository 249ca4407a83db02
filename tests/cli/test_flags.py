import pytest

from dlm_lsp.cli.flags import flag_name


@pytest.mark.parametrize(
    ("option", "flag"),
    [("temperature", "--temp"), ("max_new_tokens", "--max-new-tokens"), ("filter", "--filter")],
)
def test_an_option_has_its_flag(option, flag):
    assert flag_name(option) == flag
