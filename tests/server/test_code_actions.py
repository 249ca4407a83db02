"""Code actions: what is offered where the cursor is, what it does, and why it cannot be done."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from ide.samples import GONE, SOURCE, synthesized
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server.editor import EDITORS, EMACS, URI, VSCODE, Editor, asks_for, editor
from support.document_text import FRONTMATTER

from dlm_lsp.document import parse

TEXT = FRONTMATTER + SOURCE + synthesized()


def body(text: str) -> str:
    return FRONTMATTER + text


async def offered(client: Editor, title: str) -> types.CodeAction:
    """The action whose title begins so, offered at the marker."""
    return next(
        action for action in await client.actions("<!-- dlm") if action.title.startswith(title)
    )


async def test_what_mends_a_problem_is_offered_and_mends_it():
    async with editor(EMACS) as client:
        client.open(body("::Instruction::\n### Q\na\n### A\nb\n"))
        (fix,) = await client.actions("Instruction", only=["quickfix"])
        client.apply(types.ApplyWorkspaceEditParams(fix.edit))
        assert "::instruction::" in client.text()


WRONG = "::Instruction::\n### Q\na\n### A\nb\n"
TITLES = ["Change to `instruction`"]


@pytest.mark.parametrize("column", [0, 13, len("::Instruction::")])
@pytest.mark.parametrize("name", EDITORS)
async def test_a_fix_is_offered_on_the_whole_line(name, column):
    async with editor(name) as client:
        client.open(body(WRONG))
        place = client.position(len(FRONTMATTER) + column)
        fixes = await actions_at(client, types.Range(place, place))
        assert [fix.title for fix in fixes] == TITLES
        other = client.at("### Q")
        assert await actions_at(client, types.Range(other, other)) == []


@pytest.mark.parametrize("where", ["### A", "Instruction"])
async def test_a_fix_is_offered_once_for_a_diagnostic_that_the_client_speaks_of(where):
    async with editor(EMACS) as client:
        client.open(body(WRONG))
        marked = await client.marked("unknown-section-type")
        spelling = types.Diagnostic(marked[0].range, "spelling", source="codespell")
        gone = types.Diagnostic(types.Range(client.at("### Q"), client.at("### A")), "gone",
                                source="dlm", code="unknown-section-type")  # fmt: skip
        place = client.at(where)
        context = [spelling, gone, *marked, *marked]
        fixes = await actions_at(client, types.Range(place, place), context)
        assert [fix.title for fix in fixes] == TITLES


async def test_the_fix_of_what_is_nearest_comes_first():
    keys = "export: {defalt_quant: Q4_K_M, defult_temperature: 1}\n---\n"
    text = FRONTMATTER.removesuffix("---\n") + keys
    async with editor(EMACS) as client:
        client.open(text + SOURCE)
        for near, far in (
            ("defalt_quant", "defult_temperature"),
            ("defult_temperature", "defalt_quant"),
        ):
            place = client.at(near)
            fixes = await actions_at(client, types.Range(place, place))
            assert [near in fix.diagnostics[0].message for fix in fixes] == [True, False]
            assert far in fixes[1].diagnostics[0].message


async def actions_at(
    client: Editor, range_: types.Range, context: Sequence[types.Diagnostic] = ()
) -> list[types.CodeAction]:
    """The quick fixes for a range, with what the client says is marked there."""
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(URI),
        range_,
        types.CodeActionContext(list(context), only=["quickfix"]),
    )
    return list(await client.text_document_code_action_async(params) or ())


@pytest.mark.parametrize("text", ["", "# Bees\nThey hum.\n"])
@pytest.mark.parametrize("name", EDITORS)
async def test_a_file_without_a_frontmatter_gets_one_by_a_quick_fix(name, text):
    async with editor(name) as client:
        client.open(text)
        (marked,) = await client.marked("missing-frontmatter")
        hint, error = types.DiagnosticSeverity.Hint, types.DiagnosticSeverity.Error
        assert marked.severity == (error if text else hint)
        (fix,) = await actions_at(client, marked.range)
        assert fix.title == "Add frontmatter"
        client.apply(types.ApplyWorkspaceEditParams(fix.edit))
        await client.marked()
        assert client.text().endswith(text)
        assert parse(client.text()).frontmatter


@pytest.mark.parametrize("line", ["", "dlm_id: mine\n", "dlm_id:\n"])
async def test_a_new_id_is_inserted_by_a_quick_fix_each_time_another(line):
    text = f"---\n{line}base_model: smollm2-135m\n---\nprose\n"
    ids = set()
    async with editor(EMACS) as client:
        for _ in range(2):
            client.open(text)
            (marked,) = await client.marked("invalid-value" if line else "missing-key")
            (fix,) = await actions_at(client, marked.range)
            assert fix.title == "Insert a new id"
            client.apply(types.ApplyWorkspaceEditParams(fix.edit))
            await client.marked()
            ids.add(parse(client.text()).frontmatter.dlm_id)
    assert len(ids) == 2


HEADINGS = "".join(f"# Town {n}\nIt has {n} mills.\n```sh\n# no heading\n```\n" for n in range(8))
SPLIT = "Split into a section per heading"


@pytest.mark.parametrize("name", EDITORS)
async def test_a_section_of_several_headings_is_split_at_them(name):
    async with editor(name) as client:
        client.open(body(HEADINGS))
        split = next(action for action in await client.actions("Town 3") if action.title == SPLIT)
        client.apply(types.ApplyWorkspaceEditParams(split.edit))
        await client.marked()
        assert len(parse(client.text()).sections) == 8
        assert SPLIT not in [action.title for action in await client.actions("Town 3")]


async def test_only_sections_at_the_cursor_are_split_and_no_quick_fix_is_a_split():
    async with editor(VSCODE) as client:
        client.open(body(f"{HEADINGS}::prose::\nPlain.\n::prose::\n# A\nText.\n# B\nText.\n"))
        assert SPLIT not in [action.title for action in await client.actions("Plain")]
        assert await client.actions("# A", only=["quickfix"]) == []
        (split,) = await client.actions("# A", only=["refactor.rewrite.dlm.split"])
        client.apply(types.ApplyWorkspaceEditParams(split.edit))
        await client.marked()
        assert len(parse(client.text()).sections) == 4


async def test_what_would_take_long_to_split_is_not_offered():
    async with editor(EMACS) as client:
        client.open(body(HEADINGS + "words " * 60_000))
        assert SPLIT not in [action.title for action in await client.actions("Town 3")]


async def test_where_no_edit_is_sent_nothing_is_split():
    async with editor(EMACS) as client:
        client.open(body(HEADINGS + "lone\r"))
        await client.marked("lone-cr")
        assert SPLIT not in [action.title for action in await client.actions("Town 3")]


async def test_only_the_kinds_that_are_asked_for_are_offered():
    async with editor(VSCODE) as client:
        client.open(TEXT)
        offered = await client.actions("The Ill", only=["refactor.rewrite.dlm.synthesize"])
        assert {action.kind for action in offered} == {"refactor.rewrite.dlm.synthesize"}
        assert await client.actions("The Ill", only=["source"]) == []


@pytest.mark.parametrize("name", EDITORS)
async def test_without_a_teacher_synthesis_is_enabled_and_tells_why_not(name):
    async with editor(name, teacher="openai:x", env={"OPENAI_API_KEY": ""}) as client:
        client.open(TEXT)
        offered = await client.actions("The Ill", only=["refactor.rewrite.dlm.synthesize"])
        first = offered[0] if isinstance(offered[0], types.Command) else offered[0].command
        assert first.title == "Synthesize instructions… choose a teacher"
        answer = await client.command(first.command, **first.arguments[0])
        assert answer["code"] == "missing-key"
        await client.until(lambda: client.messages)
        assert "OPENAI_API_KEY" in client.messages[0].message


async def test_what_the_settings_do_anyway_is_offered_once():
    async with editor(VSCODE, strategy="both", review="stage", teacher="hf:x") as client:
        client.open(TEXT)
        offered = await client.actions("The Ill", only=["refactor.rewrite.dlm.synthesize"])
        titles = [action.title for action in offered]
        assert not [title for title in titles if "both kinds" in title or "stage" in title]


async def test_a_client_that_can_pick_gets_two_entries_and_all_the_others_behind_the_second(
    monkeypatch,
):
    async with editor(VSCODE) as client:
        client.open(TEXT)
        flat = [action.title for action in await client.actions("### Q")]
    asks_for(monkeypatch, "pickAction")
    async with editor(VSCODE) as client:
        client.open(TEXT)
        first, manage = await client.actions("### Q")
        assert first.title == flat[0]
        assert (manage.title, manage.kind) == ("Manage synthesized…", "refactor.rewrite.dlm.manage")
        assert manage.command.command == "dlm.pickAction"
        actions = manage.command.arguments[0]["actions"]
        assert [action["title"] for action in actions] == flat[1:]
        remove = next(action for action in actions if action["title"].startswith("Remove"))
        await client.command(remove["command"], **remove["arguments"][0])
        await client.until(lambda: client.edits)
        assert client.text() == body(SOURCE)


async def test_a_client_that_can_pick_gets_all_of_a_kind_that_it_asks_for(monkeypatch):
    asks_for(monkeypatch, "pickAction")
    async with editor(VSCODE) as client:
        client.open(TEXT)
        offered = await client.actions("### Q", only=["refactor.rewrite.dlm.revert"])
        assert {action.kind for action in offered} == {"refactor.rewrite.dlm.revert"}
        named = [action.title for action in await client.actions("### Q", only=["refactor"])]
        assert named[-1] == "Manage synthesized…"


async def test_beside_prose_that_has_nothing_yet_the_second_entry_says_so(monkeypatch):
    asks_for(monkeypatch, "pickAction")
    async with editor(VSCODE, teacher="hf:x") as client:
        client.open(body(SOURCE))
        titles = [action.title for action in await client.actions("The Ill")]
        assert titles == ["Synthesize instructions", "Synthesize in another way…"]


@pytest.mark.parametrize("name", EDITORS)
async def test_what_a_quick_fix_does_is_no_second_entry(name):
    async with editor(name) as client:
        client.open(body(SOURCE + synthesized(source_id=GONE)))
        offered = [action.title for action in await client.actions("<!-- dlm")]
        for verb in ("Keep", "Remove", "Regenerate"):
            assert len([title for title in offered if title.startswith(verb)]) == 1


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("title", ["Keep", "Remove", "Revert all"])
async def test_a_synthesized_section_is_kept_removed_or_reverted(name, title):
    async with editor(name) as client:
        client.open(TEXT)
        offered = await client.actions("<!-- dlm")
        action = next(candidate for candidate in offered if candidate.title.startswith(title))
        if action.command is None:
            action = await client.code_action_resolve_async(action)
            client.apply(types.ApplyWorkspaceEditParams(action.edit))
        else:
            command = action.command
            await client.workspace_execute_command_async(
                types.ExecuteCommandParams(command.command, command.arguments)
            )
            await client.until(lambda: client.edits)
        assert "<!-- dlm" not in client.text()
        assert ("What is the Ill?" in client.text()) is (title == "Keep")


@pytest.mark.parametrize("title", ["Revert all", "Revert this run"])
async def test_an_action_is_made_for_what_the_text_has_become(title):
    async with editor(VSCODE) as client:
        client.open(TEXT)
        action = await offered(client, title)
        client.type(len(FRONTMATTER), len(FRONTMATTER), "::prose::\nTyped meanwhile.\n::prose::\n")
        resolved = await client.code_action_resolve_async(action)
        client.apply(types.ApplyWorkspaceEditParams(resolved.edit))
        assert client.text() == body("::prose::\nTyped meanwhile.\n::prose::\n" + SOURCE)


async def test_an_action_on_a_section_that_has_changed_is_not_made_and_that_is_told():
    async with editor(VSCODE) as client:
        client.open(TEXT)
        action = await offered(client, "Keep")
        client.type(len(TEXT) - 1, len(TEXT) - 1, " Mine.")
        with pytest.raises(JsonRpcException, match="may have changed meanwhile"):
            await client.code_action_resolve_async(action)


async def test_to_remove_is_a_command_for_the_server_keeps_that_it_was_rejected():
    async with editor(VSCODE) as client:
        client.open(TEXT)
        action = await offered(client, "Remove")
        assert (action.command.command, action.data) == ("dlm.synth.remove", None)


@pytest.mark.parametrize("sections", ["abc", 5, {"a": 1}])
async def test_an_action_that_names_no_list_of_sections_is_not_made_and_that_is_told(sections):
    async with editor(VSCODE) as client:
        client.open(TEXT)
        action = await offered(client, "Keep")
        action.data = {**action.data, "sections": sections}
        with pytest.raises(JsonRpcException, match="takes a list of section ids"):
            await client.code_action_resolve_async(action)


async def test_an_empty_list_of_kinds_asks_for_all():
    async with editor(VSCODE) as client:
        client.open(TEXT)
        every = [action.title for action in await client.actions("The Ill")]
        assert [action.title for action in await client.actions("The Ill", only=[])] == every


async def test_what_is_staged_and_cannot_be_read_can_be_discarded(env):
    plan = (
        Path(env["DLM_HOME"]) / "store" / parse(TEXT).frontmatter.dlm_id / "synth" / "pending.json"
    )
    plan.parent.mkdir(parents=True)
    plan.write_text("no plan")
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        (discard,) = await client.actions("The Ill", only=["refactor.rewrite.dlm.discard"])
        assert discard.command.arguments == ({"uri": URI},)
        await client.command(discard.command.command)
        while plan.exists():
            await client.actions("The Ill")
        assert await client.actions("The Ill", only=["refactor.rewrite.dlm.discard"]) == []


async def test_of_equal_sections_the_stale_one_is_removed_for_being_stale():
    async with editor(VSCODE) as client:
        client.open(body(SOURCE + synthesized(source_id=GONE) + synthesized()))
        fixes = await client.actions("<!-- dlm", only=["quickfix"])
        remove = next(fix for fix in fixes if fix.title == "Remove (stale-source)")
        await client.command(remove.command.command, **remove.command.arguments[0])
        await client.until(lambda: client.edits)
        assert client.text() == body(SOURCE + synthesized())


async def test_of_equal_sections_a_revert_takes_that_of_the_teacher():
    async with editor(EMACS) as client:
        other = synthesized().replace("hf:tiny", "hf:big")
        client.open(body(SOURCE + other + synthesized()))
        await client.command("dlm.synth.revert", teacher="hf:big")
        await client.until(lambda: client.edits)
        assert client.text() == TEXT
