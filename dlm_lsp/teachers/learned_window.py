"""Learned window: how much prose a server takes in a request, by what it has refused."""

from contextlib import suppress

from dlm_lsp.errors import RejectedError, TeacherError, TooLongError
from dlm_lsp.teachers.model_discovery import SMALLEST_WINDOW, prose_window
from dlm_lsp.teachers.protocol import PairRequest, Request

# Bytes per token of English prose, and how much of a window an estimate may fill.
_BYTES_PER_TOKEN = 4 * 0.75


class LearnedWindow:
    """What a server was found to take: `tokens` of prose, None as long as it refused nothing."""

    def __init__(self, *, max_new_tokens: int, assumed_context: int) -> None:
        self.tokens: int | None = None
        self._fits: int | None = None
        self._max_new_tokens = max_new_tokens
        self._assumed_context = assumed_context

    def too_long(self, request: Request, selector: str) -> TooLongError | None:
        """Return why a request is not sent: a text no longer was too long before."""
        if (
            self.tokens is None
            or not isinstance(request, PairRequest)
            or _rough_tokens(request.prose) <= self.tokens
        ):
            return None
        error = TooLongError(
            f"{selector} reads no more than {self.tokens} tokens of prose", asked=False
        )
        error.fits = self._fits
        return error

    def learn(
        self, request: Request, error: TooLongError, *, selector: str, window: int | None
    ) -> tuple[TeacherError, str]:
        """Take note of what a refusal says of the context; requests from now on keep to it.

        `window` is what was thought to fit. Returns how the request has failed, and what is to be
        told of it, which is nothing where that is no news.
        """
        if not isinstance(request, PairRequest) or request.sentences:
            return error, ""
        refused = _rough_tokens(request.prose)
        room = error.fits = self._room(error, selector)
        if self.tokens is not None and refused > self.tokens:
            # It was under way when that was learned.
            return error, ""
        if room is not None and room < refused:
            reads = f"{selector} reads {error.limit} tokens"
        elif room is not None:
            # By its bytes it should have fitted: what is special is this text.
            return error, ""
        else:
            room, reads = refused // 2, f"{selector} takes less than {refused} tokens of prose"
        if room < SMALLEST_WINDOW:
            refusal = RejectedError(
                f"{error}; hardly any prose fits in: lower max_new_tokens, or have the model read "
                "more"
            )
            return refusal, ""
        self.tokens, self._fits = min(window or room, room), error.fits
        return error, f"{reads}; what is longer is split and asked again"

    def _room(self, error: TooLongError, selector: str) -> int | None:
        if error.limit is None:
            return None
        with suppress(TeacherError):
            return prose_window(
                error.limit,
                selector=selector,
                max_new_tokens=self._max_new_tokens,
                assumed_context=self._assumed_context,
            )
        return None


def _rough_tokens(prose: str) -> int:
    """Return about how many tokens prose is, and rather too many than too few."""
    return int(len(prose.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)
