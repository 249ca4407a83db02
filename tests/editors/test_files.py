"""Editor files: what can be checked of `editors/` without the editors that they are for."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import onigurumacffi
import pytest
import yaml
from e2e.home import Home

from dlm_lsp.server.command_names import COMMANDS
from dlm_lsp.server.settings import DEFAULT_SETTINGS, Settings, read_settings

EDITORS = Path(__file__).resolve().parents[2] / "editors"
FENCES = ["::prose::", "::instruction#knowledge::", '::image path="a.png" alt="a town"::']
NO_FENCES = ["::prose:: ", " ::prose::", "::two words::", "::image path=a::", "prose"]


def written(name: str) -> str:
    return (EDITORS / name).read_text(encoding="utf-8")


def zed() -> Any:
    return json.loads(written("zed/settings.json"))["lsp"]["dlm-lsp"]["settings"]["dlm"]


def sublime() -> Any:
    return json.loads(written("sublime/LSP.sublime-settings"))["clients"]["dlm-lsp"]["settings"]


def kate(block: str) -> Any:
    return json.loads(written("kate/settings.json"))["servers"]["dlm"][block]["dlm"]


def helix() -> Any:
    servers = tomllib.loads(written("helix/languages.toml"))["language-server"]
    return servers["dlm-lsp"]["config"]["dlm"]


@pytest.mark.parametrize(
    "given",
    [
        zed(),
        {name.removeprefix("dlm."): value for name, value in sublime().items()},
        kate("settings"),
        kate("initializationOptions"),
        helix(),
    ],
)
def test_the_server_takes_every_setting(given):
    assert given.keys() <= {field.alias for field in Settings.model_fields.values()}
    read = read_settings(given)
    assert not read.complaints
    assert read.settings != DEFAULT_SETTINGS


def test_every_command_that_is_named_is_one_of_the_server():
    files = [path for path in EDITORS.rglob("*") if path.is_file()]
    command = r"\bdlm\.(?:synth\.\w+|(?:goTo|show)\w+)"
    named = {
        (name, path.name)
        for path in files
        for name in re.findall(command, path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert len(named) > 20
    assert [name for name in named if name[0] not in COMMANDS.values()] == []


def test_the_palette_of_sublime_runs_commands_for_the_document():
    for entry in json.loads(written("sublime/DLM.sublime-commands")):
        assert (
            entry["args"]["session_name"]
            in json.loads(written("sublime/LSP.sublime-settings"))["clients"]
        )
        assert entry["args"]["command_args"] == ["${file_uri}"]


def sublime_expressions() -> list[str]:
    """Every expression of the syntax for Sublime, with its variables put in."""
    syntax = yaml.safe_load(written("sublime/DLM.sublime-syntax").removeprefix("%YAML 1.2\n"))

    def whole(expression: str) -> str:
        while found := re.search(r"\{\{(\w+)\}\}", expression):
            expression = expression.replace(found[0], syntax["variables"][found[1]])
        return expression

    rules = [rule for context in syntax["contexts"].values() for rule in context]
    pushed = [inner for rule in rules for inner in rule.get("push", ())]
    known = syntax["contexts"].keys()
    assert {rule["include"] for rule in rules + pushed if "include" in rule} <= known
    return [whole(rule["match"]) for rule in rules + pushed if "match" in rule]


def test_oniguruma_compiles_every_expression_for_sublime():
    assert len(sublime_expressions()) > 10
    for expression in sublime_expressions():
        onigurumacffi.compile(expression)


def begins_section(line: str) -> bool:
    fences = [expression for expression in sublime_expressions() if expression.startswith("^(::)")]
    return any(onigurumacffi.compile(expression).match(line) for expression in fences)


@pytest.mark.parametrize("line", FENCES)
def test_sublime_sees_a_fence(line):
    assert begins_section(line)


@pytest.mark.parametrize("line", NO_FENCES)
def test_sublime_sees_no_fence_in_what_is_none(line):
    assert not begins_section(line)


def test_all_that_the_syntax_for_kate_refers_to_is_there():
    root = ElementTree.fromstring(written("kate/dlm.xml"))
    contexts = {element.get("name") for element in root.iter("context")}
    styles = {element.get("name") for element in root.iter("itemData")}
    for element in (*root.iter("context"), *root.iter("RegExpr")):
        assert element.get("attribute") in styles
        for name in ("context", "lineEndContext", "fallthroughContext"):
            target = element.get(name, "#stay")
            assert set(target.split("!")) <= contexts | {"#stay", "#pop"}


@pytest.mark.parametrize(("lines", "fence"), [(FENCES, True), (NO_FENCES, False)])
def test_kate_sees_a_fence_in_what_is_one_only(lines, fence):
    root = ElementTree.fromstring(written("kate/dlm.xml"))
    fences = [
        element.get("String", "")
        for element in root.iter("RegExpr")
        if element.get("attribute") == "Fence"
    ]
    assert [
        any(re.match(fence_expression, line) for fence_expression in fences) for line in lines
    ] == [fence] * len(lines)


def test_kate_knows_the_server_by_the_name_of_the_syntax():
    name = ElementTree.fromstring(written("kate/dlm.xml")).get("name", "")
    server = json.loads(written("kate/settings.json"))["servers"]["dlm"]
    assert re.match(server["highlightingModeRegex"], name)


def test_zed_starts_the_server_for_the_language():
    extension = tomllib.loads(written("zed/extension.toml"))
    language = tomllib.loads(written("zed/languages/dlm/config.toml"))
    server = extension["language_servers"]["dlm-lsp"]
    assert server["languages"] == [language["name"]]
    assert server["language_ids"] == {language["name"]: "dlm"}
    assert tomllib.loads(written("zed/Cargo.toml"))["package"]["version"] == extension["version"]


def contents(home: Home) -> dict[Path, bytes]:
    """Every file of a home folder that an editor reads, with what is in it."""
    files = {path for path in home.folder.rglob("*") if path.is_file()}
    made_by_editors = {home.folder / ".cache", home.folder / ".local" / "state"}
    return {path: path.read_bytes() for path in files if not made_by_editors & set(path.parents)}


@pytest.mark.parametrize("editor", ["neovim", "emacs", "helix", "vim", "zed", "sublime", "kate"])
def test_to_follow_a_readme_again_changes_nothing(editor, tmp_path):
    home = Home.made(tmp_path / "home")
    home.follow(EDITORS / editor / "README.md")
    once = contents(home)
    home.follow(EDITORS / editor / "README.md")
    assert contents(home) == once


@pytest.mark.parametrize(
    ("editor", "settings"),
    [
        ("zed", ".config/zed/settings.json"),
        ("sublime", ".config/sublime-text/Packages/User/LSP.sublime-settings"),
        ("kate", ".config/kate/lspclient/settings.json"),
    ],
)
def test_settings_that_are_there_stay_as_they_are(editor, settings, tmp_path):
    home = Home.made(tmp_path / "home")
    mine = home.write(settings, '{"theme": "mine"}')
    home.follow(EDITORS / editor / "README.md")
    assert mine.read_text() == '{"theme": "mine"}'


def test_what_is_set_in_helix_stays_and_its_files_stay_sound(tmp_path):
    home = Home.made(tmp_path / "home")
    mine = home.write(".config/helix/config.toml", "[editor.lsp]\nenable = false\n")
    languages = home.write(".config/helix/languages.toml", "[language-server.mine]\n")
    home.follow(EDITORS / "helix" / "README.md")
    assert mine.read_text() == "[editor.lsp]\nenable = false\n"
    assert tomllib.loads(languages.read_text())["language-server"].keys() == {"mine", "dlm-lsp"}


def test_the_folder_of_sublime_on_macos_may_have_blanks_in_its_name(tmp_path):
    home = Home.made(tmp_path / "home")
    readme = written("sublime/README.md")
    (there,) = re.findall(r"On macOS the first line is\s+`(.+)`", readme)
    here = "packages=~/.config/sublime-text/Packages/User"
    assert here in readme
    home.follow(home.write("README.md", readme.replace(here, there)))
    packages = home.folder / "Library/Application Support/Sublime Text/Packages/User"
    assert len(list(packages.iterdir())) == 3


def test_zed_finds_the_grammar_and_its_queries_where_its_readme_puts_them(tmp_path):
    home = Home.made(tmp_path / "home")
    home.follow(EDITORS / "zed" / "README.md")
    extension = home.folder / ".local" / "share" / "dlm-zed"
    (grammar,) = tomllib.loads((extension / "extension.toml").read_text())["grammars"].items()
    language = tomllib.loads((extension / "languages/dlm/config.toml").read_text())
    assert language["grammar"] == grammar[0]
    repository = Path(grammar[1]["repository"].removeprefix("file://"))
    assert home.run("git", "-C", repository, "rev-parse", "HEAD").strip() == grammar[1]["rev"]
    assert (repository / grammar[1]["path"] / "src" / "parser.c").is_file()
    queries = EDITORS / "tree-sitter-dlm" / "queries" / "zed"
    names = {path.name for path in queries.iterdir()}
    assert {path.name for path in (extension / "languages/dlm").glob("*.scm")} == names


@pytest.mark.parametrize("editor", ["zed", "sublime", "kate"])
def test_the_commands_of_the_readme_work_in_a_clean_home(editor, tmp_path):
    home = Home.made(tmp_path / "home")
    home.follow(EDITORS / editor / "README.md")
    copied = {path.name for path in home.folder.rglob("*") if path.is_file()}
    assert copied & {path.name for path in (EDITORS / editor).iterdir()}
