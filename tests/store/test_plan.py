import json
import os
import subprocess
from dataclasses import fields, replace
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlm_lsp.document.section import SectionType, section_id
from dlm_lsp.errors import StoreError
from dlm_lsp.store.plan import (
    StagedPlan,
    StagedSection,
    add_to_plan,
    clear_plan,
    load_plan,
    save_plan,
    take_from_plan,
)

SYNTH = StagedSection(
    type=SectionType.INSTRUCTION,
    content="### Q\nWas heißt „GEMM“? 🤔\n### A\nGeneral matrix\u2028multiply.",
    start_line=12,
    auto_synth=True,
    synth_teacher="openai:gpt",
    synth_strategy="extraction",
    synth_at="2026-01-02T03:04:05Z",
    source_section_id="0123456789abcdef",
)
MINED = StagedSection(
    type=SectionType.PREFERENCE,
    content="### Prompt\np\n### Chosen\nc\n### Rejected\nr",
    auto_mined=True,
    judge_name="sway",
    judge_score_chosen=0.5,
    judge_score_rejected=-1.0,
    mined_at="2026-01-02T03:04:05Z",
    mined_run_id=3,
)
IMAGE = StagedSection(
    type=SectionType.IMAGE, content="", media_path="a.png", media_alt="A", media_blob_sha="c0ffee"
)
AUDIO = StagedSection(
    type=SectionType.AUDIO, content="", media_path="a.wav", media_transcript="hello"
)
PROSE = StagedSection(
    type=SectionType.PROSE,
    content="\ufeffOne\r\ntwo\rthree",
    adapter="tone",
    tags={"lang": "en", "a": "b"},
    auto_harvest=True,
    harvest_source="run_1",
)
EVERY_KIND = (SYNTH, MINED, IMAGE, AUDIO, PROSE)

# Both scripts print what the reference makes of a plan; it reads or writes one in a store folder.
THEIR_VIEW = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from dlm.doc.sections import Section, SectionType
from dlm.store.paths import StorePath
from dlm.synth.pending import load_pending_plan, save_pending_plan

def show(plan):
    sections = [{**vars(s), "tags": dict(s.tags), "id": s.section_id} for s in plan.sections]
    print(json.dumps([str(plan.source_path), plan.created_at, sections]))
"""
THEY_LOAD = (
    THEIR_VIEW
    + """
show(load_pending_plan(StorePath(Path(sys.argv[1]))))
"""
)
THEY_SAVE = (
    THEIR_VIEW
    + """
