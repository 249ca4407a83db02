"""What the user has set under `dlm`: read once for each document, a wrong value never fatal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from dlm_lsp.document.schema_description import describe_allowed
from dlm_lsp.ide.diagnostic import DiagnosticLevel

PositiveInt = Annotated[int, Field(ge=1)]


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


class Settings(_Section):
    """The settings of one document, as `dlm.teacher`, `dlm.perSection` and so on."""

    teacher: Annotated[str, Field(min_length=1)] = "self"
    per_section: PositiveInt = 3
    strategy: Literal["extraction", "expansion", "both"] = "extraction"
    filter: Literal["sway", "dedup-only", "none"] = "sway"
    threshold: Annotated[float, Field(allow_inf_nan=False)] | None = None
    max_pairs: PositiveInt | None = None
    max_new_tokens: PositiveInt = 512
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] = 0.0
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    seed: int | None = None
    judge: str | None = None
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    placement: Literal["after-source", "end"] = "after-source"
    review: Literal["insert", "preview", "stage"] = "insert"
    diagnostics: DiagnosticsSettings = DiagnosticsSettings()
    code_lens: Switch = Switch()
    inlay_hints: Switch = Switch()


@dataclass(frozen=True, slots=True)
class ParsedSettings:
    """Settings as they could be read, and one line for each value that was not taken."""

    settings: Settings
    complaints: tuple[str, ...] = ()


DEFAULT_SETTINGS = Settings()


def read_settings(given: object) -> ParsedSettings:
    """Return the settings in `given`; each wrong value is left out, so that its default counts.

    Names may be dotted (`review`, `synth.review`) as clients flatten them in their own ways.
    """
    if not isinstance(given, Mapping):
        return ParsedSettings(DEFAULT_SETTINGS)
    values = _nested(given)
    complaints: list[str] = []
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


def _nested(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return settings as nested dictionaries; `synth.review` counts as `review`.

    Nothing else counts under `synth`: editors that keep a workspace from choosing the teacher know
    it by its one name.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        first, dot, rest = str(name).partition(".")
        inner = {rest: value} if dot else value
        if first == "synth":
            if isinstance(inner, Mapping) and "review" in inner:
                values["review"] = inner["review"]
        elif isinstance(inner, Mapping):
            values.setdefault(first, {})
            if isinstance(values[first], dict):
                values[first] |= _nested(inner)
        elif inner is not None or first in _NULLABLE:
            values[first] = None if inner == "" and first in _NULLABLE else inner
    return values


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
    return [f"dlm.{'.'.join(names)} is {value!r}, but takes {_takes(names)}"] if names else []


def _takes(names: list[str]) -> str:
    block: type[BaseModel] = Settings
    for name in names:
        field = next(f for f in block.model_fields.values() if name in (f.alias, f.title))
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            block = field.annotation
            continue
        return f"{describe_allowed(field)}; the default {field.default!r} is used"
    return "a mapping; the default is used"


_NULLABLE = {str(field.alias) for field in Settings.model_fields.values() if field.default is None}
