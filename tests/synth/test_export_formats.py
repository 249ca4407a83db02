"""Export formats: the fields that each trainer reads, and JSON that stays one line a row."""

import json
from dataclasses import asdict, fields, replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from dlm_lsp.cli.app import dlm_app
from dlm_lsp.synth.export_formats import ExportFormat, column_types, export_row, json_lines
from dlm_lsp.synth.exported_pairs import ExportedPair

PAIR = ExportedPair(
    question="How many?",
    answer="Twelve.",
    system_prompt="",
    source_text="The town has 12 mills.",
    evidence="12 mills",
    margin=0.5,
    judge="sway:m",
    teacher="openai:m",
    strategy="extraction",
    synthesized_at="2026-01-31T09:30:00Z",
    origin="synthesized",
    reviewed=True,
    probe=False,
    heading="Mills",
    section_id="0" * 16,
    source_section_id="1" * 16,
    dlm_id="01K7XW3Q9DGEMM4N2BT5RHV8CE",
    document="mills.dlm",
)
WITH_SYSTEM = replace(PAIR, system_prompt="Be brief.")
WORDS = {"question", "answer", "system_prompt"}
# What a trainer would take for something to learn from, wherever it stands.
READ_BY_TRAINERS = {"text", "prompt", "completion", "chosen", "rejected", "history", "tools"}
READ_BY_TRAINERS |= {"images", "videos", "audios", "label", "labels", "input_ids"}


def own_fields(pair: ExportedPair, format_: ExportFormat) -> dict[str, object]:
    """Return what a format has beside the provenance."""
    provenance = {k: v for k, v in asdict(pair).items() if k not in WORDS}
    row = export_row(pair, format_)
    assert provenance.items() <= row.items()
    return {name: value for name, value in row.items() if name not in provenance}


def test_the_plain_formats_have_the_fields_of_a_pair():
    assert export_row(PAIR, "jsonl") == export_row(PAIR, "parquet") == asdict(PAIR)


def test_alpaca_has_an_instruction_and_an_output():
    words = {"instruction": "How many?", "input": "", "output": "Twelve."}
    assert own_fields(PAIR, "alpaca") == {**words, "system": ""}
    assert own_fields(WITH_SYSTEM, "alpaca") == {**words, "system": "Be brief."}


def test_chatml_has_messages_of_roles():
    turns = [{"role": "user", "content": "How many?"}, {"role": "assistant", "content": "Twelve."}]
    assert own_fields(PAIR, "chatml") == {"messages": turns}
    system = {"role": "system", "content": "Be brief."}
    assert own_fields(WITH_SYSTEM, "chatml") == {"messages": [system, *turns]}


def test_sharegpt_has_conversations_of_a_human_and_gpt():
    turns = [{"from": "human", "value": "How many?"}, {"from": "gpt", "value": "Twelve."}]
    assert own_fields(PAIR, "sharegpt") == {"conversations": turns}
    system = {"from": "system", "value": "Be brief."}
    assert own_fields(WITH_SYSTEM, "sharegpt") == {"conversations": [system, *turns]}


def test_no_field_of_the_provenance_is_one_that_a_trainer_reads():
    names = {field.name for field in fields(ExportedPair)} - WORDS
    assert names & (READ_BY_TRAINERS | {"instruction", "input", "output", "system"}) == set()


def test_every_column_has_the_type_of_its_field():
    kinds = {"string": str, "float64": float, "bool": bool}
    types = column_types()
    assert list(types) == list(asdict(PAIR))
    for name, value in asdict(PAIR).items():
        assert isinstance(value, kinds[types[name]]), name


@given(st.lists(st.text(), max_size=5), st.sampled_from(get_args(ExportFormat)))
def test_a_row_is_always_one_line_that_reads_back_whatever_its_words_are(texts, format_):
    rows = [export_row(replace(PAIR, question=t, source_text=t), format_) for t in texts]
    lines = json_lines(rows).splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert not any(0x7F <= ord(c) <= 0x9F or ord(c) < 0x20 for line in lines for c in line)


def test_words_of_other_scripts_stay_readable():
    assert "水車は十二" in json_lines([export_row(replace(PAIR, answer="水車は十二"), "jsonl")])


def test_the_shell_offers_each_format():
    export = get_command(dlm_app).commands["synth"].commands["export"]
    (flag,) = (param for param in export.params if param.name == "format_")
    assert get_args(flag.type_descriptor.annotation) == get_args(ExportFormat)
