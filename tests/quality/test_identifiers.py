import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.identifiers import identifier_tokens, written_tokens


@pytest.mark.parametrize(
    ("text", "identifiers"),
    [
        ("What does `--idle-timeout` do?", {"--idle-timeout"}),
        ("What does --idle-timeout do, and -V?", {"--idle-timeout", "-V"}),
        ("Is max_workers the same as maxWorkers?", {"max_workers", "maxWorkers"}),
        ("Where is server.port set (in /etc/app.conf)?", {"server.port", "/etc/app.conf"}),
        ("What does `fund` or ``npm fund`` show?", {"fund", "npm"}),
        ("Is int8 wider than int4?", {"int8", "int4"}),
        ("Is x != y when a < b?", {"!=", "<"}),
        ("What do `*` and -> mean?", {"*", "->"}),
        ("选项--binary是做什么的？", {"--binary"}),
        ("`--wait`の既定値は何ですか？", {"--wait"}),
        ("Параметр net.порт задан?", {"net.порт"}),
    ],
)
def test_what_is_written_as_code_is_an_identifier(text, identifiers):
    assert identifier_tokens(text) == identifiers


@pytest.mark.parametrize(
    "text",
    [
        "Is the near-duplicate found?",
        "Pourquoi sonnent-elles à midi ?",
        "¿Qué hora es?",
        "It took 1.250 steps, from 8:15 to 17:45, and 10km or 1920x1080 of them.",
        "Mira Holt - a mason - and «Ada Reyes» (both) built it...",
        "法国的首都是什么？",
        "It is 5 °C!",
        "",
    ],
)
def test_prose_and_numbers_have_no_identifiers(text):
    assert identifier_tokens(text) == frozenset()


def test_what_is_written_has_its_case_and_no_outer_punctuation():
    assert written_tokens("Is (`Port`) open?") == {"Is", "Port", "open"}


@given(st.text("ab1`-_.<= (?)本", max_size=30))
def test_each_identifier_is_written(text):
    assert identifier_tokens(text) <= written_tokens(text)