sections = [Section(**{**s, "type": SectionType(s["type"])}) for s in json.load(sys.stdin)]
store = StorePath(Path(sys.argv[1]))
show(save_pending_plan(store, source_path=Path(sys.argv[2]), sections=sections))
"""
)


def values(section: StagedSection) -> dict[str, object]:
    return {f.name: getattr(section, f.name) for f in fields(section)}


def view(plan: StagedPlan | None) -> list[object]:
    """Return our plan in the form in which the scripts print theirs."""
    assert plan is not None
    sections = [{**values(s), "id": s.id} for s in plan.sections]
    return [str(plan.source_path), plan.created_at, sections]


@pytest.fixture
def plan(tmp_path: Path) -> StagedPlan:
    return StagedPlan(tmp_path / "notes.dlm", "2026-01-02T03:04:05Z", EVERY_KIND)


def written(folder: Path) -> Path:
    return folder / "synth" / "pending.json"


def test_the_reference_reads_our_plan_with_the_same_meaning(
    folder: Path, plan: StagedPlan, reference_python: Path
) -> None:
    save_plan(folder, plan)
    theirs = subprocess.check_output([reference_python, "-c", THEY_LOAD, folder])
    assert json.loads(theirs) == view(plan)


def test_we_read_the_references_plan_with_the_same_meaning(
    folder: Path, plan: StagedPlan, reference_python: Path
) -> None:
    command = [reference_python, "-c", THEY_SAVE, folder, plan.source_path]
    sections = json.dumps([values(section) for section in EVERY_KIND])
    theirs = subprocess.check_output(command, input=sections.encode())
    assert view(load_plan(folder)) == json.loads(theirs)


def test_our_file_is_byte_for_byte_what_the_reference_writes(
    folder: Path, plan: StagedPlan, reference_python: Path, tmp_path: Path
) -> None:
    command = [reference_python, "-c", THEY_SAVE, folder, plan.source_path]
    sections = json.dumps([values(section) for section in EVERY_KIND])
    _, created_at, _ = json.loads(subprocess.check_output(command, input=sections.encode()))
    save_plan(tmp_path / "ours", replace(plan, created_at=created_at))
    assert written(tmp_path / "ours").read_bytes() == written(folder).read_bytes()


texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
plain_sections = st.builds(
    StagedSection,
    type=st.sampled_from([SectionType.PROSE, SectionType.INSTRUCTION]),
    content=texts,
    start_line=st.integers(0, 10**6),
    adapter=st.none() | texts,
    tags=st.dictionaries(texts, texts),
)
synth_sections = st.builds(
    StagedSection,
    type=st.just(SectionType.INSTRUCTION),
    content=texts,
    auto_synth=st.just(True),
    synth_teacher=names,
    synth_strategy=names,
    synth_at=names,
    source_section_id=st.from_regex(r"\A[0-9a-f]{16}\Z"),
)
mined_sections = st.builds(
    StagedSection,
    type=st.just(SectionType.PREFERENCE),
    content=texts,
    auto_mined=st.just(True),
    judge_name=names,
    judge_score_chosen=st.floats(allow_nan=False, allow_infinity=False),
    judge_score_rejected=st.floats(allow_nan=False, allow_infinity=False),
    mined_at=names,
    mined_run_id=st.integers(1),
)
many_sections = st.lists(plain_sections | synth_sections | mined_sections).map(tuple)


@settings(deadline=None, max_examples=50)
@given(sections=many_sections)
def test_any_plan_comes_back_as_it_was_saved(tmp_path_factory, sections) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-plan"
    plan = StagedPlan(folder / "notes.dlm", "then", sections)
    save_plan(folder, plan)
    assert load_plan(folder) == plan


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sections=st.lists(plain_sections | synth_sections | mined_sections, min_size=20).map(tuple))
def test_the_reference_reads_any_plan_of_ours(
    tmp_path_factory, reference_python: Path, sections
) -> None:
    folder = tmp_path_factory.getbasetemp() / "for-them"
    plan = StagedPlan(folder / "notes.dlm", "then", sections)
    save_plan(folder, plan)
    theirs = subprocess.check_output([reference_python, "-c", THEY_LOAD, folder])
    assert json.loads(theirs) == view(plan)


@pytest.mark.posix
def test_a_relative_or_linked_source_is_saved_as_the_file_it_is(
    folder: Path, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "notes.dlm").touch()
    (tmp_path / "link.dlm").symlink_to("notes.dlm")
    monkeypatch.chdir(tmp_path)
    save_plan(folder, StagedPlan(Path("link.dlm"), "then", ()))
    loaded = load_plan(folder)
    assert loaded is not None
    assert loaded.source_path == (tmp_path / "notes.dlm").resolve()


def test_a_plan_that_was_staged_on_windows_keeps_its_path(folder: Path, plan: StagedPlan) -> None:
    save_plan(folder, plan)
    raw = json.loads(written(folder).read_bytes())
    there = {**raw, "source_path": r"C:\Users\Ada\my notes\towns.dlm"}
    written(folder).write_text(json.dumps(there))
    loaded = load_plan(folder)
    assert loaded is not None
    assert PureWindowsPath(str(loaded.source_path)).parts[0] == "C:\\"
    assert PureWindowsPath(str(loaded.source_path)).name == "towns.dlm"


def test_a_section_has_the_id_that_it_will_have_in_the_document() -> None:
    assert SYNTH.id == section_id(SectionType.INSTRUCTION, SYNTH.content)
    assert PROSE.id == section_id(SectionType.PROSE, "One\ntwo\nthree")
    assert IMAGE.id == section_id(SectionType.IMAGE, "a.png\nc0ffee")
    assert AUDIO.id == section_id(SectionType.AUDIO, "a.wav")


def test_a_section_can_be_kept_in_a_set() -> None:
    assert len({SYNTH, PROSE, replace(SYNTH)}) == 2


@pytest.mark.parametrize(
    ("section", "change", "reason"),
    [
        (SYNTH, {"type": SectionType.PROSE}, "of type instruction on a section of type prose"),
        (SYNTH, {"synth_teacher": None}, "synth_teacher is missing"),
        (SYNTH, {"synth_strategy": ""}, "synth_strategy is missing"),
        (SYNTH, {"synth_at": None}, "synth_at is missing"),
        (SYNTH, {"source_section_id": "0123456789ABCDEF"}, "16 lower-case hex digits"),
        (
            MINED,
            {"type": SectionType.INSTRUCTION},
            "of type preference on a section of type instruction",
        ),
        (MINED, {"judge_score_chosen": None}, "judge_score_chosen is missing"),
        (MINED, {"judge_score_rejected": float("nan")}, "score is not finite"),
        (MINED, {"mined_run_id": 0}, "mined_run_id is below 1"),
    ],
)
def test_a_section_that_the_reference_would_refuse_cannot_be_made(section, change, reason) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(section, **change)


def test_where_nothing_is_staged_there_is_no_plan_and_nothing_is_made(folder: Path) -> None:
    assert load_plan(folder) is None
    assert clear_plan(folder) is False
    assert not folder.exists()


def test_a_plan_is_cleared_once(folder: Path, plan: StagedPlan) -> None:
    save_plan(folder, plan)
    assert clear_plan(folder) is True
    assert clear_plan(folder) is False
    assert load_plan(folder) is None


def edited(folder: Path, plan: StagedPlan, **change: object) -> None:
    """Save a plan, then change keys of its first section; the value `...` removes one."""
    save_plan(folder, plan)
    raw = json.loads(written(folder).read_text())
    raw["sections"][0] = {k: v for k, v in {**raw["sections"][0], **change}.items() if v is not ...}
    written(folder).write_text(json.dumps(raw))


def test_keys_that_are_missing_have_their_defaults(folder: Path) -> None:
    raw = {
        "schema_version": 1,
        "source_path": "/notes.dlm",
        "created_at": "then",
        "sections": [{"type": "prose", "content": "text"}],
    }
    written(folder).parent.mkdir(parents=True)
    written(folder).write_text(json.dumps(raw))
    section = StagedSection(SectionType.PROSE, "text")
    assert load_plan(folder) == StagedPlan(Path("/notes.dlm"), "then", (section,))


def test_keys_that_are_unknown_are_passed_over(folder: Path, plan: StagedPlan) -> None:
    edited(folder, plan, from_the_future={"x": 1})
    assert load_plan(folder) == plan


def test_a_score_may_be_written_as_a_whole_number(folder: Path, plan: StagedPlan) -> None:
    mined = replace(plan, sections=(MINED,))
    edited(folder, mined, judge_score_chosen=2)
    loaded = load_plan(folder)
    assert loaded is not None
    assert loaded.sections == (replace(MINED, judge_score_chosen=2.0),)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("type", ..., "type is missing"),
        ("type", "poem", "'poem' is not a valid SectionType"),
        ("content", ..., "content is missing"),
        ("content", None, "content cannot be NoneType"),
        ("start_line", "1", "start_line cannot be str"),
        ("start_line", True, "start_line cannot be bool"),
        ("tags", ["a"], "tags cannot be list"),
        ("tags", {"a": 1}, "tags cannot be dict"),
        ("auto_synth", "yes", "auto_synth cannot be str"),
        ("mined_run_id", 1.5, "mined_run_id cannot be float"),
        ("judge_score_chosen", "high", "judge_score_chosen cannot be str"),
        ("judge_score_chosen", 10**400, "too large"),
        ("adapter", 7, "adapter cannot be int"),
        ("synth_teacher", None, "synth_teacher is missing"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_section_and_key(
    folder: Path, plan: StagedPlan, key: str, value: object, reason: str
) -> None:
    edited(folder, plan, **{key: value})
    with pytest.raises(StoreError, match=reason) as refused:
        load_plan(folder)
    assert str(refused.value).startswith(f"{written(folder)} is no staged plan")
    assert "remove it with `dlm synth discard`" in str(refused.value)


GOOD = {"schema_version": 1, "source_path": "/notes.dlm", "created_at": "then", "sections": []}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"\xff\xfe\x00", "codec can't decode"),
        (b'{"schema_version": 1, ', "line 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 10_000, "integer string conversion"),
        (b"[]", "not an object"),
        (json.dumps({**GOOD, "schema_version": 2}).encode(), "schema_version 2, where 1 is known"),
        (json.dumps({**GOOD, "source_path": ""}).encode(), "source_path is no path"),
        (json.dumps({**GOOD, "source_path": "/a\0b"}).encode(), "source_path is no path"),
        (json.dumps({**GOOD, "created_at": 5}).encode(), "created_at is no time"),
        (json.dumps({**GOOD, "sections": {}}).encode(), "sections is no list"),
        (json.dumps({**GOOD, "sections": ["x"]}).encode(), "section 0: not an object"),
    ],
)
def test_a_damaged_or_foreign_file_is_an_error_and_stays(
    folder: Path, content: bytes, reason: str
) -> None:
    written(folder).parent.mkdir(parents=True)
    written(folder).write_bytes(content)
    with pytest.raises(StoreError, match=reason) as refused:
        load_plan(folder)
    assert str(refused.value).startswith(f"{written(folder)} is no staged plan")
    assert "\n" not in str(refused.value)
    assert written(folder).read_bytes() == content


@pytest.mark.posix
def test_a_pipe_in_its_place_is_refused_at_once(folder: Path) -> None:
    written(folder).parent.mkdir(parents=True)
    os.mkfifo(written(folder))
    with pytest.raises(StoreError, match="device, pipe or socket"):
        load_plan(folder)


def test_a_full_disk_leaves_the_plan_before(small_disk: Path, plan: StagedPlan) -> None:
    save_plan(small_disk, plan)
    large = replace(plan, sections=(replace(SYNTH, content="x" * 10**6),))
    with pytest.raises(StoreError, match=r"pending\.json: .*the file is as it was"):
        save_plan(small_disk, large)
    assert load_plan(small_disk) == plan


@pytest.mark.usefixtures("permissions")
def test_in_a_read_only_store_a_plan_is_neither_saved_nor_cleared(
    folder: Path, plan: StagedPlan
) -> None:
    save_plan(folder, plan)
    written(folder).parent.chmod(0o555)
    with pytest.raises(StoreError, match=r"cannot write .*Permission denied"):
        save_plan(folder, replace(plan, sections=()))
    with pytest.raises(StoreError, match=r"cannot remove .*Permission denied"):
        clear_plan(folder)
    assert load_plan(folder) == plan
    written(folder).parent.chmod(0o755)


def test_sections_are_staged_beside_those_that_wait(folder: Path, plan: StagedPlan) -> None:
    first, *rest = plan.sections
    add_to_plan(folder, plan.source_path, [first], "2026-01-31T09:30:00Z")
    assert add_to_plan(folder, plan.source_path, plan.sections, "later") == len(plan.sections)
    loaded = load_plan(folder)
    assert loaded is not None
    assert {section.id for section in loaded.sections} == {s.id for s in (first, *rest)}
    assert loaded.created_at == "2026-01-31T09:30:00Z"


def test_the_last_section_taken_leaves_no_plan(folder: Path, plan: StagedPlan) -> None:
    save_plan(folder, plan)
    take_from_plan(folder, [plan.sections[0].id])
    assert load_plan(folder) != plan
    take_from_plan(folder, [section.id for section in plan.sections])
    assert load_plan(folder) is None
    take_from_plan(folder, ["0" * 16])


def test_a_score_that_is_not_finite_is_refused_when_it_is_loaded(
    folder: Path, plan: StagedPlan
) -> None:
    save_plan(folder, plan)
    path = folder / "synth" / "pending.json"
    path.write_text(
        path.read_text().replace('"judge_score_chosen": null', '"judge_score_chosen": NaN')
    )
    with pytest.raises(StoreError, match="judge_score_chosen is not finite"):
        load_plan(folder)
