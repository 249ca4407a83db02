"""How a base model extracts pairs: part of a sentence is the answer, and it finds the question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlm_lsp.local.constrain import Draw
from dlm_lsp.local.margin import before, margins, rows
from dlm_lsp.local.model import Continuation, LocalModel, Prompt
from dlm_lsp.teachers.english_moulds import english_moulds
from dlm_lsp.teachers.german_moulds import german_moulds
from dlm_lsp.teachers.languages import ENGLISH, GERMAN, UNTAUGHT, Language, language
from dlm_lsp.teachers.mould import Mould
from dlm_lsp.teachers.open_moulds import open_moulds
from dlm_lsp.teachers.protocol import Ask, Sampling
from dlm_lsp.teachers.sentences import leans, sentences, stands_alone

_TRIED_PER_PAIR = 3
_FITTED_PER_PAIR = 3
_LONGEST_QUESTION = 40

# Found on the examples: below them most questions are broken or about something else.
_LEAST_FLUENCY = -1.25
_LEAST_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Try:
    """A sentence that holds the answer, and one way to ask for it."""

    sentence: str
    mould: Mould

    @property
    def prompt(self) -> str:
        """What the model reads behind the examples."""
        return f"Statement: {self.mould.statement}\nQuestion:"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a try, and how good it is: nats per token, more is better."""

    one: Try
    question: str
    worth: float = 0.0


async def pairs(model: LocalModel, ask: Ask, sampling: Sampling) -> list[tuple[str, str, str]]:
    """Return (question, answer, evidence) of the best pairs.

    Raises:
        LocalError: the model failed.
    """
    examples = examples_for(ask.prose)
    all_tries = tries(ask)
    open_tries = [one for one in all_tries if one.mould.grammar]
    written = await model.generate([_prompt(one, sampling) for one in open_tries], examples)
    asked = [Asked(one, question) for one in all_tries for question in one.mould.ready]
    asked += [
        Asked(one, text.text.strip())
        for one, text in zip(open_tries, written, strict=True)
        if text.ended
    ]
    had = {question for question, _ in ask.have}
    fluent = await _fluent(model, examples, [one for one in asked if one.question not in had])
    good = await _fitting(model, ask.prose, most_fluent(fluent, _FITTED_PER_PAIR * ask.count))
    return [(one.question, one.one.mould.answer, one.one.sentence) for one in best(good, ask.count)]


def untried(ask: Ask) -> str:
    """Return why there is nothing to try for `ask`, an empty text where there is something."""
    if language(ask.prose) is None:
        return UNTAUGHT
    return "" if tries(ask) else "no sentence of the passage can be asked about on its own"


def examples_for(prose: str) -> str:
    """Return what the model is shown before it is asked about `prose`."""
    return (language(prose) or ENGLISH).examples


def tries(ask: Ask) -> tuple[Try, ...]:
    """Return what is worth trying for `ask`: about three sentences per pair, spread evenly.

    In a language that nobody taught us there is nothing to try.
    """
    spoken = language(ask.prose)
    if spoken is None:
        return ()
    found = {
        one: _moulds(spoken, one, ask.prose) for one in sentences(ask.prose) if stands_alone(one)
    }
    usable = [one for one in found if found[one]]
    had = {part for pair in ask.have for part in pair}
    fresh = [one for one in usable if had.isdisjoint((one, *_ready(found[one])))] or usable
    firm = [one for one in fresh if not leans(one)]
    chosen = firm if len(firm) >= 2 * ask.count else fresh
    return tuple(
        Try(sentence, mould)
        for sentence in _spread(chosen, _TRIED_PER_PAIR * ask.count)
        for mould in found[sentence]
    )


def best(asked: Sequence[Asked], count: int) -> list[Asked]:
    """Return the `count` best: one for each sentence first, then a second way to ask for it."""
    first: dict[str, Asked] = {}
    rest = []
    for one in sorted(asked, key=lambda one: -one.worth):
        if one.one.sentence in first:
            rest.append(one)
        else:
            first[one.one.sentence] = one
    return [*first.values(), *rest][:count]


def most_fluent(asked: Sequence[Asked], most: int) -> list[Asked]:
    """Return the `most` likeliest questions, the best of each sentence before a second one.

    To weigh how a question fits its answer costs several times what its wording costs.
    """
    return best(asked, most)


def _moulds(spoken: Language, sentence: str, prose: str) -> tuple[Mould, ...]:
    if spoken is ENGLISH:
        return english_moulds(sentence, prose)
    return german_moulds(sentence) if spoken is GERMAN else open_moulds(sentence, spoken)


def _ready(moulds: Sequence[Mould]) -> tuple[str, ...]:
    return tuple(question for mould in moulds for question in mould.ready)


def _spread(items: Sequence[str], most: int) -> list[str]:
    step = max(1.0, len(items) / most)
    return [items[int(at * step)] for at in range(min(most, len(items)))]


def _prompt(one: Try, sampling: Sampling) -> Prompt:
    return Prompt(
        one.prompt,
        grammar=one.mould.grammar,
        max_new_tokens=min(_LONGEST_QUESTION, sampling.max_new_tokens),
        draw=Draw(sampling.temperature, sampling.top_p, sampling.seed or 0),
    )


async def _fluent(model: LocalModel, examples: str, asked: Sequence[Asked]) -> list[Asked]:
    """Return the likeliest question of each try, where it is likely enough."""
    if not asked:
        return []
    scores = await model.score(
        examples, [Continuation(one.one.prompt, f" {one.question}") for one in asked]
    )
    likeliest: dict[Try, Asked] = {}
    for one, score in zip(asked, scores, strict=True):
        if score >= max(_LEAST_FLUENCY, likeliest[one.one].worth if one.one in likeliest else -9):
            likeliest[one.one] = replace(one, worth=score)
    return list(likeliest.values())


async def _fitting(model: LocalModel, prose: str, asked: Sequence[Asked]) -> list[Asked]:
    """Return the questions that make their answer likelier than no question and no answer do."""
    if not asked:
        return []
    scores = await model.score(
        before(prose), rows([(one.question, one.one.mould.answer) for one in asked])
    )
    return [
        replace(one, worth=one.worth + margin)
        for one, margin in zip(asked, margins(scores), strict=True)
        if margin >= _LEAST_MARGIN
    ]
