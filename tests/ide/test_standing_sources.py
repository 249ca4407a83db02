"""Standing sources: where the evidence of a stale pair still stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, synthesized
from support.document_text import FRONTMATTER

from dlm_lsp.document import SectionType, section_id
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide import standing_sources
from dlm_lsp.ide.pair_checks import PairChecks

EVIDENCE = "The Ill is a river in Alsace."


def prose(text: str) -> str:
    return f"::prose::\n{text}\n"


def prose_id(text: str) -> str:
    return section_id(SectionType.PROSE, text)


def incremental(body: str) -> IncrementalDocument:
    return IncrementalDocument.of(FRONTMATTER + body)


def pair_id(question: str = "What is the Ill?") -> str:
    return incremental(synthesized(question)).parts[-1].id


def looked(checks: PairChecks, text: IncrementalDocument, *passages: str) -> dict:
    """Where the evidence of the stale pairs stands, those of the pairs in order."""
    pairs = [part.id for part in text.parts if part.source_id]
    for _ in checks.steps(text, lambda: dict(zip(pairs, passages, strict=False))):
        pass
    return dict(checks.results.standing)


@pytest.mark.parametrize(
    "now",
    [
        f"It is true: {EVIDENCE} So they say.",
        "the ill is a  river\nin Alsace",
        "The [Ill](https://a.example/ill) is a *river* in <b>Alsace</b>.",
        "The [Ill][1] is a **river** in Alsace.",
    ],
)
def test_evidence_stands_as_the_section_reads_when_it_is_rendered(now):
    text = incremental(prose("Other.") + prose(now) + synthesized(source_id=GONE))
    assert looked(PairChecks(), text, EVIDENCE) == {(pair_id(), GONE): prose_id(now)}


@pytest.mark.parametrize("now", ["The Ill is a lake in Alsace.", "The Ill is a river."])
def test_evidence_in_other_words_is_gone(now):
    text = incremental(prose(now) + synthesized(source_id=GONE))
    assert looked(PairChecks(), text, EVIDENCE) == {(pair_id(), GONE): None}


def test_without_evidence_nobody_can_tell():
    text = incremental(prose(EVIDENCE) + synthesized(source_id=GONE))
    assert looked(PairChecks(), text) == {(pair_id(), GONE): None}


def test_what_is_not_prose_or_too_long_backs_nothing(monkeypatch):
    own = f"::instruction::\n### Q\na\n### A\n{EVIDENCE}\n"
    text = incremental(own + synthesized(source_id=GONE))
    assert looked(PairChecks(), text, EVIDENCE) == {(pair_id(), GONE): None}
    monkeypatch.setattr(standing_sources, "MAX_SECTION_LENGTH", 10)
    text = incremental(prose(EVIDENCE) + synthesized(source_id=GONE))
    assert looked(PairChecks(), text, EVIDENCE) == {(pair_id(), GONE): None}


def test_where_nothing_is_stale_no_evidence_is_asked_for():
    text = incremental(prose(EVIDENCE) + synthesized(source_id=prose_id(EVIDENCE)))
    for _ in PairChecks().steps(text, lambda: pytest.fail("asked")):
        pass


def test_what_is_written_again_is_found_and_what_goes_is_missed():
    checks, pairs = PairChecks(), synthesized(source_id=GONE)
    texts = [prose("Other.") + pairs, prose(EVIDENCE) + pairs, prose("No.") + pairs, pairs]
    found = [looked(checks, incremental(text), EVIDENCE) for text in texts]
    key = (pair_id(), GONE)
    assert found == [{key: None}, {key: prose_id(EVIDENCE)}, {key: None}, {key: None}]


def test_evidence_that_is_told_later_is_looked_for_then():
    checks, text = PairChecks(), incremental(prose(EVIDENCE) + synthesized(source_id=GONE))
    assert looked(checks, text) == {(pair_id(), GONE): None}
    assert looked(checks, text, EVIDENCE) == {(pair_id(), GONE): prose_id(EVIDENCE)}


def test_a_source_that_came_back_and_went_again_is_looked_for_everywhere():
    source, other = prose("The Ill."), prose("Other.")
    pairs = synthesized(source_id=prose_id("The Ill."))
    key, checks = (pair_id(), prose_id("The Ill.")), PairChecks()
    texts = [other + pairs, source + prose(EVIDENCE) + pairs, prose(EVIDENCE) + pairs]
    found = [looked(checks, incremental(text), EVIDENCE) for text in texts]
    assert found == [{key: None}, {}, {key: prose_id(EVIDENCE)}]


def test_after_an_edit_only_what_is_new_is_searched_for_what_stood_nowhere(monkeypatch):
    read: list[str] = []
    words = standing_sources.words_as_read
    monkeypatch.setattr(
        standing_sources, "words_as_read", lambda text: read.append(text) or words(text)
    )
    body = "".join(prose(f"River {number}.") for number in range(50)) + synthesized(source_id=GONE)
    text, checks = incremental(body), PairChecks()
    looked(checks, text, EVIDENCE)
    assert len(read) == 50
    at = text.text.index("River 7.")
    looked(checks, text.apply_change(at, at, "x"), EVIDENCE)
    assert read[50:] == ["xRiver 7."]


TEXTS = st.sampled_from(["Other.", EVIDENCE, f"{EVIDENCE} More.", "More."])


@given(st.lists(st.tuples(st.lists(TEXTS, max_size=4), st.sampled_from(["", EVIDENCE, "More."]))))
def test_whatever_was_looked_at_before_the_answer_is_that_of_a_first_look(versions):
    checks = PairChecks()
    for texts, passage in versions:
        text = incremental("".join(map(prose, texts)) + synthesized(source_id=GONE))
        followed, first = looked(checks, text, passage), looked(PairChecks(), text, passage)
        assert followed.keys() == first.keys()
        for key, target in followed.items():
            # Which of several it is may differ, whether there is one may not.
            assert (target is None) == (first[key] is None)
            assert target is None or passage in next(t for t in texts if prose_id(t) == target)
