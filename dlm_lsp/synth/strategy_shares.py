"""Strategy shares: how many pairs of a section a teacher is asked for by each strategy."""

from collections.abc import Iterator

from dlm_lsp.errors import OptionError
from dlm_lsp.quality.strategy import Strategy
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import Teacher, limits_of


def strategy_shares(teacher: Teacher, options: SynthOptions) -> tuple[tuple[Strategy, int], ...]:
    """Return the strategies to ask a prepared teacher for, each with its pairs per section.

    What it refuses goes to the first that it writes.

    Raises:
        OptionError: it writes nothing by what was chosen.
    """
    refused = limits_of(teacher).refused
    written = [strategy for strategy, _ in options.counts if strategy not in refused]
    if not written:
        reason = refused[options.counts[0][0]]
        raise OptionError(
            "strategy", options.strategy, _requirement(teacher, reason), other="teacher"
        )
    moved = sum(count for strategy, count in options.counts if strategy in refused)
    return tuple(
        (strategy, count + (moved if strategy == written[0] else 0))
        for strategy, count in options.counts
        if strategy in written
    )


def teacher_notes(teacher: Teacher, options: SynthOptions) -> tuple[str, ...]:
    """Return what is to be told of a prepared teacher before it is asked, a line each.

    Raises:
        OptionError: as `strategy_shares`.
    """
    return tuple(_notes(teacher, options))


def _notes(teacher: Teacher, options: SynthOptions) -> Iterator[str]:
    limits, shares = limits_of(teacher), strategy_shares(teacher, options)
    for strategy, _ in options.counts:
        if reason := limits.refused.get(strategy):
            first, count = shares[0]
            yield (
                f"{teacher.name} writes no {strategy} ({reason}), so {first} gets all {count} "
                "pairs of a section"
            )
    if options.guidance and options.guidance.rules and not limits.follows:
        yield (
            f"{teacher.name} follows no instructions: of what the profile asks for, only the "
            "examples count"
        )
    if limits.warning:
        yield f"{teacher.name}: {limits.warning}"


def _requirement(teacher: Teacher, reason: str) -> str:
    literal = f"is not written by {teacher.name}: {reason}".replace("{", "{{").replace("}", "}}")
    return f"{literal}; take extraction, or an instruct model as {{other}}"
