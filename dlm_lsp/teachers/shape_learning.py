"""Shape learning: in which shape a server takes requests, by what it refuses and answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dlm_lsp.teachers.learned_shapes import recall_shape, remember_shape
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.request_fallback import LOGPROBS, RequestShape, next_shape

_ABOUT_REQUEST = frozenset((400, 422))
"""Statuses of errors that are about how a request is put, whatever their words."""


class ShapeLearning:
    """The shape of the next request, `now`, and whether verdicts have come by likelihood.

    `formats` are the output formats, strictest first; `sent` tells which parameters a request in
    some shape carries and can go without. `warn` hears what the server does not take.
    """

    def __init__(
        self,
        formats: Sequence[str],
        sent: Callable[[RequestShape], Sequence[str]],
        sampling: GenerationOptions,
        warn: Callable[[str], None],
    ) -> None:
        self.now = RequestShape()
        self.has_scored = False
        self._formats = formats
        self._sent = sent
        self._sampling = sampling
        self._warn = warn
        self._server = self._model = ""
        self._on_disk = self.now
        self._is_recalled = False

    def recall(self, server: str, model: str, droppable: Sequence[str]) -> None:
        """Begin with what an earlier run has found for this model of a server."""
        self._server, self._model = server, model
        self.now = self._on_disk = recall_shape(server, model, self._formats, droppable)
        self._is_recalled = self.now != RequestShape()
        self._warn_of_limit()

    def remember(self, shape: RequestShape) -> None:
        """Keep the shape in which a reply came, if it is news."""
        self._is_recalled = False
        if shape != self._on_disk and shape == self.now:
            self._on_disk = shape
            remember_shape(self._server, self._model, shape, self._formats)

    def following(self, shape: RequestShape, words: str) -> RequestShape | None:
        """Return the shape to try after a refusal in these words, None where none would help."""
        return next_shape(
            shape,
            words,
            formats=len(self._formats),
            sent=self._sent(shape),
            temperature=self._sampling.temperature,
            max_new_tokens=self._sampling.max_new_tokens,
        )

    def learn(self, words: str, status: int | None, *, scored: bool) -> bool:
        """Lower the shape of every later request by what was refused; False if nothing was.

        `scored` says that the request asked how likely a yes or a no is.
        """
        shape = self.following(self.now, words)
        # An overload or a wrong address says nothing of what the server takes.
        unexplained = shape is None and not self.has_scored and status in _ABOUT_REQUEST
        if scored and ("logprob" in words or unexplained):
            # Whatever it is that the server does not take, a verdict may be had without.
            self.forgo_likelihood()
            return True
        if shape is None:
            return False
        if self._is_recalled:
            # The server is not as it was, so nothing that was kept of it has to be true.
            self._is_recalled = False
            self.now = RequestShape()
            return True
        if shape.most_tokens != self.now.most_tokens:
            self.now = shape
            self._warn_of_limit()
        else:
            self.take(shape)
        return True

    def take(self, shape: RequestShape) -> None:
        """Go on in a shape that goes without what was refused."""
        self._warn(f"refuses {_difference(self.now, shape, self._formats)}; asking without it")
        self.now = shape

    def take_other_limit(self, shape: RequestShape) -> None:
        """Go on in a shape that names the limit on a reply by its older name."""
        self._warn("cuts replies unless the limit is max_tokens")
        self.now = shape
        self.remember(shape)

    def forgo_likelihood(self) -> None:
        """Ask for verdicts in words from now on."""
        if LOGPROBS not in self.now.without:
            self._warn("tells no log-probabilities; asking it in words")
            self.now = replace(self.now, without=self.now.without | {LOGPROBS})

    def _warn_of_limit(self) -> None:
        most = self.now.most_tokens
        if most and most < self._sampling.max_new_tokens:
            self._warn(f"gives no more than {most} tokens a reply; asking for these")


def _difference(before: RequestShape, after: RequestShape, formats: Sequence[str]) -> str:
    """Return what a request in the second shape goes without, in words."""
    gone = sorted(after.without - before.without)
    if after.format_index != before.format_index:
        gone.append(f"the output format {formats[before.format_index]}")
    if after.system_as_user != before.system_as_user:
        gone.append("the system role")
    if after.temperature != before.temperature:
        gone.append("a temperature of 0")
    if after.streams != before.streams:
        gone.append("replies that are not streamed")
    return ", ".join(gone)
