"""Exporting pairs: those of many documents, in the file formats that other programs read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.api.documents import load_document
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.store.decisions import decisions_of
from dlm_lsp.store.documents import is_document_place
from dlm_lsp.store.files import replace_file
from dlm_lsp.store.ledger import Ledger
from dlm_lsp.synth.export_formats import ExportFormat, column_types, export_row, json_lines
from dlm_lsp.synth.exported_pairs import ExportedPair, exported_pairs, split_held_out
from dlm_lsp.training.parquet import parquet_bytes


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to write, and the pairs that go into it."""

    path: Path
    pairs: tuple[ExportedPair, ...]


def load_pairs(path: Path, on_unreadable: Callable[[str], None]) -> tuple[ExportedPair, ...]:
    """Return every pair of the document at `path`, with where it comes from.

    `on_unreadable` hears why what the store knows of them is left out.

    Raises:
        StoreError: the document cannot be read, or its frontmatter has an error.
    """
    loaded = load_document(path)
    try:
        ledger, decisions = Ledger(loaded.folder).all(), decisions_of(loaded.folder)
    except StoreError as error:
        on_unreadable(f"{error}; its pairs are exported without what stands there")
        ledger, decisions = (), {}
    accepted = {id_ for id_, decision in decisions.items() if decision.decision == "accepted"}
    return exported_pairs(loaded.document, str(path), ledger, accepted)


def export_paths(output: Path, *, has_held_out: bool) -> tuple[Path, ...]:
    """Return the files that an export writes: NAME.train and NAME.held-out where it is split."""
    if not has_held_out:
        return (output,)
    return tuple(
        output.with_name(f"{output.stem}.{part}{output.suffix}") for part in ("train", "held-out")
    )


def check_not_documents(targets: Sequence[Path], documents: Sequence[Path]) -> None:
    """Check that no file of an export takes the place of a document.

    Raises:
        UsageError: one would.
    """
    for target in targets:
        if is_document_place(target, documents):
            raise UsageError(f"{target} is the name of a document; give the export another one")


def export_files(
    output: Path, pairs: Sequence[ExportedPair], held_out: float | None
) -> tuple[ExportFile, ...]:
    """Return what goes into which file; `held_out` is the share of a second one, from 0 to 1.

    Raises:
        UsageError: one of the two would be empty, which no library loads.
    """
    if held_out is None:
        return (ExportFile(output, tuple(pairs)),)
    split = split_held_out(pairs, held_out)
    for part, share in ((split.train, "a smaller"), (split.held_out, "a larger")):
        if not part:
            count = "the one pair" if len(pairs) == 1 else f"all {len(pairs)} pairs"
            raise UsageError(f"{count} would fall to one side; hold out {share} share, or none")
    train, held = export_paths(output, has_held_out=True)
    return ExportFile(train, split.train), ExportFile(held, split.held_out)


def write_exports(files: Sequence[ExportFile], format_: ExportFormat, *, force: bool) -> None:
    """Write the files, each as a whole or not at all.

    Raises:
        StoreError: one is there already, which with `force` is replaced; one cannot be written; or
            the library is not there that makes it.
    """
    for file in files:
        if file.path.exists() and not force:
            raise StoreError(f"{file.path} is there already; move it away")
    contents = [export_bytes(file.pairs, format_) for file in files]
    for file, content in zip(files, contents, strict=True):
        replace_file(file.path, content)


def export_bytes(pairs: Sequence[ExportedPair], format_: ExportFormat) -> bytes:
    """Return pairs in a format.

    Raises:
        StoreError: the library is not there that makes it.
    """
    if format_ == "parquet":
        return parquet_bytes([export_row(pair, format_) for pair in pairs], column_types())
    # A column of JSON has the type that it has in the first rows, and a margin may be missing.
    with_margin_first = sorted(pairs, key=lambda pair: pair.margin is None)
    return json_lines(export_row(pair, format_) for pair in with_margin_first).encode()
