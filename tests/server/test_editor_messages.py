"""What the user of an editor is told of an error."""

from dlm_lsp.errors import OptionError, StoreError
from dlm_lsp.server.editor_messages import editor_message


def test_an_option_is_told_by_its_setting():
    error = OptionError("max_pairs", 0, "takes what {other} takes", other="top_p")
    assert editor_message(error) == "dlm.maxPairs is 0; it takes what dlm.topP takes"


def test_an_error_of_the_tree_is_told_as_it_says_itself():
    assert editor_message(StoreError("x is missing; look again")) == "x is missing; look again"


def test_any_other_is_a_defect_whose_log_is_named(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    monkeypatch.setenv("SOME_API_KEY", "sk-0123456789")
    message = editor_message(ValueError("refused sk-0123456789"))
    log = tmp_path / "logs" / "defects.log"
    assert message.startswith("a defect of dlm, not of what you did: ValueError: refused ***; ")
    assert str(log) in message
    for text in (log.read_text("utf-8"), caplog.text):
        assert "ValueError: refused ***" in text
        assert "sk-0123456789" not in text
