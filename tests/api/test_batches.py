"""Document batches against both providers, each over HTTP and with its own SDK."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.batch_server import AnthropicServer, BatchServer, OpenAiServer, error, town_in
from support.http_servers import pairs_json
from support.scripted_teacher import HEAD, ScriptedJudge
from support.teacher_server import pairs_about, town

from dlm_lsp.api.batches import batch_progress, collect_batches, submit_document
from dlm_lsp.api.documents import load_document
from dlm_lsp.api.functions import ignore_event, synthesize
from dlm_lsp.store.batches import BatchRecords
from dlm_lsp.synth import pipeline
from dlm_lsp.synth.batch_collection import BatchProgress
from dlm_lsp.synth.batch_submission import LearnedShapes, Submission
from dlm_lsp.synth.report import Report
from dlm_lsp.synth.run_models import ModelSource, RunModels
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.anthropic_batches import AnthropicBatches
from dlm_lsp.teachers.batches import BatchLimits
from dlm_lsp.teachers.openai_batches import OpenAiBatches
from dlm_lsp.teachers.registry import select

PLAIN = SynthOptions(filter="dedup-only", per_section=2)
ALL = (1, 2, 3, 4, 5)
each_failure = pytest.mark.parametrize("outcome", ["errored", "expired", "canceled", "missing"])


class User:
    """Who works on one document, with the provider's key and address."""

    def __init__(self, path: Path, provider: BatchServer) -> None:
        self.path = path
        self.provider = provider
        self.options = PLAIN
        self.shapes: LearnedShapes = {}

    @property
    def records(self) -> BatchRecords:
        return BatchRecords(load_document(self.path).folder)

    def write(self, numbers: Sequence[int], more: Callable[[int], str] = lambda number: "") -> None:
        body = "\n::prose::\n".join(f"{town(number)} {more(number)}" for number in numbers)
        self.path.write_bytes(f"{HEAD}{body}\n".encode())

    def submit(self) -> Submission:
        return submit_document(
            self.path,
            SynthRequest(self.provider.selector, None, self.options),
            self.shapes,
            on_ready=ignore_event,
            on_event=ignore_event,
            on_wait=ignore_event,
        )

    def collect(self) -> Sequence[BatchProgress]:
        return collect_batches(self.path, ignore_event)

    def status(self) -> Sequence[BatchProgress]:
        return batch_progress(self.path, ignore_event)

    def run(self) -> Report:
        """An ordinary run with the same options."""
        done = synthesize(
            self.path, teacher=self.provider.selector, options=self.options, dry_run=True
        )
        return done.report


def judged_by_script() -> RunModels:
    return RunModels(ModelSource(select, lambda *_: ScriptedJudge()))


@pytest.fixture(params=[OpenAiServer, AnthropicServer], ids=["openai", "anthropic"])
def provider(request, httpserver, monkeypatch, tmp_path) -> BatchServer:
    return set_up(request.param(httpserver), monkeypatch, tmp_path)


@pytest.fixture
def openai(httpserver, monkeypatch, tmp_path) -> BatchServer:
    return set_up(OpenAiServer(httpserver), monkeypatch, tmp_path)


@pytest.fixture
def anthropic(httpserver, monkeypatch, tmp_path) -> BatchServer:
    return set_up(AnthropicServer(httpserver), monkeypatch, tmp_path)


