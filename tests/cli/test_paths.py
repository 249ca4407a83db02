import pytest

from dlm_lsp.cli.paths import resolve_path, resolve_paths
from dlm_lsp.errors import UsageError


def test_arguments_that_name_nothing_are_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"no \.dlm file in"):
        resolve_paths([str(tmp_path)])


def test_of_several_documents_one_has_to_be_named(tmp_path):
    for name in ("a.dlm", "b.dlm"):
        (tmp_path / name).write_text("")
    with pytest.raises(UsageError, match="stands for 2 documents; train one at a time"):
        resolve_path(str(tmp_path), "train")
    assert resolve_path(str(tmp_path / "a.dlm"), "train") == tmp_path / "a.dlm"
