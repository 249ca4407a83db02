"""The log of defects."""

import pytest

from dlm_lsp.store.defects import describe_defect, redact_secrets

KEY = "sk-0123456789abcdef"


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))
    return tmp_path / "logs" / "defects.log"


def failed(error: Exception) -> Exception:
    """Return the error as it is caught, beside a local variable that nobody may read."""
    private = KEY[::-1]
    try:
        raise error
    except Exception as caught:
        assert private
        return caught


def test_the_traceback_is_in_the_log_and_the_line_names_it(log):
    line = describe_defect(failed(ValueError("what\nand why")))
    assert "ValueError: what;" in line
    assert str(log) in line
    assert "\n" not in line
    text = log.read_text("utf-8")
    assert "test_defects.py" in text
    assert "and why" in text
    assert log.stat().st_mode & 0o077 == 0


def test_no_secret_and_no_local_variable_is_in_it(log, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", f" {KEY} ")
    line = describe_defect(failed(ValueError(f"refused {KEY} at https://me:pass@host/v1")))
    for text in (line, log.read_text("utf-8")):
        assert "refused *** at https://***@host/v1" in text
        assert KEY not in text
        assert KEY[::-1] not in text


def test_a_short_value_is_no_secret(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "a")
    assert redact_secrets("a cat") == "a cat"


def test_a_log_that_has_grown_begins_anew(log):
    log.parent.mkdir()
    log.write_bytes(b"x" * 1_000_001)
    describe_defect(failed(ValueError("new")))
    assert log.stat().st_size < 10_000


def test_without_a_log_the_defect_is_told_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLM_HOME", str(tmp_path / "file"))
    line = describe_defect(failed(ValueError("what")))
    assert "ValueError: what; its traceback could not be written (" in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at http://u:p@ss@host/v1", "at http://***@host/v1"),
        ("at vllm-server:me:secret@host:80", "at vllm-server:***@host:80"),
        ("GET http://h/v1?api_key=SECRETS&n=1", "GET http://h/v1?api_key=***&n=***"),
        ("Authorization: Bearer abcdefgh.ij", "Authorization: Bearer ***"),
        ("'authorization': 'Basic dXNlcjpwYXNz'", "'authorization': 'Basic ***'"),
        ("write to me@example.org about http://host/a@b", "write to me@example.org about "),
    ],
)
def test_what_urls_and_headers_hide_is_not_in_it(text, shown):
    assert redact_secrets(text).startswith(shown)


def test_a_key_is_no_more_in_it_where_a_url_has_quoted_it(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "k/e+y with=all")
    assert redact_secrets("?x k%2Fe%2By%20with%3Dall") == "?x ***"
