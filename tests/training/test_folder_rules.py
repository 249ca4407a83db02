"""Folder rules: what `.dlm/training.yaml` and `.dlm/ignore` make of a file."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.errors import StoreError
from dlm_lsp.training.folder_rules import Choice, FolderRules, choose_file, read_folder_rules

NAMES = ("a.md", "b.txt", "drafts/a.md", "sub/a.md", "sub/drafts/c.md", "sub/b.txt")


def written(root: Path, folder: str, **files: str) -> FolderRules:
    """The rules of a folder with these files (`ignore`, `training`) in its `.dlm`."""
    place = root / folder / ".dlm"
    place.mkdir(parents=True)
    if "ignore" in files:
        (place / "ignore").write_text(files["ignore"], encoding="utf-8")
    if "training" in files:
        text = f"dlm_training_version: 1\n{files['training']}"
        (place / "training.yaml").write_text(text, encoding="utf-8")
    rules, problems = read_folder_rules(root, folder)
    assert problems == ()
    return rules


def chosen(*rules: FolderRules, **source: object) -> list[str]:
    config = SourceConfig.model_validate({"path": "notes", **source})
    return [name for name in NAMES if choose_file(name, config, rules).picked]


def without(*names: str) -> list[str]:
    return [name for name in NAMES if name not in names]


def choice(name: str, *rules: FolderRules, **source: object) -> Choice:
    return choose_file(name, SourceConfig.model_validate({"path": "notes", **source}), rules)


# The lines of an ignore file


@pytest.mark.parametrize(
    ("ignore", "excluded"),
    [
        ("", []),
        ("\n# b.txt\n  \n", []),
        ("b.txt", ["b.txt", "sub/b.txt"]),
        ("  b.txt  \r\n", ["b.txt", "sub/b.txt"]),
        ("/b.txt", ["b.txt"]),
        ("drafts", ["drafts/a.md", "sub/drafts/c.md"]),
        ("drafts/", ["drafts/a.md", "sub/drafts/c.md"]),
        ("/drafts/", ["drafts/a.md"]),
        ("a.md/", []),
        ("sub/*.txt", ["sub/b.txt"]),
        ("sub/**/c.md", ["sub/drafts/c.md"]),
        ("?.txt", ["b.txt", "sub/b.txt"]),
        ("*.txt\n!sub/b.txt", ["b.txt"]),
        ("!b.txt\n*.txt", ["b.txt", "sub/b.txt"]),
        ("*\n!*.md", ["b.txt", "sub/b.txt"]),
    ],
)
def test_a_line_of_an_ignore_file_leaves_out_files(tmp_path, ignore, excluded):
    assert chosen(written(tmp_path, "", ignore=ignore)) == without(*excluded)


def test_an_ignore_file_speaks_of_what_lies_below_its_folder_alone(tmp_path):
    rules = written(tmp_path, "sub/", ignore="/a.md\n*.txt\n")
    assert chosen(rules) == without("sub/a.md", "sub/b.txt")


def test_the_ignore_file_further_in_has_the_last_word(tmp_path):
    outer = written(tmp_path, "", ignore="*.md\n")
    inner = written(tmp_path, "sub/", ignore="!a.md\n")
    assert chosen(outer, inner) == ["b.txt", "sub/a.md", "sub/b.txt"]


@pytest.mark.parametrize("line", ["[ab].md", "a\\ b", "!", "/", "!/"])
def test_a_bad_line_is_named_by_its_number_and_dropped(tmp_path, line):
    (tmp_path / "sub/.dlm").mkdir(parents=True)
    (tmp_path / "sub/.dlm/ignore").write_text(f"# mine\n{line}\nb.txt\n", encoding="utf-8")
    rules, (problem,) = read_folder_rules(tmp_path, "sub/")
    assert problem.startswith("sub/.dlm/ignore line 2: ")
    assert chosen(rules) == without("sub/b.txt")


# `training.yaml`


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exclud: [a]", "exclud: Extra"),
        ("weights: {a: {b: -1}}", "weights.a.b: "),
        ("weights: {a: {b: .inf}}", "weights.a.b: "),
        ("- a", "is no YAML at line 2"),
        ("include: {", "is no YAML"),
        ("a: " * 9, "is no YAML at line 2"),
        (f"include: {'[' * 5000}", "nested too deep"),
        ("dlm_training_version: 2", "dlm_training_version"),
    ],
)
def test_a_training_yaml_that_cannot_be_used_is_refused_with_the_place(tmp_path, text, words):
    with pytest.raises(StoreError) as refused:
        written(tmp_path, "", training=text)
    assert words in str(refused.value)
    assert "training.yaml" in str(refused.value)


@pytest.mark.parametrize("name", ["training.yaml", "ignore"])
def test_a_file_that_is_not_utf8_is_refused(tmp_path, name):
    (tmp_path / ".dlm").mkdir()
    (tmp_path / ".dlm" / name).write_bytes(b"caf\xe9")
    with pytest.raises(StoreError, match="is not UTF-8; save it as that"):
        read_folder_rules(tmp_path, "")


def test_a_folder_without_either_file_brings_no_rules(tmp_path):
    assert read_folder_rules(tmp_path, "") == (FolderRules(""), ())


def test_the_nearest_include_counts_and_is_seen_from_its_folder(tmp_path):
    outer = written(tmp_path, "", training="include: ['*.txt']")
    inner = written(tmp_path, "sub/", training="include: ['a.md', 'drafts/*']")
    assert chosen(outer, include=["**/*.md"]) == ["b.txt"]
    assert chosen(outer, inner) == ["b.txt", "sub/a.md", "sub/drafts/c.md"]


def test_an_empty_include_inherits(tmp_path):
    outer = written(tmp_path, "", training="include: ['**/*.txt']")
    inner = written(tmp_path, "sub/", training="include: []")
    assert chosen(outer, inner) == ["b.txt", "sub/b.txt"]


def test_an_exclude_is_seen_from_its_folder_and_named_as_the_reason(tmp_path):
    rules = written(tmp_path, "sub/", training="exclude: ['*.md']")
    assert choice("sub/a.md", rules) == Choice(False, "excluded by sub/.dlm/training.yaml")
    assert chosen(rules) == without("sub/a.md")


def test_what_the_source_itself_leaves_out_needs_no_reason():
    assert choice("a.md", include=["*.txt"]) == choice("a.md", exclude=["*.md"]) == Choice(False)


def test_an_ignore_file_takes_back_what_anything_else_excludes(tmp_path):
    rules = written(tmp_path, "", training="exclude: ['a.md']", ignore="!a.md\n!uv.lock\n")
    assert choice("a.md", rules, exclude=["a.md"]).picked
    assert choice("uv.lock", rules).picked


@pytest.mark.parametrize(
    "name",
    ["build/c.md", "in/dist/d", "uv.lock", "a/app.min.js", "x.PNG", "id_rsa", "in/.env.local"],
)
def test_a_default_exclude_holds_until_the_nearest_training_yaml_turns_it_off(tmp_path, name):
    assert choice(name).reason == "excluded by default"
    off = written(tmp_path, "", training="exclude_defaults: false")
    assert choice(name, off).picked
    on_again = written(tmp_path, "sub/", training="exclude_defaults: true")
    assert choice(f"sub/{name}", off, on_again).reason == "excluded by default"


@pytest.mark.parametrize("name", ["builds.md", "target.md", "key.md", "map", "yarn.lock.md"])
def test_a_name_that_only_looks_like_a_default_exclude_is_read(name):
    assert choice(name).picked


@pytest.mark.parametrize(
    ("name", "weight"), [("a.md", 3.0), ("sub/a.md", 0.5), ("sub/none/a.md", 0.0)]
)
def test_a_weight_is_a_product_over_tags_and_the_deepest_file_wins(tmp_path, name, weight):
    by_tag = "weights: {kind: {note: 2}, lang: {en: 1.5, de: 9}}"
    rules = (
        written(tmp_path, "", training=f"metadata: {{kind: note, lang: en}}\n{by_tag}"),
        written(tmp_path, "sub/", training="metadata: {lang: de}\nweights: {lang: {de: 0.25}}"),
        written(tmp_path, "sub/none/", training="metadata: {kind: x}\nweights: {kind: {x: 0}}"),
    )
    assert choice(name, *rules).weight == weight


# Whoever wrote the patterns

STARS = "*a" * 30 + "b"
FOLDERS = "**/" * 30 + "zz"
HOSTILE: Mapping[str, dict[str, str]] = {
    "include": {"training": f"include: ['{STARS}', '{FOLDERS}']"},
    "exclude": {"training": f"exclude: ['{STARS}', '{FOLDERS}']"},
    "ignore": {"ignore": f"{STARS}\n{FOLDERS}\n/{FOLDERS}/\n"},
}


@pytest.mark.parametrize("place", HOSTILE)
def test_patterns_that_branch_at_every_letter_end_at_once(tmp_path, place):
    rules = written(tmp_path, "", **HOSTILE[place])
    began = time.process_time()
    for name in ("a" * 200, "a/" * 40 + "a"):
        assert choice(name, rules).picked == (place != "include")
        choice(name, include=[STARS, FOLDERS])
        choice(name, exclude=[STARS, FOLDERS])
    assert time.process_time() - began < 1.0
