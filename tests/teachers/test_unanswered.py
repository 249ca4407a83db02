from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.teachers.protocol import PairRequest
from dlm_lsp.teachers.unanswered import Unanswered

REQUESTS = [PairRequest(prose, "extraction", 1) for prose in "ab"]


@given(st.lists(st.sampled_from(REQUESTS)), st.lists(st.sampled_from(REQUESTS)))
def test_each_request_is_counted_off_as_often_as_it_was_made(
    made: list[PairRequest], taken: list[PairRequest]
) -> None:
    unanswered = Unanswered()
    for request in made:
        unanswered.add(request)
    counted = [request for request in taken if unanswered.take(request)]
    for request in REQUESTS:
        assert counted.count(request) == min(made.count(request), taken.count(request))
