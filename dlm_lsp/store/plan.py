"""Staged plan: the sections that wait in `synth/pending.json` (format §7)."""

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dlm_lsp.document.section import SectionType, section_id
from dlm_lsp.errors import NotFoundError, StoreError
from dlm_lsp.store.files import make_folder, read_file, replace_file
from dlm_lsp.store.os_reason import os_reason

_LIMIT = 200 * 10**6
_SECTION_ID = re.compile(r"[0-9a-f]{16}")
_MINED = ("judge_name", "judge_score_chosen", "judge_score_rejected", "mined_at", "mined_run_id")
_SYNTH = ("synth_teacher", "synth_strategy", "synth_at", "source_section_id")


@dataclass(frozen=True, slots=True)
class StagedSection:
    """One section that waits to be put into its document.

    Raises:
        ValueError: its provenance does not fit its type, or a part of it is missing.
    """

    type: SectionType
    content: str
    start_line: int = 0
    adapter: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    auto_harvest: bool = False
    harvest_source: str | None = None
    auto_mined: bool = False
    judge_name: str | None = None
    judge_score_chosen: float | None = None
    judge_score_rejected: float | None = None
    mined_at: str | None = None
    mined_run_id: int | None = None
    auto_synth: bool = False
    synth_teacher: str | None = None
    synth_strategy: str | None = None
    synth_at: str | None = None
    source_section_id: str | None = None
    media_path: str | None = None
    media_alt: str | None = None
    media_blob_sha: str | None = None
    media_transcript: str | None = None

    def __post_init__(self) -> None:
        # The reference refuses a whole plan for one such section, so none may be written.
        if self.auto_mined:
            self._need(SectionType.PREFERENCE, _MINED)
            scores = (self.judge_score_chosen, self.judge_score_rejected)
            if not all(score is not None and math.isfinite(score) for score in scores):
                raise ValueError("a judge's score is not finite")
            if self.mined_run_id is not None and self.mined_run_id < 1:
                raise ValueError("mined_run_id is below 1")
        if self.auto_synth:
            self._need(SectionType.INSTRUCTION, _SYNTH)
            if not _SECTION_ID.fullmatch(self.source_section_id or ""):
                raise ValueError("source_section_id is not 16 lower-case hex digits")

    def _need(self, type_: SectionType, names: tuple[str, ...]) -> None:
        if self.type is not type_:
            raise ValueError(f"provenance of type {type_} on a section of type {self.type}")
        for name in names:
            if getattr(self, name) in (None, ""):
                raise ValueError(f"{name} is missing")

    @property
    def id(self) -> str:
        """The id that the section has once it stands in the document."""
        if self.type in (SectionType.IMAGE, SectionType.AUDIO):
            parts = (self.media_path or "", self.media_blob_sha)
            return section_id(self.type, "\n".join(part for part in parts if part is not None))
        return section_id(self.type, self.content.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class StagedPlan:
    """The sections that wait, the document they are for, and since when (ISO-8601, UTC)."""

    source_path: Path
    created_at: str
    sections: tuple[StagedSection, ...]


def plan_path(folder: Path) -> Path:
    """Return where the plan of a store folder stands."""
    return folder / "synth" / "pending.json"


def discarded_path(folder: Path) -> Path:
    """Return where the plan stands that was there before the last discard, while it is the last.

    Any other change of the plan removes it.
    """
    return folder / "synth" / "discarded.json"


def load_plan(folder: Path) -> StagedPlan | None:
    """Return the plan staged in a store folder, None where nothing is staged.

    Raises:
        StoreError: the file cannot be read, or is no plan.
    """
    return read_plan(plan_path(folder))


def read_plan(path: Path) -> StagedPlan | None:
    """Return the plan that stands in a file, None where there is no such file.

    Raises:
        StoreError: the file cannot be read, or is no plan.
    """
    try:
        raw = json.loads(read_file(path, _LIMIT, "remove it with `dlm synth discard`"))
        return _plan(raw)
    except NotFoundError:
        return None
    except (ValueError, RecursionError, OverflowError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise StoreError(
            f"{path} is no staged plan ({reason}): remove it with `dlm synth discard`, "
            "or move it away"
        ) from error


def save_plan(folder: Path, plan: StagedPlan) -> None:
    """Stage a plan in a store folder, in the place of the one before.

    Raises:
        StoreError: it cannot be written; the one before stays.
    """
    write_plan(plan_path(folder), plan)
    _forget_discarded(folder)


def write_plan(path: Path, plan: StagedPlan) -> None:
    """Write a plan into a file, in the place of what stood there.

    Raises:
        StoreError: it cannot be written; what stood there stays.
    """
    make_folder(path.parent)
    written = {
        "schema_version": 1,
        "source_path": str(plan.source_path.resolve()),
        "created_at": plan.created_at,
        "sections": [
            {name.name: _plain(getattr(section, name.name)) for name in fields(StagedSection)}
            for section in plan.sections
        ],
    }
    text = json.dumps(written, indent=2, sort_keys=True, allow_nan=False)
    replace_file(path, f"{text}\n".encode("ascii"))


def add_to_plan(folder: Path, source_path: Path, sections: Sequence[StagedSection], at: str) -> int:
    """Stage sections beside those that wait already; return how many wait then.

    A section that waits already, by its id, is replaced.

    Raises:
        StoreError: the plan cannot be read or written; what was staged stays.
    """
    plan = load_plan(folder) or StagedPlan(source_path, at, ())
    new = {section.id: section for section in sections}
    waiting = (*(section for section in plan.sections if section.id not in new), *new.values())
    save_plan(folder, StagedPlan(source_path, plan.created_at, waiting))
    return len(waiting)


def take_from_plan(folder: Path, ids: Collection[str]) -> None:
    """Remove sections from what is staged, by their ids; an empty plan is no plan.

    Raises:
        StoreError: the plan cannot be read or written; what was staged stays.
    """
    plan = load_plan(folder)
    if plan is None:
        return
    waiting = tuple(section for section in plan.sections if section.id not in ids)
    if len(waiting) == len(plan.sections):
        return
    if waiting:
        save_plan(folder, replace(plan, sections=waiting))
    else:
        clear_plan(folder)


def clear_plan(folder: Path) -> bool:
    """Remove what is staged in a store folder; return whether there was anything.

    Raises:
        StoreError: it cannot be removed.
    """
    path = plan_path(folder)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"cannot remove {path}: {os_reason(error)}; remove it by hand") from error
    _forget_discarded(folder)
    return True


def _forget_discarded(folder: Path) -> None:
    # Where it stays, an undo brings back more than was dropped last, and nothing is lost.
    with suppress(OSError):
        discarded_path(folder).unlink(missing_ok=True)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value


def _plan(raw: object) -> StagedPlan:
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    if raw.get("schema_version") != 1:
        raise ValueError(f"schema_version {raw.get('schema_version')!r}, where 1 is known")
    source, created, sections = (raw.get(k) for k in ("source_path", "created_at", "sections"))
    if not isinstance(source, str) or not source or "\0" in source:
        raise ValueError("source_path is no path")
    if not isinstance(created, str) or not created:
        raise ValueError("created_at is no time")
    if not isinstance(sections, list):
        raise ValueError("sections is no list")
    loaded = []
    for index, section in enumerate(sections):
        try:
            loaded.append(_section(section))
        except ValueError as error:
            raise ValueError(f"section {index}: {error}") from error
    return StagedPlan(Path(source), created, tuple(loaded))


def _section(raw: object) -> StagedSection:
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    values: dict[str, Any] = {}
    for known in fields(StagedSection):
        if known.name in raw:
            values[known.name] = _value(known.name, raw[known.name])
        elif known.default is MISSING and known.default_factory is MISSING:
            raise ValueError(f"{known.name} is missing")
    return StagedSection(**values)


def _value(name: str, value: object) -> object:
    """Return the value of a key, checked against what the key may hold."""
    match name:
        case "type":
            return SectionType(str(value))
        case "content":
            fits = isinstance(value, str)
        case "tags":
            fits = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        case "auto_harvest" | "auto_mined" | "auto_synth":
            fits = isinstance(value, bool)
        case "start_line":
            fits = isinstance(value, int) and not isinstance(value, bool)
        case "mined_run_id":
            fits = value is None or (isinstance(value, int) and not isinstance(value, bool))
        case "judge_score_chosen" | "judge_score_rejected":
            if isinstance(value, int | float) and not isinstance(value, bool):
                if not math.isfinite(value):
                    raise ValueError(f"{name} is not finite")
                return float(value)
            fits = value is None
        case _:
            fits = value is None or isinstance(value, str)
    if not fits:
        raise ValueError(f"{name} cannot be {type(value).__name__}")
    return value
