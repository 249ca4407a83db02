"""How a base model extracts pairs: a sentence is the answer, and the model finds its question."""

from collections.abc import Sequence
from dataclasses import dataclass

from dlm_lsp.local.constrain import Draw
from dlm_lsp.local.model import Continuation, LocalModel, Prompt, Written
from dlm_lsp.teachers.moulds import Mould, any_question, is_english, moulds
from dlm_lsp.teachers.protocol import Ask, Sampling
from dlm_lsp.teachers.sentences import sentences, stands_alone

EXAMPLES = """\
Statement: Copper pans turn green outdoors because a layer of patina grows on the metal.
Question: Why do copper pans turn green outdoors?

Statement: The mason Piers Howe built the town hall of Elmstead in 1652.
Question: Who built the town hall of Elmstead?

Statement: Members of the rowing club pay 40 crowns a year and may borrow two boats.
Question: How many crowns do members of the rowing club pay a year?

Statement: A sextant is an instrument that measures the angle between a star and the horizon.
Question: What is a sextant?

Statement: The ferry to Holm was sold to a museum in 1988.
Question: When was the ferry to Holm sold to a museum?

Statement: Memory mapping lets a driver read a file without copying it.
Question: What lets a driver read a file without copying it?

"""
"""What every prompt begins with."""

NOTHING = "I don't know."
_TRIED_PER_PAIR = 3
_BEGINNINGS = 4

# Found on the bench passages: below them most questions are broken or about something else.
_LEAST_FLUENCY = -0.8
_LEAST_GAIN = 0.1


@dataclass(frozen=True, slots=True)
class Try:
    """A sentence as the answer, and one way to be asked for it."""

    sentence: str
    mould: Mould
    first: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A question with its answer, and how good the two are together."""

    question: str
    answer: str
    worth: float


async def pairs(
    model: LocalModel, ask: Ask, sampling: Sampling
) -> tuple[list[tuple[str, str, str]], list[Written]]:
    """Return (question, answer, evidence) of the best pairs, and all that was written for them.

    Raises:
        LocalError: the model failed.
    """
    all_tries = tries(ask)
    written = await model.generate([prompt(one, sampling) for one in all_tries], EXAMPLES)
    had = {question for question, _ in ask.have}
    questions = {
        (one.sentence, text.text.strip()): one
        for one, text in zip(all_tries, written, strict=True)
        if text.ended and text.text.strip() not in had
    }
    found = await rated(model, ask.prose, [(one, key[1]) for key, one in questions.items()])
    return [(one.question, one.answer, one.answer) for one in best(found, ask.count)], written


def tries(ask: Ask) -> tuple[Try, ...]:
    """Return what is worth trying for `ask`: about three sentences per pair, spread evenly."""
    had_answers = {answer for _, answer in ask.have}
    usable = [
        sentence
        for sentence in dict.fromkeys(sentences(ask.prose))
        if stands_alone(sentence) and sentence not in had_answers
    ]
    most = max(_TRIED_PER_PAIR * ask.count, 6)
    step = max(1.0, len(usable) / most)
    chosen = [usable[int(at * step)] for at in range(min(most, len(usable)))]
    if is_english(ask.prose):
        return tuple(Try(sentence, mould) for sentence in chosen for mould in moulds(sentence))
    return tuple(
        Try(sentence, any_question(sentence), first)
        for sentence in chosen
        for first in range(_BEGINNINGS)
    )


def prompt(one: Try, sampling: Sampling) -> Prompt:
    """Return what the model reads behind the examples."""
    return Prompt(
        _statement(one),
        grammar=one.mould.grammar,
        max_new_tokens=min(56, sampling.max_new_tokens),
        draw=Draw(sampling.temperature, sampling.top_p, sampling.seed or 0, one.first),
    )


async def rated(model: LocalModel, prose: str, questions: Sequence[tuple[Try, str]]) -> list[Found]:
    """Return the questions that are fluent and bring out their answer, the best first."""
    if not questions:
        return []
    fluency = await model.score(
        EXAMPLES, [Continuation(_statement(one), f" {question}") for one, question in questions]
    )
    rows = []
    for one, question in questions:
        asked = f"Question: {question}\nAnswer:"
        rows += [
            Continuation(asked, f" {one.mould.asked}"),
            Continuation(asked, f" {NOTHING}"),
            Continuation("Answer:", f" {one.mould.asked}"),
        ]
    scores = await model.score(f"{prose}\n\n", rows)
    found = []
    for at, (one, question) in enumerate(questions):
        answer, nothing, unasked = scores[3 * at : 3 * at + 3]
        gain = answer - (nothing + unasked) / 2
        if fluency[at] >= _LEAST_FLUENCY and gain >= _LEAST_GAIN:
            found.append(Found(question, one.sentence, gain + fluency[at]))
    return sorted(found, key=lambda one: -one.worth)


def best(found: Sequence[Found], count: int) -> list[Found]:
    """Return the `count` best: one for each sentence first, then a second way to ask for it."""
    first: dict[str, Found] = {}
    rest = []
    for one in found:
        if one.answer in first:
            rest.append(one)
        else:
            first[one.answer] = one
    return [*first.values(), *rest][:count]


def _statement(one: Try) -> str:
    return f"Statement: {one.mould.statement}\nQuestion:"
