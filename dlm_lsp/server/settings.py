"""Settings under `dlm`: read once for each document, a wrong value never fatal.

Those of a run are the options of `dlm_lsp.synth.options`, with their defaults and bounds.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.schema_description import describe_allowed
from dlm_lsp.errors import OptionError
from dlm_lsp.ide.diagnostic import DiagnosticLevel
from dlm_lsp.synth.options import OPTIONS, FilterKind, PlacementChoice, StrategyChoice


class _Section(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")


class DiagnosticsSettings(_Section):
    """How loudly the editor marks things."""

    synthesized: Literal["off", "hint", "information", "warning"] = "hint"

    @property
    def origins(self) -> DiagnosticLevel | None:
        """How loudly to mark where a synthesized section came from; None: not at all."""
        return None if self.synthesized == "off" else DiagnosticLevel(self.synthesized)


class Switch(_Section):
    """Something that can be switched off."""

    enable: bool = True


def _option(name: str) -> Any:
    """Return the field of an option of a run, with its default and bounds."""
    option = OPTIONS[name]
    if option.choices or (option.kind in (str, dict) and option.default is None):
        return Field(option.default)
    if option.kind is str:
        return Field(option.default, min_length=1, pattern=_whole(option.pattern))
    finite = False if option.kind is float else None
    return Field(option.default, ge=option.ge, gt=option.gt, le=option.le, allow_inf_nan=finite)


def _whole(pattern: str) -> str | None:
    return f"^({pattern})$" if pattern else None


def _checked(options: dict[str, Any] | None) -> dict[str, Any] | None:
    try:
        OPTIONS["teacher_options"].check(options)
    except OptionError as error:
        raise ValueError(str(error)) from error
    return options


TeacherOptions = Annotated[dict[str, Any] | None, AfterValidator(_checked)]


class Settings(_Section):
    """The settings of one document, as `dlm.teacher`, `dlm.perSection` and so on."""

    teacher: str = _option("teacher")
    teacher_options: TeacherOptions = _option("teacher_options")
    window: int | None = _option("window")
    per_section: int = _option("per_section")
    strategy: StrategyChoice = _option("strategy")
    filter: FilterKind = _option("filter")
    threshold: float | None = _option("threshold")
    max_pairs: int | None = _option("max_pairs")
    max_requests: int | None = _option("max_requests")
    max_cost: float | None = _option("max_cost")
    max_new_tokens: int = _option("max_new_tokens")
    temperature: float = _option("temperature")
    top_p: float | None = _option("top_p")
    seed: int | None = _option("seed")
    judge: str | None = _option("judge")
    verify: str = _option("verify")
    concurrency: int | None = _option("concurrency")
    timeout: float = _option("timeout")
    placement: PlacementChoice = _option("placement")
    device: str = _option("device")
    profile: str | None = None
    review: Literal["insert", "preview", "stage"] = "insert"
    diagnostics: DiagnosticsSettings = DiagnosticsSettings()
    code_lens: Switch = Switch()
    inlay_hints: Switch = Switch()


@dataclass(frozen=True, slots=True)
class ParsedSettings:
    """Settings as they could be read, and one line for each value or misspelt name."""

    settings: Settings
    complaints: tuple[str, ...] = ()


DEFAULT_SETTINGS = Settings()


def read_settings(given: object) -> ParsedSettings:
    """Return the settings in `given`; each wrong value is left out, so that its default counts.

    A name that is no setting is told as well, where it is nearly one.

    Names may be dotted (`review`, `synth.review`) as clients flatten them in their own ways.
    """
    if not isinstance(given, Mapping):
        return ParsedSettings(DEFAULT_SETTINGS)
    values = _nested(given)
    complaints = list(_unknown(values, Settings, "dlm"))
    while True:
        try:
            return ParsedSettings(Settings.model_validate(values), tuple(complaints))
        except ValidationError as error:
            before = len(complaints)
            for problem in error.errors(include_url=False):
                path = [str(part) for part in problem["loc"]]
                complaints += _dropped(values, path, problem["input"])
            if len(complaints) == before:
                return ParsedSettings(
                    DEFAULT_SETTINGS, (f"the settings under dlm cannot be read: {error}",)
                )


def own_settings(pushed: object, before: object | None) -> object | None:
    """Return what is ours of settings that a client pushes, under `dlm` or bare.

    `before` is what was ours of the push before, None if nothing ever was; it stays where this one
    says nothing. Editors push all that they know of: where `dlm` or all is empty, and where ours
    are missing that were there before, nothing is set any more, which is an empty mapping.
    """
    if not isinstance(pushed, Mapping):
        return before
    if "dlm" in pushed:
        own = pushed["dlm"] or {}
        return own if isinstance(own, Mapping) else before
    # Of what is pushed bare, the rest may be that of other servers.
    bare = {name: value for name, value in pushed.items() if _first(name) in _NAMES}
    if bare or not pushed:
        return bare
    return None if before is None else {}


def setting_name(option: str) -> str:
    """Return the setting of an option of a run."""
    return f"dlm.{to_camel(option)}"


def _nested(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return settings as nested dictionaries; `synth.review` counts as `review`.

    Nothing else counts under `synth`: editors that keep a workspace from choosing the teacher know
    it by its one name. It is kept as a name that is unknown.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        first, dot, rest = str(name).partition(".")
        inner = {rest: value} if dot else value
        if first in _VERBATIM:
            # What stands within is not ours to read.
            both = isinstance(inner, Mapping) and isinstance(values.get(first), dict)
            values[first] = {**values[first], **inner} if both else inner
        elif first == "synth" and isinstance(inner, Mapping):
            values |= {n if n == "review" else f"synth.{n}": v for n, v in inner.items()}
        elif isinstance(inner, Mapping):
            values.setdefault(first, {})
            if isinstance(values[first], dict):
                values[first] |= _nested(inner)
        elif inner is not None or first in _NULLABLE:
            values[first] = None if inner == "" and first in _NULLABLE else inner
    return values


def _first(name: object) -> str:
    return str(name).partition(".")[0]


def _unknown(values: Mapping[str, Any], block: type[BaseModel], path: str) -> Iterator[str]:
    """Yield a line for each name in `values` that is nearly one of the fields of `block`.

    Others may be what the client itself knows.
    """
    fields = {str(field.alias): field.annotation for field in block.model_fields.values()}
    for name, value in values.items():
        if name not in fields:
            if near := closest_name(name.rpartition(".")[2], fields):
                yield (
                    f"{path}.{name} is no setting, and changes nothing: did you mean {path}.{near}?"
                )
            continue
        inner = fields[name]
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _unknown(value, inner, f"{path}.{name}")


def _dropped(values: dict[str, Any], path: list[str], value: object) -> list[str]:
    """Take the value at the longest part of `path` that is there out, and say so."""
    inner: Any = values
    names = []
    for name in path:
        if not isinstance(inner, dict) or name not in inner:
            break
        names.append(name)
        if not isinstance(inner[name], dict) or name == path[-1]:
            del inner[name]
            break
        inner = inner[name]
    if not names:
        return []
    if names[0] in _VERBATIM:
        try:
            OPTIONS["teacher_options"].check(value)
        except OptionError as wrong:
            return [f"{wrong.worded(setting_name)}; none is used"]
    requirement, default = _requirement(names)
    shown = "" if default is None else f" {json.dumps(default)}"
    error = OptionError(".".join(names), value, f"{requirement}; the default{shown} is used")
    return [error.worded(lambda name: f"dlm.{name}")]


def _requirement(names: list[str]) -> tuple[str, object]:
    """Return what the setting takes that `names` lead to, and its default."""
    block: type[BaseModel] = Settings
    for name in names:
        key, field = next(item for item in block.model_fields.items() if item[1].alias == name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            block = field.annotation
        elif block is Settings and key in OPTIONS:
            return OPTIONS[key].requirement, field.default
        else:
            return f"takes {describe_allowed(field)}", field.default
    return "takes a mapping", None


_NAMES = {"synth", *(str(field.alias) for field in Settings.model_fields.values())}
_VERBATIM = {to_camel("teacher_options")}
_NULLABLE = {str(field.alias) for field in Settings.model_fields.values() if field.default is None}
