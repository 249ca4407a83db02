"""List of teachers: what an editor draws its choice from."""

from lsprotocol import types
from server.editor import VSCODE, editor

from dlm_lsp.server.teachers import teachers_answer
from dlm_lsp.teachers import registry
from dlm_lsp.teachers.kind import TeacherKind

CARDS = TeacherKind(
    name="cards",
    target="<file>",
    description="prepared pairs",
    create=lambda context: context,
    is_local=True,
)


async def test_the_rows_of_the_table_are_told_in_their_order_without_a_document(env):
    async with editor(VSCODE, {**env, "OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "k"}) as client:
        params = types.ExecuteCommandParams("dlm.teachers")
        rows = (await client.workspace_execute_command_async(params))["teachers"]
    assert [row["form"] for row in rows] == [kind.form for kind in registry.TEACHER_KINDS]
    assert {row["kind"]: row["availability"] and row["availability"]["code"] for row in rows} == {
        "self": None,
        "hf": None,
        "openai": "missing-key",
        "anthropic": None,
        "vllm-server": None,
    }
    (openai,) = (row for row in rows if row["kind"] == "openai")
    assert openai.pop("availability")["message"].endswith("OPENAI_API_KEY")
    assert openai == {
        "kind": "openai",
        "form": "openai:<model>",
        "target": "<model>",
        "description": "OpenAI",
        "isLocal": False,
        "keyVariable": "OPENAI_API_KEY",
        "keyRequired": True,
    }


def test_what_a_plugin_brings_is_told_as_well(monkeypatch):
    monkeypatch.setattr("dlm_lsp.server.teachers.all_kinds", lambda: (CARDS,))
    assert teachers_answer() == {
        "teachers": [
            {
                "kind": "cards",
                "form": "cards:<file>",
                "target": "<file>",
                "description": "prepared pairs",
                "isLocal": True,
                "keyVariable": None,
                "keyRequired": False,
                "availability": None,
            }
        ]
    }


def test_a_kind_that_lacks_its_package_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr("dlm_lsp.teachers.availability.find_spec", lambda _: None)
    by_kind = {row["kind"]: row["availability"] for row in teachers_answer()["teachers"]}
    for kind in registry.TEACHER_KINDS:
        assert by_kind[kind.name]["code"] == "missing-extra"
        assert kind.install_hint in by_kind[kind.name]["message"]
