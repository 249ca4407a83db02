import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.document_text import FRONTMATTER, document
from support.generated_documents import pairs, sound_documents

from dlm_lsp.document import (
    Addition,
    Document,
    Pair,
    SynthMarker,
    apply_edits,
    insert,
    parse,
    remove,
    remove_marker,
)

PAIR = Pair("Why?", "So.")


def addition(source_id: str = "0" * 16, pair: Pair = PAIR, adapter: str | None = None) -> Addition:
    return Addition(
        pair, SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", source_id), adapter
    )


def block(source_id: str, answer: str = "So.") -> str:
    marker = SynthMarker("t", "extraction", "2026-01-31T09:30:00Z", source_id).line()
    return f"::instruction::\n{marker}\n### Q\nWhy?\n### A\n{answer}\n"


def inserted(parsed: Document, *additions: Addition, placement="after-source") -> Document:
    return parse(apply_edits(parsed.text, insert(parsed, additions, placement)))


def synthesized(parsed: Document) -> list:
    return [section for section in parsed.sections if section.synth]


def test_an_addition_stands_right_after_its_source():
    parsed = document("a\n\n::prose::\nb\n")
    source = parsed.sections[0].id
    assert inserted(parsed, addition(source)).text == (
        f"{FRONTMATTER}a\n\n{block(source)}::prose::\nb\n"
    )


def test_an_addition_stands_behind_what_was_synthesized_before():
    parsed = document("a\n::prose::\nb\n")
    source = parsed.sections[0].id
    once = inserted(parsed, addition(source))
    twice = inserted(once, addition(source, Pair("Why?", "Also.")))
    assert twice.text == f"{FRONTMATTER}a\n{block(source)}{block(source, 'Also.')}::prose::\nb\n"


@pytest.mark.parametrize("placement", ["after-source", "end"])
def test_an_addition_whose_source_is_gone_or_with_placement_end_stands_at_the_end(placement):
    parsed = document("a\n::prose::\nb\n")
    source = parsed.sections[0].id if placement == "end" else "f" * 16
    text = inserted(parsed, addition(source), placement=placement).text
    assert text == f"{parsed.text}{block(source)}"


def test_a_file_without_a_final_line_break_keeps_its_end_when_the_addition_goes():
    parsed = document("a")
    after = inserted(parsed, addition(parsed.sections[0].id))
    assert after.text == f"{parsed.text}\n{block(parsed.sections[0].id)}".removesuffix("\n")
    assert apply_edits(after.text, remove(after, synthesized(after))) == parsed.text


def test_the_files_own_line_break_is_used():
    parsed = parse((FRONTMATTER + "a\nb\n").replace("\n", "\r\n"))
    text = inserted(parsed, addition(parsed.sections[0].id)).text
    assert text.count("\n") == text.count("\r\n")


def test_an_addition_is_routed_to_its_adapter():
    parsed = document("::prose#tone::\na\n")
    after = inserted(parsed, addition(parsed.sections[0].id, adapter="tone"))
    assert [section.adapter for section in after.sections] == ["tone", "tone"]


def test_nothing_is_put_into_an_open_code_block():
    with pytest.raises(ValueError, match="code block"):
        insert(document("a\n```\nb\n"), [addition()])


def test_keeping_removes_the_marker_alone():
    parsed = document("a\n" + block("0" * 16))
    unmarked = parse(apply_edits(parsed.text, remove_marker(parsed, parsed.sections)))
    assert unmarked.text == f"{FRONTMATTER}a\n::instruction::\n### Q\nWhy?\n### A\nSo.\n"
    assert [s.id for s in unmarked.sections] == [s.id for s in parsed.sections]


def test_removing_some_sections_leaves_every_other_byte():
    parsed = document("a\n" + block("0" * 16) + block("1" * 16) + "::prose::\nb")
    after = apply_edits(parsed.text, remove(parsed, [parsed.sections[2]]))
    assert after == f"{FRONTMATTER}a\n{block('0' * 16)}::prose::\nb"


@st.composite
def documents_and_additions(draw: st.DrawFn):
    parsed = parse(draw(sound_documents()))
    ids = [section.id for section in parsed.sections] + ["f" * 16]
    additions = [
        addition(draw(st.sampled_from(ids)), pair, draw(st.sampled_from([None, "tone"])))
        for pair in draw(st.lists(pairs(), min_size=1, max_size=4))
    ]
    return parsed, additions, draw(st.sampled_from(["after-source", "end"]))


@settings(deadline=None)
@given(documents_and_additions())
def test_an_insertion_always_keeps_every_id_and_reads_back_as_exactly_its_pairs(case):
    parsed, additions, placement = case
    after = inserted(parsed, *additions, placement=placement)
    before = [(section.id, section.content, section.adapter) for section in parsed.sections]
    added = [(a.id, a.pair, a.marker, a.adapter) for a in additions]
    old = list(before)
    new = []
    for section in after.sections:
        if old and (section.id, section.content, section.adapter) == old[0]:
            old.pop(0)
        else:
            assert [placed.pair for placed in section.pairs]
            new.append((section.id, section.pairs[0].pair, section.synth, section.adapter))
            assert len(section.pairs) == 1
    assert old == []
    assert sorted(new, key=repr) == sorted(added, key=repr)
    assert [p.code for p in after.problems] == [p.code for p in parsed.problems]


@settings(deadline=None)
@given(documents_and_additions())
def test_removal_always_gives_back_the_original_bytes(case):
    parsed, additions, placement = case
    after = inserted(parsed, *additions, placement=placement)
    mine = {addition.marker for addition in additions}
    sections = [section for section in after.sections if section.synth in mine]
    assert apply_edits(after.text, remove(after, sections)) == parsed.text


@settings(deadline=None, max_examples=50)
@given(case=documents_and_additions())
def test_the_reference_reads_the_inserted_pairs_too(oracle, case):
    parsed, additions, placement = case
    after = inserted(parsed, *additions, placement=placement)
    reading = oracle.parse(after.text)
    assert reading["ok"]
    assert [s["id"] for s in reading["sections"]] == [s.id for s in after.sections]
    assert [s["source_section_id"] for s in reading["sections"]] == [
        s.synth.source_section_id if s.synth else None for s in after.sections
    ]
    for addition_ in additions:
        if "```" not in addition_.pair.answer + addition_.pair.question:
            theirs = [s["pairs"] for s in reading["sections"] if s["id"] == addition_.id]
            assert theirs[0] == [[addition_.pair.question, addition_.pair.answer]]
