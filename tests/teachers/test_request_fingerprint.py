import json

from dlm_lsp.teachers.protocol import AnswerRequest, PairRequest, VerdictRequest
from dlm_lsp.teachers.request_fingerprint import request_fingerprint

PAIRS = PairRequest("The mill stands at Ashford.", "extraction", 2)
CHECKS = VerdictRequest(PAIRS.prose, (("Where does it stand?", "At Ashford."),))


def test_what_all_requests_have_alike_stands_beside_schema_and_prompt():
    read = json.loads(request_fingerprint(PAIRS, '{"model": "a", "seed": 1}'))
    assert (read["model"], read["seed"]) == ("a", 1)
    assert "Ashford" in read["user"]
    assert read["schema"]["required"] == ["pairs"]
    assert list(read) == sorted(read)


def test_a_verdict_has_the_prompts_of_both_ways_to_have_it():
    [alone] = json.loads(request_fingerprint(CHECKS, "{}"))["scored"]
    assert "Yes or No" in alone["user"]
    assert "scored" not in json.loads(request_fingerprint(AnswerRequest("a", "b"), "{}"))


def test_numbers_that_are_equal_and_written_otherwise_stay_as_they_are_written():
    assert '"temperature": 0,' in request_fingerprint(PAIRS, '{"temperature": 0}')
    assert '"temperature": 0.0,' in request_fingerprint(PAIRS, '{"temperature": 0.0}')
