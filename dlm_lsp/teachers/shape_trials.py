"""Shape trials: other shapes of a request, tried where a server does not say what it refuses.

Each kind of trial is made once in a run, by one request while others wait.
"""

from collections.abc import Awaitable, Callable

import anyio

from dlm_lsp.teachers.cut_reply import is_cut_early
from dlm_lsp.teachers.protocol import Reply
from dlm_lsp.teachers.request_fallback import RequestShape, blind_shapes
from dlm_lsp.teachers.shape_learning import ShapeLearning
from dlm_lsp.teachers.transport import suspend_deadline

SendOnce = Callable[[RequestShape], Awaitable[Reply | None]]
"""Returns the reply to a request in some shape, None where it fails."""


class ShapeTrials:
    """The trials of one run, which change the shape that `learning` has found."""

    def __init__(self, learning: ShapeLearning, formats: int, max_new_tokens: int) -> None:
        self._learning = learning
        self._formats = formats
        self._max_new_tokens = max_new_tokens
        self._turn = anyio.Lock()
        self._has_tried_blindly = False
        self._has_tried_limit = False

    async def try_blindly(self, shape: RequestShape, send: SendOnce) -> Reply | None:
        """Return the reply in another shape than the one that fails without a reason."""
        suspend_deadline()
        async with self._turn:
            if self._has_tried_blindly or self._learning.now != shape:
                return None
            self._has_tried_blindly = True
            for other in blind_shapes(shape, formats=self._formats):
                reply = await send(other)
                if reply is not None:
                    self._learning.take(other)
                    self._learning.remember(other)
                    return reply
        return None

    async def try_other_limit(
        self, shape: RequestShape, other: RequestShape | None, send: SendOnce, wasted: list[Reply]
    ) -> Reply | None:
        """Return a reply that is longer in the `other` shape, which names its limit otherwise.

        A reply that is no longer is added to `wasted`.
        """
        suspend_deadline()
        async with self._turn:
            if other is None or self._has_tried_limit or self._learning.now != shape:
                return None
            self._has_tried_limit = True
            reply = await send(other)
            if reply is None:
                return None
            if is_cut_early(other, reply, self._max_new_tokens):
                wasted.append(reply)
                return None
            self._learning.take_other_limit(other)
            return reply
