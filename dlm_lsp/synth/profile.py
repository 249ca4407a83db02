"""Profile: named teachers, usual options and what to ask, as a `dlm.toml` says them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.errors import SelectorError
from dlm_lsp.synth.options import DEFAULTS, plain_verify
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.protocol import GenerationOptions
from dlm_lsp.teachers.registry import find_kind

_SHOWN = 40
_NO_GUIDANCE = Guidance()


@dataclass(frozen=True, slots=True)
class Profile:
    """What profiles say: options by their names, what to ask, and teachers by their names.

    `teachers` has for each the options `teacher`, and perhaps `teacher_options` and `window`;
    `files` are the profiles that have a say in options or in what to ask.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    guidance: Guidance = _NO_GUIDANCE
    teachers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def over(self, lower: "Profile") -> "Profile":
        """Return what both say, with what this one says counting before the `lower` one."""
        said = {
            f.name: value for f in fields(Guidance) if (value := getattr(self.guidance, f.name))
        }
        return Profile(
            _merged(lower.options, self.options),
            replace(lower.guidance, **said),
            {**lower.teachers, **self.teachers},
            (*lower.files, *self.files),
        )

    def choices(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every option of a run: as `given`, else as the profile says, else its default.

        A teacher or a verifier that has its name from the profile is a selector in it.

        Raises:
            SelectorError: the teacher has nearly the name of one of the profile.
        """
        merged = _merged(self.options, given)
        values = {**DEFAULTS, **merged}
        for name in _unfit(values["filter"]) - given.keys():
            values[name] = DEFAULTS[name]
        teacher = self._teacher(values["teacher"])
        values |= {name: value for name, value in teacher.items() if name not in given}
        values["teacher"] = teacher["teacher"]
        verifier = self.teachers.get(plain_verify(values["verify"]))
        values["verify"] = verifier["teacher"] if verifier else values["verify"]
        return values

    def request(self, given: Mapping[str, Any]) -> SynthRequest:
        """Return the request of a run for which the `given` options were chosen.

        Raises:
            OptionError: two of them do not go together.
            SelectorError: the teacher has nearly the name of one of the profile.
        """
        values = self.choices(given)
        sampling = {f.name: values.pop(f.name) for f in fields(GenerationOptions)}
        teacher, judge = values.pop("teacher"), values.pop("judge")
        options = SynthOptions(**values, sampling=GenerationOptions(**sampling))
        return self.beside(SynthRequest(teacher, judge, options))

    def beside(self, request: SynthRequest) -> SynthRequest:
        """Return a request with what the profile asks for, and its files."""
        guidance = None if self.guidance == _NO_GUIDANCE else self.guidance
        options = replace(request.options, guidance=guidance)
        return replace(request, options=options, profiles=self.files)

    def _teacher(self, name: str) -> Mapping[str, Any]:
        name = name.strip()
        if name in self.teachers:
            return self.teachers[name]
        if self.teachers and ":" not in name and find_kind(name) is None:
            hint = closest_name(name, self.teachers)
            names = (
                f"did you mean {hint}?" if hint else f"the profile has {', '.join(self.teachers)}"
            )
            raise SelectorError(f"no such teacher: {name[:_SHOWN]}; {names}")
        return {"teacher": name}


NO_PROFILE = Profile()


def _merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, without what the lower one says of a teacher that the upper one replaces."""
    replaced = {"teacher_options", "window"} if "teacher" in upper else set()
    return {**{k: v for k, v in lower.items() if k not in replaced}, **upper}


def _unfit(filter_: str) -> set[str]:
    """Return the options that do not go with a filter."""
    if filter_ == "sway":
        return set()
    return {"threshold", "judge", "verify", *(["dedup"] if filter_ == "none" else [])}
