import pytest

from dlm_lsp.errors import RejectedError, TooLongError
from dlm_lsp.teachers.learned_window import LearnedWindow
from dlm_lsp.teachers.protocol import AnswerRequest, PairRequest

REFUSED = TooLongError("too long")


def request_of(tokens: int) -> PairRequest:
    return PairRequest("abc" * tokens, "extraction", 1)


@pytest.fixture
def learned() -> LearnedWindow:
    return LearnedWindow(max_new_tokens=100, assumed_context=8192)


def test_nothing_is_too_long_before_something_was_refused(learned):
    assert learned.too_long(request_of(10_000), "s") is None


def test_a_refusal_without_a_number_halves_what_is_sent(learned):
    failure, notice = learned.learn(request_of(2000), REFUSED, selector="s", window=None)
    assert failure is REFUSED
    assert (
        notice == "s takes less than 2000 tokens of prose; what is longer is split and asked again"
    )
    assert learned.tokens == 1000
    assert learned.too_long(request_of(1001), "s") is not None
    assert learned.too_long(request_of(1000), "s") is None


def test_a_number_that_the_server_names_is_believed(learned):
    error = TooLongError("too long", 2048)
    _, notice = learned.learn(request_of(3000), error, selector="s", window=None)
    assert notice.startswith("s reads 2048 tokens")
    assert learned.tokens is not None
    assert 0 < learned.tokens < 2048


def test_the_window_is_never_raised(learned):
    learned.learn(request_of(2000), REFUSED, selector="s", window=300)
    assert learned.tokens == 300


def test_what_was_under_way_meanwhile_is_no_news(learned):
    learned.learn(request_of(2000), REFUSED, selector="s", window=None)
    assert learned.learn(request_of(2000), REFUSED, selector="s", window=1000) == (REFUSED, "")
    assert learned.tokens == 1000


@pytest.mark.parametrize(
    "request_",
    [AnswerRequest("a" * 9000, "?"), PairRequest("a", "extraction", 1, sentences=("a",))],
)
def test_only_a_first_request_for_pairs_tells_of_the_prose(learned, request_):
    assert learned.learn(request_, REFUSED, selector="s", window=None) == (REFUSED, "")
    assert learned.too_long(request_, "s") is None


def test_a_server_that_takes_hardly_any_prose_is_of_no_use(learned):
    failure, notice = learned.learn(request_of(20), REFUSED, selector="s", window=None)
    assert isinstance(failure, RejectedError)
    assert "hardly any prose fits in" in str(failure)
    assert (notice, learned.tokens) == ("", None)
