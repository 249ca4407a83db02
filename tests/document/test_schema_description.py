import pytest

from dlm_lsp.document.schema import Adapter, Export, Frontmatter, SourceConfig, Training
from dlm_lsp.document.schema_description import blocks_of, describe_allowed, literal_choices


@pytest.mark.parametrize(
    ("block", "key", "words"),
    [
        (Training, "lora_r", "a whole number from 1 to 256"),
        (Training, "num_epochs", "a whole number of at least 1"),
        (Training, "seed", "a whole number"),
        (Training, "lora_dropout", "a number from 0 to 0.5"),
        (Training, "learning_rate", "a number above 0"),
        (Training, "micro_batch_size", "`auto` or a whole number of at least 1"),
        (Training, "target_modules", "`auto` or a list of texts"),
        (Training, "precision", "`bf16`, `fp16`, `fp32` or `null`"),
        (Training, "gate", "a mapping"),
        (Training, "adapters", "a mapping of one or more named adapters or `null`"),
        (Training, "sources", "a list of mappings or `null`"),
        (SourceConfig, "path", "a text that is not empty"),
        (SourceConfig, "include", "a list of texts"),
        (SourceConfig, "max_files", "a whole number of at least 1 or `null`"),
        (Export, "default_top_p", "a number above 0 up to 1 or `null`"),
        (Frontmatter, "base_model", "a key of the registry or `hf:org/name`"),
        (Frontmatter, "system_prompt", "a text or `null`"),
    ],
)
def test_what_a_key_takes_is_said_in_words(block, key, words):
    assert describe_allowed(block.model_fields[key]) == words


def test_a_flag_is_true_or_false():
    gate = Training.model_fields["gate"].annotation
    assert describe_allowed(gate.model_fields["enabled"]) == "`true` or `false`"


def test_choices_are_the_words_that_a_key_takes():
    assert literal_choices(Training.model_fields["precision"]) == ["bf16", "fp16", "fp32"]
    assert literal_choices(Training.model_fields["grad_accum"]) == ["auto"]
    assert literal_choices(Training.model_fields["seed"]) == []


def test_a_key_is_a_block_or_holds_several_or_neither():
    assert blocks_of(Frontmatter, "training") == (Training, None)
    assert blocks_of(Training, "adapters") == (None, Adapter)
    assert blocks_of(Training, "sources") == (None, SourceConfig)
    assert blocks_of(Training, "seed") == (None, None)
    assert blocks_of(Training, "no_such_key") == (None, None)
