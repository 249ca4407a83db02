"""Profiles in an editor: real server, real client library, a teacher over HTTP."""

from pathlib import Path

import pytest
from server.editor import NEOVIM, VSCODE, editor
from server.test_synthesis import TEXT

from dlm_lsp.errors import ProfileError
from dlm_lsp.server.profiles import EditorProfiles, profiled_settings
from dlm_lsp.server.settings import DEFAULT_SETTINGS, Settings
from dlm_lsp.synth.parse_profile import parse_profile


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


def write_own(env: dict[str, str], text: str) -> Path:
    path = Path(env["XDG_CONFIG_HOME"]) / "dlm/dlm.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def systems(httpserver) -> list[str]:
    bodies = [r.get_json() for r, _ in httpserver.log if r.path.endswith("/completions")]
    return [body["messages"][0]["content"] for body in bodies]


def lab(teacher) -> str:
    return (
        '[options]\nteacher = "lab"\nfilter = "dedup-only"\nper_section = 2\n'
        f'[teachers.lab]\nselector = "{teacher.selector}"\n'
    )


@pytest.mark.parametrize("name", [VSCODE, NEOVIM])
async def test_the_profiles_decide_where_no_setting_does(name, teacher, env, notes):
    own = write_own(env, lab(teacher))
    found = notes / "dlm.toml"
    found.write_text('[ask]\naudience = "millers"')
    uri = (notes / "towns.dlm").as_uri()
    # Editors send the defaults of settings that nobody has set.
    async with editor(name, env, perSection=3, review="stage") as client:
        client.open(TEXT, uri)
        overview = await client.command("dlm.synth.overview", uri=uri)
        assert (overview["teacher"], overview["availability"]) == (teacher.selector, None)
        await client.command("dlm.synth.run", uri=uri)
        await client.until(client.finished)
        assert any(f"asked by profile {own} and {found}" in line for line in client.progress())
        report = await client.command("dlm.synth.report", uri=uri)
    assert f"asked by profile {own} and {found}" in str(report).replace("\\", "")
    assert len(teacher.asked) == 2
    assert "exactly 3 pairs" in teacher.asked[0]
    assert client.messages == []


async def test_a_setting_counts_before_the_profiles_and_takes_their_names(teacher, env, notes):
    write_own(env, f'[teachers.lab]\nselector = "{teacher.selector}"\n[options]\nper_section = 9')
    uri = (notes / "towns.dlm").as_uri()
    settings = {"teacher": "lab", "perSection": 2, "filter": "dedup-only", "review": "stage"}
    async with editor(VSCODE, env, **settings) as client:
        client.open(TEXT, uri)
        await client.command("dlm.synth.run", uri=uri)
        await client.until(client.finished)
    assert "exactly 3 pairs" in teacher.asked[0]


async def test_a_profile_that_changes_counts_from_the_next_command_on(
    teacher, env, notes, tmp_path
):
    write_own(env, lab(teacher))
    uri = (notes / "towns.dlm").as_uri()
    async with editor(VSCODE, env, review="stage") as client:
        client.open(TEXT, uri)
        before = await client.command("dlm.synth.estimate", uri=uri)
        (notes / "dlm.toml").write_text(f'[ask]\ninstruction = "{"Mind the axle. " * 20}"')
        after = await client.command("dlm.synth.estimate", uri=uri)
        (notes / "dlm.toml").write_text('[options]\nstrategy = "both"')
        both = await client.command("dlm.synth.estimate", uri=uri)
        (notes / "dlm.toml").unlink()
        last = await client.command("dlm.synth.estimate", uri=uri)
    assert after["estimate"]["tokens_in"] > before["estimate"]["tokens_in"] + 100
    assert both["estimate"]["requests"] == 2 * before["estimate"]["requests"]
    assert last == before


async def test_a_profile_of_the_workspace_is_never_asked_who_is_asked(teacher, env, notes):
    write_own(env, lab(teacher))
    (notes / "dlm.toml").write_text('\n[options]\nteacher = "vllm-server:http://127.0.0.1:9#m"')
    uri = (notes / "towns.dlm").as_uri()
    async with editor(VSCODE, env) as client:
        client.open(TEXT, uri)
        answer = await client.command("dlm.synth.run", uri=uri)
    assert answer["code"] == "bad-profile"
    assert answer["error"].startswith(f"{notes / 'dlm.toml'}, line 3: options.teacher is not taken")
    assert teacher.asked == []
    # Told when the document was opened, and once more where it stops a run.
    assert [message.message for message in client.messages] == [answer["error"]] * 2


async def test_a_named_profile_that_is_not_there_stops_a_run(teacher, env, notes):
    uri = (notes / "towns.dlm").as_uri()
    async with editor(VSCODE, env, profile=str(notes / "nosuch.toml")) as client:
        client.open(TEXT, uri)
        answer = await client.command("dlm.synth.run", uri=uri)
    assert answer["code"] == "bad-profile"
    assert "there is no such file" in answer["error"]


async def test_a_name_that_no_profile_has_stops_a_run(teacher, env, notes):
    write_own(env, lab(teacher))
    uri = (notes / "towns.dlm").as_uri()
    async with editor(VSCODE, env, teacher="labb") as client:
        client.open(TEXT, uri)
        answer = await client.command("dlm.synth.run", uri=uri)
    assert "no such teacher: labb; did you mean lab?" in answer["error"]


def test_a_document_without_profiles_has_none(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert EditorProfiles().of(tmp_path, DEFAULT_SETTINGS, ()) is None
    assert profiled_settings(DEFAULT_SETTINGS, None) is DEFAULT_SETTINGS


@pytest.mark.parametrize("path", ["dlm.toml", "~nosuchuser/dlm.toml", "/dlm\0.toml"])
def test_the_path_of_a_profile_is_seen_from_no_folder(tmp_path, path):
    with pytest.raises(ProfileError, match=r"dlm\.profile takes the path of a file"):
        EditorProfiles().of(tmp_path, Settings(profile=path), ())


def test_settings_that_are_no_options_of_a_run_stay_as_they_are():
    profile = parse_profile(b"[options]\nfresh = true\nseed = 3", "dlm.toml", found=False)
    settings = profiled_settings(Settings(review="stage", temperature=1.0), profile)
    assert (settings.review, settings.temperature, settings.seed) == ("stage", 1.0, 3)
