"""Local model as teacher: an instruct model or a base model, tiny ones and the real 270M model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.tiny_model import PROSE, spoiled_llama, tiny_adapter, tiny_llama

from dlm_lsp.document import parse
from dlm_lsp.errors import TeacherError
from dlm_lsp.local.model import LocalModel, ModelInfo
from dlm_lsp.teachers.base_model.few_shot import LANGUAGES, UNSUPPORTED_LANGUAGE
from dlm_lsp.teachers.instruct import InstructTeacher
from dlm_lsp.teachers.local_teacher import LocalTeacher
from dlm_lsp.teachers.prompts import example_pairs
from dlm_lsp.teachers.protocol import (
    AnswerRequest,
    GenerationOptions,
    PairRequest,
    Reply,
    VerdictRequest,
    Verifier,
)
from dlm_lsp.teachers.registry import select

BOATS = "Members of the rowing club of Ashford pay 40 crowns a year and may borrow two boats."
REQUESTS = [PairRequest(PROSE, "extraction", 2), PairRequest(PROSE[:80], "expansion", 1)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model with random weights."""
    return tiny_llama(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instruct model with random weights."""
    return tiny_llama(tmp_path_factory.mktemp("chat"), chat=True)


async def prepared(model: Path | str, sampling: GenerationOptions | None = None) -> LocalTeacher:
    teacher = LocalTeacher(str(model), sampling or GenerationOptions())
    await teacher.prepare()
    return teacher


@pytest.mark.parametrize("selector", ["self", "hf:org/not-on-this-machine"])
async def test_a_device_that_is_not_there_is_refused_before_anything_is_loaded(selector, tmp_path):
    teacher = select(
        selector,
        GenerationOptions(),
        concurrency=1,
        timeout=5,
        adapter=tmp_path,
        base_model="org/not-on-this-machine",
        device="cuda:99",
    )
    with pytest.raises(TeacherError, match=r"there is no device cuda:99 here"):
        await teacher.prepare()


def test_the_name_is_what_selects_it_and_nothing_leaves_the_machine():
    teacher = LocalTeacher("hf:gemma-3-270m", GenerationOptions())
    assert (teacher.name, teacher.remote_host) == ("hf:gemma-3-270m", None)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("/home/ann/models/qwen.gguf", "hf:qwen.gguf"),
        ("hf:/home/ann/models/qwen/", "hf:qwen"),
        ('/home/ann/a "b"\n-->.gguf', "hf:a 'b' -- >.gguf"),
    ],
)
def test_of_a_path_the_name_tells_the_last_part_and_fits_into_a_marker(model, name):
    assert LocalTeacher(model, GenerationOptions()).name == name


async def test_a_model_that_is_not_there_is_known_before_anything_is_asked():
    teacher = LocalTeacher("gemma-3-270", GenerationOptions())
    with pytest.raises(TeacherError, match="did you mean gemma-3-270m"):
        await teacher.prepare()


async def test_a_teacher_that_was_not_prepared_says_so():
    with pytest.raises(TeacherError, match="before it was prepared"):
        LocalTeacher("gemma-3-270m", GenerationOptions()).fingerprint(REQUESTS[0])


async def test_an_instruct_model_writes_json_of_the_schema_with_as_many_pairs_as_asked(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=1500, temperature=1.0, seed=3))
    replies = {answered.index: answered.outcome async for answered in teacher.answer(REQUESTS)}
    assert sorted(replies) == [0, 1]
    for index, reply in replies.items():
        assert isinstance(reply, Reply)
        if reply.finish == "length":
            continue
        pairs = json.loads(reply.text)["pairs"]
        assert len(pairs) == REQUESTS[index].count
        assert all(sorted(pair) == ["answer", "evidence", "question"] for pair in pairs)


async def test_a_reply_that_ran_out_of_room_says_so(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=5))
    (reply,) = [answered.outcome async for answered in teacher.answer(REQUESTS[:1])]
    assert isinstance(reply, Reply)
    assert (reply.finish, reply.tokens_out) == ("length", 5)


async def test_a_base_model_replies_in_the_same_schema(base):
    teacher = await prepared(base)
    (reply,) = [answered.outcome async for answered in teacher.answer(REQUESTS[:1])]
    assert isinstance(reply, Reply)
    assert list(json.loads(reply.text)) == ["pairs"]


async def test_a_base_model_writes_no_expansion_and_says_what_does(base):
    teacher = await prepared(base)
    assert list(teacher.limits.refused) == ["expansion"]
    (outcome,) = [answered.outcome async for answered in teacher.answer(REQUESTS[1:])]
    assert isinstance(outcome, TeacherError)
    assert "13 of 14" in str(outcome)
    assert "instruct model" in str(outcome)


async def test_a_base_model_is_led_and_may_be_small(base):
    assert (await prepared(base)).limits.warning == ""


async def test_an_instruct_model_writes_by_both_strategies_and_a_small_one_is_warned_of(chat):
    limits = (await prepared(chat)).limits
    assert limits.refused == {}
    assert "hardly ever writes a right pair" in limits.warning


@pytest.mark.parametrize(
    ("millions", "is_small"), [(135, True), (268, True), (362, True), (494, False), (1544, False)]
)
def test_an_instruct_model_of_half_a_billion_parameters_is_not_called_small(millions, is_small):
    info = ModelInfo("id", 2048, chat=True, parameters=millions * 10**6)
    teacher = InstructTeacher(LocalModel("any"), info, GenerationOptions())
    assert bool(teacher.limits.warning) is is_small


@pytest.mark.parametrize("chat", [False, True])
async def test_a_model_whose_numbers_are_none_fails_each_request_by_name(tmp_path, chat):
    teacher = await prepared(spoiled_llama(tmp_path / "broken-llama", chat=chat))
    requests = [replace(REQUESTS[0], prose=f"{PROSE} {BOATS}")]
    (outcome,) = [answered.outcome async for answered in teacher.answer(requests)]
    assert isinstance(outcome, TeacherError)
    assert "broken-llama computes likelihoods that are no finite numbers" in str(outcome)


async def test_a_base_model_that_tries_nothing_says_why(base):
    request = PairRequest(
        "Ashfordin vanhassa myllyssä pyörii kaksitoista ratasta.", "extraction", 1
    )
    (reply,) = [result.outcome async for result in (await prepared(base)).answer([request])]
    assert reply == Reply('{"pairs": []}', note=UNSUPPORTED_LANGUAGE)


async def test_a_base_model_that_finds_fewer_than_were_asked_for_says_so(base):
    (reply,) = [result.outcome async for result in (await prepared(base)).answer(REQUESTS[:1])]
    assert isinstance(reply, Reply)
    assert reply.note == (
        "no further question that the base model tried reads well and fits its answer"
    )


async def test_a_base_model_that_finds_all_that_was_asked_for_has_nothing_to_explain(
    base, monkeypatch
):
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_FLUENCY", -100)
    monkeypatch.setattr("dlm_lsp.teachers.base_model.extraction._LEAST_MARGIN", -100)
    (reply,) = [result.outcome async for result in (await prepared(base)).answer(REQUESTS[:1])]
    assert isinstance(reply, Reply)
    assert (len(json.loads(reply.text)["pairs"]), reply.note) == (2, "")


async def test_a_base_model_tells_no_tokens_for_most_of_what_it_reads_is_weighed(base):
    replies = [result.outcome async for result in (await prepared(base)).answer(REQUESTS[:1])]
    assert all(isinstance(reply, Reply) for reply in replies)
    assert {(reply.tokens_in, reply.tokens_out) for reply in replies} == {(None, None)}


async def test_what_is_missing_changes_nothing_for_a_base_model(base, chat):
    again = replace(REQUESTS[0], spare=1, sentences=("It is.",))
    assert (await prepared(base)).fingerprint(again) == (await prepared(base)).fingerprint(
        REQUESTS[0]
    )
    assert (await prepared(chat)).fingerprint(again) != (await prepared(chat)).fingerprint(
        REQUESTS[0]
    )


def test_every_pair_that_an_instruct_model_is_shown_is_known_as_an_example():
    shown = LocalTeacher("gemma-3-270m", GenerationOptions()).examples
    assert set(example_pairs()) <= set(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_that_a_base_model_is_shown_is_known_as_an_example(language):
    teacher = LocalTeacher("gemma-3-270m", GenerationOptions())
    questions = {question for question, _ in teacher.examples}
    for line in language.examples.splitlines():
        if line.startswith("Question: "):
            assert line.removeprefix("Question: ") in questions


async def test_tokens_are_counted_as_they_are_read(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=5))
    counts = await teacher.count_tokens(REQUESTS)
    replies = [answered.outcome async for answered in teacher.answer(REQUESTS)]
    assert counts == [reply.tokens_in for reply in replies if isinstance(reply, Reply)]


async def test_a_longer_passage_counts_more_tokens_for_a_base_model_too(base):
    teacher = await prepared(base)
    short, long = await teacher.count_tokens([PairRequest("", "extraction", 1), REQUESTS[0]])
    assert short < long


async def test_what_is_read_and_what_is_written_fit_into_the_window(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=400))
    assert teacher.window == 2048 - 1024 - 400


async def test_the_fingerprint_tells_model_prompt_and_sampling_apart(base, chat):
    teachers = [
        await prepared(base),
        await prepared(chat),
        await prepared(chat, GenerationOptions(temperature=0.5)),
        await prepared(chat, GenerationOptions(seed=1)),
        await prepared(chat, GenerationOptions(max_new_tokens=7)),
    ]
    prints = [teacher.fingerprint(request) for teacher in teachers for request in REQUESTS]
    assert len(set(prints)) == len(prints)
    again = await prepared(base)
    assert again.fingerprint(REQUESTS[0]) == prints[0]


async def test_other_weights_in_the_same_folder_have_another_fingerprint(tmp_path):
    before = (await prepared(tiny_llama(tmp_path))).fingerprint(REQUESTS[0])
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes())
    assert (await prepared(tmp_path)).fingerprint(REQUESTS[0]) != before


async def test_an_adapter_has_a_fingerprint_of_its_own(base, tmp_path):
    teacher = LocalTeacher(str(base), GenerationOptions(), adapter=tiny_adapter(tmp_path, base))
    await teacher.prepare()
    assert teacher.fingerprint(REQUESTS[0]) != (await prepared(base)).fingerprint(REQUESTS[0])


async def test_a_failed_batch_costs_its_requests_and_not_the_run(chat, monkeypatch):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=5))
    monkeypatch.setattr("dlm_lsp.teachers.instruct._grammar", lambda *counts: "start: nowhere")
    outcomes = [answered.outcome async for answered in teacher.answer(REQUESTS)]
    assert [type(outcome) for outcome in outcomes] == [TeacherError] * 2


async def test_the_270m_model_asks_right_questions(examples):
    document = parse((examples / "tram.dlm").read_text(encoding="utf-8"))
    (prose,) = (
        section.content for section in document.sections if "## The great years" in section.content
    )
    teacher = await prepared("gemma-3-270m")
    (reply,) = [
        result.outcome async for result in teacher.answer([PairRequest(prose, "extraction", 2)])
    ]
    assert isinstance(reply, Reply)
    pairs = {pair["question"]: pair["answer"] for pair in json.loads(reply.text)["pairs"]}
    assert pairs == {
        "When did the city buy the tramway company for 1.1 million crowns?": "In 1919.",
        "When did the trams carry 48 million passengers?": "In 1926.",
    }


ASHFORD = VerdictRequest(PROSE, (("How many wheels?", "Two."), ("How many wheels?", "Nine.")))


async def test_an_instruct_model_says_how_likely_it_finds_each_answer_right(chat):
    teacher = await prepared(chat)
    assert isinstance(teacher, Verifier)
    assert (teacher.why_no_verdicts, teacher.one_by_one) == ("", False)
    assert teacher.parameters and teacher.parameters > 1000
    (reply,) = [answered.outcome async for answered in teacher.answer([ASHFORD])]
    assert isinstance(reply, Reply)
    likely = json.loads(reply.text)["log_probabilities"]
    assert [sorted(each) for each in likely] == [["No", "Yes"]] * 2
    assert all(value < 0 for each in likely for value in each.values())
    assert likely[0] != likely[1]


async def test_pairs_and_verdicts_can_be_asked_for_at_once(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=5))
    requests = [REQUESTS[0], ASHFORD, REQUESTS[1]]
    found = {answered.index: answered.outcome async for answered in teacher.answer(requests)}
    assert sorted(found) == [0, 1, 2]
    assert "log_probabilities" in found[1].text


async def test_a_verdict_has_a_fingerprint_and_a_length_of_its_own(chat):
    teacher = await prepared(chat)
    other = replace(ASHFORD, pairs=ASHFORD.pairs[:1])
    assert teacher.fingerprint(ASHFORD) != teacher.fingerprint(other)
    more, fewer = await teacher.count_tokens([ASHFORD, other])
    assert more > fewer > 0


AGAIN = [AnswerRequest(PROSE, f"How many wheels has mill {n}?") for n in range(9)]


async def test_an_instruct_model_answers_questions_in_plain_text_more_than_a_batch_at_once(chat):
    teacher = await prepared(chat)
    assert teacher.by_likelihood
    replies = {answered.index: answered.outcome async for answered in teacher.answer(AGAIN)}
    assert sorted(replies) == list(range(len(AGAIN)))
    for reply in replies.values():
        assert isinstance(reply, Reply)
        # What a text says to a question is a clause or two, whatever a reply of pairs may take.
        assert reply.tokens_out and reply.tokens_out <= 128
    counts = await teacher.count_tokens(AGAIN)
    assert counts == [replies[index].tokens_in for index in range(len(AGAIN))]


async def test_answers_are_not_drawn_by_chance(chat):
    first = await prepared(chat, GenerationOptions(temperature=1.0, seed=1))
    other = await prepared(chat, GenerationOptions(temperature=1.0, seed=2))
    texts = [
        answered.outcome.text
        for teacher in (first, other)
        async for answered in teacher.answer(AGAIN[:1])
    ]
    assert texts[0] == texts[1]


async def test_pairs_verdicts_and_answers_come_in_their_own_places(chat):
    teacher = await prepared(chat, GenerationOptions(max_new_tokens=5))
    requests = [AGAIN[0], REQUESTS[0], ASHFORD, AGAIN[1]]
    found = {answered.index: answered.outcome async for answered in teacher.answer(requests)}
    assert sorted(found) == [0, 1, 2, 3]
    (alone,) = [answered.outcome async for answered in teacher.answer(AGAIN[1:2])]
    assert found[3] == alone
    assert "log_probabilities" in found[2].text
    assert found[1].tokens_out == 5


async def test_a_question_has_a_fingerprint_of_its_own(chat):
    teacher = await prepared(chat)
    prints = [teacher.fingerprint(request) for request in (*AGAIN, ASHFORD, *REQUESTS)]
    assert len(set(prints)) == len(prints)


async def test_a_base_model_answers_no_questions(base):
    teacher = await prepared(base)
    with pytest.raises(TeacherError, match="is a base model, which gives no verdicts"):
        [answered async for answered in teacher.answer(AGAIN[:1])]


async def test_a_base_model_gives_no_verdicts(base):
    teacher = await prepared(base)
    assert teacher.why_no_verdicts == "is a base model"
    with pytest.raises(TeacherError, match="is a base model, which gives no verdicts"):
        teacher.fingerprint(ASHFORD)
