from hypothesis import given
from hypothesis import strategies as st
from ide.marked import MARK, at_cursor
from support.document_text import FRONTMATTER

from dlm_lsp.document import Edit, apply_edits, parse
from dlm_lsp.document.yaml_tree import read_yaml_tree
from dlm_lsp.ide.completion import CompletionItem, completions

HEAD = FRONTMATTER.removesuffix("---\n")


def offered(marked_yaml: str) -> list[str]:
    """The labels offered at the mark in a frontmatter that begins with a sound head."""
    return [item.label for item in completed(marked_yaml)]


def completed(marked_yaml: str) -> tuple[CompletionItem, ...]:
    document, offset = at_cursor(f"{HEAD}{marked_yaml}---\n")
    return completions(document, offset)


def accepted(marked_yaml: str, label: str) -> str:
    """The lines below the sound head once the completion with this label was accepted."""
    document, offset = at_cursor(f"{HEAD}{marked_yaml}---\n")
    item = next(item for item in completions(document, offset) if item.label == label)
    text = apply_edits(document.text, [Edit(item.span, item.plain)])
    return text.removeprefix(HEAD).removesuffix("---\n")


def test_on_a_blank_line_at_the_margin_the_keys_of_the_document_are_offered():
    assert offered("‸\n") == ["system_prompt", "training", "export"]


def test_the_same_is_offered_for_a_key_begun():
    assert offered("tr‸\n") == ["system_prompt", "training", "export"]


def test_keys_that_stand_above_or_below_are_left_out():
    assert offered("export:\n  default_quant: Q8_0\n‸\nsystem_prompt: x\n") == ["training"]


def test_in_an_indented_block_its_own_keys_are_offered():
    assert offered("export:\n  ‸\n") == ["default_quant", "default_temperature", "default_top_p"]


def test_the_block_may_be_nested_deep():
    marked = (
        "training:\n  preference:\n    enabled: true\n    hyperparams:\n      beta: 0.2\n      ‸\n"
    )
    assert offered(marked) == ["alpha", "learning_rate", "num_epochs"]


def test_a_shallower_line_leaves_the_block():
    marked = (
        "training:\n  cpt:\n    schedule: auto\n  cache:\n    enabled: true\n  preference:\n    ‸\n"
    )
    assert offered(marked)[0] == "enabled"


def test_under_the_name_of_an_adapter_the_keys_of_an_adapter_are_offered():
    marked = "training:\n  adapters:\n    tone:\n      lora_r: 4\n      ‸\n"
    assert offered(marked) == [
        "adapter", "lora_alpha", "lora_dropout", "target_modules", "learning_rate"
    ]  # fmt: skip


def test_the_name_of_an_adapter_is_free():
    assert offered("training:\n  adapters:\n    ‸\n") == []


def test_in_an_item_of_a_list_the_keys_of_the_item_are_offered():
    marked = "training:\n  sources:\n    - path: a\n    - path: b\n      include: []\n      ‸\n"
    assert offered(marked) == ["exclude", "max_bytes_per_file", "max_files"]


def test_a_dash_begins_an_item_with_all_its_keys():
    marked = "training:\n  sources:\n  - path: a\n  - ‸\n"
    assert offered(marked)[0] == "path"


def test_the_frontmatter_need_not_be_yaml_at_the_moment():
    assert offered('training:\n  seed: "\n  cpt:\n    ‸\n') == ["schedule", "embed_warmup_steps"]


def test_a_frontmatter_without_its_second_line_is_completed_too():
    document, offset = at_cursor("---\ndlm_id: x\nba‸")
    assert "base_model" in [item.label for item in completions(document, offset)]


def test_nothing_is_offered_where_the_indentation_fits_no_block():
    assert offered("training:\n  seed: 1\n    ‸\n") == []
    assert offered("training:\n  seed: 1\n ‸\n") == []


def test_nothing_is_offered_where_a_key_would_tear_a_block_apart():
    assert offered("training:\n  seed: 1\n‸\n  num_epochs: 2\n") == []


def test_nothing_is_offered_in_the_lines_of_a_text():
    assert offered("system_prompt: |\n  tr‸\n") == []


def test_nothing_is_offered_in_a_comment():
    assert offered("# tr‸\n") == []
    assert offered("training: # ‸\n") == []


def test_a_key_is_written_with_its_colon():
    assert accepted("training:\n  lo‸\n", "lora_r") == "training:\n  lora_r: \n"


