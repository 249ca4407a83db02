"""Create commands: `dlm init` and `dlm import` make documents beside what they are made of."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from dlm_lsp.api.creating import CreatedDocument, document_path
from dlm_lsp.cli.batch import BatchOutcome, for_each
from dlm_lsp.cli.exit_codes import DONE
from dlm_lsp.cli.output import escape_line, pluralize, print_notice, print_result
from dlm_lsp.errors import StoreError, UsageError

_ANY_TEACHER = "TEACHER"
_SOME_TEACHERS = "vllm-server:localhost:11434#qwen3 or openai:gpt-5-mini"


class _Create(Protocol):
    def __call__(
        self, path: Path, base_model: str, *, split_headings: bool, force: bool
    ) -> CreatedDocument: ...


def create_documents(
    paths: Sequence[str],
    create: _Create,
    base_model: str,
    *,
    split: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Make a document of each file, and say what comes next; return 0, or 1 where one failed.

    Raises:
        UsageError: two files would become one document.
    """
    sources: dict[Path, str] = {}
    for path in paths:
        target = document_path(Path(path))
        if other := sources.get(target):
            raise UsageError(f"{other} and {path} would both become {target}; leave one out")
        sources[target] = path

    def work(path: Path) -> BatchOutcome:
        target = document_path(path)
        if target.exists() and target != path and not force:
            raise StoreError(f"{target} is there already; move it away, or use --force")
        made = create(path, base_model, split_headings=split, force=force)
        if not as_json:
            _print(made)
        return DONE, {
            "document": str(made.path),
            "sections": made.sections,
            "problems": made.problems,
            "left_out": list(made.left_out),
        }

    return max(for_each([Path(path) for path in paths], work, as_json=as_json))


def _print(made: CreatedDocument) -> None:
    path, typed = escape_line(made.path), escape_line(shlex.quote(_argument(made.path)))
    if made.left_out:
        print_notice(f"left out of the frontmatter: {escape_line(', '.join(made.left_out))}")
    if made.problems:
        found = pluralize(made.problems, "problem")
        print_notice(f"{found} in {path}: `dlm check {typed}` shows them")
    if not made.sections:
        print_result(f"made {path}: write your prose below its second line of dashes, then run")
    else:
        print_result(f"made {path} with {pluralize(made.sections, 'section')} of prose; next:")
    print_result(f"  dlm synth instructions {typed} --teacher {_ANY_TEACHER}")
    print_result(f"where {_ANY_TEACHER} is who writes the pairs, such as {_SOME_TEACHERS}")


def _argument(path: Path) -> str:
    """Return how a path is typed: one that begins with a dash would be read as an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)
