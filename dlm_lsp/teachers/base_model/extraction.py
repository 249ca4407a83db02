"""Base-model extraction: part of a sentence is the answer, the model finds the question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlm_lsp.document.split_sentences import split_sentences
from dlm_lsp.local.constrained_decoding import SamplingParams
from dlm_lsp.local.model import Continuation, LocalModel, Prompt
from dlm_lsp.local.sway_score import scoring_prefix, scoring_rows, sway_margins
from dlm_lsp.teachers.base_model.constrained import constrained_templates
from dlm_lsp.teachers.base_model.english import english_templates
from dlm_lsp.teachers.base_model.few_shot import (
    ENGLISH,
    GERMAN,
    UNSUPPORTED_LANGUAGE,
    FewShotLanguage,
    few_shot_language,
)
from dlm_lsp.teachers.base_model.german import german_templates
from dlm_lsp.teachers.base_model.question_template import QuestionTemplate
from dlm_lsp.teachers.base_model.sentences import has_bare_subject, stands_alone
from dlm_lsp.teachers.protocol import GenerationOptions, PairRequest

_TRIED_PER_PAIR = 3
_FITTED_PER_PAIR = 3
_LONGEST_QUESTION = 40

# Found on the examples: below them most questions are broken or about something else.
_LEAST_FLUENCY = -1.25
_LEAST_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sentence that holds the answer, and one way to ask for it."""

    sentence: str
    template: QuestionTemplate

    @property
    def prompt(self) -> str:
        """What the model reads behind the examples."""
        return f"Statement: {self.template.statement}\nQuestion:"


@dataclass(frozen=True, slots=True)
class CandidateQuestion:
    """A question for a try, and how good it is: nats per token, more is better."""

    attempt: Attempt
    question: str
    score: float = 0.0


async def extract_pairs(
    model: LocalModel, request: PairRequest, sampling: GenerationOptions
) -> list[tuple[str, str, str]]:
    """Return (question, answer, evidence) of the best pairs.

    Raises:
        ModelError: the model failed.
    """
    examples = examples_for(request.prose) + own_examples(request)
    attempts = attempts_for(request)
    open_attempts = [attempt for attempt in attempts if attempt.template.grammar]
    written = await model.generate(
        [_prompt(attempt, sampling) for attempt in open_attempts], examples
    )
    candidates = [
        CandidateQuestion(attempt, question)
        for attempt in attempts
        for question in attempt.template.questions
    ]
    candidates += [
        CandidateQuestion(attempt, text.text.strip())
        for attempt, text in zip(open_attempts, written, strict=True)
        if text.ended
    ]
    had = {question for question, _ in request.have}
    fluent = await _fluent(
        model, examples, [candidate for candidate in candidates if candidate.question not in had]
    )
    good = await _fitting(
        model, request.prose, most_fluent(fluent, _FITTED_PER_PAIR * request.count)
    )
    return [
        (candidate.question, candidate.attempt.template.answer, candidate.attempt.sentence)
        for candidate in best_questions(good, request.count)
    ]


def why_no_extraction(request: PairRequest) -> str:
    """Return why there is nothing to try for `request`, an empty text where there is something."""
    if few_shot_language(request.prose) is None:
        return UNSUPPORTED_LANGUAGE
    return (
        "" if attempts_for(request) else "no sentence of the passage can be asked about on its own"
    )


def examples_for(prose: str) -> str:
    """Return the examples that the model reads before those for `prose`."""
    return (few_shot_language(prose) or ENGLISH).examples


def own_examples(request: PairRequest) -> str:
    """Return what the model reads behind those examples: statements and questions of a user."""
    guidance = request.guidance
    return "".join(
        f"Statement: {' '.join(example.evidence.split())}\n"
        f"Question: {' '.join(example.question.split())}\n\n"
        for example in (guidance.examples if guidance else ())
    )


