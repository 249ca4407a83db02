"""Verifier choice: who is asked whether an answer is right, and why nobody is."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace

from dlm_lsp.errors import SelectorError, TeacherError
from dlm_lsp.synth.judge import Judge, VerifyingJudge
from dlm_lsp.synth.options import plain_verify
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher, Verifier
from dlm_lsp.teachers.registry import check_selector, find_kind

LEAST_PARAMETERS = 900_000_000
"""A billion, as makers of models round it. Smaller ones tell right from wrong by chance: AUROC 0.60
with 270M and 0.40 with 135M parameters, 0.80 with 1.5B, over 119 graded pairs."""


@dataclass(frozen=True, slots=True)
class ChosenVerifier:
    """Who verifies, prepared; None where nobody does, and why where that is not as asked."""

    verifier: Verifier | None = None
    why_not: str = ""


def verifier_selector(verify: str) -> str | None:
    """Return the selector of the verifier that is named, None where none is.

    Raises:
        SelectorError: it names none.
    """
    name = plain_verify(verify)
    if name in ("auto", "off"):
        return None
    selector = name if find_kind(name.partition(":")[0]) else f"hf:{name}"
    try:
        check_selector(selector)
    except SelectorError as error:
        raise SelectorError(
            f"no such verifier: {error}; it can also be auto, off or a local model"
        ) from error
    return selector


GetTeacher = Callable[[str, GenerationOptions], Awaitable[Teacher]]
"""How the teacher that a selector names is had, prepared; whoever gives it lets go of it."""


async def choose_verifier(
    options: SynthOptions,
    teacher: Teacher,
    judge: Judge,
    get: GetTeacher,
    get_second: Callable[[Teacher, Hashable], Awaitable[Teacher]],
) -> ChosenVerifier:
    """Return the verifier that `options` name, or the teacher, or the judge's model; prepared.

    Teacher and judge are prepared. `get_second` prepares a teacher that is made here, and is the
    same for the same second argument.

    Raises:
        TeacherError: the one that is named cannot verify, with the remedy.
    """
    if plain_verify(options.verify) == "off":
        return ChosenVerifier()
    selector = verifier_selector(options.verify)
    if selector is not None:
        cold = replace(options.sampling, temperature=0.0, top_p=None, seed=None)
        return ChosenVerifier(named_verifier(await get(selector, cold)))
    if isinstance(teacher, Verifier) and is_large(teacher):
        return ChosenVerifier(teacher)
    if isinstance(judge, VerifyingJudge) and judge.parameters >= LEAST_PARAMETERS and judge.chat:
        second = await get_second(judge.as_teacher(options.sampling), id(judge))
        return ChosenVerifier(named_verifier(second))
    return ChosenVerifier(
        None, "neither teacher nor judge is an instruct model of a billion parameters or more"
    )


def named_verifier(teacher: Teacher) -> Verifier:
    """Return a prepared teacher as the verifier that was named.

    Raises:
        TeacherError: it cannot verify, with the remedy.
    """
    why_not = teacher.why_no_verdicts if isinstance(teacher, Verifier) else "gives no verdicts"
    if isinstance(teacher, Verifier) and not why_not:
        return teacher
    raise TeacherError(
        f"{teacher.name} cannot verify: it {why_not}; name an instruct model or a server, "
        "or switch verification off"
    )


def is_large(verifier: Verifier) -> bool:
    """Tell whether a prepared teacher verifies unasked: smaller ones answer by chance."""
    size = verifier.parameters
    return not verifier.why_no_verdicts and (size is None or size >= LEAST_PARAMETERS)
