"""Whether a pair can be right and useful on its own, as far as that shows without a model."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.blocked import Blocked
from dlm_lsp.synth.grounded import ungrounded
from dlm_lsp.synth.leaning import leaning
from dlm_lsp.synth.looping import looping
from dlm_lsp.synth.words import words
from dlm_lsp.teachers.protocol import Strategy

# Questions that differ in one name of six words score 83 and may both be asked; a copy with one
# small word changed scores above.
_COPIED = 90.0


def gate(
    pair: Pair,
    evidence: str,
    prose: str,
    strategy: Strategy,
    examples: Sequence[tuple[str, str]] = (),
) -> Blocked | None:
    """Return what speaks against a pair about `prose`, None where nothing does.

    `examples` are the pairs that the teacher was shown to learn the form from.
    """
    return (
        leaning(pair, prose)
        or looping(pair, prose)
        or _copied(pair, examples)
        or (ungrounded(pair, evidence, prose) if strategy == "extraction" else None)
    )


def _copied(pair: Pair, examples: Sequence[tuple[str, str]]) -> Blocked | None:
    asked = " ".join(sorted(words(pair.question)))
    for question, _ in examples:
        if fuzz.ratio(asked, " ".join(sorted(words(question)))) >= _COPIED:
            return Blocked("copied_example", f'it copies the example "{question}"')
    return None
