import json
from pathlib import Path

import pytest
from support.teacher_server import HEAD


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.dlm"
    path.write_text(f"{HEAD}🙂 text\n::Instruction::\n### Q\na\n### A\nb\n ::prose::\n", "utf-8")
    return path


def test_each_problem_stands_on_a_line_that_an_editor_can_follow(dlm, faulty):
    checked = dlm("check", faulty)
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        f"{faulty}:6:3: error unknown-section-type: there is no section type `Instruction`; "
        "did you mean `instruction`?",
        f"{faulty}:11:1: warning near-miss-fence: not a fence, so it is plain text: "
        "blanks stand around it",
    ]
    assert checked.stderr.strip() == "1 file: 1 error, 1 warning"


def test_a_clean_document_is_exit_code_0(dlm, document):
    assert (dlm("check", document()).returncode, dlm("check", ".").stdout) == (0, "")


def test_json_is_one_object(dlm, faulty):
    report = json.loads(dlm("check", faulty, "--json").stdout)
    assert (report["files"], report["errors"], report["warnings"]) == (1, 1, 1)
    assert report["problems"][0] == {
        "path": str(faulty),
        "line": 6,
        "column": 3,
        "end_line": 6,
        "end_column": 14,
        "severity": "error",
        "code": "unknown-section-type",
        "message": "there is no section type `Instruction`; did you mean `instruction`?",
        "fix": "Change to `instruction`",
    }
    assert (
        dlm("check", faulty, "--output-format", "json").stdout
        == dlm("check", faulty, "--json").stdout
    )


def test_github_shows_problems_beside_their_lines(dlm, faulty):
    first = dlm("check", faulty, "--output-format", "github").stdout.splitlines()[0]
    assert first.startswith(f"::error file={faulty},line=6,col=3,endLine=6,endColumn=14,title=")


def test_media_are_looked_for_beside_the_document(dlm, tmp_path):
    path = tmp_path / "media.dlm"
    path.write_text(f'{HEAD}::image path="here.png"::\n::image path="gone.png"::\n', "utf-8")
    (tmp_path / "here.png").touch()
    assert [line.split(": ")[1] for line in dlm("check", path).stdout.splitlines()] == [
        "warning missing-file"
    ]


def test_a_file_that_is_not_utf8_is_a_problem_of_its_own(dlm, tmp_path, document):
    (tmp_path / "latin.dlm").write_bytes(HEAD.encode() + b"caf\xe9\n")
    document()
    checked = dlm("check", tmp_path)
    assert checked.returncode == 1
    assert "latin.dlm:1:1: error unreadable: " in checked.stdout
    assert "not UTF-8" in checked.stdout


@pytest.mark.parametrize("name", ["nosuch.dlm", "*.nosuch", "empty"])
def test_an_argument_that_names_no_document_is_a_usage_error(dlm, tmp_path, name):
    (tmp_path / "empty").mkdir()
    refused = dlm("check", name)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert name in refused.stderr


def test_a_path_that_the_system_refuses_is_a_missing_file(dlm, tmp_path):
    path = tmp_path / "long.dlm"
    path.write_text(f'{HEAD}::image path="{"a" * 300}"::\n', "utf-8")
    assert "missing-file" in dlm("check", path).stdout


def test_an_empty_name_is_not_the_current_folder(dlm, document):
    document()
    assert dlm("check", "").returncode == 2


def test_documents_with_one_id_are_told_each_with_the_other(dlm, document, tmp_path):
    first, second = document(name="a.dlm"), document(name="b.dlm")
    (tmp_path / "link.dlm").symlink_to(first)
    checked = dlm("check", tmp_path)
    assert checked.returncode == 1
    remedy = (
        "has this id too, and so both have one store, with one adapter and one plan: "
        "give the copy an id of its own (another last character will do)"
    )
    assert checked.stdout.splitlines() == [
        f"{first}:2:9: warning duplicate-dlm-id: `{second}` {remedy}",
        f"{second}:2:9: warning duplicate-dlm-id: `{first}` {remedy}",
    ]
    assert dlm("check", first, tmp_path / "link.dlm").returncode == 0
    second.write_text(second.read_text().replace("V8CE", "V8CF"))
    assert dlm("check", tmp_path).returncode == 0


