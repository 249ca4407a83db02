import hashlib
import json
from dataclasses import replace

import pytest

from dlm_lsp.teachers.base_model.teacher import BaseModelTeacher
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample
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


MILL = "The mill on the river was built in 1790 and has two wheels."
# Of the version before profiles were: replies that were paid for are kept by these.
BEFORE_PROFILES = [
    (PairRequest(MILL, "extraction", 3, 1), "b6edf0b4c07af3ae", "67bf0d5a688f6192"),
    (
        PairRequest(MILL, "expansion", 2, 0, ("It is old.",), (("q", "a"),)),
        "d9a6a5c144208fa0",
        "382055effcb9699d",
    ),
    (
        PairRequest(
            "Die Mühle am Fluss wurde im Jahr 1790 gebaut und hat zwei Räder.", "extraction", 1
        ),
        "ce67c1d63ba471b6",
        "956e4921a09009d0",
    ),
]


def of_base_model(request: PairRequest) -> str:
    return json.dumps(BaseModelTeacher(None, None, None).fingerprint_parts(request))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(("request_", "instruct", "base"), BEFORE_PROFILES)
def test_without_a_profile_a_request_has_the_fingerprint_that_it_always_had(
    request_, instruct, base
):
    assert digest(request_fingerprint(request_, '{"model": "m"}')) == instruct
    assert digest(of_base_model(request_)) == base


def test_what_a_profile_asks_for_has_a_fingerprint_of_its_own():
    examples = (PairExample("e", "q", "a"),)
    guidances = [
        Guidance("a"),
        Guidance("b"),
        Guidance(questions=("a",)),
        Guidance(instruction="a"),
        Guidance(examples=examples),
    ]
    requests = [PAIRS, *(replace(PAIRS, guidance=guidance) for guidance in guidances)]
    assert len({request_fingerprint(request, "{}") for request in requests}) == len(requests)


def test_a_base_model_is_asked_anew_for_examples_and_for_nothing_else_that_it_heeds_not():
    asked = replace(PAIRS, guidance=Guidance("a", ("b",), "c"))
    shown = replace(PAIRS, guidance=Guidance(examples=(PairExample("e", "q", "a"),)))
    assert of_base_model(asked) == of_base_model(PAIRS) != of_base_model(shown)
