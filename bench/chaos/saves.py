"""Saves: an editor saves the document every 2 ms while `dlm_lsp.apply` puts a pair in.

Each save has a number in it; those are lost that came after the one beside the pair. Between the
last look at the file and the rename lies a moment in which that can happen still.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

from bench.chaos.campaign import BrokenPromiseError, Scenario
from dlm_lsp import DlmError, apply
from dlm_lsp.document import SectionType, parse
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.plan import StagedPlan, StagedSection, save_plan

SECONDS = 0.002
MOST_LOST = 10
"""A busy disk lets a rename wait for some milliseconds."""

DLM_ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"
HEAD = f"---\ndlm_id: {DLM_ID}\nbase_model: smollm2-135m\n---\n"
PROSE = "The mill of Ville has eleven wheels.\n" * 100
TEXT = f"{HEAD}{PROSE}::prose::\nSave %d.\n"
AT = "2026-01-31T09:30:00Z"
EDITOR = r"""
import re, sys, time
from pathlib import Path
path, way, seconds, text = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
number, due = 0, time.perf_counter()
while b"dlm-auto-synth" not in (there := path.read_bytes()):
    number += 1
    if way == "rename":
        beside = path.with_name("editor.tmp")
        beside.write_bytes((text % number).encode())
        beside.replace(path)
    else:
        path.write_bytes((text % number).encode())
    if number == 3:
        print("saving", flush=True)
    due += seconds
    time.sleep(max(0, due - time.perf_counter()))
print(number, int(re.search(rb"Save (\d+)", there)[1]), flush=True)
"""


def play(rng: random.Random, folder: Path) -> tuple[str, ...]:
    """Apply while an editor saves, by a rename or in place."""
    os.environ["DLM_HOME"] = str(folder / "home")
    path = folder / "notes.dlm"
    path.write_text(TEXT % 0)
    save_plan(store_folder(DLM_ID), StagedPlan(path, AT, (_staged(),)))
    way = rng.choice(("rename", "in place"))
    command = [sys.executable, "-c", EDITOR, str(path), way, str(SECONDS), TEXT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as editor:
        assert editor.stdout is not None
        editor.stdout.readline()
        try:
            apply(path)
        except DlmError:
            editor.kill()
            return ("gave way",)
        try:
            editor.wait(1)
        except subprocess.TimeoutExpired:
            editor.kill()
            return ("the editor saved over the pair",)
        last, beside = map(int, editor.stdout.readline().split())
    if last - beside > MOST_LOST:
        raise BrokenPromiseError(f"{last - beside} saves are lost")
    return ("both are there" if beside == last else "a save in the last moment is lost",)


def _staged() -> StagedSection:
    return StagedSection(
        type=SectionType.INSTRUCTION,
        content="### Q\nHow many wheels?\n### A\nEleven.",
        auto_synth=True,
        synth_teacher="bench",
        synth_strategy="extraction",
        synth_at=AT,
        source_section_id=parse(TEXT % 0).sections[0].id,
    )


SCENARIO = Scenario(
    "saves", "no save is overwritten but one in the moment of the rename, which is counted", play
)
