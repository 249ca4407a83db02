"""Revert command: `dlm synth revert` takes synthesized sections out of the document again."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dlm_lsp.api.documents import LoadedDocument, load_document
from dlm_lsp.api.reverting import RevertFilter, parse_since, revert_document
from dlm_lsp.cli.batch import BatchOutcome, documents_with, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.errors import DlmError


def revert_documents(
    paths: Sequence[str],
    ids: Sequence[str] | None,
    since: str | None,
    teacher: str | None,
    *,
    with_edited: bool,
    as_json: bool,
) -> int:
    """Remove the synthesized sections that every given condition names: see `RevertFilter`."""
    start = None if since is None else parse_since(since, "--since")
    chosen = RevertFilter(ids, start, teacher, with_edited)

    def work(path: Path) -> BatchOutcome:
        outcome = revert_document(path, chosen, print_notice)
        if not as_json:
            noun = "auto-synth instruction section"
            print_result(
                f"synth: stripped {pluralize(len(outcome.removed), noun)} from {escape_line(path)}"
            )
        if outcome.edited:
            print_notice(
                f"{pluralize(len(outcome.edited), 'section')} edited since and left in {path}: "
                f"{', '.join(outcome.edited)} (`--edited` takes them out too)"
            )
        return DONE, {"removed": list(outcome.removed), "edited": list(outcome.edited)}

    documents = documents_with(paths, ids, _applied_ids, "synthesized")
    if teacher is not None:
        _note_unknown(teacher, documents)
    return max(for_each(documents, work, as_json=as_json))


def _note_unknown(teacher: str, documents: Sequence[Path]) -> None:
    """Say who wrote what is there, where that is not the teacher: the name may have a slip."""
    wrote: set[str] = set()
    for path in documents:
        # What cannot be read is told when it is worked on.
        with suppress(DlmError):
            sections = load_document(path).document.sections
            wrote |= {section.synth.synth_teacher for section in sections if section.synth}
    if wrote and teacher not in wrote:
        print_notice(f"note: nothing there is by {teacher}, but by {', '.join(sorted(wrote))}")


def _applied_ids(loaded: LoadedDocument) -> list[str]:
    return [section.id for section in loaded.document.sections if section.synth]