def attempts_for(request: PairRequest) -> tuple[Attempt, ...]:
    """Return what is worth trying for `request`: about three sentences per pair, spread evenly.

    In a language that nobody taught us there is nothing to try.
    """
    language = few_shot_language(request.prose)
    if language is None:
        return ()
    templates = {
        sentence: _templates(language, sentence, request.prose)
        for sentence in split_sentences(request.prose)
        if stands_alone(sentence)
    }
    answerable = [sentence for sentence in templates if templates[sentence]]
    had = {part for pair in request.have for part in pair}
    fresh = [
        sentence
        for sentence in answerable
        if had.isdisjoint((sentence, *_ready(templates[sentence])))
    ] or answerable
    firm = [sentence for sentence in fresh if not has_bare_subject(sentence)]
    chosen = firm if len(firm) >= 2 * request.count else fresh
    return tuple(
        Attempt(sentence, template)
        for sentence in _spread(chosen, _TRIED_PER_PAIR * request.count)
        for template in templates[sentence]
    )


def best_questions(candidates: Sequence[CandidateQuestion], count: int) -> list[CandidateQuestion]:
    """Return the `count` best: one for each sentence first, then a second way to ask for it."""
    first: dict[str, CandidateQuestion] = {}
    rest = []
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        if candidate.attempt.sentence in first:
            rest.append(candidate)
        else:
            first[candidate.attempt.sentence] = candidate
    return [*first.values(), *rest][:count]


def most_fluent(candidates: Sequence[CandidateQuestion], most: int) -> list[CandidateQuestion]:
    """Return the `most` likeliest questions, the best of each sentence before a second one.

    To weigh how a question fits its answer costs several times what its wording costs.
    """
    return best_questions(candidates, most)


def _templates(
    language: FewShotLanguage, sentence: str, prose: str
) -> tuple[QuestionTemplate, ...]:
    if language is ENGLISH:
        return english_templates(sentence, prose)
    return (
        german_templates(sentence)
        if language is GERMAN
        else constrained_templates(sentence, language)
    )


def _ready(templates: Sequence[QuestionTemplate]) -> tuple[str, ...]:
    return tuple(question for template in templates for question in template.questions)


def _spread(items: Sequence[str], most: int) -> list[str]:
    step = max(1.0, len(items) / most)
    return [items[int(at * step)] for at in range(min(most, len(items)))]


def _prompt(attempt: Attempt, sampling: GenerationOptions) -> Prompt:
    return Prompt(
        attempt.prompt,
        grammar=attempt.template.grammar,
        max_new_tokens=min(_LONGEST_QUESTION, sampling.max_new_tokens),
        sampling=SamplingParams(sampling.temperature, sampling.top_p, sampling.seed or 0),
    )


async def _fluent(
    model: LocalModel, examples: str, candidates: Sequence[CandidateQuestion]
) -> list[CandidateQuestion]:
    """Return the likeliest question of each try, where it is likely enough."""
    if not candidates:
        return []
    scores = await model.score(
        examples,
        [
            Continuation(candidate.attempt.prompt, f" {candidate.question}")
            for candidate in candidates
        ],
    )
    best_of: dict[Attempt, CandidateQuestion] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        if score >= max(
            _LEAST_FLUENCY,
            best_of[candidate.attempt].score if candidate.attempt in best_of else -9,
        ):
            best_of[candidate.attempt] = replace(candidate, score=score)
    return list(best_of.values())


async def _fitting(
    model: LocalModel, prose: str, candidates: Sequence[CandidateQuestion]
) -> list[CandidateQuestion]:
    """Return the questions that make their answer likelier than no question and no answer do."""
    if not candidates:
        return []
    scores = await model.score(
        scoring_prefix(prose),
        scoring_rows(
            [(candidate.question, candidate.attempt.template.answer) for candidate in candidates]
        ),
    )
    return [
        replace(candidate, score=candidate.score + margin)
        for candidate, margin in zip(candidates, sway_margins(scores), strict=True)
        if margin >= _LEAST_MARGIN
    ]
