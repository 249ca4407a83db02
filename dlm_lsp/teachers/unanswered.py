"""Unanswered requests: what was sent and is not answered, over all documents that a teacher serves.

A server may want to be paid for it, though nobody waits for the reply any more.
"""

from collections import Counter
from typing import Protocol, runtime_checkable

from dlm_lsp.teachers.protocol import Request


class Unanswered:
    """Counts requests from when they are made until they are answered; those cancelled stay."""

    def __init__(self) -> None:
        self._requests: Counter[Request] = Counter()

    def add(self, request: Request) -> None:
        """Take note that a request is made."""
        self._requests[request] += 1

    def take(self, request: Request) -> bool:
        """Count off a request, and tell whether it was there: it is answered, or accounted for."""
        if not self._requests[request]:
            del self._requests[request]
            return False
        self._requests[request] -= 1
        return True


@runtime_checkable
class CountingTeacher(Protocol):
    """A teacher that knows which requests it has sent, whichever document they are about."""

    @property
    def unanswered(self) -> Unanswered:
        """What was sent and is not answered, be it cancelled or not."""
