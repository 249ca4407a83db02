"""Answering way: how the requests of a run reach those who answer them."""

from typing import Protocol, TypeVar

from dlm_lsp.teachers.protocol import CheckRequest, PairRequest, Replier

_R = TypeVar("_R", PairRequest, CheckRequest)


class AnswerThrough(Protocol):
    """A way between a run and whoever answers its requests."""

    def __call__(self, replier: Replier[_R], /) -> Replier[_R]:
        """Return what the run is to ask instead, of the same name and fingerprints."""


def directly(replier: Replier[_R], /) -> Replier[_R]:
    """Ask at once, and wait for each reply."""
    return replier
