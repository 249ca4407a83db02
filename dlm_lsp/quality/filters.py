"""Whether a pair can be right and useful on its own, as far as that shows without a model."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.document.well_formed import PairFault
from dlm_lsp.quality.grounding import ungrounded_claim
from dlm_lsp.quality.language_id import language_mismatch
from dlm_lsp.quality.self_contained import not_self_contained
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.quality.word_tokenize import word_tokens

# Questions that differ in one name of six words score 83 and may both be asked; a copy with one
# small word changed scores above.
_COPIED = 90.0
# What a model writes that fills in the form and has nothing to say.
_PLACEHOLDERS = frozenset(
    ("the " * article + f"{noun} {tail}").strip()
    for noun in ("question", "answer", "frage", "antwort", "pregunta", "respuesta", "réponse")
    for tail in ("", "here", "text", "1")
    for article in (False, True)
)
# Poetry and code say a run of words two or three times, a model that loops goes on.
_REPEATS = 3
_LONGEST_RUN = 12
_LEAST_SENTENCE = 4
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s*|\n")
_RUN = re.compile(rf"(?<!\S)(\S+(?: \S+){{0,{_LONGEST_RUN - 1}}}?)(?: \1(?!\S)){{{_REPEATS},}}")


def first_fault(
    pair: Pair,
    evidence: str,
    prose: str,
    strategy: Strategy,
    examples: Sequence[tuple[str, str]] = (),
) -> PairFault | None:
    """Return what speaks against a pair about `prose`, None where nothing does.

    `examples` are the pairs that the teacher was shown to learn the form from.
    """
    for reason, detail in (
        ("wrong_language", language_mismatch(pair, prose)),
        ("not_self_contained", not_self_contained(pair, prose)),
        ("looping", _looping(pair, prose)),
        ("copied_example", _copied(pair, examples)),
        (
            "not_grounded",
            ungrounded_claim(pair, evidence, prose) if strategy == "extraction" else None,
        ),
    ):
        if detail:
            return PairFault(reason, detail)
    return None


def _copied(pair: Pair, examples: Sequence[tuple[str, str]]) -> str | None:
    for text in (pair.question, pair.answer):
        if " ".join(word_tokens(text)).strip("<>") in _PLACEHOLDERS:
            return f'"{text}" fills in the form and says nothing'
    asked = " ".join(sorted(word_tokens(pair.question)))
    for question, _ in examples:
        if fuzz.ratio(asked, " ".join(sorted(word_tokens(question)))) >= _COPIED:
            return f'it copies the example "{question}"'
    return None


def _looping(pair: Pair, prose: str) -> str | None:
    """Return what a pair says over and over, as small models do, and `prose` does not."""
    if word_tokens(pair.question) == word_tokens(pair.answer):
        return "the answer repeats the question"
    own = " ".join(word_tokens(prose))
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        if said := _said_again(text, own):
            return f'the {name} repeats "{said}"'
    return None


def _said_again(text: str, own: str) -> str | None:
    before: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        found = word_tokens(sentence)
        said = " ".join(found)
        if len(found) >= _LEAST_SENTENCE:
            # The last one may have been cut off in the middle.
            times = sum(one.startswith(said) for one in before)
            if times and own.count(said) <= times:
                return said
        before.append(said)
    run = _RUN.search(" ".join(word_tokens(text)))
    return run[1] if run and run[0] not in own else None
