"""The page about profiles: its examples are read, and what it quotes is what is said."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from dlm_lsp.cli.app import dlm_app
from dlm_lsp.errors import ProfileError
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.parse_profile import parse_profile

PAGE = (Path(__file__).parents[1] / "docs" / "profiles.md").read_text("utf-8")
BLOCKS = [
    "\n".join(line.removeprefix("    ") for line in block.split("\n"))
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)
]
OWN, PROJECT = (block.strip() for block in BLOCKS if "[options]" in block)
QUOTED = [block.strip() for block in BLOCKS if "dlm: " in block]


def test_the_own_profile_of_the_page_names_teachers_and_chooses_options():
    profile = parse_profile(OWN.encode(), "dlm.toml", found=False)
    choices = profile.choices({})
    assert (choices["teacher"], choices["window"]) == (
        "vllm-server:http://localhost:8000#Qwen3-8B",
        16384,
    )
    cloud = profile.choices({"teacher": "cloud"})
    assert (cloud["teacher"], cloud["window"]) == ("openai:gpt-5-mini", None)


def test_the_profile_of_a_project_on_the_page_may_be_found_in_a_folder():
    guidance = parse_profile(PROJECT.encode(), "dlm.toml", found=True).guidance
    assert guidance.audience
    assert guidance.questions
    assert guidance.instruction
    assert guidance.examples


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('[options]\nteacher = "openai:m"', QUOTED[0]),
        ('[options]\nstrategi = "both"', QUOTED[1]),
    ],
)
def test_an_error_on_the_page_is_what_is_said(text, quoted):
    with pytest.raises(ProfileError) as error:
        parse_profile(text.encode(), "/home/you/mill/dlm.toml", found=True)
    assert f"dlm: {error.value}" == quoted


def test_the_page_tells_what_a_found_profile_may_say_and_what_editors_leave_out():
    (by_folder,) = re.findall(r"says only\n(.*) and `\[ask\]`\.", PAGE)
    assert re.findall(r"`(\w+)`", by_folder) == [n for n, o in OPTIONS.items() if o.by_folder]


def test_the_flag_of_the_page_is_one_of_both_commands_that_ask():
    synth = get_command(dlm_app).commands["synth"]
    for command in (synth.commands["instructions"], synth.commands["batch"].commands["submit"]):
        assert any("--profile" in parameter.opts for parameter in command.params)
