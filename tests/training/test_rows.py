"""Training rows: what a document gives a model to learn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import parse
from dlm_lsp.training.rows import (
    PairRow,
    ProseRow,
    TrainValidationSplit,
    is_held_out,
    repeat_by_weight,
    route_to_adapters,
    train_validation_split,
    training_rows,
)

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: smollm2-135m\n---\n"
PAIR = "### Q\nHow many?\n### A\nTwo.\n"


def _sections(body: str):
    return parse(HEAD + body).sections


def test_prose_is_one_row_without_the_white_space_around_it():
    (section,) = _sections("\n  The mill.\n\n")
    assert training_rows([section]) == (ProseRow(section.id, "The mill."),)


def test_each_pair_of_an_instruction_section_is_a_row_also_a_probe():
    (section,) = _sections(f"::instruction::\n{PAIR}### Q !probe\nWho?\n### A\nAnn.\n")
    assert training_rows([section]) == (
        PairRow(section.id, "How many?", "Two.", 0),
        PairRow(section.id, "Who?", "Ann.", 1),
    )


def test_synthesized_pairs_are_rows_like_any_other():
    marker = (
        '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction" '
        'synth_at="2026-01-01T00:00:00Z" source_section_id="0123456789abcdef" -->\n'
    )
    (plain,) = _sections(f"::instruction::\n{PAIR}")
    (marked,) = _sections(f"::instruction::\n{marker}{PAIR}")
    assert training_rows([plain]) == training_rows([marked])


def test_preferences_give_no_rows():
    body = "::preference::\n### Prompt\nP\n### Chosen\nC\n### Rejected\nR\n"
    assert training_rows(_sections(body)) == ()


def test_without_named_adapters_everything_goes_to_one():
    sections = _sections(f"Prose.\n::instruction::\n{PAIR}")
    assert route_to_adapters(sections, None) == {None: sections}


def test_sections_go_to_the_adapter_of_their_fence_and_the_others_to_the_first():
    prose, toned, plain = _sections(
        f"Prose.\n::instruction#tone::\n{PAIR}::instruction::\n{PAIR}### Q\nWho?\n### A\nAnn.\n"
    )
    assert route_to_adapters([prose, toned, plain], ["facts", "tone"]) == {
        "facts": (prose, plain),
        "tone": (toned,),
    }


def _many(count: int) -> list[ProseRow]:
    return [ProseRow(f"{number:016x}", str(number)) for number in range(count)]


def test_about_a_tenth_is_held_out():
    assert 70 <= len(train_validation_split(_many(1000), 42).validation) <= 130


def test_an_added_section_moves_no_other():
    before, after = train_validation_split(_many(300), 7), train_validation_split(_many(301), 7)
    assert set(before.validation) <= set(after.validation)
    assert set(before.train) <= set(after.train)


def test_another_seed_holds_out_other_sections():
    assert train_validation_split(_many(300), 1) != train_validation_split(_many(300), 2)


@pytest.mark.parametrize("seed", range(40))
def test_of_a_section_with_many_pairs_only_a_part_is_held_out(seed):
    note = ProseRow("f" * 16, "Note.")
    pairs = [PairRow("0" * 16, f"Q{index}", "A", index) for index in range(100)]
    assert 1 <= len(train_validation_split([note, *pairs], seed).validation) <= 25


def test_equal_rows_of_equal_sections_stay_together():
    pairs = [PairRow("0" * 16, f"Q{index}", "A", index) for index in range(100)]
    both = train_validation_split([*pairs, *pairs], 42)
    assert set(both.train).isdisjoint(both.validation)


@given(st.integers(1, 40), st.integers(0, 1000))
def test_never_more_than_a_quarter_is_held_out(count, seed):
    split = train_validation_split(_many(count), seed)
    assert len(split.validation) <= count / 4
    assert sorted(map(str, (*split.train, *split.validation))) == sorted(map(str, _many(count)))


@pytest.mark.parametrize("seed", range(40))
def test_the_only_section_is_always_trained_on(seed):
    assert train_validation_split(_many(1), seed) == TrainValidationSplit(tuple(_many(1)), ())


@given(st.floats(0, 9), st.integers(0, 99))
def test_a_row_is_repeated_by_its_weight_and_always_alike(weight, seed):
    row = ProseRow("0" * 16, "The mill.", weight)
    copies = repeat_by_weight([row], seed)
    assert copies == repeat_by_weight([row], seed)
    assert set(copies) <= {row}
    assert int(weight) <= len(copies) <= int(weight) + 1
    assert len(copies) == weight or weight % 1


def test_a_fraction_is_drawn_row_by_row():
    rows = [ProseRow(f"{number:016x}", "The mill.", 1.5) for number in range(400)]
    assert 540 <= len(repeat_by_weight(rows, 42)) <= 660


def test_pairs_are_not_repeated():
    pair = PairRow("0" * 16, "How many?", "Two.")
    assert repeat_by_weight([pair], 42) == (pair,)


@given(st.text(max_size=4), st.integers(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_always_holds_out_what_a_smaller_one_does(id_, index, one_share, other):
    smaller, larger = sorted((one_share, other))
    if is_held_out(42, id_, index, smaller):
        assert is_held_out(42, id_, index, larger)
