"""Training sources: the files that `training.sources` names, read as prose."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dlm_lsp.document.lines import with_line_feeds
from dlm_lsp.document.schema import SourceConfig
from dlm_lsp.document.section import SectionType, section_id
from dlm_lsp.errors import StoreError
from dlm_lsp.store.documents import MAX_DOCUMENT_BYTES
from dlm_lsp.store.files import read_file
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.training.rows import ProseRow

_GLOB_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
# What nobody means to teach: keys to houses, and what programs leave behind.
_NEVER = re.compile(r"\..*|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key)|__pycache__|node_modules")
_SNIFF = 1024


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The rows that came of the sources, and what was left out and why."""

    rows: tuple[ProseRow, ...]
    left_out: tuple[str, ...]


def read_sources(document: Path, sources: Sequence[SourceConfig], *, strict: bool) -> SourceRows:
    """Return the text of every file that the sources of the document at this path name.

    Files come in the order of their names; hidden ones, keys, binary files and documents are left
    out. Each text begins with a line that says where it came from, so that equal files differ.

    Raises:
        StoreError: a source is not there, or under `strict` leads out of the document's folder.
    """
    itself = document.resolve()
    home = itself.parent
    if home.name == ".dlm":
        # Such a folder holds the document about the folder around it.
        home = home.parent
    rows: dict[str, ProseRow] = {}
    left_out: list[str] = []
    for source in sources:
        root = _root(home, source, strict=strict)
        files, unlisted = _files(root, source)
        left_out += (f"{source.path}: {problem}" for problem in unlisted)
        count = 0
        for path in files:
            if count == source.max_files:
                left_out.append(f"{source.path}: more than max_files ({source.max_files}) match")
                break
            name = _shown(path.name if path == root else path.relative_to(root).as_posix())
            text = ""
            reason = _barred(path, root, home, itself, strict=strict)
            if reason is None:
                text, reason = _text(path, source)
            if reason:
                left_out.append(f"{source.path}: {name}: {reason}")
            else:
                content = f"# source: {name}\n\n{text}"
                row = ProseRow(section_id(SectionType.PROSE, content), content.strip())
                rows.setdefault(row.section_id, row)
                count += 1
    return SourceRows(tuple(rows.values()), tuple(left_out))


def _root(home: Path, source: SourceConfig, *, strict: bool) -> Path:
    try:
        root = (home / Path(source.path).expanduser()).resolve()
        exists = root.exists()
    except (OSError, RuntimeError, ValueError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else str(error)
        raise StoreError(
            f"training.sources: cannot look at {source.path} ({reason}); mend its path"
        ) from error
    if strict and not root.is_relative_to(home):
        raise StoreError(
            f"training.sources: {source.path} leads out of {home}, which sources_policy: strict "
            "forbids; move the files there, or write `permissive`"
        )
    if not exists:
        raise StoreError(
            f"training.sources: there is no {source.path} (looked for {root}); mend its path"
        )
    return root


def _files(root: Path, source: SourceConfig) -> tuple[list[Path], list[str]]:
    """Return the files that the patterns pick, by name, and the folders that cannot be listed."""
    if not root.is_dir():
        return [root] if _picked(root.name, source) else [], []
    files: list[Path] = []
    unlisted: list[str] = []

    def note_unlisted(error: OSError) -> None:
        folder = Path(os.fsdecode(error.filename)).relative_to(root).as_posix()
        unlisted.append(f"{_shown(folder)}: cannot list this folder ({os_reason(error)})")

    for place, folders, names in os.walk(root, onerror=note_unlisted):
        folders[:] = [name for name in folders if not _NEVER.fullmatch(name)]
        files += [Path(place, name) for name in names if not _NEVER.fullmatch(name)]
    picked = [path for path in files if _picked(path.relative_to(root).as_posix(), source)]
    return sorted(picked), sorted(unlisted)


def _shown(name: str) -> str:
    """Return a file name as text, also where its bytes are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _barred(path: Path, root: Path, home: Path, itself: Path, *, strict: bool) -> str | None:
    """Return why a file is not even to be opened, None where nothing speaks against it."""
    fence = home if strict else root
    try:
        target = path.resolve()
    except (OSError, RuntimeError):
        return "a link that leads to itself"
    if not target.is_relative_to(fence):
        if strict:
            raise StoreError(
                f"training.sources: {path} is a link that leads out of {home}, which "
                "sources_policy: strict forbids; put the file itself there, or exclude it"
            )
        return "a link that leads out of the source"
    # Its frontmatter and markers are no prose, and its held-out answers would be learned.
    if target == itself:
        return "the document itself, which is trained as such"
    if ".dlm" in (path.suffix, target.suffix):
        return "another document, which is no source; train it by itself"
    return None


def _text(path: Path, source: SourceConfig) -> tuple[str, str | None]:
    """Return the text of a file, or why it is left out."""
    try:
        data = read_file(path, source.max_bytes_per_file or MAX_DOCUMENT_BYTES, "leave it out")
    except StoreError as error:
        return "", str(error)
    if b"\0" in data[:_SNIFF]:
        return "", "binary"
    try:
        text = with_line_feeds(data.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError:
        return "", "not UTF-8"
    return text, None if text.strip() else "empty"


def _picked(name: str, source: SourceConfig) -> bool:
    def fits(patterns: Sequence[str]) -> bool:
        return any(_glob(pattern).fullmatch(name) for pattern in patterns)

    return fits(source.include) and not fits(source.exclude)


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """Return what a glob pattern means: `**` crosses folders, `*` and `?` stay in one."""
    parts = _GLOB_PARTS.findall(pattern)
    return re.compile("".join(_WILD.get(part) or re.escape(part) for part in parts), re.DOTALL)
