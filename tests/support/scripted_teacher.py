"""Scripted teacher: it and a judge do as a test says, and documents to set them on."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

import anyio

from dlm_lsp.document.document import Document
from dlm_lsp.document.parse import parse
from dlm_lsp.errors import JudgeError, TeacherError
from dlm_lsp.teachers.protocol import (
    PairRequest,
    Reply,
    TeacherLimits,
    TeacherResult,
    VerdictRequest,
)

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n"
Pairs = Sequence[tuple[str, str]]


def document(*proses: str, tail: str = "") -> Document:
    """A document with one prose section for each text."""
    return parse(HEAD + "\n::prose::\n".join(proses) + "\n" + tail)


def towns(count: int) -> list[str]:
    """Prose about as many different towns."""
    return [
        f"The town of Ville{n} has {n + 10} mills and a bridge from {n + 1500}."
        for n in range(count)
    ]


def pairs_about(request: PairRequest) -> list[tuple[str, str]]:
    """As many right pairs about a town as are asked for, beyond those that are there."""
    number = request.prose.split("Ville")[1].split()[0]
    town, mills, year = f"Ville{number}", int(number) + 10, int(number) + 1500
    everything = [
        (f"How many mills does {town} have?", f"{town} has {mills} mills."),
        (f"When was the bridge of {town} built?", f"In {year}."),
        (f"What is {town}?", f"{town} is a town."),
    ]
    return [pair for pair in everything if pair not in request.have][: request.count]


def reply(pairs: Pairs, evidence: str = "", finish: str = "stop") -> Reply:
    """A reply in the schema."""
    items = [{"question": q, "answer": a, "evidence": evidence} for q, a in pairs]
    return Reply(json.dumps({"pairs": items}), tokens_in=100, tokens_out=20, finish=finish)


class ScriptedTeacher:
    """Answers each request by `write`; `order` says in which order, `wait` for what."""

    remote_host = None
    examples: Pairs = ()

    def __init__(
        self,
        write: Callable[[PairRequest], Reply | TeacherError] = lambda request: reply(
            pairs_about(request), request.prose
        ),
        *,
        order: Callable[[int], object] = lambda index: index,
        window: int | None = None,
        wait: Callable[[PairRequest], anyio.Event | None] = lambda request: None,
    ) -> None:
        self.name = "scripted"
        self.write = write
        self.order = order
        self.window = window
        self.wait = wait
        self.requests: list[PairRequest] = []
        self.closed = 0

    async def prepare(self) -> None:
        pass

    def fingerprint(self, request: PairRequest) -> str:
        return repr(request)

    async def count_tokens(self, requests: Sequence[PairRequest]) -> list[int] | None:
        """Count words; the prompt around the prose takes ten."""
        return [len(request.prose.split()) + 10 for request in requests]

    async def answer(self, requests: Sequence[PairRequest]) -> AsyncGenerator[TeacherResult, None]:
        try:
            for index in sorted(range(len(requests)), key=self.order):
                self.requests.append(requests[index])
                if event := self.wait(requests[index]):
                    await event.wait()
                yield TeacherResult(index, self.write(requests[index]))
        finally:
            self.closed += 1

    async def aclose(self) -> None:
        pass


class LimitedScriptedTeacher(ScriptedTeacher):
    """One that writes no expansion, and is warned of."""

    limits = TeacherLimits({"expansion": "it has no {imagination}"}, "it is small")


class ScriptedJudge:
    """Gives each question the margin that `likes` says; `default` where it says none."""

    name = "scripted"
    calibration = None
    number_type = ""

    def __init__(
        self,
        likes: Mapping[str, float] | None = None,
        default: float = 1.0,
        fail_at: int | None = None,
    ) -> None:
        self.likes = likes or {}
        self.default = default
        self.fail_at = fail_at
        self.read: list[tuple[str, tuple[tuple[str, str], ...]]] = []

    async def prepare(self) -> None:
        pass

    async def margins(self, prose: str, pairs: Pairs) -> list[float]:
        if self.fail_at == len(self.read):
            raise JudgeError("the judge lost its head; try again")
        self.read.append((prose, tuple(pairs)))
        return [self.likes.get(question, self.default) for question, _ in pairs]

    async def aclose(self) -> None:
        pass


class ScriptedVerifier(ScriptedTeacher):
    """Also gives verdicts: a no on each answer in `wrong`; `read` is what it was asked about."""

    why_no_verdicts = ""
    parameters = None
    by_likelihood = False
    one_by_one = False
    tokens_per_verdict = 40

    def __init__(self, wrong: Sequence[str] = (), **more: object) -> None:
        super().__init__(**more)
        self.wrong = wrong
        self.read: list[VerdictRequest] = []

    async def answer(
        self, requests: Sequence[PairRequest | VerdictRequest]
    ) -> AsyncGenerator[TeacherResult, None]:
        if not all(isinstance(request, VerdictRequest) for request in requests):
            async for result in super().answer(requests):
                yield result
            return
        for index, request in enumerate(requests):
            self.read.append(request)
            if event := self.wait(request):
                await event.wait()
            items = [
                {"pair": number, "text_says": "", "right": answer not in self.wrong}
                for number, (_, answer) in enumerate(request.pairs, 1)
            ]
            yield TeacherResult(index, Reply(json.dumps({"verdicts": items}), 100, 20))
