"""What the user of an editor is told of an error."""

import asyncio
import json
import os
import subprocess
import sys

from dlm_lsp.errors import OptionError, StoreError
from dlm_lsp.server.editor_messages import editor_message, log_defect_of


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


BROKEN = """
from lsprotocol import types
from dlm_lsp.server import language_features
from dlm_lsp.server.main import main

def fail(*_):
    raise KeyError("boom sk-0123456789abcdef")

language_features.FEATURE_HANDLERS[types.TEXT_DOCUMENT_HOVER] = fail
main()
"""


def test_a_request_that_a_defect_ends_is_answered_without_key_or_traceback(tmp_path):
    def message(**parts: object) -> bytes:
        content = json.dumps({"jsonrpc": "2.0", **parts}).encode()
        return b"Content-Length: %d\r\n\r\n%s" % (len(content), content)

    hover = {"textDocument": {"uri": "file:///x.dlm"}, "position": {"line": 0, "character": 0}}
    start = {"processId": None, "rootUri": None, "capabilities": {}}
    done = subprocess.run(
        [sys.executable, "-c", BROKEN],
        input=message(id=1, method="initialize", params=start)
        + message(method="initialized", params={})
        + message(id=2, method="textDocument/hover", params=hover)
        + message(id=3, method="shutdown")
        + message(method="exit"),
        env={**os.environ, "DLM_HOME": str(tmp_path), "SOME_API_KEY": "sk-0123456789abcdef"},
        capture_output=True,
        check=False,
    )
    assert b"a defect of dlm, not of what you did: KeyError" in done.stdout
    assert b"Traceback" not in done.stdout
    assert b"sk-0123" not in done.stdout + done.stderr
    assert "in fail" in (tmp_path / "logs" / "defects.log").read_text("utf-8")


async def test_a_defect_in_the_background_is_logged(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))

    async def fail() -> None:
        raise KeyError("boom")

    task = asyncio.create_task(fail())
    task.add_done_callback(log_defect_of)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert "boom" in (tmp_path / "logs" / "defects.log").read_text("utf-8")