def test_the_key_of_a_block_opens_it():
    assert accepted("training:\n  ‸\n", "cpt") == "training:\n  cpt:\n    \n"


def test_the_key_of_a_list_of_mappings_opens_its_first_item():
    assert accepted("training:\n  ‸\n", "sources") == "training:\n  sources:\n    - path: \n"


def test_a_key_that_has_its_colon_is_only_renamed():
    assert accepted("training:\n  lo‸ra_x: 8\n", "lora_r") == "training:\n  lora_r: 8\n"


def test_a_block_is_opened_with_the_line_breaks_of_the_document():
    document, offset = at_cursor("---\r\ndlm_version: 15\r\n‸\r\n---\r\n")
    training = next(item for item in completions(document, offset) if item.label == "training")
    assert training.plain == "training:\r\n  "


def test_what_a_key_takes_is_its_detail():
    [quant, *_] = completed("export:\n  ‸\n")
    assert quant.detail == "Q4_K_M, Q5_K_M, Q6_K or Q8_0"


def test_the_words_that_a_key_takes_are_offered_behind_it():
    assert offered("training:\n  lr_scheduler: ‸\n") == ["cosine", "linear", "constant"]


def test_the_word_that_is_the_default_says_so():
    assert [item.detail for item in completed("training:\n  adapter: ‸\n")] == ["default", "", ""]


def test_a_switch_is_true_or_false():
    assert offered("training:\n  gate:\n    enabled: ‸\n") == ["true", "false"]


def test_null_is_offered_where_it_is_allowed():
    assert offered("training:\n  precision: ‸\n") == ["bf16", "fp16", "fp32", "null"]
    assert offered("system_prompt: ‸\n") == ["null"]


def test_the_version_is_the_current_one():
    document, offset = at_cursor("---\ndlm_version: ‸\n---\n")
    assert [item.label for item in completions(document, offset)] == ["15"]


def test_the_value_that_stands_there_is_replaced_whole():
    marked = "training:\n  optimizer: adamw‸_torch # fast\n"
    assert accepted(marked, "galore_adamw") == "training:\n  optimizer: galore_adamw # fast\n"


def test_a_value_right_behind_the_colon_gets_its_blank():
    assert accepted("training:\n  adapter:‸\n", "dora") == "training:\n  adapter: dora\n"


def test_base_models_are_offered_with_size_context_and_licence():
    document, offset = at_cursor("---\nbase_model: qwen‸\n---\n")
    found = {item.label: item.detail for item in completions(document, offset)}
    assert found["qwen2.5-0.5b"] == "0.5B · 32k · Apache-2.0"


def test_the_hub_comes_after_the_base_models():
    document, offset = at_cursor("---\nbase_model: ‸\n---\n")
    assert sorted(completions(document, offset), key=lambda item: item.sort)[-1].label == "hf:"


_BLOCKS = [
    "export:\n  default_quant: Q8_0\n",
    "system_prompt: |\n  Be\n\n  brief: yes\n",
    "training:\n  seed: 1\n\n  cpt:\n    schedule: auto\n  # so\n  audio:\n    auto_resample: no\n",
    "training:\n    adapters:\n        a:\n            lora_r: 4\n        b: {}\n",
    "training:\n  sources:\n  - path: a\n    include:\n    - x\n  - path: b\n  seed: 2\n",
    "training:\n  sources:\n    - path: a\n\n      max_files: 2\n\n    - path: b\n",
    "training: {seed: 4}\n",
    "system_prompt: >\n  a\nexport:\n\n  default_quant: Q8_0\n",
]


@given(st.sampled_from(_BLOCKS), st.data())
def test_an_accepted_key_leaves_yaml(yaml: str, data: st.DataObject):
    rows = f"{HEAD}{yaml}".splitlines(keepends=True)
    row = data.draw(st.integers(1, len(rows)))
    column = data.draw(st.integers(0, 8))
    marked = "".join([*rows[:row], " " * column, MARK, "\n", *rows[row:], "---\n"])
    document, offset = at_cursor(marked)
    for item in completions(document, offset):
        changed = parse(apply_edits(document.text, [Edit(item.span, item.plain)]))
        root, problems = read_yaml_tree(changed.text[changed.yaml.start : changed.yaml.end])
        assert root, item
        assert not problems, item
        assert not [problem for problem in changed.problems if problem.code == "unknown-key"], item
