"""Review command: `dlm synth review` shows pair after pair, and takes a key for each."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dlm_lsp.api.reviewing import ReviewOutcome, decide_pairs, load_review
from dlm_lsp.cli.exit_codes import DONE, FAILED, INTERRUPTED, shell_message
from dlm_lsp.cli.output import escape_line, out, pluralize, print_notice, print_result
from dlm_lsp.cli.pair_editor import edit_text, pair_text, read_pair
from dlm_lsp.cli.pair_lines import counts_in_words
from dlm_lsp.cli.paths import resolve_paths
from dlm_lsp.cli.review_screen import HELP, KEYS, pair_view
from dlm_lsp.cli.single_keys import CTRL_C, CTRL_D, SingleKeys, single_keys
from dlm_lsp.document import Document, Pair, Placement
from dlm_lsp.errors import DlmError, UsageError
from dlm_lsp.store.decisions import DecisionKind
from dlm_lsp.synth.review_filter import ReviewFilter
from dlm_lsp.synth.review_items import ReviewCounts, ReviewItem, review_counts


class _Quit(BaseException):
    """The user wants no more."""


@dataclass(slots=True)
class _Review:
    """The review of one document: the ids to go through, and what was decided on which."""

    path: Path
    queue: list[str]
    decided: dict[str, DecisionKind] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return sum(id_ not in self.decided for id_ in self.queue)


def review_documents(
    paths: Sequence[str], chosen: ReviewFilter, placement: Placement, *, force: bool
) -> int:
    """Let the user decide on the pairs of the documents, one by one.

    Returns 0, 1 where a document could not be read or written, 130 after a Ctrl-C.

    Raises:
        UsageError: there is no terminal, or an argument names no document.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "`dlm synth review` shows pairs and takes keys at a terminal; "
            "`dlm synth list` shows them elsewhere, `dlm synth apply` takes them"
        )
    code = DONE
    reviews: list[_Review] = []
    for path in resolve_paths(paths):
        try:
            _, items = load_review(path)
            reviews.append(_Review(path, [item.id for item in chosen.of(items)]))
        except DlmError as error:
            print_notice(f"dlm: {shell_message(error)}")
            code = FAILED
    waiting = [review for review in reviews if review.queue]
    with single_keys() as keys:
        try:
            for review in waiting:
                if len(reviews) > 1:
                    print_result(f"\n{escape_line(review.path)}")
                try:
                    _Session(review, keys, placement, force=force).run()
                except DlmError as error:
                    print_notice(f"dlm: {shell_message(error)}")
                    code = FAILED
        except _Quit:
            pass
        except KeyboardInterrupt:
            code = INTERRUPTED
    if reviews:
        print_result(_summary(reviews, chosen))
    return code


def _summary(reviews: Sequence[_Review], chosen: ReviewFilter) -> str:
    """Return what was decided, and how far the reviews of the documents are."""
    reviewed = total = refused = 0
    for review in reviews:
        try:
            _, items = load_review(review.path)
        except DlmError:
            continue
        counts = review_counts(items)
        reviewed, total = reviewed + counts.reviewed, total + counts.total
        refused += sum(item.state == "refused" and item.decision is None for item in items)
    progress = counts_in_words(ReviewCounts(reviewed, total))
    if not any(review.queue for review in reviews):
        if total > reviewed and chosen != ReviewFilter(low_first=chosen.low_first):
            return f"nothing to review: no pair fits the filter · {progress}"
        return f"nothing to review: {progress}{_beside(reviewed, refused)}"
    decisions = [decision for review in reviews for decision in review.decided.values()]
    return (
        f"{decisions.count('accepted')} accepted, {decisions.count('rejected')} rejected, "
        f"{sum(review.left for review in reviews)} left · {progress}"
    )


def _beside(reviewed: int, refused: int) -> str:
    parts = ["`--all` shows them again"] if reviewed else []
    parts += [f"`--state refused` shows the {refused} that were refused"] if refused else []
    return f" ({', '.join(parts)})" if parts else ""


