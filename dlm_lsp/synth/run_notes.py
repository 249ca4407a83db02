"""Run notes: what is to be told before anything is asked, a line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.store.batches import BatchRecords
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.strategy_shares import teacher_notes
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.protocol import Teacher


@dataclass(frozen=True, slots=True)
class RunNotes:
    """What a run should tell before it asks; beside other documents only `own` is of this one.

    `asked_by` names the profiles that had a say, and is empty where none had. `of_teacher` is the
    same for every document that the teacher is asked about alike.
    """

    asked_by: str = ""
    of_teacher: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def shared(self) -> tuple[str, ...]:
        """What is said once for all documents."""
        return (self.asked_by, *self.of_teacher) if self.asked_by else self.of_teacher

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it."""
        return (*self.shared, *self.own)


def run_notes(
    folder: Path,
    request: SynthRequest,
    teacher: Teacher,
    expected: Estimate,
    problems: Sequence[str],
) -> RunNotes:
    """Return what is to be told of a run by `teacher`, prepared, over the document of a store.

    `problems` are lines about what could not be had: the teacher, the price list.

    Raises:
        OptionError: the teacher writes nothing by the strategy that was chosen.
        StoreError: the records of batches cannot be read.
    """
    profiles = " and ".join(request.profiles)
    return RunNotes(
        f"asked by profile {profiles}" if profiles else "",
        (*problems, *teacher_notes(teacher, request.options)),
        (
            *_link_list_notes(expected.link_lists),
            *_unasked_notes(expected.unasked_parts, teacher.name),
            *_batch_notes(folder, teacher.name),
        ),
    )


def _link_list_notes(sections: int) -> tuple[str, ...]:
    if not sections:
        return ()
    are = "1 section is" if sections == 1 else f"{sections} sections are"
    return (f"{are} not asked about: nothing but links is in {'it' if sections == 1 else 'them'}",)


def _unasked_notes(parts: int, teacher: str) -> tuple[str, ...]:
    if not parts:
        return ()
    are = "1 part of a long section is" if parts == 1 else f"{parts} parts of long sections are"
    return (
        f"{are} not asked about: {teacher} reads a part at a time, and each gets a pair at most; "
        "ask for more pairs of a section, or begin a section at each heading",
    )


def _batch_notes(folder: Path, teacher: str) -> tuple[str, ...]:
    batches = [record for record in BatchRecords(folder).open() if record.teacher == teacher]
    count = sum(len(record.keys) for record in batches)
    if not count:
        return ()
    waiting = (
        f"1 request to {teacher} waits" if count == 1 else f"{count} requests to {teacher} wait"
    )
    return (
        f"{waiting} in a batch, whose replies `dlm synth batch collect` brings; a request that is "
        "made again is paid for again",
    )
