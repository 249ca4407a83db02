from dlm_lsp.synth.pair_tables import table_records

TABLE = "| Q | A |\n|:--|--:|\n| Why? | So \\| so. |\n| Who? | `a` |"


def test_rows_are_records_under_the_names_of_the_columns():
    assert table_records(f"Here:\n\n{TABLE}\n\nBye", cut=False) == [
        {"Q": "Why?", "A": "So | so."},
        {"Q": "Who?", "A": "`a`"},
    ]


def test_the_last_row_of_a_table_that_broke_off_is_not_trusted():
    assert table_records(TABLE, cut=True) == [{"Q": "Why?", "A": "So | so."}]


def test_the_outer_bars_may_be_left_out():
    assert table_records("Q | A\n--- | ---\nWhy? | So.", cut=False) == [{"Q": "Why?", "A": "So."}]


def test_a_row_with_other_cells_than_the_head_is_left_out():
    assert table_records("|Q|A|\n|-|-|\n|Why?|\n|Why?|So.|x|", cut=False) == []


def test_bars_without_a_rule_are_no_table():
    assert table_records("| Why? | So. |\n| Who? | He. |", cut=False) == []
