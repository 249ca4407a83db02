"""Reference oracle: what the reference implementation makes of a text.

Run by the reference's Python this file answers one JSON object per input line:

    {"op": "parse", "text": "..."} -> {"ok": true, "frontmatter": {...}, "sections": [...]}
                                   -> {"ok": false, "kind": "FenceError", "error": "..."}
    {"op": "base_models"} -> {"qwen2.5-0.5b": {"hf_id": "...", ...}, ...}

Imported by a test, `Oracle` starts that process once and keeps it for many questions.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Oracle:
    """The reference in a process of its own; a context manager."""

    def __init__(self, python: str | Path) -> None:
        self._process = subprocess.Popen(
            [str(python), "-X", "utf8", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="ascii",
        )

    def ask(self, op: str, **arguments: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the reference ended with code {self._process.wait()}")
        return json.loads(line)

    def parse(self, text: str) -> dict[str, Any]:
        return self.ask("parse", text=text)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def parse(text: str) -> dict[str, Any]:
    from dlm.data.instruction_parser import parse_instruction_body
    from dlm.data.preference_parser import parse_preference_body
    from dlm.doc.parser import parse_text
    from dlm.io.text import read_text_str

    try:
        # What the reference cannot hash (a lone surrogate) it cannot read from a file either.
        document = parse_text(read_text_str(text.encode("utf-8")))
    except Exception as error:  # a crash on a bad document is a refusal too
        return {"ok": False, "kind": type(error).__name__, "error": str(error)[:1000]}
    sections = []
    for section in document.sections:
        answer = {name: value for name, value in vars(section).items() if name != "tags"}
        answer |= {"type": section.type.value, "id": section.section_id}
        answer |= {"pairs": None, "preferences": None, "error": None}
        try:
            if answer["type"] == "instruction":
                pairs = parse_instruction_body(section.content, section_id=answer["id"])
                answer["pairs"] = [[pair.question, pair.answer] for pair in pairs]
            elif answer["type"] == "preference":
                triples = parse_preference_body(section.content, section_id=answer["id"])
                answer["preferences"] = [[t.prompt, t.chosen, t.rejected] for t in triples]
        except Exception as error:
            answer["error"] = str(error)[:1000]
        sections.append(answer)
    return {
        "ok": True,
        "frontmatter": document.frontmatter.model_dump(),
        "sections": sections,
    }


def base_models() -> dict[str, Any]:
    from dlm.base_models.registry import BASE_MODELS

    return {key: model.model_dump(mode="json") for key, model in BASE_MODELS.items()}


def serve() -> None:
    logging.disable(logging.CRITICAL)
    operations = {"parse": parse, "base_models": base_models}
    for line in sys.stdin:
        question = json.loads(line)
        answer = operations[question.pop("op")](**question)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
