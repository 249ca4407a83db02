"""Profile parser: what a `dlm.toml` says, or where and why it cannot be taken."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic import ValidationError as SchemaError

from dlm_lsp.document.did_you_mean import closest_name
from dlm_lsp.document.toml_lines import decode_problem, line_of_keys
from dlm_lsp.errors import NotFoundError, OptionError, ProfileError
from dlm_lsp.store.files import read_file
from dlm_lsp.store.profile_files import ProfileFile
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.profile import NO_PROFILE, Profile
from dlm_lsp.teachers.guidance import Guidance
from dlm_lsp.teachers.prompt_examples import PairExample
from dlm_lsp.teachers.registry import TEACHER_KINDS

_MOST_BYTES = 64 * 1024
_SHOWN = 40
_TEACHER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_RESERVED = frozenset(("auto", "off", *(kind.name for kind in TEACHER_KINDS)))
_NO_GUIDANCE = Guidance()

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Kind = Annotated[_Text, StringConstraints(max_length=100)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @field_validator("*")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and any(map(_is_control, text)):
                raise ValueError("holds a control character; take it out")
        return value


class _ExampleTable(_Table):
    evidence: _Text = Field(max_length=400)
    question: _Text = Field(max_length=200)
    answer: _Text = Field(max_length=400)


class _AskTable(_Table):
    audience: _Text = Field(default="", max_length=200)
    questions: list[_Kind] = Field(default=[], max_length=8)
    instruction: _Text = Field(default="", max_length=1000)
    examples: list[_ExampleTable] = Field(default=[], max_length=4)


class _TeacherTable(_Table):
    selector: _Text = Field(max_length=2000)
    teacher_options: Any = None
    window: Any = None


class _Tables(_Table):
    options: dict[str, Any] = {}
    ask: _AskTable = _AskTable()
    teachers: dict[str, _TeacherTable] = {}


def read_profiles(
    files: Iterable[ProfileFile], read: Callable[[ProfileFile], Profile] | None = None
) -> Profile:
    """Return what all profiles say together, a later one counting before an earlier.

    Raises:
        ProfileError, StoreError: as `read_profile`.
    """
    profiles = map(read or read_profile, files)
    return reduce(lambda lower, upper: upper.over(lower), profiles, NO_PROFILE)


def read_profile(file: ProfileFile) -> Profile:
    """Return what a profile on disk says.

    Raises:
        ProfileError: it is no profile, or one that is found has a say in more than it may.
        StoreError: it cannot be read.
    """
    try:
        data = read_file(file.path, _MOST_BYTES, "shorten it")
    except NotFoundError as error:
        raise ProfileError(f"no profile {file.path}: there is no such file") from error
    return parse_profile(data, str(file.path), found=file.found)


def parse_profile(data: bytes, name: str, *, found: bool) -> Profile:
    """Return what the profile with the path `name` says.

    Raises:
        ProfileError: it cannot be read, or is found and has a say in more than it may.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(name, data[: error.start].count(b"\n") + 1, "not UTF-8") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(name, *decode_problem(error, text)) from error
    except (ValueError, RecursionError) as error:
        raise _fault(name, 1, "holds a number or a nesting beyond all measure") from error

    def fault(keys: tuple[str | int, ...], words: str) -> ProfileError:
        return _fault(name, line_of_keys(keys, text), f"{_dotted(keys)} {words}")

    if found:
        _refuse_choices(tables, fault)
    try:
        file = _Tables.model_validate(tables)
    except SchemaError as error:
        raise _schema_fault(error, fault) from error
    _check_options(file.options, ("options",), fault)
    ask = file.ask
    guidance = Guidance(
        ask.audience,
        tuple(ask.questions),
        ask.instruction,
        tuple(PairExample(**example.model_dump()) for example in ask.examples),
    )
    teachers = {name: _teacher(name, each, fault) for name, each in file.teachers.items()}
    has_say = bool(file.options) or guidance != _NO_GUIDANCE
    return Profile(file.options, guidance, teachers, (name,) if has_say else ())


_Fault = Callable[[tuple[str | int, ...], str], ProfileError]


def _refuse_choices(tables: Mapping[str, Any], fault: _Fault) -> None:
    """Refuse what a profile that may be anybody's has no say in."""
    options = tables.get("options")
    named = options if isinstance(options, dict) else {}
    choices = [name for name, option in OPTIONS.items() if not option.by_folder and name in named]
    paths: list[tuple[str, ...]] = [("options", name) for name in choices]
    paths += [("teachers",)] if "teachers" in tables else []
    for path in paths:
        raise fault(
            path,
            "is not taken from a profile found in a folder, which says what to ask and how to "
            "filter; put it into your own profile, or name this one",
        )


def _teacher(name: str, given: _TeacherTable, fault: _Fault) -> Mapping[str, Any]:
    keys = ("teachers", name)
    if not _TEACHER_NAME.fullmatch(name) or name in _RESERVED:
        raise fault(keys, "is no name for a teacher: take letters and digits, and no word for one")
    options = {key: value for key, value in given.model_dump().items() if value is not None}
    selector = options.pop("selector")
    _check_options(options, keys, fault)
    return {"teacher": selector, **options}


def _check_options(options: Mapping[str, Any], above: tuple[str, ...], fault: _Fault) -> None:
    for name, value in options.items():
        if name not in OPTIONS:
            raise fault((*above, name), f"is no option{_hint(name, OPTIONS)}")
        try:
            OPTIONS[name].check(value)
        except OptionError as error:
            requirement = error.requirement.format(other=error.other)
            raise fault((*above, name), f"is {_value(error.value)}; it {requirement}") from error


def _schema_fault(error: SchemaError, fault: _Fault) -> ProfileError:
    errors = error.errors(include_url=False)
    # A key with a slip in it is missing too.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    path, kind, context = first["loc"], first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        hint = _hint(str(path[-1]), _keys_at(path[:-1]))
        return fault(path, f"is no key of a profile{hint}")
    words = {
        "missing": "is missing",
        "string_too_long": f"takes at most {context.get('max_length')} characters",
        "string_too_short": "takes a text that is not empty",
        "too_long": f"takes at most {context.get('max_length')}",
        "value_error": str(context.get("error")),
        "string_type": "takes a text",
        "list_type": "takes a list",
    }
    return fault(path, words.get(kind, "takes a table"))


def _keys_at(path: tuple[str | int, ...]) -> Iterable[str]:
    blocks: dict[str, type[_Table]] = {"": _Tables, "ask": _AskTable, "teachers": _TeacherTable}
    first = str(path[0]) if path else ""
    return (_ExampleTable if "examples" in path else blocks[first]).model_fields


def _hint(name: str, known: Iterable[str]) -> str:
    close = closest_name(name[:_SHOWN], known)
    return f"; did you mean {close}?" if close else f": there are {', '.join(known)}"


def _dotted(keys: Iterable[str | int]) -> str:
    return ".".join(_shown(str(key + 1 if isinstance(key, int) else key)) for key in keys)


def _value(value: object) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return _shown(str(value).lower() if isinstance(value, bool) else repr(value))


def _shown(text: str) -> str:
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _is_control(character: str) -> bool:
    if character.isprintable() or character in "\n\t\u200c\u200d":
        return False
    return unicodedata.category(character) != "Zs"


def _fault(name: str, line: int, words: str) -> ProfileError:
    return ProfileError(f"{name}, line {line}: {words}")
