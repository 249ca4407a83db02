"""Export command: `dlm synth export` writes the pairs of documents for other programs."""

import re
from collections.abc import Sequence
from pathlib import Path

from dlm_lsp.api.exporting import (
    check_not_documents,
    export_bytes,
    export_files,
    export_paths,
    load_pairs,
    write_exports,
)
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE, FAILED
from dlm_lsp.cli.output import pluralize, print_notice, print_utf8
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.synth.export_formats import ExportFormat
from dlm_lsp.synth.exported_pairs import ExportedPair
from dlm_lsp.training.parquet import check_parquet

_SHARE = re.compile(r"(?P<percent>\d+(?:\.\d+)?)\s*%|(?P<fraction>0?\.\d+)", re.ASCII)


def export_documents(
    paths: Sequence[str],
    format_: ExportFormat,
    output: Path | None,
    held_out: float | None,
    *,
    only_synthesized: bool,
    force: bool,
) -> int:
    """Write the pairs of the documents to a file or to stdout; return 1 where one failed.

    Raises:
        UsageError: the arguments cannot be meant together.
        StoreError: there is no pair, or a file is in the way or cannot be written.
    """
    documents = resolve_paths(paths)
    if output is None and (format_ == "parquet" or held_out is not None):
        needs = "--format parquet" if format_ == "parquet" else "--held-out"
        raise UsageError(f"{needs} needs a file to write; name it with --output")
    if format_ == "parquet":
        check_parquet()
    if output is not None:
        if not output.name:
            raise UsageError(f"--output {output}: that names no file")
        if output.is_dir():
            raise UsageError(f"--output {output}: that is a folder; name a file in it")
        targets = export_paths(output, has_held_out=held_out is not None)
        check_not_documents(targets, documents)
        if not force and (there := [target for target in targets if target.exists()]):
            raise StoreError(f"{there[0]} is there already; --force replaces it")
    pairs: list[ExportedPair] = []
    incomplete: list[str] = []

    def tell_unreadable(message: str) -> None:
        incomplete.append(message)
        print_notice(f"dlm: {message}")

    def work(path: Path) -> BatchOutcome:
        found = load_pairs(path, tell_unreadable)
        pairs.extend(p for p in found if p.origin == "synthesized" or not only_synthesized)
        return DONE, {}

    code = max(for_each(documents, work, as_json=False))
    if not pairs:
        kind = "synthesized pair" if only_synthesized else "pair"
        raise StoreError(f"there is no {kind} to export; `dlm synth instructions` writes some")
    if output is None:
        print_utf8(export_bytes(pairs, format_).decode())
    else:
        files = export_files(output, pairs, held_out)
        write_exports(files, format_, force=force)
        for file in files:
            print_notice(f"{pluralize(len(file.pairs), 'pair')} written to {file.path}")
    return FAILED if incomplete else code


def parse_share(text: str) -> float:
    """Return the share that a percentage or a fraction names.

    Raises:
        UsageError: it is neither, or all or nothing.
    """
    match = _SHARE.fullmatch(text.strip())
    if match:
        percent, fraction = match["percent"], match["fraction"]
        share = float(percent) / 100 if percent else float(fraction)
        if 0 < share < 1:
            return share
    raise UsageError(f"--held-out is {text!r}; it takes a share such as 10% or 0.1")
