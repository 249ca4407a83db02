"""Cloze teacher: questions that leave a number out of a sentence, made by rule."""

import json
import re
from collections.abc import AsyncGenerator, Sequence

from dlm_lsp.teachers.kind import TeacherContext, TeacherKind
from dlm_lsp.teachers.protocol import PairRequest, Reply, TeacherLimits, TeacherResult

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
_NUMBER = re.compile(r"\b\d+\b")


class ClozeTeacher:
    """Asks for the numbers of the prose; a section without numbers gets no pair."""

    name = "cloze"
    remote_host: str | None = None
    window: int | None = None
    examples: Sequence[tuple[str, str]] = ()
    # A teacher without this line is asked for everything.
    limits = TeacherLimits({"expansion": "it only leaves numbers out of sentences"})

    async def prepare(self) -> None:
        """Do nothing: there is no model."""

    def fingerprint(self, request: PairRequest) -> str:
        """Return everything that decides the reply."""
        return json.dumps(["cloze 1", request.prose, request.count, request.have])

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Return zeros: nothing is read by a model."""
        return [0] * len(requests)

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        """Answer each request once, in order."""
        for index, request in enumerate(requests):
            pairs = [pair for pair in _pairs(request.prose) if _is_new(pair, request)]
            text = json.dumps({"pairs": pairs[: request.count]}, ensure_ascii=False)
            note = "" if len(pairs) >= request.count else "no further sentence holds a number"
            yield TeacherResult(index, Reply(text, note=note))

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""


def _pairs(prose: str) -> list[dict[str, str]]:
    pairs = []
    for sentence in (match[0].strip() for match in _SENTENCE.finditer(prose)):
        if number := _NUMBER.search(sentence):
            gap = f"{sentence[: number.start()]}____{sentence[number.end() :]}"
            question = f"Which number is missing here: {gap.rstrip('.!?')}?"
            pairs.append({"question": question, "answer": number[0], "evidence": sentence})
    return pairs


def _is_new(pair: dict[str, str], request: PairRequest) -> bool:
    return (pair["question"], pair["answer"]) not in request.have


def _create(context: TeacherContext) -> ClozeTeacher:
    return ClozeTeacher()


CLOZE = TeacherKind(
    name="cloze",
    description="the numbers of a text, left out of its sentences by rule",
    create=_create,
    is_local=True,
    distribution="dlm-teacher-cloze",
)
