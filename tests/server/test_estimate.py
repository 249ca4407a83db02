"""Cost estimate: what an editor can show before it lets a run begin."""

import re

import pytest
from server.editor import VSCODE, editor
from server.test_synthesis import TEXT
from server.test_synthesis import settings as by_teacher
from support.teacher_server import TeacherServer

PAID = {"teacher": "openai:gpt-5-mini", "filter": "dedup-only"}


async def test_sections_requests_tokens_and_cost_are_told_and_nobody_is_asked(env):
    async with editor(VSCODE, env, **PAID) as client:
        client.open(TEXT)
        found = await client.command("dlm.synth.estimate")
    estimate = found["estimate"]
    assert (estimate["sections"], estimate["requests"], estimate["from_cache"]) == (2, 2, 0)
    assert estimate["cost"]["currency"] == "USD"
    assert estimate["cost"]["micros"] > estimate["tokens_out"] * 2
    assert re.fullmatch(
        r"2 sections, 2 requests, about [\d,]+ tokens in, about 880 out, "
        r"about \$0\.00\d+ by prices of \d{4}-\d\d-\d\d",
        found["text"],
    )


async def test_a_server_is_told_nothing_for_an_estimate(httpserver, env):
    async with editor(VSCODE, env, **by_teacher(TeacherServer(httpserver))) as client:
        client.open(TEXT)
        found = await client.command("dlm.synth.estimate")
    assert found["estimate"]["requests"] == 2
    assert found["estimate"]["cost"] is None
    assert "$" not in found["text"]
    assert httpserver.log == []


async def test_what_is_in_the_cache_is_taken_off(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        found = await client.command("dlm.synth.estimate")
    assert (found["estimate"]["requests"], found["estimate"]["from_cache"]) == (0, 2)


async def test_the_estimate_is_that_of_the_named_sections(env):
    async with editor(VSCODE, env, **PAID) as client:
        client.open(TEXT)
        found = await client.command("dlm.synth.estimate", sections=[])
    assert found["estimate"]["sections"] == 0


async def test_to_write_sections_again_has_an_estimate_too(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        await client.until(lambda: client.edits)
        listed = await client.command("dlm.synth.overview")
        while not listed["counts"]["inserted"]:
            listed = await client.command("dlm.synth.overview")
        id_ = listed["sources"][0]["sections"][0]["id"]
        found = await client.command("dlm.synth.estimate", sections=[id_], regenerate=True)
    assert (found["estimate"]["sections"], found["estimate"]["requests"]) == (1, 1)


@pytest.mark.parametrize("teacher_", ["nosuch:model", "vllm-server:nowhere"])
async def test_without_a_teacher_there_is_no_estimate_and_no_complaint(env, teacher_):
    async with editor(VSCODE, env, teacher=teacher_, filter="dedup-only") as client:
        client.open(TEXT)
        assert await client.command("dlm.synth.estimate") == {"estimate": None, "text": ""}
        assert client.messages == []
