"""The options of a run, as shell, settings and extension offer them."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from typer.main import get_command

from dlm_lsp.cli.app import dlm_app
from dlm_lsp.cli.flags import flag_name
from dlm_lsp.document import Placement
from dlm_lsp.errors import OptionError
from dlm_lsp.server.settings import Settings, read_settings, setting_name
from dlm_lsp.server.synthesis_request import options_from_settings
from dlm_lsp.synth.options import OPTIONS, Option, PlacementChoice
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.protocol import GenerationOptions

ROOT = Path(__file__).parents[1]
MANIFEST = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
CONTRIBUTED: dict[str, dict[str, Any]] = {
    name: setting
    for group in MANIFEST["contributes"]["configuration"]
    for name, setting in group["properties"].items()
}
FLAGS = {
    flag.opts[0]: flag
    for flag in get_command(dlm_app).commands["synth"].commands["instructions"].params
}
# A value of each kind that is no default.
OTHERS = {str: "other", dict: {"reasoning_effort": "low"}}
# Values of texts that have a form.
FORMED = {"device": "cuda:1"}
# What a command is told each time, and what is told by whoever starts the server.
PER_COMMAND = {"fresh", "again", "dedup"}
TO_START = {"dlm.path", "dlm.interpreter"}
# What the extension draws by itself.
DRAWN = {"dlm.dimMarkers"}

every_option = pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
every_setting = pytest.mark.parametrize(
    "option",
    [option for option in OPTIONS.values() if option.name not in PER_COMMAND],
    ids=lambda option: option.name,
)


def wrong_values(option: Option) -> list[object]:
    """Return values that the option does not take, each next to one that it takes."""
    step = 1 if option.kind is int else 1e-9
    outside = [
        option.ge if option.ge is None else option.ge - step,
        option.gt,
        option.le if option.le is None else option.le + step,
    ]
    values: list[object] = [value for value in outside if value is not None]
    if option.kind is float:
        values += [float("inf"), float("-inf"), float("nan")]
    if option.choices or option.pattern:
        values.append("nosuch")
    return values


def right_values(option: Option) -> list[object]:
    """Return values that the option just takes."""
    values: list[object] = [v for v in (option.ge, option.le) if v is not None]
    values += [FORMED[option.name]] if option.pattern else []
    if option.gt is not None:
        values.append(1e-9)
    return [*values, *option.choices, option.default]


def test_the_options_are_the_fields_of_a_run_with_their_defaults():
    members = [*fields(SynthOptions), *fields(GenerationOptions)]
    known = {member.name: member.default for member in members if member.default is not MISSING}
    # What a profile asks for is none of the options.
    assert known.pop("guidance") is None
    assert {**known, "teacher": "self", "judge": None} == {
        option.name: option.default for option in OPTIONS.values()
    }


def test_the_placements_are_those_of_a_document():
    assert get_args(PlacementChoice) == get_args(Placement)


@every_option
def test_an_option_has_a_type_bounds_and_a_meaning_in_one_line(option):
    assert option.default is None or isinstance(option.default, option.kind)
    assert re.fullmatch(r"[A-Z][^\n]+\.", option.meaning)
    assert (option.kind in (int, float)) == ((option.ge, option.gt) != (None, None))


@every_option
def test_a_flag_has_the_default_the_help_and_the_choices_of_its_option(option):
    flag = FLAGS[flag_name(option.name)]
    assert flag.default == option.default
    assert flag.help == option.meaning
    taken = flag.type_descriptor.annotation
    assert (get_args(taken) if get_origin(taken) is Literal else ()) == option.choices


def test_the_other_flags_are_of_one_command_alone():
    names = {flag_name(name) for name in OPTIONS}
    assert {flag for flag in FLAGS if flag.startswith("--")} - names == {
        "--address",
        "--apply",
        "--dry-run",
        "--engine",
        "--estimate",
        "--force",
        "--json",
        "--jsonl",
        "--profile",
        "--shard",
    }


@every_setting
def test_a_setting_takes_what_its_option_takes(option):
    name = setting_name(option.name).removeprefix("dlm.")
    for value in right_values(option):
        read = read_settings({name: value})
        assert (read.complaints, getattr(read.settings, option.name)) == ((), value)
        option.check(value)
    for value in wrong_values(option):
        (complaint,) = read_settings({name: value}).complaints
        assert complaint.startswith(f"dlm.{name} is {value!r}; it {option.requirement}; the defau")
        with pytest.raises(OptionError):
            option.check(value)


def test_the_settings_are_the_options_but_for_what_a_command_is_told():
    theirs = {"review", "diagnostics", "code_lens", "inlay_hints", "profile"}
    assert set(Settings.model_fields) - theirs == set(OPTIONS) - PER_COMMAND
    assert options_from_settings(Settings()) == SynthOptions()


@every_setting
def test_every_setting_of_a_run_reaches_it(option):
    if option.name in ("teacher", "judge"):
        return
    other = FORMED.get(option.name, OTHERS.get(option.kind, 777))
    others = [*right_values(option), other]
    value = next(v for v in others if v != option.default)
    options = options_from_settings(Settings(**{to_camel(option.name): value}))
    holder = options.sampling if hasattr(options.sampling, option.name) else options
    assert getattr(holder, option.name) == value


@every_setting
def test_the_extension_offers_the_bounds_and_the_choices_of_an_option(option):
    setting = CONTRIBUTED[setting_name(option.name)]
    bounds = {"minimum": option.ge, "exclusiveMinimum": option.gt, "maximum": option.le}
    for name, bound in bounds.items():
        assert setting.get(name) == bound
    assert tuple(setting.get("enum", ())) == option.choices
    assert setting.get("pattern", "") == (f"^({option.pattern})$" if option.pattern else "")


def declared(block: type[BaseModel], prefix: str) -> dict[str, tuple[Any, Any]]:
    """Return the default and the type of each setting, by its name."""
    settings: dict[str, tuple[Any, Any]] = {}
    for field in block.model_fields.values():
        name = f"{prefix}.{'synth.review' if field.alias == 'review' else field.alias}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            settings |= declared(field.annotation, name)
        else:
            settings[name] = field.default, field.annotation
    return settings


def json_types(annotation: Any) -> set[str]:
    """Return the types of JSON that a setting takes."""
    if get_origin(annotation) is Literal:
        return {"string"}
    if get_origin(annotation) is dict:
        return {"object"}
    names = {int: "integer", float: "number", str: "string", bool: "boolean", NoneType: "null"}
    parts = get_args(annotation) or (annotation,)
    return set().union(*({names[p]} if p in names else json_types(p) for p in parts))


def test_the_extension_offers_each_setting_with_its_type_and_default():
    settings = declared(Settings, "dlm")
    assert set(CONTRIBUTED) == {*settings, *TO_START, *DRAWN}
    for name, (default, annotation) in settings.items():
        setting = CONTRIBUTED[name]
        assert setting["default"] == default, name
        assert isinstance(setting["default"], bool) == isinstance(default, bool), name
        types = setting["type"]
        assert set(types if isinstance(types, list) else [types]) == json_types(annotation), name
        if get_origin(annotation) is Literal:
            assert tuple(setting["enum"]) == get_args(annotation), name


@pytest.mark.parametrize("name", CONTRIBUTED)
def test_the_extension_describes_each_setting_and_each_choice(name):
    setting = CONTRIBUTED[name]
    assert (setting.get("description") or setting["markdownDescription"]).strip()
    assert setting["order"] > 0
    assert len(setting.get("enumDescriptions", ())) == len(setting.get("enum", ()))


@pytest.mark.parametrize("name", CONTRIBUTED)
def test_the_readme_of_the_extension_tells_of_each_setting(name):
    readme = (ROOT / "vscode-client" / "README.md").read_text("utf-8")
    tables = re.findall(r"^\|.*\|$", readme, re.MULTILINE)
    assert any(f"`{name}`" in row.split("|")[1] for row in tables)
