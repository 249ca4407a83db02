import math

import pytest
from pydantic import ValidationError
from support.frontmatter_texts import BASE, ID, read

from dlm_lsp.document.schema import (
    Adapter,
    Audio,
    Block,
    Cache,
    Cpt,
    Export,
    Frontmatter,
    Gate,
    Preference,
    PreferenceHyperparams,
    SourceConfig,
    Training,
)

BLOCKS = [
    *(Adapter, Audio, Cache, Cpt, Export, Frontmatter),
    *(Gate, Preference, PreferenceHyperparams, SourceConfig, Training),
]
INFINITE = math.inf
BIG = 10**12

# block, key, default, what it takes at its ends, what lies just outside
NUMBERS = [
    (Training, "lora_r", 8, [1, 256], [0, 257]),
    (Training, "lora_alpha", 16, [1, BIG], [0]),
    (Training, "lora_dropout", 0.05, [0, 0.5], [-0.01, 0.51]),
    (Training, "sequence_len", 2048, [64, 32768], [63, 32769]),
    (Training, "micro_batch_size", "auto", [1, BIG], [0]),
    (Training, "grad_accum", "auto", [1, BIG], [0]),
    (Training, "learning_rate", 2e-4, [1e-12, INFINITE], [0, -1]),
    (Training, "num_epochs", 3, [1, BIG], [0]),
    (Training, "warmup_ratio", 0.1, [0, 0.5], [-0.01, 0.51]),
    (Training, "seed", 42, [-BIG, BIG], [0.5]),
    (PreferenceHyperparams, "beta", 0.1, [0, 1], [-0.1, 1.1]),
    (PreferenceHyperparams, "alpha", 0.1, [0, 1], [-0.1, 1.1]),
    (PreferenceHyperparams, "learning_rate", 5e-6, [1e-12, INFINITE], [0]),
    (PreferenceHyperparams, "num_epochs", 1, [1, BIG], [0]),
    (Cpt, "embed_warmup_steps", 0, [0, BIG], [-1]),
    (Gate, "hidden_proj_dim", 64, [8, 2048], [7, 2049]),
    (Gate, "steps", 200, [1, 10_000], [0, 10_001]),
    (Gate, "lr", 3e-4, [1e-12, 1], [0, 1.1]),
    (Gate, "cold_start_floor", 4, [1, 1024], [0, 1025]),
    (Gate, "entropy_lambda", 0.01, [0, 1], [-0.1, 1.1]),
    (Cache, "max_bytes", 10 * 1024**3, [1, BIG], [0]),
    (Cache, "prune_older_than_days", 90, [1, BIG], [0]),
    (SourceConfig, "max_bytes_per_file", None, [1, BIG], [0]),
    (SourceConfig, "max_files", None, [1, BIG], [0]),
    (Adapter, "lora_r", 8, [1, 256], [0, 257]),
    (Adapter, "lora_alpha", 16, [1, BIG], [0]),
    (Adapter, "lora_dropout", 0.05, [0, 0.5], [-0.01, 0.51]),
    (Adapter, "learning_rate", 2e-4, [1e-12, INFINITE], [0]),
    (Export, "default_temperature", None, [0.01, 2], [0, 2.1]),
    (Export, "default_top_p", None, [0.01, 1], [0, 1.1]),
    (Frontmatter, "dlm_version", 15, [1, 15], [0, 16]),
]
WORDS = [
    (Training, "adapter", "lora", ["qlora", "dora"]),
    (Training, "target_modules", "auto", [["q_proj"], []]),
    (Training, "optimizer", "adamw_torch", ["adamw_bnb_8bit", "paged_adamw_8bit"]),
    (Training, "optimizer", "adamw_torch", ["galore_adamw", "galore_adamw_8bit"]),
    (Training, "lr_scheduler", "cosine", ["linear", "constant"]),
    (Training, "precision", None, ["bf16", "fp16", "fp32"]),
    (Training, "sources_policy", "permissive", ["strict"]),
    (Training, "adapters", None, []),
    (Training, "sources", None, [()]),
    (Preference, "enabled", False, [True]),
    (Preference, "method", "dpo", ["orpo"]),
    (Preference, "loss_type", "sigmoid", ["hinge", "ipo"]),
    (Preference, "reference", "pre_adapter", ["base"]),
    (Cpt, "schedule", "auto", ["dapt", "sft"]),
    (Gate, "enabled", False, [True]),
    (Cache, "enabled", True, [False]),
    (Audio, "auto_resample", False, [True]),
    (Adapter, "adapter", "lora", ["qlora", "dora"]),
    (Adapter, "target_modules", "auto", [["q_proj"]]),
    (SourceConfig, "include", ("**/*",), [("*.py",)]),
    (SourceConfig, "exclude", (), [("*.py",)]),
    (Export, "default_quant", "Q4_K_M", ["Q5_K_M", "Q6_K", "Q8_0"]),
    (Frontmatter, "system_prompt", None, ["Be brief."]),
]


