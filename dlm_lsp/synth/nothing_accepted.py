"""Nothing accepted: which of the causes it was that a run gave no pair, and what to change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from dlm_lsp.synth.report import Report

CauseCode = Literal[
    "duplicates",
    "judge",
    "threshold",
    "verifier",
    "text-rules",
    "invalid-replies",
    "small-teacher",
    "rejected",
    "limit",
    "no-prose",
    "failed",
]

_CODES: dict[str, CauseCode] = {
    "near_probe": "duplicates",
    "duplicate_pair": "duplicates",
    "already_present": "duplicates",
    "judge_disfavored": "judge",
    "below_threshold": "threshold",
    "not_verified": "verifier",
    "not_grounded": "text-rules",
    "not_self_contained": "text-rules",
    "says_nothing": "text-rules",
    "wrong_language": "text-rules",
    "invalid_output": "invalid-replies",
    "invalid_structure": "invalid-replies",
    "empty_pair": "invalid-replies",
    "copied_example": "invalid-replies",
    "looping": "invalid-replies",
    "rejected": "rejected",
    "over_count": "limit",
    "over_max_pairs": "limit",
    "not_asked": "limit",
    "no_prose": "no-prose",
    "request_failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a run gave nothing: a `code` to decide by, and a line about it.

    `option` is what changes it, as `OPTIONS` names it; empty where none does. Where that is a
    switch, `value` is what to set it to.
    """

    code: CauseCode
    message: str
    option: str = ""
    value: str = ""

    def worded(self, name_of: Callable[[str], str]) -> str:
        """Return the line, with what changes it as `name_of` calls it, where that has a name."""
        name = name_of(self.option) if self.option else ""
        if not name:
            return self.message
        value = f" {self.value}" if self.value else ""
        return f"{self.message} ({name}{value})"


_COMMON: dict[CauseCode, str] = {
    "duplicates": "it says what another pair says already; ask about other prose",
    "judge": "the judge finds an empty answer as good; let text rules alone decide",
    "threshold": "it is below the judge's threshold; lower it",
    "verifier": "the verifier does not stand by it; choose another, or none",
    "text-rules": (
        "it is not backed by its section, or not understood without it; try a larger teacher"
    ),
    "invalid-replies": (
        "a reply held no pair that can be used; let replies be longer, or try another teacher"
    ),
    "rejected": "you have rejected it before; offer it again",
}

_CAUSES = {
    cause.code: cause
    for cause in (
        Cause(
            "duplicates",
            "most pairs say what another says that is there already; ask about other prose",
        ),
        Cause(
            "judge",
            "the judge finds an empty answer as good for most pairs; let text rules alone decide",
            "filter",
            "dedup-only",
        ),
        Cause("threshold", "most pairs are below the judge's threshold; lower it", "threshold"),
        Cause(
            "verifier",
            "the verifier does not stand by most pairs; choose another, or none",
            "verify",
        ),
        Cause(
            "text-rules",
            "most pairs are not backed by their section, or not understood without it; try a larger"
            " teacher",
            "teacher",
        ),
        Cause(
            "invalid-replies",
            "much of what was left held no pair that can be used; let replies be longer, or try"
            " another teacher",
            "max_new_tokens",
        ),
        Cause(
            "small-teacher",
            "most replies held no pair that can be used: the teacher is too small for this; try a"
            " larger one",
            "teacher",
        ),
        Cause("rejected", "you have rejected most of these pairs; offer them again", "again"),
        Cause("limit", "no more pairs or requests were asked for"),
        Cause("no-prose", "there is no prose to ask about; write some text first"),
        Cause("failed", "the requests failed: the reasons are in the report"),
    )
}

# Where no cause stands for more than half, the one that stands for the most.
_LARGEST: dict[CauseCode, Cause] = {
    code: replace(_CAUSES[code], message=f"the reasons are many, and the most common is: {message}")
    for code, message in _COMMON.items()
}


def why_nothing(report: Report) -> Cause | None:
    """Return the cause that the most of a run's pairs and replies have in common.

    It says "most" only where that is more than half.

    None where something was accepted, where the run was stopped, and where nothing says why. A
    teacher is too small where more than half of what came held no pair that can be used.
    """
    if report.accepted or report.stopped:
        return None
    reasons = [refusal.reason for refusal in report.refused]
    reasons += [skip.reason for skip in report.skipped]
    counts = Counter(_CODES[reason] for reason in reasons if reason in _CODES)
    if report.failure:
        return _CAUSES["failed"]
    # A document has sections without prose beside those that were asked about.
    if len(counts) > 1:
        del counts["no-prose"]
    if not counts:
        # The teacher was asked, and what it gave held nothing to refuse.
        return _CAUSES["small-teacher"] if set(reasons) == {"shortfall"} else None
    code, count = counts.most_common(1)[0]
    # That a judge gave no answer about a pair says nothing about what to change.
    unjudged = reasons.count("unjudged")
    if unjudged > count:
        return None
    if 2 * count <= counts.total() + unjudged:
        return _LARGEST.get(code, _CAUSES[code])
    return _CAUSES["small-teacher" if code == "invalid-replies" else code]
