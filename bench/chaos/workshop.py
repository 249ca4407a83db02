"""Workshop: a document with its store and teacher, and the command that works on it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.chaos.campaign import BrokenPromiseError
from bench.river_teacher import PAIRS_PER_SECTION, river_document

MARKER = "<!-- dlm-auto-synth"
LONGEST = 60.0
"""Seconds after which a command counts as hanging; one by itself takes two."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a document of so many sections, and a home of its own."""

    folder: Path
    sections: int

    def __post_init__(self) -> None:
        (self.folder / "notes").mkdir()
        self.write(self.text)

    @property
    def text(self) -> str:
        """The document as its writer left it."""
        return river_document(self.sections)

    @property
    def pairs(self) -> int:
        """How many pairs a whole run finds."""
        return self.sections * PAIRS_PER_SECTION

    @property
    def document(self) -> Path:
        """Where the document is."""
        return self.folder / "notes" / "rivers.dlm"

    @property
    def home(self) -> Path:
        """The store."""
        return self.folder / "home"

    def read(self) -> str:
        """Return the document as it is."""
        return self.document.read_bytes().decode()

    def write(self, text: str) -> None:
        """Save the document as an editor does that writes in place."""
        self.document.write_bytes(text.encode())

    def start(self, *arguments: str, limit: str = "") -> subprocess.Popen[str]:
        """Start `dlm synth ...` on the document, with a limit in the words of prlimit(1)."""
        command, *flags = arguments
        dlm = str(Path(sys.executable).with_name("dlm"))
        limited = ["prlimit", limit] if limit else []
        return subprocess.Popen(
            [*limited, dlm, "synth", command, str(self.document), *flags],
            env=os.environ | {"DLM_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, codes: Sequence[int] = (0,), limit: str = "") -> str:
        """Run `dlm synth ...` on the document to its end; return what it said.

        Raises:
            BrokenPromiseError: it hangs, ends with another code than these, or has a defect.
        """
        return finish(self.start(*arguments, limit=limit), codes)

    def leftovers(self) -> list[str]:
        """Return the temporary files beside the document."""
        return [path.name for path in self.document.parent.iterdir() if path != self.document]


def finish(process: subprocess.Popen[str], codes: Sequence[int]) -> str:
    """Wait for the end of a command; return what it said.

    Raises:
        BrokenPromiseError: it hangs, ends with another code than these, or has a defect.
    """
    try:
        out, err = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise BrokenPromiseError(f"{process.args!r} hangs") from None
    said = f"{out}{err}"
    if "Traceback" in said or "defect" in said:
        raise BrokenPromiseError(f"{process.args!r} has a defect: {said[-2000:]}")
    if process.returncode not in codes:
        ended = f"{process.args!r} ended with {process.returncode}"
        raise BrokenPromiseError(f"{ended}: {said[-2000:]}")
    return said


def plain_run(url: str) -> tuple[str, ...]:
    """Return the flags of a run without a judge against a server of ours."""
    return ("--teacher", f"vllm-server:{url}", "--filter", "dedup-only", "--apply")


def check_reverted(workshop: Workshop) -> None:
    """Take all synthesized sections out, and compare with what the writer wrote.

    Raises:
        BrokenPromiseError: it is not the writer's text, byte for byte, or files are left beside it.
    """
    workshop.run("revert")
    if workshop.read() != workshop.text:
        raise BrokenPromiseError(f"the text is not the writer's: {workshop.read()!r}")
    if leftovers := workshop.leftovers():
        raise BrokenPromiseError(f"left beside the document: {leftovers}")
