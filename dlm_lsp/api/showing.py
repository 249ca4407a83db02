"""Document summary: what there is of one document, in its text and in its store, at a glance."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from dlm_lsp.api.checking import find_problems
from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.api.reviewing import items_of
from dlm_lsp.document import Document, HarvestMarker, Section, SectionType
from dlm_lsp.errors import DlmError
from dlm_lsp.local.adapter_compat import check_adapter_exists
from dlm_lsp.local.model_presence import ModelPresence, model_presence
from dlm_lsp.store.adapters import current_adapter, other_base
from dlm_lsp.store.batches import BatchRecord, BatchRecords
from dlm_lsp.store.copies import original_of
from dlm_lsp.store.lock import lock_holder
from dlm_lsp.store.manifest import Manifest, TrainingRun, load_manifest
from dlm_lsp.store.plan import StagedPlan, load_plan
from dlm_lsp.store.replies import count_replies
from dlm_lsp.store.store_size import store_size
from dlm_lsp.synth.review_items import ReviewCounts, review_counts

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AdapterSummary:
    """The current adapter of a document, or of its named ones the one called `name`.

    `folder` is None before it was trained. `run` is the training that it came of, None where the
    manifest has none. `other_base` is the base model that it was trained on, where the document
    names another one by now.
    """

    name: str | None
    folder: Path | None = None
    run: TrainingRun | None = None
    other_base: str | None = None


@dataclass(frozen=True, slots=True)
class SectionCounts:
    """How many prose sections there are, and how many of those have pairs in the document.

    `with_staged` have none in the document, but staged ones.
    """

    prose: int
    with_pairs: int
    with_staged: int


@dataclass(frozen=True, slots=True)
class PairCounts:
    """How many pairs stand in the document, by where they come from.

    `synthesized` counts sections by teacher, and `stale` those of them whose source is not in the
    document as it was any more. `preferences` are no pairs.
    """

    own: int
    harvested: int
    synthesized: Mapping[str, int]
    stale: int
    preferences: int


@dataclass(frozen=True, slots=True)
class StagedCounts:
    """How many sections are staged, by teacher; `other` have none.

    `stale` are those whose source is not in the document as it was any more. `original` is the file
    that they are staged for, where the document is a copy of it.
    """

    by_teacher: Mapping[str, int]
    other: int
    stale: int
    original: Path | None

    @property
    def total(self) -> int:
        """How many sections are staged."""
        return sum(self.by_teacher.values()) + self.other


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """What there is of a document.

    `size` counts the bytes of its store, None where there is no store; `held_by` says which process
    works on it. `runs` are its trainings, the newest first, and `untrained` counts the sections of
    prose and pairs that were in no training, None before the first. `review` is how far the
    review of its pairs is, None where that cannot be read. `unreadable` says, by the name of the
    part, what is wrong with a part that could not be read; that part is None then, or of an adapter
    its folder.
    """

    path: Path
    dlm_id: str
    errors: int
    warnings: int
    store: Path
    size: int | None
    held_by: str | None
    base_model: str
    presence: ModelPresence
    adapters: tuple[AdapterSummary, ...]
    runs: tuple[TrainingRun, ...] | None
    untrained: int | None
    sections: SectionCounts
    pairs: PairCounts
    staged: StagedCounts | None
    review: ReviewCounts | None
    batches: tuple[BatchRecord, ...] | None
    replies: int | None
    unreadable: Mapping[str, str]


def show_document(path: Path, twin: Path | None = None) -> DocumentSummary:
    """Return what there is of the document at `path`; nothing is made, locked or loaded.

    `twin` is another document that has its id. A part of the store that cannot be read keeps none
    of the others back.

    Raises:
        StoreError: the document cannot be read, or its frontmatter has an error.
    """
    loaded = load_document(path)
    parts = _Parts()
    document, folder = loaded.document, loaded.folder
    severities = Counter(problem.severity for problem in find_problems(path, document, twin))
    base_model = document.frontmatter.base_model if document.frontmatter else ""
    manifest, runs = _NOTHING_TRAINED
    if (read := parts.read("trainings", partial(_trainings, folder))) is not None:
        manifest, runs = read
    staged_plan = parts.read("staged", lambda: (load_plan(folder), original_of(folder, path)))
    plan, original = staged_plan or (None, None)
    return DocumentSummary(
        path=path,
        dlm_id=loaded.frontmatter.dlm_id,
        errors=severities["error"],
        warnings=severities["warning"],
        store=folder,
        size=parts.read("store", partial(store_size, folder)),
        held_by=lock_holder(folder),
        base_model=base_model,
        presence=model_presence(base_model, path.parent),
        adapters=tuple(_adapters(loaded, runs, parts)),
        runs=None if read is None else runs,
        untrained=_untrained(document, manifest) if manifest else None,
        sections=_section_counts(document, plan),
        pairs=_pair_counts(document),
        staged=None if staged_plan is None else _staged_counts(document, plan, original),
        review=_review(loaded),
        batches=parts.read("batches", BatchRecords(folder).open),
        replies=parts.read("replies", partial(count_replies, folder)),
        unreadable=parts.unreadable,
    )


def _review(loaded: LoadedDocument) -> ReviewCounts | None:
    try:
        return review_counts(items_of(loaded))
    except DlmError:
        # What cannot be read is a part of its own, which says so.
        return None


def adapter_part(name: str | None) -> str:
    """Return what an adapter is called among the parts of a summary."""
    return f"adapter {name}" if name else "adapter"


class _Parts:
    """The parts of a store, read one by one, and what is wrong with those that cannot be."""

    def __init__(self) -> None:
        self.unreadable: dict[str, str] = {}

    def read(self, part: str, reading: Callable[[], _T]) -> _T | None:
        """Return what `reading` returns, None where it cannot be read."""
        try:
            return reading()
        except DlmError as error:
            self.unreadable[part] = str(error)
            return None


_NOTHING_TRAINED: tuple[Manifest | None, tuple[TrainingRun, ...]] = (None, ())


def _trainings(folder: Path) -> tuple[Manifest | None, tuple[TrainingRun, ...]]:
    manifest = load_manifest(folder)
    if manifest is None:
        return _NOTHING_TRAINED
    newest_first = sorted(manifest.training_runs, key=lambda run: run.run_id, reverse=True)
    return manifest, tuple(newest_first)


def _adapters(
    loaded: LoadedDocument, runs: tuple[TrainingRun, ...], parts: _Parts
) -> Iterator[AdapterSummary]:
    for name in loaded.frontmatter.training.adapters or (None,):
        folder = parts.read(adapter_part(name), partial(_adapter, loaded.folder, name))
        if folder is None:
            yield AdapterSummary(name)
            continue
        version = folder.name
        run = next(
            (
                run
                for run in runs
                if run.adapter_name == name
                and run.status == "completed"
                and f"v{run.adapter_version:04}" == version
            ),
            None,
        )
        yield AdapterSummary(name, folder, run, other_base(folder, loaded.frontmatter.base_model))


def _adapter(store: Path, name: str | None) -> Path | None:
    folder = current_adapter(store, name)
    if folder is not None:
        check_adapter_exists(folder)
    return folder


def _untrained(document: Document, manifest: Manifest) -> int | None:
    """Return how many sections have come or changed since what a manifest tells of."""
    if not manifest.content_hashes:
        return None
    learned = (SectionType.PROSE, SectionType.INSTRUCTION)
    return sum(
        section.type in learned and section.id not in manifest.content_hashes
        for section in document.sections
    )


def _section_counts(document: Document, plan: StagedPlan | None) -> SectionCounts:
    sources = {synth.source_section_id for section in document.sections if (synth := section.synth)}
    staged = {section.source_section_id for section in plan.sections} if plan else set()
    prose = [section.id for section in document.sections if section.type is SectionType.PROSE]
    return SectionCounts(
        len(prose),
        sum(section_id in sources for section_id in prose),
        sum(section_id in staged - sources for section_id in prose),
    )


def _pair_counts(document: Document) -> PairCounts:
    known = {section.id for section in document.sections}
    own = harvested = stale = preferences = 0
    synthesized: Counter[str] = Counter()
    for section in document.sections:
        if synth := section.synth:
            synthesized[synth.synth_teacher] += 1
            stale += synth.source_section_id not in known
        elif _is_harvested(section):
            harvested += len(section.pairs)
        else:
            own += len(section.pairs)
            preferences += len(section.preferences)
    return PairCounts(own, harvested, dict(sorted(synthesized.items())), stale, preferences)


def _is_harvested(section: Section) -> bool:
    return section.type is SectionType.INSTRUCTION and any(
        isinstance(marker.value, HarvestMarker) for marker in section.markers
    )


def _staged_counts(
    document: Document, plan: StagedPlan | None, original: Path | None
) -> StagedCounts:
    known = {section.id for section in document.sections}
    sections = plan.sections if plan else ()
    teachers = Counter(section.synth_teacher for section in sections if section.synth_teacher)
    return StagedCounts(
        dict(sorted(teachers.items())),
        len(sections) - teachers.total(),
        sum(section.auto_synth and section.source_section_id not in known for section in sections),
        original,
    )
