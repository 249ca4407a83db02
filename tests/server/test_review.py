"""Review: what an editor can decide on, and what its decisions do."""

import pytest
from ide.samples import synthesized
from server.editor import NEOVIM, VSCODE, editor
from server.test_commands import TEXT, Store, once, refused, staged, store, synthesized_in

from dlm_lsp.document import parse
from dlm_lsp.store.decisions import decisions_of, rejected_ids
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.store.lock import document_lock

__all__ = ["store"]

NAME = "dlm.review.decide"


async def listed(client) -> dict:
    return await client.command("dlm.review.items")


def decided(store: Store) -> dict[str, str]:
    return {id_: decision.decision for id_, decision in decisions_of(store.folder).items()}


async def test_every_pair_is_listed_with_what_one_decides_by(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        answer = await listed(client)
    assert answer["counts"] == {"reviewed": 0, "total": 2}
    inserted, waiting = answer["items"]
    assert (inserted["state"], waiting["state"]) == ("inserted", "staged")
    assert (inserted["question"], inserted["answer"]) == ("What is the Ill?", "A river.")
    assert inserted["heading"] == waiting["heading"] == "The Ill is a river."
    assert inserted["range"]["start"]["line"] == TEXT.count("\n")
    assert (waiting["range"], waiting["decision"], waiting["editable"]) == (None, None, True)


async def test_a_filter_chooses_pairs_and_their_order(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(NEOVIM, env) as client:
        client.open(TEXT + synthesized())
        answer = await listed(client)
        inserted, waiting = (item["id"] for item in answer["items"])
        assert answer["chosen"] == [inserted, waiting]
        teacher = answer["items"][1]["teacher"]

        async def chosen(**words) -> list[str]:
            return (await client.command("dlm.review.items", filter=words))["chosen"]

        assert await chosen(state=["staged"]) == [waiting]
        assert await chosen(state=["refused"]) == []
        assert await chosen(below=100, lowFirst=True) == []
        assert waiting in await chosen(teacher=teacher)
        assert await chosen(teacher="nobody") == []
        await client.command(NAME, sections=[inserted], decision="accepted")
        await once(client, lambda: len(decided(store)) == 1)
        while (answer := await listed(client))["deciding"]:
            pass
        assert answer["chosen"] == [waiting]
        assert await chosen(all=True) == [inserted, waiting]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("low", "`filter` takes an object such as {'lowFirst': true}"),
        ({"state": ["open"]}, "state is ['open']; it takes a list of staged, inserted, refused"),
        ({"state": "staged"}, "state is 'staged'; it takes a list of staged, inserted, refused"),
        ({"state": [["staged"]]}, "state is [['staged']]; it takes a list of"),
        ({"teacher": 1}, "teacher is 1; it takes a name"),
        ({"below": "0.2"}, "below is '0.2'; it takes a margin such as 0.2"),
        ({"below": True}, "below is True; it takes a margin such as 0.2"),
    ],
)
async def test_what_is_no_filter_is_refused(words, why, store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        about = {"uri": client_uri(client), "filter": words}
        assert (await refused(client, "dlm.review.items", about)).startswith(why)


@pytest.mark.parametrize("name", [VSCODE, NEOVIM])
async def test_an_accepted_pair_goes_into_the_text_and_is_reviewed(name, store, env):
    store.stage(staged("Which river is it?"))
    async with editor(name, env) as client:
        client.open(TEXT + synthesized())
        ids = [item["id"] for item in (await listed(client))["items"]]
        answer = await client.command(NAME, sections=ids, decision="accepted")
        assert sorted(answer["deciding"]) == sorted(ids)
        await once(client, lambda: len(decided(store)) == 2)
        await once(client, lambda: store.staged == [])
        await client.until(lambda: sorted(synthesized_in(client)) == sorted(ids))
        assert (await listed(client))["counts"] == {"reviewed": 2, "total": 2}


async def test_a_pair_that_an_undo_takes_out_again_is_not_lost(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        (item,) = (await listed(client))["items"]
        await client.command(NAME, sections=[item["id"]], decision="accepted")
        await once(client, lambda: store.staged == [] and synthesized_in(client))
        added = client.text().removeprefix(TEXT)
        client.type(len(TEXT), len(TEXT) + len(added), "")
        (left,) = (await listed(client))["items"]
        assert (left["id"], left["state"], left["decision"]) == (item["id"], "refused", None)
        assert left["reasonInWords"] == "accepted, and taken out again"
        await client.command(NAME, sections=[item["id"]], decision="accepted")
        await once(client, lambda: synthesized_in(client) == [item["id"]])


async def test_a_decision_is_kept_while_another_process_holds_the_document(store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        (item,) = (await listed(client))["items"]
        with document_lock(store.folder, "dlm train", lambda _: None, None):
            await client.command(NAME, sections=[item["id"]], decision="rejected")
            await once(client, lambda: rejected_ids(store.folder) == {item["id"]})
            await client.until(lambda: client.text() == TEXT)


async def test_a_rejected_pair_leaves_text_and_plan_and_is_not_offered_again(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        ids = [item["id"] for item in (await listed(client))["items"]]
        await client.command(NAME, sections=ids, decision="rejected")
        await once(client, lambda: rejected_ids(store.folder) == set(ids))
        await once(client, lambda: store.staged == [])
        await client.until(lambda: client.text() == TEXT)
        counts = (await listed(client))["counts"]
        assert counts == {"reviewed": 2, "total": 2}


async def test_an_edited_pair_stands_in_the_text_and_counts_as_synthesized(store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        (item,) = (await listed(client))["items"]
        words = {"question": "What is it?", "answer": "The Ill."}
        await client.command(NAME, sections=[item["id"]], decision="accepted", **words)
        await once(client, lambda: len(decided(store)) == 2)
        await client.until(lambda: "The Ill.\n" in client.text())
        (section,) = [s for s in parse(client.text()).sections if s.synth]
        assert section.content == "### Q\nWhat is it?\n### A\nThe Ill."
        assert [entry.section_id for entry in Ledger(store.folder).all()] == [section.id]


@pytest.mark.parametrize("takes_edits", [True, False])
async def test_a_decision_under_way_is_told_until_it_is_done_or_has_failed(takes_edits, store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        (item,) = (await listed(client))["items"]
        client.takes_edits = takes_edits
        client.answers_edits.clear()
        await client.command(NAME, sections=[item["id"]], decision="rejected")
        answer = await listed(client)
        assert (answer["deciding"], answer["items"][0]["decision"]) == ([item["id"]], None)
        client.answers_edits.set()
        while (answer := await listed(client))["deciding"]:
            pass
        assert answer["items"][0]["decision"] == ("rejected" if takes_edits else None)


async def test_a_change_that_the_editor_refuses_decides_nothing(store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        (item,) = (await listed(client))["items"]
        client.takes_edits = False
        await client.command(NAME, sections=[item["id"]], decision="rejected")
        await client.until(lambda: client.messages)
        assert client.messages[-1].message.startswith("nothing was decided: ")
        assert decided(store) == {}


async def test_a_decision_that_the_text_rules_out_meanwhile_leaves_nothing_behind(store, env):
    store.stage(staged("Which river is it?"))
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        (item,) = (await listed(client))["items"]
        own = "::instruction::\n### Q\nWhat is it?\n### A\nThe Ill.\n"

        def write_it_oneself() -> None:
            client.before_edit = lambda: None
            client.type(len(TEXT), len(TEXT), own)

        client.before_edit = write_it_oneself
        words = {"question": "What is it?", "answer": "The Ill."}
        await client.command(NAME, sections=[item["id"]], decision="accepted", **words)
        await client.until(lambda: client.messages)
        assert client.messages[-1].message == "this pair is in the document already"
        assert client.text() == TEXT + own
        assert decided(store) == {}
        (again,) = (await listed(client))["items"]
        assert (again["id"], again["state"], again["decision"]) == (item["id"], "staged", None)


async def test_what_cannot_be_decided_is_refused_with_the_reason(store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        (item,) = (await listed(client))["items"]
        about = {"uri": client_uri(client), "sections": [item["id"]]}
        why = await refused(client, NAME, {**about, "decision": "maybe"})
        assert why == "decision is 'maybe'; it takes accepted or rejected"
        why = await refused(client, NAME, {**about, "sections": ["0" * 16], "decision": "accepted"})
        assert why == "a pair is not there any more; list the pairs again"
        edit = {"question": "Why?", "answer": "### A\nx", "decision": "accepted"}
        why = await refused(client, NAME, {**about, **edit})
        assert why == "this cannot stand in a document: the answer holds the header line `### A`"
        assert client.text() == TEXT + synthesized()


async def test_a_pair_that_is_removed_is_rejected(store, env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT + synthesized())
        ids = synthesized_in(client)
        await client.command("dlm.synth.remove", sections=ids)
        await once(client, lambda: rejected_ids(store.folder) == set(ids))
        await client.until(lambda: client.text() == TEXT)


def client_uri(client) -> str:
    return next(iter(client.buffers))
