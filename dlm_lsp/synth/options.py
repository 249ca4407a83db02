"""Synthesis options: names, bounds, defaults and meanings, once for every door.

The flags of the shell, the settings of the editors and `SynthOptions` take them from `OPTIONS`.
The module imports next to nothing, for `dlm --help` and the start of the server wait for it.
"""

import math
import re
from typing import Any, Literal, NamedTuple, get_args

from dlm_lsp.errors import OptionError

FilterKind = Literal["sway", "dedup-only", "none"]
DedupScope = Literal["document", "corpus"]
StrategyChoice = Literal["extraction", "expansion", "both"]
# The same as `dlm_lsp.document.Placement`, which would bring pydantic and YAML along.
PlacementChoice = Literal["after-source", "end"]
DEVICE_PATTERN = "auto|cpu|cuda(:[0-9]{1,3})?|mps"


class Option(NamedTuple):
    """One option of a run, named as its field in `SynthOptions` or `GenerationOptions`.

    Bounds are those of pydantic: `ge` and `le` are taken themselves, `gt` is not. Where the default
    is None, None is taken too, and `unset` says what counts then. A text matches its `pattern` as a
    whole, and `forms` tells that in words. `by_folder` is whether a profile found in a folder,
    which may be anybody's, has a say: not in what costs, and not in where anything goes. A named
    tuple, for a dataclass takes 0.4 ms more to be made.
    """

    name: str
    kind: type[bool] | type[int] | type[float] | type[str] | type[dict[str, Any]]
    default: Any
    meaning: str
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    choices: tuple[str, ...] = ()
    unset: str = ""
    pattern: str = ""
    forms: str = ""
    by_folder: bool = False

    @property
    def requirement(self) -> str:
        """What the option takes, as the end of a sentence about a wrong value."""
        if self.choices:
            return f"takes {', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.kind in (bool, dict):
            return "takes an object" if self.kind is dict else "takes true or false"
        if self.kind is str:
            return f"takes {self.forms or 'a text that is not empty'}"
        noun = "a whole number" if self.kind is int else "a number"
        if self.gt is not None:
            most = "" if self.le is None else f", at most {self.le:.10g}"
            return f"takes {noun} above {self.gt:g}{most}"
        if self.le is not None:
            return f"takes {noun} from {self.ge:g} to {self.le:.10g}"
        return (
            f"takes {noun} of {self.ge:g} or more"
            if self.kind is int
            else f"takes {self.ge:g} or more"
        )

    def check(self, value: object) -> None:
        """Check a value of the option.

        Raises:
            OptionError: the option does not take it.
        """
        if self.kind is dict:
            from dlm_lsp.synth.teacher_options import check_teacher_options

            check_teacher_options(value)
        elif not self._takes(value):
            raise OptionError(self.name, value, self.requirement)

    def _takes(self, value: object) -> bool:
        if value is None:
            return self.default is None
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            matches = not self.pattern or re.fullmatch(self.pattern, value) is not None
            return self.kind is str and bool(value.strip()) and matches
        if isinstance(value, bool) or self.kind in (bool, str):
            return self.kind is bool and isinstance(value, bool)
        if not isinstance(value, int if self.kind is int else int | float):
            return False
        least = -math.inf if self.ge is None else self.ge
        above = -math.inf if self.gt is None else self.gt
        most = math.inf if self.le is None else self.le
        # No comparison holds for a value that is not a number.
        return least <= value <= most and above < value < math.inf


OPTIONS = {
    option.name: option
    for option in (
        Option("teacher", str, "self", "Who writes the pairs."),
        Option(
            "teacher_options",
            dict,
            None,
            "Beside what is sent anyway, for the teacher's server; a name and a value in JSON.",
            unset="none",
        ),
        Option(
            "window",
            int,
            None,
            "Tokens that the teacher reads, prompt and reply together.",
            ge=256,
            unset="what its server lists",
        ),
        Option("per_section", int, 3, "Pairs to ask for per prose section.", ge=1),
        Option(
            "strategy",
            str,
            "extraction",
            "Answers out of the prose, or answers that go on from it.",
            choices=get_args(StrategyChoice),
            by_folder=True,
        ),
        Option(
            "filter",
            str,
            "sway",
            "What a pair has to pass.",
            choices=get_args(FilterKind),
            by_folder=True,
        ),
        Option(
            "threshold",
            float,
            None,
            "Least margin of the judge, with the filter sway.",
            ge=0.0,
            unset="what the judge model is calibrated to",
            by_folder=True,
        ),
        Option(
            "judge",
            str,
            None,
            "Local model that judges.",
            unset="the document's adapter or base model",
        ),
        Option(
            "verify",
            str,
            "auto",
            "Who verifies what the judge lets pass: auto, off, a teacher or a local model.",
        ),
        Option(
            "dedup",
            str,
            "document",
            "Among which pairs near-duplicates are looked for: of each document, or of all.",
            choices=get_args(DedupScope),
        ),
        Option("max_pairs", int, None, "Most pairs to accept per document.", ge=1),
        Option("max_requests", int, None, "Most requests to make per document.", ge=1),
        Option("max_cost", float, None, "Most money to spend in the whole run.", gt=0.0),
        Option("max_new_tokens", int, 1024, "Most tokens of one reply.", ge=1),
        Option("temperature", float, 0.0, "Temperature of the teacher.", ge=0.0, le=2.0),
        Option("top_p", float, None, "Nucleus of the teacher.", gt=0.0, le=1.0),
        Option("seed", int, None, "Seed of the teacher.", ge=0, le=2**32 - 1),
        # As many connections as the clients of the providers keep open.
        Option(
            "concurrency",
            int,
            None,
            "Requests in flight at once.",
            ge=1,
            le=1000,
            unset="8, and up to 32 while the server keeps up",
        ),
        Option("timeout", float, 120.0, "Seconds that one request may take.", gt=0.0),
        Option("fresh", bool, False, "Ask again for what is cached."),
        Option("again", bool, False, "Offer again the pairs that were rejected in a review."),
        Option(
            "placement",
            str,
            "after-source",
            "Where accepted pairs go.",
            choices=get_args(PlacementChoice),
        ),
        Option(
            "device",
            str,
            "auto",
            "What local models run on: auto, cpu, cuda, cuda:N or mps.",
            pattern=DEVICE_PATTERN,
            forms="auto, cpu, cuda, cuda:N or mps",
        ),
    )
}
"""Every option of `dlm synth instructions`, by its name."""

DEFAULTS = {name: option.default for name, option in OPTIONS.items()}
"""What counts where an option is not named."""


def plain_verify(verify: str) -> str:
    """Return what `verify` says without blanks around it, `auto` and `off` in lower case."""
    name = verify.strip()
    return name.lower() if name.lower() in ("auto", "off") else name
