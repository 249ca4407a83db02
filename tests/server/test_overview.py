"""Overview: what an editor lists beside the text."""

from pathlib import Path

import pytest
from ide.samples import synthesized
from server.editor import URI, VSCODE, asks_for, editor
from server.test_commands import TEXT as RIVERS
from server.test_commands import once, staged, store
from server.test_synthesis import TEXT, hold
from server.test_synthesis import settings as by_teacher

from dlm_lsp.store.decisions import rejected_ids

__all__ = ["store"]


def states(overview: dict) -> list[list[str]]:
    return [[section["state"] for section in source["sections"]] for source in overview["sources"]]


async def test_staged_inserted_and_stale_sections_are_listed(teacher, env):
    async with editor(VSCODE, env, **by_teacher(teacher, review="stage")) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        staged = await client.command("dlm.synth.overview")
        assert staged["counts"] == {"inserted": 0, "stale": 0, "staged": 4}
        assert staged["teacher"] == teacher.selector
        assert staged["availability"] is None
        first = staged["sources"][0]["sections"][0]
        assert first["question"] == "How many mills does Ville1 have?"
        assert first["range"] is None
        assert first["teacherName"] == "towns"
        extents = [source["extent"] for source in staged["sources"]]
        assert [extent["start"]["line"] for extent in extents] == [4, 5]
        await client.command("dlm.synth.apply")
        await client.until(lambda: client.edits)
        while (listed := await client.command("dlm.synth.overview"))["counts"]["staged"]:
            pass
        assert states(listed) == [["inserted"] * 2] * 2
        assert (
            listed["sources"][0]["title"]
            == "The town of Ville1 has 11 mills and a bridge from 1501."
        )
        client.type(client.text().index("Ville1"), client.text().index("Ville1"), "great ")
        changed = await client.command("dlm.synth.overview")
        assert states(changed) == [["inserted"] * 2, ["stale"] * 2]
        assert changed["sources"][-1]["id"] is None


async def test_the_sections_that_are_worked_on_are_counted(teacher, env, gate):
    hold(teacher, gate)
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        client.open(TEXT)
        await client.command("dlm.synth.run")
        assert (await client.command("dlm.synth.overview"))["running"] == 2


async def test_a_client_that_asks_for_it_is_told_when_to_ask_again(teacher, env, monkeypatch):
    asks_for(monkeypatch, "overview")
    async with editor(VSCODE, env, **by_teacher(teacher)) as client:
        changed: list[str] = []
        client.feature("$/dlm/overviewChanged")(lambda params: changed.append(params.uri))
        client.open(TEXT)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        assert set(changed) == {URI}
        assert len(changed) >= 2


async def test_what_is_staged_and_cannot_be_read_is_not_listed(env):
    plan = Path(env["DLM_HOME"]) / "store/01K7XW3Q9DGEMM4N2BT5RHV8CE/synth/pending.json"
    plan.parent.mkdir(parents=True)
    plan.write_text("no plan")
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        listed = await client.command("dlm.synth.overview")
        assert (listed["counts"]["staged"], listed["sources"]) == (0, [])
        assert listed["availability"]["code"] == "no-adapter"
        assert "adapter" in listed["availability"]["message"]


async def test_a_review_is_as_far_as_the_review_itself_says_also_after_a_rejection(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(VSCODE, env) as client:
        client.open(RIVERS + synthesized())
        before = await client.command("dlm.synth.overview")
        assert before["review"] == {"reviewed": 0, "total": 2}
        waiting = next(
            pair["id"]
            for source in before["sources"]
            for pair in source["sections"]
            if pair["state"] == "staged"
        )
        await client.command("dlm.review.decide", sections=[waiting], decision="rejected")
        await once(client, lambda: rejected_ids(store.folder) and not store.staged)
        after = await client.command("dlm.synth.overview")
        assert after["review"] == {"reviewed": 1, "total": 2}
        assert after["review"] == (await client.command("dlm.review.items"))["counts"]


@pytest.mark.parametrize(
    ("filter_", "verify", "verifier"),
    [
        ("sway", "auto", None),
        ("sway", "OFF ", None),
        ("sway", "openai:m", "openai:m"),
        ("sway", "some-model", "hf:some-model"),
        ("sway", "C:\\m.gguf", "hf:C:\\m.gguf"),
        ("sway", "openai:", None),
        ("dedup-only", "openai:m", None),
    ],
)
async def test_who_verifies_is_told_as_the_selector_that_it_is(env, filter_, verify, verifier):
    async with editor(VSCODE, env, filter=filter_, verify=verify) as client:
        client.open(TEXT)
        assert (await client.command("dlm.synth.overview"))["verifier"] == verifier