def test_fixes_are_told_line_by_line_and_what_is_left_is_checked(dlm, faulty, tmp_path):
    new, bare = tmp_path / "new.dlm", tmp_path / "bare.dlm"
    new.write_text("# Bees\nThey hum.\n")
    bare.write_text("---\nbase_model: smollm2-135m\ndlm_id: mine\n---\nprose\n")
    before = faulty.read_bytes()
    checked = dlm("check", new, bare, "--fix")
    assert (checked.returncode, checked.stderr) == (0, "2 files: 0 errors, 0 warnings, 2 fixed\n")
    assert checked.stdout.splitlines() == [
        f"{new}:1:1: fixed missing-frontmatter: Add frontmatter",
        f"{bare}:3:9: fixed invalid-value: Insert a new id",
    ]
    assert dlm("check", tmp_path).returncode == 1
    again = dlm("check", tmp_path, "--fix")
    assert (again.returncode, again.stderr) == (1, "3 files: 1 error, 1 warning, 0 fixed\n")
    assert faulty.read_bytes() == before


def test_fixes_stand_in_the_json_and_are_no_commands_for_github(dlm, tmp_path):
    path = tmp_path / "new.dlm"
    path.write_text("They hum.\n")
    (fixed,) = json.loads(dlm("check", path, "--fix", "--json").stdout)["fixed"]
    assert fixed == {
        "path": str(path),
        "line": 1,
        "column": 1,
        "code": "missing-frontmatter",
        "fix": "Add frontmatter",
    }
    path.write_text("They hum.\n")
    checked = dlm("check", path, "--fix", "--output-format", "github")
    assert (checked.stdout, "fixed missing-frontmatter" in checked.stderr) == ("", True)


def test_a_copy_gets_an_id_of_its_own(dlm, document, tmp_path):
    first, second = document(name="a.dlm"), document(name="b.dlm")
    before = first.read_text()
    checked = dlm("check", tmp_path, "--fix")
    assert checked.returncode == 0
    assert checked.stdout == (
        f"{second}:2:9: fixed duplicate-dlm-id: Give this document an id of its own\n"
    )
    assert (first.read_text(), dlm("check", tmp_path).returncode) == (before, 0)


def test_a_file_that_cannot_be_mended_is_told_and_costs_itself(dlm, tmp_path):
    (tmp_path / "latin.dlm").write_bytes(b"caf\xe9\n")
    (tmp_path / "new.dlm").write_text("They hum.\n")
    checked = dlm("check", "latin.dlm", "new.dlm", "--fix")
    assert checked.returncode == 1
    assert "new.dlm:1:1: fixed" in checked.stdout
    assert "latin.dlm:1:1: error unreadable" in checked.stdout
    assert (tmp_path / "latin.dlm").read_bytes() == b"caf\xe9\n"


def test_an_empty_file_is_an_error_of_check(dlm, tmp_path):
    (tmp_path / "empty.dlm").touch()
    checked = dlm("check", "empty.dlm")
    assert (checked.returncode, "error missing-frontmatter" in checked.stdout) == (1, True)
    assert dlm("check", "empty.dlm", "--fix").returncode == 0


def test_a_document_that_is_one_section_of_many_headings_is_told_and_no_problem(dlm, tmp_path):
    path = tmp_path / "towns.dlm"
    path.write_text(HEAD + "".join(f"# Town {n}\nIt has {n} mills.\n" for n in range(8)))
    checked = dlm("check", path)
    note = f"note: {path} is one section with 8 headings, and is asked about as one: "
    assert (checked.returncode, checked.stdout) == (0, "")
    assert checked.stderr.startswith(note)
    assert "note" not in dlm("check", path, "--json").stderr
    path.write_text(path.read_text().replace("# Town 4", "::prose::\n# Town 4"))
    assert "note" not in dlm("check", path).stderr


def test_a_base_model_by_its_path_is_looked_for_beside_the_document(dlm, tmp_path):
    path = tmp_path / "notes" / "model.dlm"
    path.parent.mkdir()
    path.write_text(HEAD.replace("smollm2-135m", "hf:./m.gguf"), "utf-8")
    lines = dlm("check", path).stdout.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [f"{path}:3:13", "warning local-base-model"],
        [f"{path}:3:13", "warning missing-file"],
    ]
    (path.parent / "m.gguf").touch()
    assert len(dlm("check", path).stdout.splitlines()) == 1
