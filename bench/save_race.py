"""Save race: how often `dlm synth apply` overwrites what an editor saves at the same moment.

A process saves the document every few milliseconds, each time with a number in it, until it sees
the pairs there. A save is lost if the number beside the pairs is older than its last one.

    python bench/save_race.py [--runs 96] [--milliseconds 2]
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from dlm_lsp import DlmError, apply
from dlm_lsp.document import SectionType, parse
from dlm_lsp.store.home import store_folder
from dlm_lsp.store.plan import StagedPlan, StagedSection, save_plan

DLM_ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"
HEAD = f"---\ndlm_id: {DLM_ID}\nbase_model: smollm2-135m\n---\n"
PROSE = "The mill of Ville has eleven wheels.\n" * 100
TEXT = f"{HEAD}{PROSE}::prose::\nSave %d.\n"
AT = "2026-01-31T09:30:00Z"
EDITOR = r"""
import re, sys, time
from pathlib import Path
path, how, seconds, text = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
number, due = 0, time.perf_counter()
while b"dlm-auto-synth" not in (there := path.read_bytes()):
    number += 1
    if how == "rename":
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


def staged() -> StagedSection:
    """Return a pair about the first section."""
    return StagedSection(
        type=SectionType.INSTRUCTION,
        content="### Q\nHow many wheels?\n### A\nEleven.",
        auto_synth=True,
        synth_teacher="bench",
        synth_strategy="extraction",
        synth_at=AT,
        source_section_id=parse(TEXT % 0).sections[0].id,
    )


def outcome(path: Path, how: str, seconds: float) -> str:
    """Return what became of one apply while an editor saves."""
    path.write_text(TEXT % 0)
    save_plan(store_folder(DLM_ID), StagedPlan(path, AT, (staged(),)))
    arguments = [EDITOR, str(path), how, str(seconds), TEXT]
    with subprocess.Popen(
        [sys.executable, "-c", *arguments], stdout=subprocess.PIPE, text=True
    ) as editor:
        assert editor.stdout is not None
        editor.stdout.readline()
        try:
            apply(path)
        except DlmError as error:
            editor.kill()
            return "refused: " + re.sub(r"\S*/\S*", "PATH", str(error))
        try:
            editor.wait(1)
        except subprocess.TimeoutExpired:
            editor.kill()
            return "the editor saved over the pairs"
        last, beside = map(int, editor.stdout.readline().split())
    return "both are there" if beside == last else "a save is lost"


def main() -> None:
    """Print what became of the runs, for both ways in which editors save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=96)
    parser.add_argument("--milliseconds", type=float, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DLM_HOME"] = str(Path(folder, "home"))
        for how in ("rename", "in place"):
            outcomes = Counter(
                outcome(Path(folder, "notes.dlm"), how, arguments.milliseconds / 1000)
                for _ in range(arguments.runs)
            )
            print(f"an editor that saves {'by a rename' if how == 'rename' else how}:")
            for what, count in outcomes.most_common():
                print(f"  {count:3} of {arguments.runs}: {what}")


if __name__ == "__main__":
    main()
