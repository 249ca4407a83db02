"""Shards: a part of many documents for each job of an array, by the hash of a document's id."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dlm_lsp.errors import UsageError
from dlm_lsp.store.document_ids import read_document_id

_FORM = re.compile(r"(\d{1,9})/(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The part `index` of `count`, counted from 1."""

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def holds(self, name: str) -> bool:
        """Tell whether what has this name is in it; each name is in one part, on every machine."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


def parse_shard(text: str) -> Shard:
    """Return the shard that `I/N` names.

    Raises:
        UsageError: it names none.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise UsageError(f"the shard is {text!r}; it takes I/N, such as 1/4 for the first of four")
    index, count = map(int, form.groups())
    if not 1 <= index <= count:
        raise UsageError(
            f"the shard is {text}; there are {count}, numbered from 1"
            if count
            else f"the shard is {text}; there has to be one at least, as in 1/1"
        )
    return Shard(index, count)


def documents_in(shard: Shard, paths: Iterable[Path]) -> list[Path]:
    """Return the documents of a shard, in their order.

    Copies of a document, which have its id, are in one shard with it. What has no id that can be
    read goes by its path, so that one job tells what is wrong with it.
    """
    return [path for path in paths if shard.holds(read_document_id(path) or str(path))]
