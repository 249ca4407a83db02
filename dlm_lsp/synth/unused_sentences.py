"""Unused sentences: those of a passage that no pair of a reply is about."""

from collections.abc import Iterable

from rapidfuzz import fuzz

from dlm_lsp.document.split_sentences import split_sentences
from dlm_lsp.quality.word_tokenize import word_tokens
from dlm_lsp.synth.raw_pair import RawPair

# A quotation with a slip of the pen scores 95, a sentence of the same build on other things 80.
_SAME = 90.0
# Longer ones are no sentences but what is left of a list or a table.
_LONGEST = 400


def unused_sentences(prose: str, pairs: Iterable[RawPair]) -> tuple[str, ...]:
    """Return the sentences of `prose` that no pair quotes, or says where it quotes nothing."""
    texts = [_plain(pair.evidence or f"{pair.question} {pair.answer}") for pair in pairs]
    return tuple(
        sentence
        for sentence in dict.fromkeys(split_sentences(prose))
        if len(sentence) <= _LONGEST and not any(_overlap(_plain(sentence), text) for text in texts)
    )


def _plain(text: str) -> str:
    return " ".join(word_tokens(text))


def _overlap(sentence: str, text: str) -> bool:
    return (
        fuzz.partial_ratio(sentence, text) >= _SAME or fuzz.token_set_ratio(sentence, text) >= _SAME
    )
