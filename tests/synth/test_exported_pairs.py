"""Exported pairs: what is known of each pair of a document, and which are held out."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scripted_teacher import HEAD, document

from dlm_lsp.document import Document, parse
from dlm_lsp.store.ledger import LedgerEntry
from dlm_lsp.synth.exported_pairs import ExportedPair, exported_pairs, split_held_out
from dlm_lsp.training.rows import is_held_out

PROSE = "# Mills\nThe town has 12 mills."
SOURCE = document(PROSE).sections[0].id
AT = "2026-01-31T09:30:00Z"


def synthesized(question: str, answer: str = "Twelve.", source: str = SOURCE) -> str:
    return (
        f'::instruction::\n<!-- dlm-auto-synth: synth_teacher="openai:m" '
        f'synth_strategy="extraction" synth_at="{AT}" source_section_id="{source}" -->\n'
        f"### Q\n{question}\n### A\n{answer}\n"
    )


def own(question: str, answer: str = "Twelve.", probe: str = "") -> str:
    return f"::instruction::\n### Q{probe}\n{question}\n### A\n{answer}\n"


def entry(section_id: str, **values: object) -> LedgerEntry:
    given = {"evidence": "12 mills", "margin": 0.5, "judge": "sway:m", **values}
    return LedgerEntry(section_id, SOURCE, "openai:m", "extraction", AT, "run", **given)


def exported(doc: Document, *ledger: LedgerEntry, accepted: tuple[str, ...] = ()):
    return exported_pairs(doc, "mills.dlm", ledger, accepted)


def test_a_synthesized_pair_comes_with_all_that_is_known_of_it():
    doc = document(PROSE, tail=synthesized("How many?"))
    id_ = doc.sections[1].id
    assert exported(doc, entry(id_), accepted=(id_,)) == (
        ExportedPair(
            question="How many?",
            answer="Twelve.",
            system_prompt="",
            source_text=PROSE,
            evidence="12 mills",
            margin=0.5,
            judge="sway:m",
            teacher="openai:m",
            strategy="extraction",
            synthesized_at=AT,
            origin="synthesized",
            reviewed=True,
            probe=False,
            heading="Mills",
            section_id=id_,
            source_section_id=SOURCE,
            dlm_id="01K7XW3Q9DGEMM4N2BT5RHV8CE",
            document="mills.dlm",
        ),
    )


def test_pairs_that_somebody_wrote_are_there_too_each_of_a_section_and_probes_as_such():
    tail = own("Who?").rstrip() + "\n### Q !probe\nWhen?\n### A\nIn 1503.\n"
    pairs = exported(document(PROSE, tail=tail))
    assert [(p.question, p.answer, p.probe, p.origin) for p in pairs] == [
        ("Who?", "Twelve.", False, "own"),
        ("When?", "In 1503.", True, "own"),
    ]
    assert {(p.source_text, p.heading, p.teacher, p.margin, p.reviewed) for p in pairs} == {
        ("", "", "", None, False)
    }


def test_a_harvested_pair_is_called_so():
    tail = own("Who?").replace("### Q", '<!-- dlm-auto-harvest: source="chat" -->\n### Q')
    assert [p.origin for p in exported(document(PROSE, tail=tail))] == ["harvested"]


def test_a_source_that_is_gone_gives_no_text_and_the_evidence_stays():
    doc = document("Another text.", tail=synthesized("How many?"))
    (pair,) = exported(doc, entry(doc.sections[1].id))
    assert (pair.source_text, pair.heading, pair.evidence) == ("", "", "12 mills")
    assert pair.source_section_id == SOURCE


def test_of_a_long_section_only_the_passage_with_the_evidence_is_given():
    paragraphs = [f"Ville{n} has {n} mills. {'It is a town. ' * 100}\n\n" for n in range(100)]
    prose = "".join(paragraphs)
    source = document(prose).sections[0]
    tail = synthesized("How many?", source=source.id) + synthesized("Where?", source=source.id)
    doc = document(prose, tail=tail)
    known = entry(doc.sections[1].id, evidence="Ville70 has 70 mills.")
    found, unknown = exported(doc, known)
    assert "Ville70 has 70 mills." in found.source_text
    assert found.source_text in prose
    assert len(found.source_text) <= 20_000
    assert unknown.source_text == ""


def test_the_system_prompt_goes_with_each_pair():
    doc = parse(HEAD.replace("---\n", "---\nsystem_prompt: Be brief.\n", 1) + own("Who?"))
    assert [p.system_prompt for p in exported(doc)] == ["Be brief."]


@pytest.mark.parametrize("margin", [math.nan, math.inf, -math.inf])
def test_a_margin_that_is_no_number_is_none(margin):
    doc = document(PROSE, tail=synthesized("How many?"))
    assert exported(doc, entry(doc.sections[1].id, margin=margin))[0].margin is None


def test_a_name_that_is_no_text_becomes_one():
    (pair,) = exported_pairs(document(PROSE, tail=own("Who?")), "\udcff.dlm", (), ())
    assert pair.document == "?.dlm"


(PLAIN,) = exported(document(PROSE, tail=own("Who?")))
PAIRS = st.lists(
    st.builds(
        lambda question, answer, probe, section: replace(
            PLAIN, question=question, answer=answer, probe=probe, section_id=section
        ),
        st.sampled_from("abcdefgh"),
        st.sampled_from("xyz"),
        st.sampled_from((False, False, False, True)),
        st.sampled_from(("0" * 16, "1" * 16)),
    ),
    max_size=40,
)
SHARES = st.floats(0.01, 0.99)


def words(pairs) -> set[tuple[str, str]]:
    return {(pair.question, pair.answer) for pair in pairs}


@given(PAIRS, SHARES)
def test_equal_pairs_are_never_on_both_sides_and_none_is_lost(pairs, share):
    split = split_held_out(pairs, share)
    assert words(split.train) & words(split.held_out) == set()
    assert len(split.train) + len(split.held_out) == len(pairs)
    assert not any(pair.probe for pair in split.train)


@given(PAIRS, PAIRS, SHARES)
def test_a_pair_that_is_added_never_moves_another_but_where_it_is_a_probe(pairs, more, share):
    more = [replace(pair, probe=False) for pair in more]
    before, after = split_held_out(pairs, share), split_held_out([*more, *pairs], share)
    assert words(before.train) <= words(after.train)
    assert words(before.held_out) <= words(after.held_out)


def test_about_the_share_that_was_asked_for_is_held_out():
    pairs = [replace(PLAIN, question=f"Number {n}?") for n in range(2000)]
    assert 0.17 < len(split_held_out(pairs, 0.2).held_out) / 2000 < 0.23


def test_a_section_of_one_pair_falls_where_training_has_it():
    tail = "".join(synthesized(f"Number {n}?") for n in range(200))
    pairs = exported(document(PROSE, tail=tail))
    held = {pair.section_id for pair in split_held_out(pairs, 0.1).held_out}
    assert held == {p.section_id for p in pairs if is_held_out(42, p.section_id)}
    assert held
