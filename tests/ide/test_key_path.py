from ide.marked import at_cursor

from dlm_lsp.ide.key_path import key_at


def path_at(marked_yaml: str) -> str | None:
    """The path of the key that is meant at the mark, with dots."""
    found = key_at(*at_cursor(f"---\n{marked_yaml}---\n"))
    return ".".join(found.path) if found else None


def test_a_key_is_meant_on_its_name_and_on_its_value():
    assert path_at("export:\n  default_‸quant: Q8_0\n") == "export.default_quant"
    assert path_at("export:\n  default_quant: Q8‸_0\n") == "export.default_quant"


def test_the_value_comes_with_its_place():
    document, offset = at_cursor("---\nbase_model: ‸'x'\n---\n")
    found = key_at(document, offset)
    assert found is not None
    assert found.value == "x"
    assert document.text[found.span.start : found.span.end] == "'x'"


def test_a_name_has_no_value():
    found = key_at(*at_cursor("---\nbase‸_model: x\n---\n"))
    assert found is not None
    assert found.value is None


def test_between_the_keys_of_a_block_none_is_meant():
    assert path_at("export:\n ‸ default_quant: Q8_0\n") is None


def test_an_item_stands_for_any():
    assert path_at("training:\n  sources:\n  - path: a\n  - path: ‸b\n") == (
        "training.sources.[].path"
    )


def test_only_version_1_calls_preference_training_dpo():
    dpo = "training:\n  dpo:\n    lo‸ss_type: ipo\n"
    assert path_at(dpo) == "training.preference.loss_type"
    assert path_at(f"dlm_version: 1\n{dpo}") == "training.preference.loss_type"
    assert path_at(f"dlm_version: 2\n{dpo}") == "training.dpo.loss_type"


def test_below_the_frontmatter_no_key_is_meant():
    assert key_at(*at_cursor("---\nseed: 1\n---\nseed: ‸1\n")) is None
