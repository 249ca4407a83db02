"""How replies are come by: from the cache, else from the teacher and at once onto the disk."""

from collections.abc import Callable, Sequence
from contextlib import aclosing

from dlm_lsp.store.replies import ReplyCache
from dlm_lsp.synth.asks import Wanted
from dlm_lsp.synth.events import OnEvent, RequestDone, RequestFailed
from dlm_lsp.synth.kept_reply import keep, look_up
from dlm_lsp.synth.options import SynthOptions
from dlm_lsp.synth.report import Spent
from dlm_lsp.teachers.protocol import Ask, Reply, Teacher, TeacherError

Take = Callable[[Wanted, Reply | TeacherError], None]


class Asking:
    """Asks a teacher within the limits of one run, and keeps count of what that costs."""

    def __init__(
        self, teacher: Teacher, cache: ReplyCache, options: SynthOptions, on_event: OnEvent
    ) -> None:
        self._teacher = teacher
        self._cache = cache
        self._fresh = options.fresh
        self._limit = options.max_requests
        self._at_once = options.concurrency
        self._tell = on_event
        self._requests = 0
        self._from_cache = 0
        self._tokens_in: int | None = None
        self._tokens_out: int | None = None
        self._told: set[str] = set()

    def spent(self, seconds: float) -> Spent:
        """Return what the replies so far have cost; a request cut short counts as well."""
        return Spent(self._requests, self._from_cache, self._tokens_in, self._tokens_out, seconds)

    async def replies(self, asks: Sequence[Wanted], take: Take) -> tuple[Wanted, ...]:
        """Hand the reply to each ask, or its failure, to `take` as it comes; equal asks are one.

        Returns the asks that the limit on requests left unasked: the last ones, whatever the
        teacher is quick with.

        Raises:
            StoreError: the cache cannot be read or written.
        """
        alike: dict[Ask, list[Wanted]] = {}
        for one in asks:
            alike.setdefault(one.ask, []).append(one)
        new: list[Ask] = []
        for ask, ones in alike.items():
            reply = None if self._fresh else look_up(self._cache, self._teacher, ask)
            if reply is None:
                new.append(ask)
                continue
            self._from_cache += 1
            self._hand(ones, reply, take, cached=True)
        most = len(new) if self._limit is None else max(0, self._limit - self._requests)
        waiting = {ask: alike[ask] for ask in new[:most]}
        await self._from_teacher(waiting, take)
        return tuple(one for ask in new[most:] for one in alike[ask])

    async def _from_teacher(self, waiting: dict[Ask, list[Wanted]], take: Take) -> None:
        asks = tuple(waiting)
        lost = TeacherError(f"{self._teacher.name} gave no reply; try again")
        try:
            # Closed at once where keeping fails, or requests would go on behind our back.
            async with aclosing(self._teacher.answer(asks)) as answers:
                async for answered in answers:
                    ask, outcome = asks[answered.index], answered.outcome
                    self._requests += 1
                    if isinstance(outcome, Reply):
                        keep(self._cache, self._teacher, ask, outcome)
                        self._tokens_in = _sum(self._tokens_in, outcome.tokens_in)
                        self._tokens_out = _sum(self._tokens_out, outcome.tokens_out)
                    self._hand(waiting.pop(ask), outcome, take, cached=False)
        except TeacherError as error:
            lost = error
        except BaseException:
            # What was sent and will not be waited for may have to be paid for all the same.
            self._requests += min(len(waiting), self._at_once)
            raise
        for ones in waiting.values():
            self._hand(ones, lost, take, cached=False)

    def _hand(
        self, ones: Sequence[Wanted], outcome: Reply | TeacherError, take: Take, *, cached: bool
    ) -> None:
        for one in ones:
            if isinstance(outcome, TeacherError):
                # The report names every section; what ails them all is told once.
                if (message := str(outcome)) not in self._told:
                    self._told.add(message)
                    self._tell(RequestFailed(one.source_id, one.ask.strategy, message))
            else:
                tokens = outcome.tokens_in, outcome.tokens_out
                self._tell(RequestDone(one.source_id, one.ask.strategy, cached, *tokens))
            take(one, outcome)


def _sum(total: int | None, more: int | None) -> int | None:
    return total if more is None else (total or 0) + more
