"""Training recipe: how one adapter is trained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.schema import Training
from dlm_lsp.training.recipe import BatchSizes, Recipe, batch_sizes, make_recipe


def _recipe(prose_share: float = 0.0, adapter: str | None = None, **training) -> Recipe:
    read = Training.model_validate(training)
    return make_recipe(read, adapter, prose_share=prose_share, precision="fp32")


def _with(recipe: Recipe, rows: int, longest=10, token_bytes=400, device="cpu", max_steps=None):
    return batch_sizes(
        recipe, rows, longest=longest, token_bytes=token_bytes, device=device, max_steps=max_steps
    )


def _batches(rows: int, longest: int = 10, token_bytes: int = 400, device="cpu", **training):
    return _with(_recipe(**training), rows, longest, token_bytes, device=device)


def test_a_document_without_settings_has_the_defaults_of_the_format():
    recipe = _recipe()
    assert (recipe.adapter, recipe.lora_r, recipe.lora_alpha, recipe.lora_dropout) == (
        "lora",
        8,
        16,
        0.05,
    )
    assert (recipe.learning_rate, recipe.num_epochs, recipe.sequence_len) == (2e-4, 3, 2048)
    assert (recipe.lr_scheduler, recipe.warmup_ratio, recipe.seed) == ("cosine", 0.1, 42)
    assert recipe.target_modules is None


def test_a_named_adapter_has_its_own_settings_beside_the_common_ones():
    recipe = _recipe(
        adapter="tone",
        num_epochs=2,
        adapters={"facts": {}, "tone": {"adapter": "dora", "lora_r": 4, "target_modules": ["q"]}},
    )
    assert (recipe.adapter, recipe.lora_r, recipe.target_modules, recipe.num_epochs) == (
        "dora",
        4,
        ("q",),
        2,
    )


def test_null_precision_is_that_of_the_device_and_a_named_one_stays():
    assert _recipe().precision == "fp32"
    assert _recipe(precision="bf16").precision == "bf16"


def test_a_seed_of_the_command_goes_before_that_of_the_document():
    read = Training.model_validate({"seed": 1})
    assert make_recipe(read, None, prose_share=0, precision="fp32", seed=0).seed == 0


@pytest.mark.parametrize(
    ("share", "training", "curve"),
    [
        (0.9, {}, ("dapt", 0.2)),
        (0.5, {}, ("cosine", 0.1)),
        (0.9, {"lr_scheduler": "linear"}, ("linear", 0.1)),
        (0.9, {"warmup_ratio": 0.0}, ("cosine", 0.0)),
        (0.9, {"cpt": {"schedule": "sft"}}, ("cosine", 0.1)),
        (0.1, {"lr_scheduler": "linear", "cpt": {"schedule": "dapt"}}, ("dapt", 0.2)),
    ],
)
def test_the_curve_is_that_of_pretraining_where_prose_prevails_or_it_is_asked_for(
    share, training, curve
):
    recipe = _recipe(share, **training)
    assert (recipe.lr_scheduler, recipe.warmup_ratio) == curve


def test_auto_gathers_eight_rows_for_an_update():
    assert _batches(80) == BatchSizes(4, 2, 3 * 10)


def test_auto_takes_fewer_rows_where_an_epoch_would_have_less_than_four_updates():
    assert _batches(8) == BatchSizes(2, 1, 3 * 4)
    assert _batches(1) == BatchSizes(1, 1, 3)


def test_auto_takes_fewer_rows_at_once_where_they_are_long():
    def rows(precision):
        return [
            _batches(80, longest=longest, precision=precision).micro_batch_size
            for longest in (80, 160, 320, 2048)
        ]

    assert rows("bf16") == [4, 4, 2, 1]
    assert rows("fp32") == [4, 2, 1, 1]


@pytest.mark.parametrize(
    ("longest", "token_bytes", "device", "micro"),
    [(1000, 10**5, "cuda", 8), (1000, 10**6, "cuda:1", 4), (1000, 10**7, "mps", 1)],
)
def test_auto_takes_as_many_rows_as_fit_into_six_gibibytes_of_a_gpu(
    longest, token_bytes, device, micro
):
    assert _batches(80, longest, token_bytes, device).micro_batch_size == micro


@pytest.mark.parametrize(
    ("rows", "grad_accum", "device", "micro"),
    [
        (80, 1, "cpu", 4),
        (64, 1, "cuda", 16),
        (63, 1, "cuda", 8),
        (64, 4, "cuda", 4),
        (3, 2, "cuda", 1),
    ],
)
def test_auto_takes_up_to_4_rows_or_16_on_a_gpu_beside_a_named_number_of_batches(
    rows, grad_accum, device, micro
):
    found = _batches(rows, device=device, grad_accum=grad_accum, num_epochs=1)
    assert (found.micro_batch_size, found.grad_accum) == (micro, grad_accum)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_auto_makes_updates_of_as_many_rows_on_each_device(device):
    found = _batches(640, device=device)
    assert found.micro_batch_size * found.grad_accum == 8


@given(
    rows=st.integers(1, 500),
    longest=st.integers(2, 4096),
    token_bytes=st.integers(1, 10**8),
    device=st.sampled_from(["cpu", "cuda", "cuda:1", "mps"]),
    grad_accum=st.one_of(st.just("auto"), st.integers(1, 9)),
)
def test_auto_always_takes_a_power_of_two_that_fits_and_leaves_an_epoch_four_updates(
    rows, longest, token_bytes, device, grad_accum
):
    found = _batches(rows, longest, token_bytes, device, grad_accum=grad_accum, num_epochs=1)
    micro = found.micro_batch_size
    most, fits = (
        (4, micro * longest <= 320)
        if device == "cpu"
        else (16, micro * longest * token_bytes <= 6 * 2**30)
    )
    assert micro in [rows for rows in (1, 2, 4, 8, 16) if rows <= most]
    if micro > 1:
        assert fits
        assert found.steps >= 4


def test_numbers_are_taken_as_they_are():
    found = _batches(80, longest=2048, token_bytes=10**8, micro_batch_size=5, grad_accum=3)
    assert found == BatchSizes(5, 3, 3 * 6)


def test_a_most_of_steps_is_kept():
    assert _with(_recipe(), 80, max_steps=5).steps == 5
    assert _with(_recipe(), 1, max_steps=5).steps == 3