def required(block: type[Block]) -> dict[str, str]:
    return {
        SourceConfig: {"path": "notes"},
        Frontmatter: {"dlm_id": "01HZ4X7TGZM3J1A2B3C4D5E6F7", "base_model": "qwen2.5-0.5b"},
    }.get(block, {})


def value_of(block: type[Block], key: str, value: object) -> object:
    return getattr(block.model_validate({**required(block), key: value}), key)


@pytest.mark.parametrize(("block", "key", "default", "inside", "outside"), NUMBERS)
def test_a_number_is_taken_up_to_the_ends_of_its_range(block, key, default, inside, outside):
    assert getattr(block.model_validate(required(block)), key) == default
    assert [value_of(block, key, value) for value in inside] == inside
    for value in outside:
        with pytest.raises(ValidationError):
            value_of(block, key, value)


@pytest.mark.parametrize(("block", "key", "default", "others"), WORDS)
def test_a_key_takes_its_default_and_its_other_words_only(block, key, default, others):
    assert getattr(block.model_validate(required(block)), key) == default
    assert [value_of(block, key, value) for value in others] == others
    with pytest.raises(ValidationError):
        value_of(block, key, {"no": {"such": "value"}})


def test_every_key_with_a_default_is_in_the_tables_above():
    in_tables = {(block, key) for block, key, *_ in [*NUMBERS, *WORDS]}
    inner = {"hyperparams", "preference", "cpt", "gate", "cache", "audio", "training", "export"}
    assert in_tables == {
        (block, key)
        for block in BLOCKS
        for key, field in block.model_fields.items()
        if not field.is_required() and key not in inner
    }


@pytest.mark.parametrize("block", BLOCKS)
def test_no_block_takes_a_key_that_it_does_not_know(block):
    with pytest.raises(ValidationError, match="extra_forbidden"):
        block.model_validate({**required(block), "unknown": 1})


@pytest.mark.parametrize("block", BLOCKS)
def test_every_key_is_described_in_one_line(block):
    for key, field in block.model_fields.items():
        assert field.description, key
        assert field.description.endswith(".")
        assert "\n" not in field.description


@pytest.mark.parametrize("name", ["a", "tone_2", "a" * 32])
def test_an_adapter_has_a_lower_case_name(name):
    assert name in Training.model_validate({"adapters": {name: {}}}).adapters


@pytest.mark.parametrize("name", ["", "A", "2a", "_a", "a-b", "a" * 33, "a\n", "é"])
def test_no_other_name_is_taken(name):
    with pytest.raises(ValidationError, match="string_pattern_mismatch"):
        Training.model_validate({"adapters": {name: {}}})


@pytest.mark.parametrize("dlm_id", ["", "01hz4x7tgzm3j1a2b3c4d5e6f7", "I" * 26, "0" * 25, "0" * 27])
def test_an_id_is_a_ulid(dlm_id):
    with pytest.raises(ValidationError, match="dlm_id"):
        Frontmatter(dlm_id=dlm_id, base_model="x")


def test_a_gate_needs_two_adapters():
    gate = {"enabled": True}
    assert Training.model_validate({"gate": gate, "adapters": {"a": {}, "b": {}}}).gate.enabled
    with pytest.raises(ValidationError, match="conflict"):
        Training.model_validate({"gate": gate, "adapters": {"a": {}}})
    with pytest.raises(ValidationError, match="conflict"):
        Training.model_validate({"gate": gate})


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("adapter", "dora"),
        ("lora_r", 9),
        ("lora_alpha", 17),
        ("lora_dropout", 0.1),
        ("target_modules", ["q_proj"]),
        ("learning_rate", 1e-4),
    ],
)
def test_with_named_adapters_the_flat_keys_stay_at_their_defaults(key, other):
    named = {"adapters": {"a": {key: other}}, key: Adapter.model_fields[key].default}
    assert Training.model_validate(named).adapters
    with pytest.raises(ValidationError, match="conflict"):
        Training.model_validate({**named, key: other})


def test_values_are_frozen():
    frontmatter, _ = read(f"{ID}\n{BASE}\n")
    with pytest.raises(ValidationError, match="frozen"):
        frontmatter.training.seed = 1


def test_the_defaults_are_those_of_the_reference(oracle):
    text = f"---\n{ID}\n{BASE}\ntraining:\n  adapters: {{a: {{}}}}\n  sources: [path: x]\n---\n"
    frontmatter, _ = read(text.removeprefix("---\n").removesuffix("---\n"))
    assert frontmatter.model_dump(mode="json") == oracle.parse(text)["frontmatter"]
