"""Corpus: what another document of a run says already, or holds out as a probe."""

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.corpus import Corpus, CorpusDuplicate

PAIR = Pair("When was the bridge of Ville3 built?", "In 1503.")
OTHERWISE = Pair(PAIR.question, "It was never built at all.")


def corpus_with(pair: Pair) -> Corpus:
    corpus = Corpus()
    corpus.add("a.dlm", [pair])
    return corpus


def test_a_pair_of_another_document_is_found_with_its_document():
    assert corpus_with(PAIR).find(PAIR, outside="b.dlm") == CorpusDuplicate(PAIR, "a.dlm")


def test_a_pair_of_the_document_itself_is_not():
    assert corpus_with(PAIR).find(PAIR, outside="a.dlm") is None


def test_the_question_of_a_pair_with_another_answer_is_found_where_it_is_a_probe_alone():
    probe = Pair(PAIR.question, PAIR.answer, probe=True)
    assert corpus_with(probe).find(OTHERWISE, outside="b.dlm") == CorpusDuplicate(probe, "a.dlm")
    assert corpus_with(PAIR).find(OTHERWISE, outside="b.dlm") is None
