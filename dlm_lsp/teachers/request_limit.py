"""Request limit: how many requests a server is asked at once, as its answers show.

Where the user names a number, that is it. Else it begins small and grows while answers come about
as quickly as the quickest, as the gradient limits of Netflix' concurrency-limits do: by twice at
first and then by one (slow start and congestion avoidance; RFC 5681 §3.1). Where requests queue,
the last of them waits for all the others, which shows in the first round. Where it would wait too
long, or has, the limit begins anew with less.
"""

import math
from dataclasses import dataclass, replace

FIRST = 8
"""How many at once where nobody names a number."""
MOST = 32
"""How many at once a server is asked at most that keeps up with them."""
_NEAR = 2.0
"""The usual answer takes less than this many times the quickest: there is room for more."""
_FAR = 3.0
"""It takes so many times the quickest: these were too many."""
_BEARABLE = 0.5
"""The share of its timeout that a request may have to wait in a queue: some replies are longer."""


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """At most `now` requests at once, which stays between 1 and `most`.

    What answers show moves it between `first` and `most`; below `first` it is by refusals alone.
    `first` itself becomes less where a server that takes one request after the other would hold the
    last beyond the bearable share of `timeout` seconds, and it does not grow to there. Below
    `doubles_below` it doubles, then it grows by one. `quickest` is the shortest answer so far, in
    seconds; `round` has those since the limit changed, `count` is how many these are below `first`.
    """

    now: int
    first: int
    most: int
    timeout: float = math.inf
    doubles_below: float = math.inf
    quickest: float = math.inf
    round: tuple[float, ...] = ()
    count: int = 0

    def answered(self, seconds: float | None, *, is_full: bool) -> "RequestLimit":
        """Return the limit after an answer that took so long; None for one that was an error.

        `is_full` says whether as many as `now` were asked at once, so that it tells of that load.
        """
        if self.now < self.first:
            return self._recovered()
        if seconds is None:
            return self
        measured = replace(self, quickest=min(self.quickest, seconds))
        if self.first == self.most or not is_full:
            return measured
        if seconds > _BEARABLE * self.timeout and seconds >= _FAR * measured.quickest:
            fewer = measured._bearable_in_queue()
            if fewer < self.now:
                return measured._begun_with(fewer)
        measured = replace(measured, round=(*self.round, seconds))
        return measured if len(measured.round) < self.now else measured._after_round()

    def refused(self) -> "RequestLimit":
        """Return the limit after the server said "too many": half as many."""
        return self._lowered(max(1, self.now // 2))

    def unanswered(self) -> "RequestLimit":
        """Return the limit after a request that came to no answer at all."""
        return self._lowered(self.first) if self.now > self.first else self

    def out_of_time(self) -> "RequestLimit":
        """Return the limit after a request that was not answered in its time, beside others."""
        return self._begun_with(max(1, min(self.now // 2, self._bearable_in_queue())))

    def _recovered(self) -> "RequestLimit":
        count = self.count + 1
        if count < self.now:
            return replace(self, count=count)
        return replace(self, now=self.now + 1, count=0)

    def _after_round(self) -> "RequestLimit":
        usual = sorted(self.round)[len(self.round) // 2]
        if usual >= _FAR * self.quickest and self.now > self.first:
            return self._lowered(max(self.first, self.now // 2))
        more = self._more() if usual < _NEAR * self.quickest else self.now
        return replace(self, now=more, round=())

    def _more(self) -> int:
        wanted = max(self.now + 1, min(2 * self.now, self.doubles_below))
        # In a queue each waits for all before it, so it takes as much longer as there are more.
        bearable = self.now * _BEARABLE * self.timeout / max(self.round)
        return max(self.now, math.floor(min(wanted, bearable, self.most)))

    def _bearable_in_queue(self) -> int:
        """Return how many may go at once where each takes as long as the quickest, and waits."""
        if math.isinf(self.quickest):
            return 1
        return max(1, math.floor(min(self.most, _BEARABLE * self.timeout / self.quickest)))

    def _begun_with(self, first: int) -> "RequestLimit":
        return replace(self._lowered(first), first=first)

    def _lowered(self, now: int) -> "RequestLimit":
        return replace(self, now=now, doubles_below=now, round=(), count=0)


def request_limit(first: int, up_to: int | None = None, timeout: float = math.inf) -> RequestLimit:
    """Return the limit at the beginning: `first` requests at once, and `up_to` so many later."""
    return RequestLimit(first, first, max(first, up_to or first), timeout)
