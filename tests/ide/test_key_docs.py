import pytest
from pydantic import BaseModel

from dlm_lsp.document import SectionType
from dlm_lsp.document.base_models import base_models
from dlm_lsp.document.schema import Adapter, Cpt, Frontmatter, SourceConfig
from dlm_lsp.document.schema_description import blocks_of
from dlm_lsp.ide.key_docs import (
    SECTION_TYPES,
    block_at,
    default_of,
    describe_key,
    describe_model,
    field_at,
)


def every_path(block: type[BaseModel], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = []
    for key in block.model_fields:
        inner, items = blocks_of(block, key)
        paths.append((*path, key))
        if inner:
            paths += every_path(inner, (*path, key))
        if items:
            paths += every_path(items, (*path, key, "x"))
    return paths


@pytest.mark.parametrize("path", every_path(Frontmatter), ids=".".join)
def test_every_key_has_its_words(path: tuple[str, ...]):
    words = describe_key(path)
    assert words
    assert "None" not in words


def test_a_default_is_shown_as_yaml():
    paths = ["training.seed", "training.warmup_ratio", "training.cache.enabled", "system_prompt"]
    fields = [field_at(path.split(".")) for path in paths]
    assert [default_of(field) for field in fields if field] == ["42", "0.1", "true", "null"]


def test_a_list_is_shown_as_yaml():
    path = ("training", "sources", "[]", "include")
    words = describe_key(path)
    assert words is not None
    assert words.endswith('Default: `["**/*"]`.')


def test_a_path_leads_to_its_block():
    assert block_at(()) is Frontmatter
    assert block_at(("training", "cpt")) is Cpt
    assert block_at(("training", "adapters", "tone")) is Adapter
    assert block_at(("training", "sources", "[]")) is SourceConfig


def test_what_holds_several_blocks_is_none_itself():
    assert block_at(("training", "adapters")) is None
    assert block_at(("training", "seed")) is None


def test_every_section_type_and_model_has_words():
    assert set(SECTION_TYPES) == set(SectionType)
    assert all(describe_model(key) for key in base_models())


def test_a_licence_outside_the_list_of_licences_says_so():
    assert "- Licence: its own, not in the SPDX list\n" in describe_model("qwen2.5-3b")
