"""Training sources: the files that `training.sources` names, read as prose."""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.document.lines import with_line_feeds
from dlm_lsp.document.private_paths import private_name, system_name
from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.document.section import SectionType, section_id
from dlm_lsp.errors import PrivateSourceError, StoreError
from dlm_lsp.store.documents import MAX_DOCUMENT_BYTES
from dlm_lsp.store.files import read_file
from dlm_lsp.store.looking import exists
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.training.folder_rules import (
    CONFIG_FOLDER,
    FolderRules,
    choose_file,
    read_folder_rules,
)
from dlm_lsp.training.rows import ProseRow

_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY")
_CREDENTIALS = re.compile(
    rb'\s*+\{(?s:.*?)"(?:private_key|client_secret|refresh_token|access_token)"\s*+:\s*+"[^"]'
)
"""A file of credentials, as clouds hand them out: an object of JSON that has one of these keys."""
_SNIFF = 1024
_LARGEST_WEIGHT = 1000
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class OutsideSource:
    """A source outside the document's folder: where it lies, and how many files are read of it."""

    path: str
    files: int


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The rows that came of the sources, what was left out and why, and what lies outside."""

    rows: tuple[ProseRow, ...]
    left_out: tuple[str, ...]
    outside: tuple[OutsideSource, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where the document lies, and what may be read all the same; each path is resolved."""

    document: Path
    home: Path
    allowed: tuple[Path, ...]
    strict: bool

    def private(self, target: Path) -> str | None:
        """Return why a file or folder is nothing to learn from, None where it is not private.

        What the user allowed by name is seen from there.
        """
        for allowed in self.allowed:
            if target.is_relative_to(allowed):
                return private_name(target.relative_to(allowed).parts)
        if target.is_relative_to(self.home):
            return private_name(target.relative_to(self.home).parts)
        parts = target.parts[1:]
        return system_name(parts) or private_name(parts)


def read_sources(
    document: Path,
    sources: Sequence[SourceConfig],
    *,
    strict: bool,
    allowed: Collection[Path] = (),
) -> SourceRows:
    """Return the text of every file that the sources of the document at this path name.

    Files come in the order of their names; keys, credentials, hidden and binary files and documents
    are left out, and what `.dlm/training.yaml`, `.dlm/ignore` and the default excludes leave out.
    Each text begins with a line that says where it came from, so that equal files differ.

    Raises:
        StoreError: a source is not there, is private and not among the `allowed` paths, or under
            `strict` leads out of the document's folder.
    """
    itself = document.resolve()
    home = itself.parent
    if home.name == CONFIG_FOLDER:
        # Such a folder holds the document about the folder around it.
        home = home.parent
    bounds = _Bounds(itself, home, tuple(path.resolve() for path in allowed), strict)
    rows: dict[str, ProseRow] = {}
    left_out: list[str] = []
    outside: list[OutsideSource] = []
    for source in sources:
        root = _root(bounds, source)
        files, unread = _files(root, source, bounds.allowed)
        left_out += (f"{source.path}: {problem}" for problem in unread)
        count = 0
        for path, weight in files:
            if count == source.max_files:
                left_out.append(f"{source.path}: more than max_files ({source.max_files}) match")
                break
            name = _shown(path.name if path == root else path.relative_to(root).as_posix())
            text = ""
            reason = _barred(path, root, bounds)
            if reason is None:
                text, reason = _text(path, source, named=path.resolve() in bounds.allowed)
            if reason:
                left_out.append(f"{source.path}: {name}: {reason}")
            else:
                content = f"# source: {name}\n\n{text}"
                row = ProseRow(section_id(SectionType.PROSE, content), content.strip(), weight)
                rows.setdefault(row.section_id, row)
                count += 1
        if not root.is_relative_to(home):
            outside.append(OutsideSource(_shown(str(root)), count))
    return SourceRows(tuple(rows.values()), tuple(left_out), tuple(outside))


