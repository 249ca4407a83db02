import pytest
from support.frontmatter_texts import BASE, ID, REQUIRED, found, mended, messages


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ("lora_r: ⟦300⟧", "`training.lora_r` takes a whole number from 1 to 256, not `300`"),
        ("lora_r: ⟦eight⟧", "`training.lora_r` takes a whole number from 1 to 256, not `eight`"),
        ("learning_rate: ⟦0⟧", "`training.learning_rate` takes a number above 0, not `0`"),
        ("seed: ⟦[1, 2]⟧", "`training.seed` takes a whole number, not a list"),
        ("⟦seed⟧:", "`training.seed` takes a whole number, not nothing"),
        ("seed: ⟦~⟧", "`training.seed` takes a whole number, not `~`"),
        ("gate: ⟦5⟧", "`training.gate` takes a mapping, not `5`"),
        ("grad_accum: ⟦many⟧", "`auto` or a whole number of at least 1, not `many`"),
        ("target_modules: [a, ⟦1⟧, b]", "`training.target_modules[1]` takes a text, not `1`"),
        ("target_modules: ⟦{a: 1}⟧", "takes `auto` or a list of texts, not a mapping"),
        ("preference: {enabled: ⟦maybe⟧}", "`training.preference.enabled` takes `true` or"),
        ("adapters: ⟦{}⟧", "takes a mapping of one or more named adapters or `null`, not `{}`"),
        ("adapters: {a: ⟦1⟧}", "`training.adapters.a` takes a mapping, not `1`"),
        ("adapters: {a: {lora_r: ⟦0⟧}}", "`training.adapters.a.lora_r` takes a whole number"),
        ("adapters: {⟦Tone⟧: {}}", "lower-case letters, digits or `_`, not `Tone`"),
        ("adapters: {⟦1⟧: {}}", "digits or `_`, not `1`"),
        ("sources: [{path: a}, {path: ⟦''⟧}]", "`training.sources[1].path` takes a text that"),
        ("sources: [⟦notes⟧]", "`training.sources[0]` takes a mapping, not `notes`"),
        ("sources: [{path: a, include: [⟦1⟧]}]", "`training.sources[0].include[0]` takes a text"),
        ("optimizer: ⟦" + "x" * 50 + "⟧", f"not `{'x' * 40}…`"),
    ],
)
def test_a_wrong_value_is_named_with_what_its_key_takes(training, message):
    text = f"{REQUIRED}training:\n  {training}\n"
    assert found(text) == ["invalid-value"]
    assert message in messages(text.replace("⟦", "").replace("⟧", ""))


def test_every_wrong_value_is_found():
    text = f"{REQUIRED}training: {{seed: ⟦a⟧, lora_r: ⟦0⟧}}\nexport: {{default_quant: ⟦Q1⟧}}\n"
    assert found(text) == ["invalid-value"] * 3


def test_a_value_that_is_used_twice_is_wrong_once():
    text = f"{REQUIRED}training: {{lora_r: ⟦&none 0⟧, num_epochs: *none}}\n"
    assert found(text) == ["invalid-value"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{REQUIRED}⟦trainning⟧: {{}}\n", "`trainning` is no key of a frontmatter: did you mean"),
        (f"{REQUIRED}⟦colour⟧: red\n", "it takes `dlm_id`, `dlm_version`, `base_model`, "),
        (f"{REQUIRED}training:\n  ⟦sed⟧: 1\n", "of `training`: did you mean `seed`?"),
        (f"{REQUIRED}training: {{cache: {{⟦size⟧: 1}}}}\n", "`size` is no key of `training.cache`"),
        (f"{REQUIRED}training: {{adapters: {{a: {{⟦lora_R⟧: 1}}}}}}\n", "did you mean `lora_r`?"),
        (f"{REQUIRED}training: {{sources: [{{path: a, ⟦paht⟧: b}}]}}\n", "did you mean `path`?"),
        (f"{REQUIRED}⟦1⟧: 2\n", "a key is a text, not `1`"),
        (f"{REQUIRED}? ⟦2024-01-31⟧\n: 2\n", "a key is a text, not `2024-01-31`"),
        (f"{REQUIRED}⟦'se ed'⟧: 2\n", "`'se ed'` is no key of a frontmatter"),
    ],
)
def test_an_unknown_key_is_named_with_the_closest_one(text, message):
    assert found(text) == ["unknown-key"]
    assert message in messages(text.replace("⟦", "").replace("⟧", ""))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("⟦---⟧\n", ["dlm_id", "base_model"]),
        ("⟦---⟧\n\n  \n", ["dlm_id", "base_model"]),
        ("⟦---⟧\n{}\n", ["dlm_id", "base_model"]),
        (f"⟦---⟧\n{ID}\n", ["base_model"]),
        (f"⟦---⟧\n{BASE}\n", ["dlm_id"]),
        (f"{REQUIRED}training: {{sources: [⟦{{}}⟧]}}\n", ["training.sources[0].path"]),
        (f"{REQUIRED}training: {{sources: [⟦{{max_files: 1}}⟧]}}\n", ["training.sources[0].path"]),
    ],
)
def test_a_missing_key_is_named_with_what_it_takes(text, keys):
    assert found(text) == ["missing-key"] * len(keys)
    lines = messages(text.replace("⟦", "").replace("⟧", "").removeprefix("---\n")).split("\n")
    assert [line.split(" is missing; it takes ")[0] for line in lines] == [f"`{k}`" for k in keys]


def test_keys_that_contradict_each_other_are_each_shown():
    text = "training:\n  adapters: {a: {}}\n  lora_r: ⟦9⟧\n  gate: {enabled: ⟦true⟧}\n"
    assert found(REQUIRED + text) == ["conflicting-keys", "conflicting-keys"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{REQUIRED}trainning: {{}}\n", f"{REQUIRED}training: {{}}\n"),
        (f"{REQUIRED}'export ': {{}}\n", f"{REQUIRED}export: {{}}\n"),
        (f"{ID}\nbase_modle: smollm3-3b\n", f"{ID}\nbase_model: smollm3-3b\n"),
        (f'{REQUIRED}training: {{"sead": 7}}\n', f"{REQUIRED}training: {{seed: 7}}\n"),
        (f"{REQUIRED}training: {{adapter: Lora}}\n", f"{REQUIRED}training: {{adapter: lora}}\n"),
        (
            f"{REQUIRED}export: {{default_quant: q8_0}}\n",
            f"{REQUIRED}export: {{default_quant: Q8_0}}\n",
        ),
        (f"{ID.lower()}\n{BASE}\n", f"{ID}\n{BASE}\n"),
    ],
)
def test_a_fix_writes_what_was_meant(before, after):
    assert mended(before) == after
    assert found(after) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{REQUIRED}training: {{seed: 1, sead: 2}}\n",
        f"{REQUIRED}training: {{adapter: &a Lora}}\n",
        f"{REQUIRED}training: {{adapter: !!str Lora}}\n",
        f"{REQUIRED}training: {{optimizer: sgd}}\n",
        f"{REQUIRED}training: {{sead: 1, sead: 2}}\n",
    ],
)
def test_no_fix_is_offered_where_it_would_break_something_or_is_a_guess(text):
    assert mended(text) == text
    assert messages(text)
