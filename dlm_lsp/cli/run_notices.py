"""Run notices: what is told of documents before they are asked about."""

from pathlib import Path

from dlm_lsp.cli.output import print_notice
from dlm_lsp.synth.run_notes import RunNotes


class RunNotices:
    """Prints notices of so many documents, the same one once."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._printed: set[str] = set()

    def show(self, notice: str) -> None:
        """Print a notice that is not printed yet."""
        if notice not in self._printed:
            self._printed.add(notice)
            print_notice(notice)

    def show_notes(self, path: Path, notes: RunNotes) -> None:
        """Print the notes of a document; what is of it alone names it, beside others."""
        of_path = f"{path}: " if self._count > 1 else ""
        for note in (*notes.shared, *(f"{of_path}{own}" for own in notes.own)):
            self.show(f"note: {note}")
