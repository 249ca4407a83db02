from dlm_lsp.synth.labelled_texts import asked_roles, fold_roles
from dlm_lsp.synth.raw_pair import RawPair


def test_the_label_that_asks_and_the_one_behind_it_are_found_by_the_marks():
    texts = [("f", "Wer?"), ("b", "x"), ("f", "Nenne ihn."), ("b", "y")]
    assert asked_roles(texts) == {"f": "question", "b": "answer"}


def test_a_third_label_that_comes_as_often_is_the_evidence():
    texts = [("f", "Wer?"), ("b", "x"), ("c", "z"), ("note", "n"), ("f", "Wo?"), ("b", "y")]
    assert asked_roles([*texts, ("c", "w")]) == {"f": "question", "b": "answer", "c": "evidence"}


def test_where_nothing_asks_there_are_no_pairs():
    assert asked_roles([("f", "Wer."), ("b", "x")]) == {}


def test_evidence_belongs_to_the_pair_before_it_or_where_it_leads_to_the_next():
    q, a, e = ("question", "Q?"), ("answer", "A."), ("evidence", "E.")
    assert fold_roles([q, a, e, q, a]) == [RawPair("Q?", "A.", "E."), RawPair("Q?", "A.")]
    assert fold_roles([e, q, a, q, a]) == [RawPair("Q?", "A.", "E."), RawPair("Q?", "A.")]
    assert fold_roles([q, e, a]) == [RawPair("Q?", "A.", "E.")]


def test_an_answer_without_a_question_and_a_question_without_an_answer_are_left_out():
    q, a = ("question", "Q?"), ("answer", "A.")
    assert fold_roles([a, q, q, a, a]) == [RawPair("Q?", "A.")]
