import pytest

from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.request_fallback import LOGPROBS, RequestShape
from dlm_lsp.teachers.shape_learning import ShapeLearning

FORMATS = ("json_schema", "plain")
SERVER = ("http://server", "model")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLM_HOME", str(tmp_path))


def learning(warnings: list[str] | None = None) -> ShapeLearning:
    warn = (warnings if warnings is not None else []).append
    return ShapeLearning(FORMATS, lambda _: ["seed"], GenerationOptions(seed=1), warn)


def test_what_a_refusal_names_is_left_out_from_then_on_and_told():
    warnings: list[str] = []
    learned = learning(warnings)
    assert learned.learn("seed is not supported", 400, scored=False)
    assert learned.now == RequestShape(without=frozenset({"seed"}))
    assert warnings == ["refuses seed; asking without it"]


def test_other_words_change_nothing():
    learned = learning()
    assert not learned.learn("overloaded", 503, scored=False)
    assert learned.now == RequestShape()


def test_what_a_reply_came_in_is_where_the_next_run_begins():
    learned = learning()
    learned.recall(*SERVER, ("seed",))
    learned.learn("seed is not supported", 400, scored=False)
    learned.remember(learned.now)
    later = learning()
    later.recall(*SERVER, ("seed",))
    assert later.now == learned.now


def test_a_refusal_of_what_was_recalled_begins_anew():
    learned = learning()
    learned.recall(*SERVER, ("seed",))
    learned.learn("seed is not supported", 400, scored=False)
    learned.remember(learned.now)
    later = learning()
    later.recall(*SERVER, ("seed",))
    assert later.learn("response_format is not supported", 400, scored=False)
    assert later.now == RequestShape()


def test_a_refused_question_for_likelihood_has_verdicts_asked_for_in_words():
    warnings: list[str] = []
    learned = learning(warnings)
    assert learned.learn("no", 400, scored=True)
    assert LOGPROBS in learned.now.without
    learned.forgo_likelihood()
    assert len(warnings) == 1


def test_where_verdicts_have_come_by_likelihood_an_error_without_words_is_not_about_that():
    learned = learning()
    learned.has_scored = True
    assert not learned.learn("no", 400, scored=True)
    assert LOGPROBS not in learned.now.without


def test_a_lower_limit_on_replies_is_told():
    warnings: list[str] = []
    learned = learning(warnings)
    assert learned.learn("max_tokens must be at most 512", 400, scored=False)
    assert learned.now.most_tokens == 512
    assert warnings == ["gives no more than 512 tokens a reply; asking for these"]