class _Session:
    """One document at the terminal."""

    def __init__(
        self, review: _Review, keys: SingleKeys, placement: Placement, *, force: bool
    ) -> None:
        self._review = review
        self._keys = keys
        self._placement = placement
        self._force = force
        self._left_out: set[str] = set()
        self._at = 0

    def run(self) -> None:
        """Show pair after pair until all are decided on or left.

        Raises:
            _Quit: the user wants no more.
        """
        queue = self._review.queue
        while self._at < len(queue):
            loaded, items = load_review(self._review.path)
            known = {item.id: item for item in items}
            if item := known.get(queue[self._at]):
                self._show(item, loaded.document)
                self._act(item, known)
            else:
                self._advance()

    def _show(self, item: ReviewItem, document: Document) -> None:
        console = out()
        mark = console.color_system is None and not console.no_color
        number, count = self._at + 1, len(self._review.queue)
        for part in pair_view(item, document, number, count, mark=mark):
            console.print(part, soft_wrap=False)

    def _act(self, item: ReviewItem, known: dict[str, ReviewItem]) -> None:
        """Take keys until one of them leads to another pair."""
        while not self._do(self._ask(f"[{KEYS}] "), item, known):
            pass

    def _do(self, key: str, item: ReviewItem, known: dict[str, ReviewItem]) -> bool:
        """Do what a key means; return whether that leads to another pair."""
        match key:
            case "y":
                self._decide([item.id], "accepted")
            case "n":
                self._decide([item.id], "rejected")
            case "e":
                return self._edit(item)
            case "a":
                self._decide([*self._rest(known, item.source_id)], "accepted")
            case "A":
                self._decide([*self._rest(known)], "accepted")
            case "s":
                after = self._review.queue[self._at :]
                self._left_out |= {
                    id_ for id_ in after if id_ in known and known[id_].source_id == item.source_id
                }
                self._advance()
            case "j" | "down" | "right":
                self._advance()
            case "k" | "up" | "left" if self._at:
                self._at -= 1
            case "?":
                print_result(HELP)
                return False
            case _:
                return False
        return True

    def _ask(self, prompt: str) -> str:
        """Return the next key that means something; what is pressed is shown behind the prompt.

        Raises:
            _Quit: it was one that quits.
            KeyboardInterrupt: it was a Ctrl-C.
        """
        sys.stdout.write(prompt)
        sys.stdout.flush()
        while not (key := self._keys.read()):
            pass
        shown = key if key.isprintable() else ""
        sys.stdout.write(f"{shown}\n")
        sys.stdout.flush()
        if key == CTRL_C:
            raise KeyboardInterrupt
        if key in ("q", CTRL_D):
            raise _Quit
        return key

    def _rest(self, known: dict[str, ReviewItem], source_id: str | None = None) -> Iterator[str]:
        """Yield this pair and those after it that are open, all or those of a section.

        Those that have a decision, from before or of now, or were left out are not.
        """
        passed = self._left_out | set(self._review.decided)
        for index, id_ in enumerate(self._review.queue[self._at :]):
            there = known.get(id_)
            is_open = there and not there.decision and id_ not in passed
            if there and (not index or is_open) and source_id in (None, there.source_id):
                yield id_

    def _decide(self, ids: Sequence[str], decision: DecisionKind) -> None:
        try:
            outcome = self._outcome(ids, decision)
        except UsageError as error:
            # Somebody else has changed the document meanwhile.
            print_notice(f"dlm: {error}")
        else:
            self._note(ids, decision, outcome)
        self._advance()

    def _outcome(
        self, ids: Sequence[str], decision: DecisionKind, edited: Pair | None = None
    ) -> ReviewOutcome:
        return decide_pairs(
            self._review.path,
            ids,
            decision,
            self._wait,
            edited=edited,
            placement=self._placement,
            force=self._force,
        )

    def _note(self, ids: Sequence[str], decision: DecisionKind, outcome: ReviewOutcome) -> None:
        done = set(outcome.decided)
        self._review.decided |= {id_: decision for id_ in ids if id_ in done}
        if len(ids) > 1:
            print_result(f"{pluralize(len(outcome.decided), 'pair')} {decision}")
        _print_unplaced(outcome)

    def _wait(self, message: str) -> None:
        # A Ctrl-C has to end the waiting.
        self._keys.release()
        print_notice(message)

    def _edit(self, item: ReviewItem) -> bool:
        """Accept what the user makes of a pair; return whether that was done.

        Where it cannot be done, the text as it was left is there to be edited again.
        """
        if not item.is_editable:
            print_notice("dlm: this section has several pairs; edit it in the document")
            return False
        before = text = pair_text(item.pair)
        while True:
            self._keys.release()
            try:
                text = edit_text(text)
                if text.strip() in ("", before.strip()):
                    print_notice("nothing is changed")
                    return False
                outcome = self._outcome([item.id], "accepted", read_pair(text))
                if not outcome.unplaced:
                    self._note_edited(outcome)
                    self._advance()
                    return True
                _print_unplaced(outcome)
            except DlmError as error:
                print_notice(f"dlm: {shell_message(error)}")
            if self._ask("Edit again? [y n] ") != "y":
                return False

    def _note_edited(self, outcome: ReviewOutcome) -> None:
        if outcome.decided:
            self._review.queue[self._at] = outcome.decided[-1]
            self._review.decided[outcome.decided[-1]] = "accepted"

    def _advance(self) -> None:
        """Go on to the next pair that is neither decided on nor left out."""
        self._at += 1
        passed = self._left_out | set(self._review.decided)
        while self._at < len(self._review.queue) and self._review.queue[self._at] in passed:
            self._at += 1


def _print_unplaced(outcome: ReviewOutcome) -> None:
    for reason in dict.fromkeys(unplaced.reason for unplaced in outcome.unplaced):
        print_notice(f"dlm: it cannot be put in, and stays as it is: {reason}")