def set_up(server: BatchServer, monkeypatch, tmp_path: Path) -> BatchServer:
    for name, value in {**server.env, "DLM_HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def user_of(tmp_path) -> Callable[[BatchServer], User]:
    def make(server: BatchServer, numbers: Sequence[int] = ALL) -> User:
        user = User(tmp_path / "towns.dlm", server)
        user.write(numbers)
        return user

    return make


@pytest.fixture
def user(provider, user_of) -> User:
    return user_of(provider)


def test_what_is_collected_is_not_asked_for_again(user, provider):
    submitted = user.submit()
    assert (submitted.asked, submitted.requests, submitted.failure) == (1, 4, "")
    assert [record.batch_id for record in submitted.sent] == [provider.last.id]
    provider.finish()
    (collected,) = user.collect()
    assert (collected.record.replies, collected.is_new) == (4, True)
    report = user.run()
    assert (report.usage.requests, report.usage.from_cache, len(report.accepted)) == (0, 5, 10)
    assert len(provider.asked) == 1


def test_the_requests_of_a_batch_are_those_of_a_run(user, provider):
    user.submit()
    in_batches = sorted([*provider.asked, *provider.sent()])
    provider.asked.clear()
    user.options = replace(PLAIN, fresh=True)
    user.run()
    assert sorted(provider.asked) == in_batches


def test_submitting_again_sends_nothing_twice(user, provider):
    user.submit()
    again = user.submit()
    assert (again.asked, again.requests, again.under_way) == (0, 0, 4)
    assert (len(provider.batches), len(provider.asked)) == (1, 1)


def test_what_has_not_ended_stays_where_it_is(user, provider):
    user.submit()
    for look in (user.status, user.collect):
        (batch,) = look()
        assert (batch.record.stage, batch.is_new, batch.state.ended) == ("sent", False, False)
    provider.finish()
    assert user.status()[0].state.ended
    assert [user.collect()[0].is_new, user.collect()[0].is_new] == [True, False]


@each_failure
def test_an_ordinary_run_asks_for_what_failed_and_for_nothing_else(user, provider, outcome):
    user.submit()
    provider.asked.clear()
    provider.finish(lambda prompt: outcome if town_in(prompt) in (2, 4) else "answered")
    (collected,) = user.collect()
    assert (collected.record.replies, sum(collected.record.failures.values())) == (2, 2)
    assert len(user.run().accepted) == 10
    assert sorted(town_in(prompt) for prompt in provider.asked) == [2, 4]


@each_failure
def test_the_next_batch_holds_what_failed_and_nothing_else(user, provider, outcome):
    user.submit()
    provider.finish(lambda prompt: "answered" if town_in(prompt) < 3 else outcome)
    user.collect()
    again = user.submit()
    assert (again.asked, again.requests, again.under_way, again.from_cache) == (0, 3, 0, 2)
    assert {town_in(prompt) for prompt in provider.last.prompts} == {3, 4, 5}


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_what_was_answered_before_a_batch_ended_early_is_kept(openai, user_of, status):
    user = user_of(openai)
    user.submit()
    openai.finish(lambda prompt: "answered" if town_in(prompt) == 2 else "missing", status)
    (collected,) = user.collect()
    assert (collected.record.replies, collected.record.failures) == (1, {status: 3})


def test_a_batch_that_fails_as_a_whole_says_why_and_is_sent_again(openai, user_of):
    user = user_of(openai)
    user.submit()
    openai.fail("Enqueued token limit reached for m")
    (collected,) = user.collect()
    assert collected.record.failures == {"Enqueued token limit reached for m": 4}
    assert user.submit().requests == 4


def test_second_requests_about_what_is_missing_go_into_the_next_batch(user, provider):
    provider.reply = one_pair_first
    user.write(ALL, fair)
    user.submit()
    assert [is_second(prompt) for prompt in provider.last.prompts].count(True) == 1
    provider.finish()
    user.collect()
    again = user.submit()
    # The one that was asked at once had its second request in the first batch already.
    assert (again.requests, again.asked) == (4, 0)
    assert all(is_second(prompt) for prompt in provider.last.prompts)
    provider.finish()
    user.collect()
    provider.asked.clear()
    assert len(user.run().accepted) == 10
    assert provider.asked == []


def fair(number: int) -> str:
    return f"The fair of Ville{number} opens in May."


def one_pair_first(prompt: str) -> str:
    number = town_in(prompt)
    second = (f"When does the fair of Ville{number} open?", "It opens in May.", fair(number))
    return pairs_json(second if is_second(prompt) else pairs_about(number)[0])


def is_second(prompt: str) -> bool:
    return "quoted below" in prompt


def test_verdicts_go_into_the_batch_after_that_of_the_pairs(user, provider, monkeypatch):
    monkeypatch.setattr(pipeline, "RunModels", judged_by_script)
    user.options = SynthOptions(per_section=2)
    submitted = user.submit()
    # The verdict on a pair of the first section, whose reply came at once. By likelihood its
    # question is asked again too, in a batch after the verdicts.
    by_likelihood = submitted.sent[0].teacher.startswith("openai:")
    assert submitted.asked == (3 if by_likelihood else 2)
    batches = 0
    while submitted.sent:
        provider.finish()
        user.collect()
        batches += 1
        submitted = user.submit()
        assert submitted.asked == 0
    assert batches == (3 if by_likelihood else 2)
    provider.asked.clear()
    report = user.run()
    assert provider.asked == []
    assert report.verified == len(report.accepted) == 10


def test_a_section_that_changed_meanwhile_is_asked_anew(user, provider):
    user.submit()
    provider.finish()
    user.write((1, 2, 3, 4, 9))
    user.collect()
    provider.asked.clear()
    assert len(user.run().accepted) == 10
    assert [town_in(prompt) for prompt in provider.asked] == [9]


def test_a_reply_that_was_asked_for_meanwhile_stays(user, provider):
    user.submit()
    accepted = user.run().accepted
    provider.reply = lambda prompt: pairs_json(pairs_about(town_in(prompt))[0])
    provider.finish()
    user.collect()
    assert user.run().accepted == accepted


def test_what_the_model_does_not_take_is_learned_before_the_batch(user, provider):
    provider.refuse_live = lambda body: (
        "temperature is not supported by this model" if "temperature" in body else ""
    )
    user.submit()
    assert not any("temperature" in body for body in provider.last.requests.values())


def test_what_was_learned_with_one_document_is_known_with_the_next(user, provider):
    user.submit()
    user.write((6, 7))
    again = user.submit()
    assert (again.asked, again.requests) == (0, 2)


def test_a_model_that_answers_nothing_gets_no_batch(user, provider):
    provider.refuse_live = lambda body: "this model is asleep"
    submitted = user.submit()
    assert "this model is asleep" in submitted.failure
    assert (submitted.asked, submitted.requests, provider.batches) == (3, 0, {})


def test_a_batch_without_its_id_is_found_by_its_run(user, provider):
    die_before_the_answer(provider)
    submitted = user.submit()
    assert "`dlm synth batch status` finds out" in submitted.failure
    assert [record.stage for record in user.records.all()] == ["sending"]
    provider.finish()
    (found,) = user.status()
    assert found.record.batch_id == provider.last.id
    assert user.collect()[0].record.replies == 4
    assert user.run().usage.requests == 0


def test_a_batch_that_may_be_there_is_not_sent_a_second_time(user, provider):
    die_before_the_answer(provider)
    user.submit()
    # Anthropic tells whose a batch is once it has ended.
    assert user.submit().under_way == 4
    assert len(provider.batches) == 1


def die_before_the_answer(provider: BatchServer) -> None:
    """The provider makes a batch, and nobody hears of it."""
    provider.on_create = lambda: error(502, "bad gateway")


def test_a_batch_is_found_behind_others_and_another_is_not_taken_for_it(user, provider):
    die_before_the_answer(provider)
    user.submit()
    (lost,) = provider.batches.values()
    for number in range(5):
        other = replace(
            lost,
            id=f"other_{number}",
            metadata={"dlm_run": "another"},
            requests={f"another-{n}": body for n, body in enumerate(lost.requests.values())},
        )
        provider.batches[other.id] = other
        provider.finish()
    provider.batches[lost.id] = provider.batches.pop(lost.id)
    provider.finish()
    provider.batches = {lost.id: lost, **provider.batches}
    assert user.collect()[0].record.batch_id == lost.id


def test_a_batch_that_never_came_to_be_is_sent_after_a_while(user, provider):
    provider.on_create = lambda: error(502, "bad gateway")
    provider.listed = False
    user.submit()
    assert user.submit().under_way == 4
    (record,) = user.records.all()
    earlier = (datetime.now(UTC) - timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    user.records.put(replace(record, sent_at=earlier))
    provider.on_create = lambda: None
    assert user.submit().requests == 4
    assert [record.stage for record in user.records.all()] == ["sent"]


def test_a_batch_that_is_refused_leaves_nothing_behind(user, provider):
    provider.on_create = lambda: error(429, "too many batches")
    submitted = user.submit()
    assert "too many batches" in submitted.failure
    assert user.records.all() == ()
    provider.on_create = lambda: None
    assert user.submit().requests == 4


def test_another_account_is_told_in_one_line(user, provider, monkeypatch):
    user.submit()
    provider.keys = frozenset(("the-other-key",))
    provider.batches.clear()
    monkeypatch.setenv(provider.key_variable, "the-other-key")
    (batch,) = user.collect()
    assert f"by the key in {provider.key_variable}: set the key of the account" in batch.failure
    assert "\n" not in batch.failure
    assert batch.record.stage == "sent"


def test_a_key_that_is_refused_is_told_and_not_repeated(user, provider, monkeypatch):
    user.submit()
    monkeypatch.setenv(provider.key_variable, "the-wrong-key")
    (batch,) = user.collect()
    assert f"refused the key (401); check {provider.key_variable}" in batch.failure
    assert "the-wrong-key" not in batch.failure


def test_a_key_goes_to_no_other_address_than_the_batch_went_to(user, provider, monkeypatch):
    user.submit()
    monkeypatch.setenv(provider.host_variable, "http://127.0.0.1:9")
    (batch,) = user.collect()
    assert "set the address that it was submitted with" in batch.failure


def test_more_than_one_batch_takes_goes_into_several(user, provider, monkeypatch):
    for api in (OpenAiBatches, AnthropicBatches):
        monkeypatch.setattr(api, "limits", BatchLimits(requests=3, size=10**6))
    submitted = user.submit()
    assert [len(record.keys) for record in submitted.sent] == [3, 1]
    assert [len(batch.requests) for batch in provider.batches.values()] == [3, 1]


def test_a_limit_on_requests_holds_for_batches(user, provider):
    user.options = replace(PLAIN, max_requests=3)
    submitted = user.submit()
    assert (submitted.asked, submitted.requests) == (1, 2)


def test_a_limit_on_pairs_sends_no_more_than_can_be_enough(user, provider):
    user.options = replace(PLAIN, max_pairs=4)
    submitted = user.submit()
    assert (submitted.asked, submitted.requests) == (1, 1)


def test_no_key_and_no_prose_is_in_the_records(user, provider):
    user.submit()
    on_disk = user.records.path.read_bytes()
    assert provider.env[provider.key_variable].encode() not in on_disk
    assert b"mills" not in on_disk


def test_broken_lines_of_a_file_cost_their_requests_alone(openai, user_of):
    user = user_of(openai)
    user.submit()
    openai.finish()
    name = f"{openai.last.id}-output"
    first, *rest = openai.files[name].splitlines(keepends=True)
    openai.files[name] = b"".join([first[:40] + b"\n", b"\xff[\n", b"[]\n", *rest])
    assert user.collect()[0].record.replies == 3


def test_a_file_of_many_megabytes_is_read(openai, user_of):
    user = user_of(openai)
    user.submit()
    openai.finish()
    openai.files[f"{openai.last.id}-output"] += b" " * (9 * 2**20)
    assert user.collect()[0].record.replies == 4


def test_an_ordinary_run_tells_what_is_under_way(user, provider):
    user.submit()
    done = synthesize(user.path, teacher=provider.selector, options=PLAIN, dry_run=True)
    assert done.result.notes[0].startswith(f"4 requests to {provider.selector} wait in a batch")


def test_results_that_are_no_longer_kept_are_told_and_asked_for_anew(openai, user_of):
    user = user_of(openai)
    user.submit()
    openai.finish()
    del openai.files[f"{openai.last.id}-output"]
    openai.batches[openai.last.id].status = "completed"
    assert user.collect()[0].record.failures == {"no answer": 4}
    assert user.submit().requests == 4


def test_a_model_without_likelihoods_gives_its_verdicts_in_words(openai, user_of, monkeypatch):
    monkeypatch.setattr(pipeline, "RunModels", judged_by_script)
    openai.tells_likelihoods = False
    user = user_of(openai)
    user.options = SynthOptions(per_section=2)
    for _ in range(2):
        user.submit()
        openai.finish()
        user.collect()
    assert not any("logprobs" in body for body in openai.last.requests.values())
    openai.asked.clear()
    report = user.run()
    assert (report.verified, openai.asked) == (10, [])


def test_a_verifier_of_another_kind_is_left_to_the_ordinary_run(
    openai, user_of, monkeypatch, httpserver
):
    monkeypatch.setattr(pipeline, "RunModels", judged_by_script)
    user = user_of(openai)
    openai.keys |= {"none"}
    user.options = SynthOptions(per_section=2, verify=f"vllm-server:{openai.url}#m")
    user.submit()
    openai.finish()
    user.collect()
    assert len(openai.asked) == 1
    assert user.submit().requests == 0


def test_a_server_without_batches_is_told_as_such(user, provider):
    provider.offers_batches = False
    submitted = user.submit()
    assert submitted.failure == (
        f"{provider.base} offers no batches; ask it with `dlm synth instructions`"
    )
    assert user.records.all() == ()


ODD_ANSWERS = [{}, [], None, "text", {"choices": 1}, {"choices": [{"message": {"content": ""}}]}]
ODD_ANSWERS += [{"content": 7}, {"content": []}, {"choices": [[]], "content": [[]], "usage": []}]


@pytest.mark.parametrize("odd", ODD_ANSWERS, ids=repr)
def test_an_odd_answer_costs_its_request_alone(user, provider, odd):
    user.submit()
    provider.finish()
    provider.spoil_first_result(odd)
    (collected,) = user.collect()
    assert (collected.record.replies, sum(collected.record.failures.values())) == (3, 1)
    assert user.submit().asked + user.submit().under_way == 1
