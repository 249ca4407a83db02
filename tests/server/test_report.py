"""Run report: of the last run on a document, by whoever ran it."""

import os
import re
from pathlib import Path

import pytest
from pygls.uris import to_fs_path
from server.editor import URI, VSCODE, Editor, editor
from server.test_commands import refused
from server.test_synthesis import TEXT, settings, store
from support.teacher_server import town

from dlm_lsp.server.report import setting_of
from dlm_lsp.store.finished_runs import record_run


async def ran(client: Editor) -> str:
    """Run once and return the report."""
    client.open(TEXT)
    await client.command("dlm.synth.run")
    await client.until(client.finished)
    return await shown(client)


async def shown(client: Editor) -> str:
    return (await client.command("dlm.synth.report"))["markdown"]


async def test_the_report_is_there_after_a_restart_with_the_lines_of_now(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        before = await ran(client)
        text = client.text()
    async with editor(VSCODE, env, **settings(teacher)) as client:
        client.open(text.replace("\ndlm_id", "\n# A comment\ndlm_id", 1))
        after = await shown(client)
    assert "- Accepted ones now: 4 in the document" in after
    assert re.sub(r"#L\d+", "", before) == re.sub(r"#L\d+", "", after)
    assert before != after


async def test_the_links_of_the_file_are_paths_which_viewers_follow(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        report = await ran(client)
        answer = await client.command("dlm.synth.report")
    assert linked_from(Path(to_fs_path(answer["uri"]))) == {to_fs_path(URI)}
    assert f"({URI}#L" in report


def linked_from(path: Path) -> set[str]:
    """The paths of the documents that the headings of a report on disk lead to."""
    links = re.findall(r"^### \[.*\]\((.*)#L\d+\)", path.read_text("utf-8"), re.MULTILINE)
    return {os.path.normpath(path.parent / link) for link in links}


async def test_a_link_leads_to_the_line_of_its_section(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        report = await ran(client)
        lines = client.text().splitlines()
        numbers = [int(number) for number in re.findall(r"^### .*#L(\d+)\)", report, re.MULTILINE)]
        assert [lines[number - 1] for number in numbers] == [town(1), town(2)]


async def test_a_run_that_failed_before_it_asked_is_the_last_one(teacher, env):
    async with editor(VSCODE, env, **settings(teacher)) as client:
        await ran(client)
    async with editor(VSCODE, env, **settings(teacher, teacher="hf:no*such*model")) as client:
        report = await ran(client)
        assert report.startswith("# Synthesis failed\n\n")
        assert "no\\*such\\*model" in report


async def test_a_report_that_another_program_kept_later_is_the_last_one(teacher, env):
    async with editor(VSCODE, env, **settings(teacher, teacher="hf:nosuchmodel")) as client:
        await ran(client)
        later = (
            '{"teacher": "other", "judge": null, "at": "2999-01-01T00:00:00Z", "report": {'
            '"filter": "none", "generated": 0, "dedup": 0, "judge_passed": 0, "threshold": 0, '
            '"accepted": [], "refused": [], "skipped": [], "usage": {}}}'
        )
        record_run(store(env), (), later)
        assert "- Teacher: other\n" in await shown(client)


async def test_before_the_first_run_there_is_none(env):
    async with editor(VSCODE, env) as client:
        client.open(TEXT)
        assert "nothing was synthesized" in await refused(client, "dlm.synth.report", URI)


@pytest.mark.parametrize(("option", "name"), [("max_pairs", "dlm.maxPairs"), ("again", "")])
def test_an_option_is_called_by_its_setting_if_it_has_one(option, name):
    assert setting_of(option) == name