def _root(bounds: _Bounds, source: SourceConfig) -> Path:
    home = bounds.home
    try:
        root = (home / Path(source.path).expanduser()).resolve()
        is_there = exists(root)
    except (OSError, RuntimeError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise StoreError(
            f"training.sources: cannot look at {source.path} ({reason}); mend its path"
        ) from error
    if bounds.strict and not root.is_relative_to(home):
        raise StoreError(
            f"training.sources: {source.path} leads out of {home}, which sources_policy: strict "
            "forbids; move the files there, or write `permissive`"
        )
    private = bounds.private(root)
    if private:
        raise PrivateSourceError(source.path, private)
    if not is_there:
        raise StoreError(
            f"training.sources: there is no {source.path} (looked for {root}); mend its path"
        )
    return root


def _files(
    root: Path, source: SourceConfig, allowed: Collection[Path]
) -> tuple[list[tuple[Path, float]], list[str]]:
    """Return the files that are picked, by name, with their weights, and what is not read and why.

    Raises:
        StoreError: a `.dlm/training.yaml` cannot be used.
    """
    if root in allowed and not root.is_dir():
        # Named by whoever started the training, against whom no rule of a file speaks.
        return [(root, 1.0)], []
    names, rules, unread = _listed(root)
    picked: list[tuple[Path, float]] = []
    excluded: dict[str, list[str]] = {}
    for name in names:
        choice = choose_file(name, source, rules)
        if choice.weight > _LARGEST_WEIGHT:
            raise StoreError(
                f"training.sources: the weights in .dlm/training.yaml repeat {name} "
                f"{choice.weight:g} times; lower them to {_LARGEST_WEIGHT} at most"
            )
        if choice.picked and choice.weight:
            picked.append((root / name if root.is_dir() else root, choice.weight))
        elif reason := choice.reason or ("its weight is 0" if choice.picked else ""):
            excluded.setdefault(reason, []).append(name)
    return picked, [*unread, *_summaries(excluded)]


def _summaries(excluded: dict[str, list[str]]) -> Iterator[str]:
    """Yield a line for each reason, however many files it leaves out."""
    for reason, names in excluded.items():
        more = len(names) - _EXAMPLES
        shown = ", ".join(map(_shown, names[:_EXAMPLES]))
        yield f"{shown}{f' and {more} more' if more > 0 else ''}: {reason}"


def _listed(root: Path) -> tuple[list[str], list[FolderRules], list[str]]:
    """Return the files below the root, the rules for them, outermost first, and what is wrong."""
    if not root.is_dir():
        return [root.name], [], []
    names: list[str] = []
    rules: list[FolderRules] = []
    problems: list[str] = []

    def note_unlisted(error: OSError) -> None:
        folder = Path(os.fsdecode(error.filename)).relative_to(root).as_posix()
        problems.append(f"{_shown(folder)}: cannot list this folder ({os_reason(error)})")

    for place, folders, files in os.walk(root, onerror=note_unlisted):
        seen = Path(place).relative_to(root).as_posix()
        folder = "" if seen == "." else f"{seen}/"
        if CONFIG_FOLDER in folders:
            its_rules, bad_lines = read_folder_rules(root, folder)
            rules.append(its_rules)
            problems += bad_lines
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names += (f"{folder}{name}" for name in files if not name.startswith("."))
    return sorted(names, key=lambda name: name.split("/")), rules, sorted(problems)


def _shown(name: str) -> str:
    """Return a file name as text, also where its bytes are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _barred(path: Path, root: Path, bounds: _Bounds) -> str | None:
    """Return why a file is not even to be opened, None where nothing speaks against it."""
    fence = bounds.home if bounds.strict else root
    try:
        target = path.resolve()
    except (OSError, RuntimeError):
        return "a link that leads to itself"
    if not target.is_relative_to(fence):
        if bounds.strict:
            raise StoreError(
                f"training.sources: {path} is a link that leads out of {bounds.home}, which "
                "sources_policy: strict forbids; put the file itself there, or exclude it"
            )
        return "a link that leads out of the source"
    # Its frontmatter and markers are no prose, and its held-out answers would be learned.
    if target == bounds.document:
        return "the document itself, which is trained as such"
    if ".dlm" in (path.suffix, target.suffix):
        return "another document, which is no source; train it by itself"
    # A link counts as what it points to.
    return bounds.private(target)


def _text(path: Path, source: SourceConfig, *, named: bool) -> tuple[str, str | None]:
    """Return the text of a file, or why it is left out; `named` says that the user allowed it."""
    try:
        data = read_file(path, source.max_bytes_per_file or MAX_DOCUMENT_BYTES, "leave it out")
    except StoreError as error:
        return "", str(error)
    if b"\0" in data[:_SNIFF]:
        return "", "binary"
    if not named and _PRIVATE_KEY.search(data):
        return "", "a private key stands in it"
    if not named and _CREDENTIALS.match(data):
        return "", "it is a file of credentials"
    try:
        text = with_line_feeds(data.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError:
        return "", "not UTF-8"
    return text, None if text.strip() else "empty"
