"""Progress of a training: a live line on a terminal, a line each tenth elsewhere; on stderr."""

from time import monotonic

from dlm_lsp.cli.output import pluralize, print_notice, print_progress
from dlm_lsp.cli.progress_line import ProgressLine
from dlm_lsp.training.trainer import HeldOutEvaluated, StepDone, TrainingEvent, TrainingPlanned


class TrainProgress(ProgressLine):
    """Shows the events of one training; a context manager."""

    def __init__(self, name: str) -> None:
        super().__init__(f"train {name}", "loading the model")
        self._name = name
        self._losses: dict[str, float] = {}
        self._speed = 0.0
        self._first: tuple[StepDone, float] | None = None

    def show(self, event: TrainingEvent) -> None:
        """Take one event of the training into account."""
        match event:
            case TrainingPlanned():
                print_notice(
                    f"train {self._name}: {pluralize(event.rows, 'row')} and {event.held_out} held "
                    f"out, {event.tokens:,} tokens an epoch, "
                    f"{pluralize(event.batches.steps, 'step')}, about "
                    f"{event.memory / 2**30:.1f} GiB"
                )
                if lost := event.cut + event.left_out:
                    print_notice(f"note: {pluralize(lost, 'pair')} cut or left out by sequence_len")
                self.update(total=event.batches.steps)
            case StepDone():
                self._stepped(event)
            case HeldOutEvaluated():
                self._losses["held-out loss"] = event.loss
                print_progress(f"step {event.step}: {self._state()}")
        self.update(state=self._state())

    def _stepped(self, event: StepDone) -> None:
        now = monotonic()
        left = ""
        # Loading took time too, and what a resumed training had read before took none of this.
        if self._first is None:
            self._first = event, now
        elif now > self._first[1]:
            first, began = self._first
            self._speed = (event.tokens - first.tokens) / (now - began)
            a_step = (now - began) / (event.step - first.step)
            left = f", {(event.steps - event.step) * a_step:.0f} s left"
        self._losses["loss"] = event.loss
        self.update(completed=event.step)
        tenth = max(1, event.steps // 10)
        if event.step % tenth == 0 or event.step == event.steps:
            print_progress(f"step {event.step} of {event.steps}: {self._state()}{left}")

    def _state(self) -> str:
        parts = [f"{name} {loss:.3f}" for name, loss in self._losses.items()]
        if self._speed:
            parts.append(f"{self._speed:,.0f} tokens/s")
        return ", ".join(parts)
