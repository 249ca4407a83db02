import re
import subprocess
import sys
from pathlib import Path

import pytest

from dlm_lsp.errors import SelectorError
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher
from dlm_lsp.teachers.registry import TEACHER_KINDS, forms, select


def chosen(selector: str) -> Teacher:
    return select(selector, GenerationOptions(), concurrency=2, timeout=5)


@pytest.mark.parametrize(
    ("selector", "name", "host"),
    [
        ("openai:gpt-5", "openai:gpt-5", "api.openai.com"),
        ("anthropic:claude-sonnet-4-5", "anthropic:claude-sonnet-4-5", "api.anthropic.com"),
        ("openai:ft:gpt-4o:org::id", "openai:ft:gpt-4o:org::id", "api.openai.com"),
        ("vllm-server:http://localhost:8000", "vllm-server:http://localhost:8000", None),
        ("vllm-server:http://h:8000/v1/#org/m", "vllm-server:http://h:8000#org/m", "h"),
        (" openai:gpt-5 ", "openai:gpt-5", "api.openai.com"),
        ("openai: gpt-5", "openai:gpt-5", "api.openai.com"),
        ("vllm-server: localhost:8000 # m ", "vllm-server:http://localhost:8000#m", None),
        ("vllm-server:http://h#org/m:free@x", "vllm-server:http://h#org/m:free@x", "h"),
        ("vllm-server:http://h#a b#c (q4) [x]", "vllm-server:http://h#a b#c (q4) [x]", "h"),
        ("vllm-server:http://h#通义/千问", "vllm-server:http://h#通义/千问", "h"),
    ],
)
def test_a_selector_names_a_teacher_and_where_the_prose_goes(selector, name, host):
    teacher = chosen(selector)
    assert (teacher.name, teacher.remote_host) == (name, host)


def test_the_name_has_no_credentials_and_no_query():
    teacher = chosen("vllm-server:https://ann:hunter2@gpu.example/v1?token=abc123#m")
    assert teacher.name == "vllm-server:https://gpu.example#m"


@pytest.mark.parametrize(
    "selector",
    ["", ":", "gpt-5", "self:me", "openai", "openai:", "hf:", "vllm-server:", "OpenAI:gpt-5"],
)
def test_a_malformed_selector_is_told_the_forms(selector):
    with pytest.raises(SelectorError, match=r"a teacher is one of self, hf:.*vllm-server:<url>"):
        chosen(selector)


def test_the_closest_kind_is_named():
    with pytest.raises(SelectorError, match=r"no such teacher: open-ai \(did you mean openai\?\)"):
        chosen("open-ai:gpt-5")


@pytest.mark.parametrize(
    "selector",
    ['openai:gpt"5', "anthropic:a\nb", "vllm-server:http://h#a-->b", "openai:<model>"],
)
def test_a_model_name_that_no_marker_could_hold_is_refused(selector):
    with pytest.raises(SelectorError, match="no model name has"):
        chosen(selector)


@pytest.mark.parametrize(
    "selector",
    ["vllm-server:ftp://u:hunter2@h", "vllm-server:u:hunter2@h", "https://u:hunter2@h/?hunter2"],
)
def test_a_bad_address_is_refused_without_being_repeated(selector):
    with pytest.raises(SelectorError) as refused:
        chosen(selector)
    assert "hunter2" not in str(refused.value)
    assert "vllm-server:" in str(refused.value)


def test_importing_the_selector_loads_no_client_library():
    script = (
        "import sys, dlm_lsp.teachers.registry; "
        "print({'openai', 'anthropic', 'torch', 'transformers', 'httpx2'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


PAGE = Path(__file__).parents[2] / "docs" / "teachers.md"


def test_the_table_of_the_page_on_teachers_has_a_row_for_every_kind():
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    needs_by_row = {(selector.partition(":")[0], who): needs for selector, who, needs in rows}
    for kind in TEACHER_KINDS:
        needs = needs_by_row[kind.name, kind.description]
        assert f"extra `{kind.extra}`" in needs
        assert kind.key_variable is None or f"`{kind.key_variable}`" in needs


def test_the_forms_are_those_of_the_rows():
    assert forms() == (
        "self, hf:<registry key, hub id or path>, openai:<model>, anthropic:<model>, "
        "vllm-server:<url>[#model]"
    )


def test_every_row_has_a_factory_of_its_own_and_one_line_about_it():
    assert len({kind.create for kind in TEACHER_KINDS}) == len(TEACHER_KINDS)
    for kind in TEACHER_KINDS:
        assert kind.description and "\n" not in kind.description
