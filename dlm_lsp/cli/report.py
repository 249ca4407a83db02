"""Report command: `dlm synth report` shows what the last run on each document came to."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlm_lsp.api.documents import load_document
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.flags import flag_name
from dlm_lsp.cli.output import escape_controls, escape_line, out, print_notice, print_result
from dlm_lsp.cli.paths import resolve_path, resolve_paths
from dlm_lsp.cli.report_json import report_json
from dlm_lsp.cli.report_page import report_page
from dlm_lsp.errors import StoreError, UsageError
from dlm_lsp.store.decisions import rejected_ids
from dlm_lsp.store.documents import is_document_place
from dlm_lsp.store.files import read_beginning, replace_file
from dlm_lsp.store.plan import load_plan
from dlm_lsp.synth.report_outline import PairStates, ReportOutline, report_outline
from dlm_lsp.synth.report_text import report_markdown
from dlm_lsp.synth.saved_report import SavedReport, last_report
from dlm_lsp.synth.section_places import SectionPlace, section_places

_MOST_BEFORE_HTML = 1000
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.I | re.S)


def show_reports(paths: Sequence[str], *, as_json: bool) -> int:
    """Print the report of the last run on each document; Markdown, where no terminal shows it."""
    documents = resolve_paths(paths)

    def work(path: Path) -> BatchOutcome:
        report = _LoadedReport(path)
        if not as_json:
            if len(documents) > 1:
                print_result(f"=== {escape_line(path)} ===")
            _print(report)
        return DONE, report.json()

    return max(for_each(documents, work, as_json=as_json))


def write_page(path: str, page: Path, *, force: bool) -> int:
    """Write the report of the last run on a document as an HTML page.

    With `force` it takes the place of a file that is no HTML page, but never of a document.

    Raises:
        UsageError: the argument names several documents, or none; or the page would take the place
            of something else.
        StoreError: there is no report, or the page cannot be written.
    """
    document = resolve_path(path, "a page shows")
    _refuse_other_file(page, document, force=force)
    outline = _LoadedReport(document).outline
    if outline is None:
        raise StoreError(f"{document}: no run on it is known yet; `dlm synth instructions` runs")
    replace_file(page, report_page(outline, document.name).encode("utf-8", "replace"))
    print_notice(f"written to {page}")
    return DONE


def _refuse_other_file(page: Path, document: Path, *, force: bool) -> None:
    if is_document_place(page, [document]):
        raise UsageError(f"--html {page}: that is a document; name another file for the page")
    if not force and page.is_file() and not _is_html(page):
        raise UsageError(
            f"--html {page}: there is a file that is no HTML page; name another, "
            "or write over it with --force"
        )


def _is_html(page: Path) -> bool:
    try:
        beginning = read_beginning(page, _MOST_BEFORE_HTML)
    except StoreError:
        return False
    return not beginning or _HTML.match(beginning) is not None


class _LoadedReport:
    """The report of the last run on a document, as the document is now."""

    def __init__(self, path: Path) -> None:
        loaded = load_document(path)
        self._document, folder = loaded.document, loaded.folder
        self.saved: SavedReport | None = last_report(folder)
        self.outline: ReportOutline | None = None
        if self.saved:
            plan = load_plan(folder)
            staged = {section.id for section in plan.sections} if plan else set()
            states = PairStates(staged, rejected_ids(folder))
            self.outline = report_outline(self.saved, self._document, states, flag_name)

    def json(self) -> dict[str, Any]:
        """Return it as `--json` prints it; null where there is none."""
        places: dict[str, SectionPlace] = dict(section_places(self._document))
        return {"report": report_json(self.saved, places) if self.saved else None}


def _print(report: _LoadedReport) -> None:
    if report.outline is None:
        print_result("no run on it is known yet")
        return
    text = escape_controls(report_markdown(report.outline))
    if not out().is_terminal:
        print_result(text.rstrip("\n"))
        return
    # It takes time to load, and only a terminal shows it.
    from rich.markdown import Markdown

    out().print(Markdown(text, hyperlinks=False), soft_wrap=False)
