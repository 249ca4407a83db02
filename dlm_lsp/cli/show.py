"""Show command: `dlm show` prints what there is of documents, in their text and their stores."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from dlm_lsp.api.showing import AdapterSummary, DocumentSummary, adapter_part, show_document
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import escape_line, out, pluralize, print_result
from dlm_lsp.cli.pair_lines import counts_in_words
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.summary_json import summary_json
from dlm_lsp.ide.relative_time import local_time
from dlm_lsp.store.copies import copies_among
from dlm_lsp.store.manifest import TrainingRun

_LABEL = 12
_RUNS = 5
"""How many trainings are shown as text; JSON has all."""

Row = tuple[str, Sequence[str]]
"""A label, and the lines behind it."""


def show_documents(paths: Sequence[str], *, as_json: bool) -> int:
    """Print what there is of the documents; return 1 where a part could not be read, else 0."""
    documents = resolve_paths(paths)
    twins = copies_among(documents)
    now = datetime.now().astimezone()

    def work(path: Path) -> BatchOutcome:
        summary = show_document(path, twins.get(path))
        if not as_json:
            between = "\n" if path != documents[0] else ""
            width = out().width if out().is_terminal else None
            print_result(between + "\n".join(_layout(path, _rows(summary, now), width)))
        return FAILED if summary.unreadable else DONE, summary_json(summary)

    return max(for_each(documents, work, as_json=as_json))


def _layout(path: Path, rows: Iterable[Row], width: int | None) -> Iterator[str]:
    """Yield the rows under the path, the labels in a column; `width` is that of a terminal."""
    indent = " " * (_LABEL + 2)
    yield escape_line(path)
    for label, lines in rows:
        first = f"  {label}".ljust(len(indent))
        for line in map(escape_line, lines):
            if width and len(indent) + len(line) > width:
                # What is too wide even for a line of its own, such as a path, stays whole.
                yield textwrap.fill(
                    line,
                    max(width, len(indent) + 20),
                    initial_indent=first,
                    subsequent_indent=f"{indent}  ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            else:
                yield first + line
            first = indent


def _rows(summary: DocumentSummary, now: datetime) -> Iterator[Row]:
    yield "id", [summary.dlm_id]
    yield "problems", [_problems(summary)]
    yield "store", _store(summary)
    yield "base model", _base_model(summary)
    label = "adapter" if len(summary.adapters) == 1 else "adapters"
    yield label, [line for adapter in summary.adapters for line in _adapter(adapter, summary, now)]
    yield "trainings", list(_trainings(summary, now))
    yield "prose", [_prose(summary)]
    yield "pairs", list(_pairs(summary))
    yield "staged", list(_staged(summary))
    yield "batches", list(_batches(summary, now))
    yield "replies", [_replies(summary)]


def _problems(summary: DocumentSummary) -> str:
    if not summary.errors and not summary.warnings:
        return "none"
    counts = f"{pluralize(summary.errors, 'error')}, {pluralize(summary.warnings, 'warning')}"
    return f"{counts}; `dlm check` prints them"


def _store(summary: DocumentSummary) -> Sequence[str]:
    if problem := summary.unreadable.get("store"):
        size = _unreadable(problem)
    elif summary.size is None:
        size = "not there yet: nothing was synthesized or trained"
    else:
        size = _bytes(summary.size)
    held = [f"in use by {summary.held_by}"] if summary.held_by else []
    return [str(summary.store), size, *held]


def _base_model(summary: DocumentSummary) -> Sequence[str]:
    if summary.presence.is_here:
        return [f"{summary.base_model}, on this machine"]
    return [summary.base_model, summary.presence.note]


def _adapter(adapter: AdapterSummary, summary: DocumentSummary, now: datetime) -> Iterator[str]:
    name = f"{adapter.name}: " if adapter.name else ""
    if problem := summary.unreadable.get(adapter_part(adapter.name)):
        yield name + _unreadable(problem)
        return
    if adapter.folder is None:
        yield f"{name}not trained yet"
        return
    run = adapter.run
    when = f"trained {local_time(run.ended_at or run.started_at, now)}" if run else ""
    yield f"{name}{adapter.folder.name}, {when or 'by no training that is listed here'}"
    if run:
        yield _outcome(run)
    if adapter.other_base:
        yield f"on {adapter.other_base}, not on the base model of the document"


def _trainings(summary: DocumentSummary, now: datetime) -> Iterator[str]:
    if summary.runs is None:
        yield _unreadable(summary.unreadable["trainings"])
        return
    if not summary.runs:
        yield "none yet"
        return
    for run in summary.runs[:_RUNS]:
        name = f"{run.adapter_name} " if run.adapter_name else ""
        minute = local_time(run.started_at, now).partition(" (")[0]
        status: str = run.status
        if status == "running" and not summary.held_by:
            # The next training finds out.
            status = "running or killed"
        steps = f", {_outcome(run)}" if run.steps else ""
        yield f"#{run.run_id} {minute} {name}v{run.adapter_version:04} {status}{steps}"
    if len(summary.runs) > _RUNS:
        yield f"and {len(summary.runs) - _RUNS} before; `--json` has all"
    if summary.untrained:
        yield f"{pluralize(summary.untrained, 'section')} new or changed since"


def _outcome(run: TrainingRun) -> str:
    parts = [pluralize(run.steps, "step")]
    if run.final_train_loss is not None:
        parts.append(f"mean loss {run.final_train_loss:.3f}")
    if run.final_val_loss is not None:
        parts.append(f"held out {run.final_val_loss:.3f}")
    return ", ".join(parts)


def _prose(summary: DocumentSummary) -> str:
    counts = summary.sections
    if not counts.prose:
        return "no sections"
    staged = f", {counts.with_staged} with staged ones alone" if counts.with_staged else ""
    total = pluralize(counts.prose, "section")
    return f"{total}, {counts.with_pairs or 'none'} with pairs in the document{staged}"


def _pairs(summary: DocumentSummary) -> Iterator[str]:
    pairs = summary.pairs
    total = pairs.own + pairs.harvested + sum(pairs.synthesized.values())
    yield str(total) if total else "none in the document yet"
    for count, what in (
        (pairs.own, "own"),
        (pairs.harvested, "harvested"),
        *((count, f"by {teacher}") for teacher, count in pairs.synthesized.items()),
        (pairs.stale, "stale: their source has changed or is gone"),
    ):
        if count:
            yield f"{count} {what}"
    if summary.review and summary.review.total:
        yield counts_in_words(summary.review)
    if pairs.preferences:
        yield f"and {pluralize(pairs.preferences, 'preference')}"


def _staged(summary: DocumentSummary) -> Iterator[str]:
    staged = summary.staged
    if staged is None:
        yield _unreadable(summary.unreadable["staged"])
        return
    if not staged.total:
        yield "nothing"
        return
    yield f"{staged.total}; `dlm synth apply` puts them in"
    for teacher, count in staged.by_teacher.items():
        yield f"{count} by {teacher}"
    if staged.other:
        yield f"{staged.other} by no teacher"
    if staged.stale:
        yield f"{staged.stale} stale: their source has changed or is gone"
    if staged.original:
        yield f"for {staged.original}, of which this is a copy"


def _batches(summary: DocumentSummary, now: datetime) -> Iterator[str]:
    if summary.batches is None:
        yield _unreadable(summary.unreadable["batches"])
        return
    if not summary.batches:
        yield "none under way"
    for record in summary.batches:
        requests = pluralize(len(record.keys), "request")
        at = local_time(record.sent_at, now)
        yield f"{requests} to {record.teacher}, submitted {at}"


def _replies(summary: DocumentSummary) -> str:
    if summary.replies is None:
        return _unreadable(summary.unreadable["replies"])
    return str(summary.replies or "none")


def _unreadable(problem: str) -> str:
    return f"cannot be read: {problem}"


def _bytes(size: int) -> str:
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return pluralize(size, "byte")
