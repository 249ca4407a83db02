"""Batch records: which requests of a document wait in which batch, whatever happens to us.

A record is on disk before its batch is asked for, so a batch whose id nobody has written down can
be looked for by its run. Requests are kept as the keys of their replies, which are hashes.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from dlm_lsp.errors import StoreError
from dlm_lsp.store.database import (
    DatabaseKind,
    as_store_error,
    open_for_reading,
    write_rows,
)

BatchStage = Literal["sending", "sent", "collected"]
"""Whether a batch was asked for, is known by its id, or was collected."""

_KIND = DatabaseKind(
    name="list of batches",
    application_id=0x444C4D42,
    tables=(
        """
        CREATE TABLE IF NOT EXISTS batches (
            run_id TEXT PRIMARY KEY,
            teacher TEXT NOT NULL,
            server TEXT NOT NULL,
            sent_at TEXT NOT NULL,
            keys BLOB NOT NULL,
            stage TEXT NOT NULL,
            batch_id TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            replies INTEGER NOT NULL,
            failures TEXT NOT NULL
        )
        """,
    ),
)
_COLUMNS = "run_id, teacher, server, sent_at, keys, stage, batch_id, expires_at, replies, failures"
_KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch of requests to a teacher.

    `run_id` is ours and `batch_id` the provider's, empty as long as it is not known; `server` is
    the address that it went to. `sent_at` and `expires_at` are ISO-8601 in UTC. `keys` are those of
    the replies, by the numbers of the requests. Once collected, `replies` is how many came, and
    `failures` how often what else came of requests.
    """

    run_id: str
    teacher: str
    server: str
    sent_at: str
    keys: tuple[bytes, ...]
    stage: BatchStage = "sending"
    batch_id: str = ""
    expires_at: str = ""
    replies: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        """When it was asked for."""
        return datetime.fromisoformat(self.sent_at)

    def custom_id(self, number: int) -> str:
        """Return what a request is called within the batch."""
        return f"{self.run_id}-{number}"

    def key_of(self, custom_id: str) -> bytes | None:
        """Return the key of the reply to a request; None where it is none of ours."""
        run_id, _, number = custom_id.rpartition("-")
        if run_id != self.run_id or not (number.isascii() and number.isdecimal()):
            return None
        return self.keys[int(number)] if len(number) < 10 and int(number) < len(self.keys) else None


def new_record(teacher: str, server: str, keys: Sequence[bytes]) -> BatchRecord:
    """Return the record of a batch that is about to be asked for."""
    sent_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return BatchRecord(f"dlm-{secrets.token_hex(8)}", teacher, server, sent_at, tuple(keys))


@dataclass(frozen=True, slots=True)
class BatchRecords:
    """The records kept in one store folder; reading makes no file."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file that holds the records."""
        return self.folder / "synth" / "batches.sqlite"

    def put(self, record: BatchRecord) -> None:
        """Keep a record, in the place of the one before of the run; it is on disk on return.

        Raises:
            StoreError: the records cannot be written, are damaged, or are none.
        """
        row = _row(record)
        places = ", ".join("?" * len(row))
        statement = f"INSERT OR REPLACE INTO batches ({_COLUMNS}) VALUES ({places})"
        write_rows(self.path, _KIND, (statement, [row]))

    def remove(self, record: BatchRecord) -> None:
        """Drop the record of a batch that never came to be.

        Raises:
            StoreError: as `put`.
        """
        write_rows(self.path, _KIND, ("DELETE FROM batches WHERE run_id = ?", [(record.run_id,)]))

    def all(self) -> tuple[BatchRecord, ...]:
        """Return every record, the oldest first.

        Raises:
            StoreError: the records cannot be read, are damaged, or are none.
        """
        connection = open_for_reading(self.path, _KIND)
        if connection is None:
            return ()
        with as_store_error(self.path), closing(connection):
            rows = connection.execute(f"SELECT {_COLUMNS} FROM batches ORDER BY sent_at, rowid")
            return tuple(self._record(row) for row in rows)

    def open(self) -> tuple[BatchRecord, ...]:
        """Return the records of batches of which replies may still come.

        Raises:
            StoreError: as `all`.
        """
        return tuple(record for record in self.all() if record.stage != "collected")

    def _record(self, row: Sequence[Any]) -> BatchRecord:
        try:
            run_id, teacher, server, sent_at, blob, stage, batch_id, expires_at, count, failures = (
                row
            )
            datetime.fromisoformat(sent_at)
            return BatchRecord(
                run_id=run_id,
                teacher=teacher,
                server=server,
                sent_at=sent_at,
                keys=tuple(blob[at : at + _KEY_SIZE] for at in range(0, len(blob), _KEY_SIZE)),
                stage=stage,
                batch_id=batch_id,
                expires_at=expires_at,
                replies=count,
                failures=dict(json.loads(failures)),
            )
        except (TypeError, ValueError) as error:
            raise StoreError(
                f"{self.path}: a damaged record; move it away, a new one is made"
            ) from error


def _row(record: BatchRecord) -> tuple[object, ...]:
    return (
        record.run_id,
        record.teacher,
        record.server,
        record.sent_at,
        b"".join(record.keys),
        record.stage,
        record.batch_id,
        record.expires_at,
        record.replies,
        json.dumps(record.failures),
    )
