"""Diagnostics: what is marked in a document, where, and how loudly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import GONE, SOURCE, SOURCE_ID, anything, marker, synthesized
from support.document_text import FRONTMATTER

from dlm_lsp.document import Span, apply_edits, parse
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.ide import diagnostics as module
from dlm_lsp.ide.diagnostic import Diagnostic, DiagnosticLevel
from dlm_lsp.ide.diagnostics import (
    MAX_DIAGNOSTICS,
    MAX_PROVENANCE_HINTS,
    IncrementalDiagnostics,
    diagnostics,
)
from dlm_lsp.ide.pair_check_results import NOTHING_CHECKED, PairCheckResults
from dlm_lsp.ide.pair_checks import PairChecks
from dlm_lsp.ide.section_diagnostics import section_diagnostics

OWN = "::instruction::\n### Q\nWhat is the Ill?\n### A\nA river.\n"
SECTIONS = st.sampled_from(
    [
        f"::prose::\n{SOURCE}",
        synthesized(),
        synthesized("What's the Ill?"),
        synthesized("Why?", GONE),
        synthesized().replace("A river.", "7 km."),
        synthesized() + OWN[16:],
        OWN,
        '::image path="a.png"::\n',
        '::image path="b.png"::\n',
        "::Prose::\n",
        "::prose::\nEpoch 1\rEpoch 2\n",
        "::Prose::\r",
    ]
)
TYPED = st.sampled_from(
    ["", "\n", "\r", "\r\n", "::", "`", "```\n", "a", "🙂", "::prose::\n", SOURCE, synthesized()]
)


def incremental(body: str) -> IncrementalDocument:
    return IncrementalDocument.of(FRONTMATTER + body)


def several(*pairs: tuple[str, str]) -> str:
    """A synthesized section of several questions and answers, to be put after `SOURCE`."""
    turns = "".join(f"### Q\n{question}\n### A\n{answer}\n" for question, answer in pairs)
    return f"::instruction::\n{marker()}\n{turns}"


def ids(text: IncrementalDocument) -> list[str]:
    """The ids of the sections, in order."""
    return [part.section.id for part in text.parts if part.section]


def seen(text: IncrementalDocument) -> PairCheckResults:
    """What the pair checks of the whole text find."""
    checks = PairChecks()
    for _ in checks.steps(text, lambda: dict.fromkeys(ids(text), "the Ill is a river")):
        pass
    return checks.results


def marked(
    text: IncrementalDocument,
    provenance_level: DiagnosticLevel | None = None,
    check_results: PairCheckResults = NOTHING_CHECKED,
    **more,
) -> list[Diagnostic]:
    return diagnostics(text, provenance_level=provenance_level, check_results=check_results, **more)


def shown(text: IncrementalDocument, found: list[Diagnostic]) -> list[tuple[str, str]]:
    """The code of each diagnostic and the words it points at."""
    return [(diagnostic.code, text.text[slice(*diagnostic.span)]) for diagnostic in found]


def related(text: IncrementalDocument, diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """What each related place is, and the words there."""
    return [(place.message, text.text[slice(*place.span)]) for place in diagnostic.related]


def test_a_problem_points_at_what_is_wrong_and_its_fix_mends_it():
    text = incremental("A river.\n::Instruction::\n### Q\na\n### A\nb\n")
    (diagnostic,) = marked(text)
    assert shown(text, [diagnostic]) == [("unknown-section-type", "Instruction")]
    assert diagnostic.level is DiagnosticLevel.ERROR
    assert "::instruction::" in apply_edits(text.text, diagnostic.fix.edits)


def test_a_problem_of_the_frontmatter_stands_in_the_frontmatter():
    text = IncrementalDocument.of(FRONTMATTER.replace("base_model", "base_modle") + "A river.\n")
    assert "base_modle" in [words for _, words in shown(text, marked(text))]


def test_a_sound_document_without_synthesized_sections_has_no_marks():
    assert marked(incremental(SOURCE + OWN), DiagnosticLevel.HINT) == []


def test_a_synthesized_section_says_on_its_marker_where_it_came_from():
    text = incremental(SOURCE + synthesized())
    (diagnostic,) = marked(text, DiagnosticLevel.HINT)
    assert shown(text, [diagnostic]) == [("synthesized", marker())]
    assert diagnostic.message == 'synthesized by hf:tiny (extraction) from "The Ill is a river."'
    assert related(text, diagnostic) == [("its source section", "The Ill is a river.")]
    assert diagnostic.section_id == ids(text)[1]


def test_where_a_section_came_from_is_said_as_loudly_as_it_is_asked_for_or_not_at_all():
    text = incremental(SOURCE + synthesized())
    for level in (DiagnosticLevel.HINT, DiagnosticLevel.INFORMATION, DiagnosticLevel.WARNING):
        assert [diagnostic.level for diagnostic in marked(text, level)] == [level]
    assert marked(text, None) == []


def test_a_long_source_is_told_by_its_beginning():
    source = "A very long\nriver. " * 20 + "\n"
    (id_,) = ids(incremental(source))
    (diagnostic,) = marked(incremental(source + synthesized(source_id=id_)), DiagnosticLevel.HINT)
    excerpt = diagnostic.message.split('"')[1]
    assert excerpt.startswith("A very long river. A very long river.")
    assert excerpt.endswith("…")
    assert len(excerpt) == 60


def test_a_source_with_a_fence_is_shown_by_its_fence():
    text = incremental(f"::prose::\n{SOURCE}{synthesized()}")
    (diagnostic,) = marked(text, DiagnosticLevel.HINT)
    assert related(text, diagnostic) == [("its source section", "::prose::")]


def test_of_very_many_synthesized_sections_only_the_first_say_where_they_came_from():
    many = "".join(synthesized(f"Question {number}?") for number in range(MAX_PROVENANCE_HINTS + 5))
    text = incremental(SOURCE + many + synthesized("Old?", GONE))
    codes = [diagnostic.code for diagnostic in marked(text, DiagnosticLevel.HINT)]
    assert codes == ["synthesized"] * MAX_PROVENANCE_HINTS + ["stale-source"]


@pytest.mark.parametrize("of", [lambda n: "::Prose::\n", lambda n: synthesized(f"{n}?", GONE)])
def test_of_very_many_marks_the_last_one_tells_how_many_more_there_are(of, monkeypatch):
    text = incremental("".join(map(of, range(MAX_DIAGNOSTICS + 1_233))))
    found = marked(text)
    monkeypatch.setattr(module, "MAX_DIAGNOSTICS", len(text.text))
    every = marked(text)
    *first, last = found
    assert first == every[: MAX_DIAGNOSTICS - 1]
    assert (last.code, last.level) == ("more", DiagnosticLevel.INFORMATION)
    assert last.message == "1,234 more marks are not shown"
    assert last.span == every[MAX_DIAGNOSTICS - 1].span


def test_as_many_marks_as_can_be_shown_are_all_shown():
    codes = [diagnostic.code for diagnostic in marked(incremental("::Prose::\n" * MAX_DIAGNOSTICS))]
    assert codes == ["unknown-section-type"] * MAX_DIAGNOSTICS


def test_a_section_whose_source_is_gone_is_stale_however_quiet_origins_are():
    text = incremental(SOURCE + synthesized(source_id=GONE))
    for level in (None, DiagnosticLevel.HINT):
        (diagnostic,) = marked(text, level)
        assert shown(text, [diagnostic]) == [("stale-source", marker(GONE))]
        assert diagnostic.level is DiagnosticLevel.HINT
        assert diagnostic.message == 'the section that "What is the Ill?" came from has changed'
        assert diagnostic.section_id == ids(text)[1]


def test_where_nothing_is_known_to_back_a_stale_section_that_is_a_warning():
    text = incremental(SOURCE + synthesized(source_id=GONE))
    check_results = PairCheckResults({}, {}, {(ids(text)[1], GONE): None})
    (diagnostic,) = marked(text, check_results=check_results)
    assert (diagnostic.code, diagnostic.level) == ("stale-source", DiagnosticLevel.WARNING)
    assert diagnostic.fix is None
    assert 'the section that "What is the Ill?" came from' in diagnostic.message


def test_where_the_evidence_still_stands_one_edit_of_the_marker_links_to_it():
    text = incremental(f"::prose::\n{SOURCE}" + synthesized(source_id=GONE))
    check_results = PairCheckResults({}, {}, {(ids(text)[1], GONE): SOURCE_ID})
    (diagnostic,) = marked(text, check_results=check_results)
    assert (diagnostic.code, diagnostic.level) == ("stale-source", DiagnosticLevel.HINT)
    assert related(text, diagnostic) == [("the section as it is now", "::prose::")]
    (edit,) = diagnostic.fix.edits
    linked = text.apply_change(*edit.span, edit.text)
    assert linked.text == text.text.replace(GONE, SOURCE_ID)
    assert ids(linked) == ids(text)
    assert marked(linked, check_results=check_results) == []


def test_evidence_that_has_changed_since_it_was_looked_for_is_linked_to_no_more():
    text = incremental(SOURCE + synthesized(source_id=GONE))
    check_results = PairCheckResults({}, {}, {(ids(text)[1], GONE): "f" * 16})
    (diagnostic,) = marked(text, check_results=check_results)
    assert (diagnostic.level, diagnostic.fix) == (DiagnosticLevel.HINT, None)


def test_a_source_may_stand_behind_what_was_written_about_it():
    text = incremental(f"{synthesized()}::prose::\n{SOURCE}")
    assert [diagnostic.code for diagnostic in marked(text, DiagnosticLevel.HINT)] == ["synthesized"]


def test_a_doubtful_answer_is_marked_and_shows_its_source():
    text = incremental(SOURCE + synthesized())
    check_results = PairCheckResults({}, {(ids(text)[1], SOURCE_ID): {0: 'the section has no "7"'}})
    (diagnostic,) = marked(text, check_results=check_results)
    assert shown(text, [diagnostic]) == [("ungrounded-answer", "A river.")]
    assert diagnostic.level is DiagnosticLevel.WARNING
    assert diagnostic.message == (
        'its source does not back this answer to "What is the Ill?": the section has no "7"'
    )
    assert related(text, diagnostic) == [("its source section", "The Ill is a river.")]
    assert diagnostic.section_id == ids(text)[1]


def test_of_an_answer_whose_source_has_gone_nobody_says_that_it_does_not_back_it():
    text = incremental(synthesized())
    check_results = PairCheckResults({}, {(ids(text)[0], SOURCE_ID): {0: "any reason"}})
    assert [diagnostic.code for diagnostic in marked(text, check_results=check_results)] == [
        "stale-source"
    ]


def test_a_question_that_another_pair_answers_is_marked_and_shows_that_pair():
    text = incremental(SOURCE + synthesized("What's the Ill?") + OWN)
    (diagnostic,) = marked(text, check_results=seen(text))
    assert shown(text, [diagnostic]) == [("near-duplicate", "What's the Ill?")]
    assert diagnostic.level is DiagnosticLevel.WARNING
    assert related(text, diagnostic) == [("the other pair", "What is the Ill?")]
    assert diagnostic.related[0].span.start > text.offsets[-2]
    assert diagnostic.section_id == ids(text)[1]


def test_a_mark_stands_at_the_pair_that_it_is_about():
    section = several(
        ("How long is it?", "3 km."), ("What's the Ill?", "A river."), ("Why?", "For 7 reasons.")
    )
    text = incremental(SOURCE + section + "::instruction::\n### Q\nWho?\n### A\nI.\n" + OWN[16:])
    found = marked(text, check_results=seen(text))
    assert shown(text, found) == [
        ("ungrounded-answer", "3 km."),
        ("near-duplicate", "What's the Ill?"),
        ("ungrounded-answer", "For 7 reasons."),
    ]
    assert related(text, found[1]) == [("the other pair", "What is the Ill?")]


def test_of_two_pairs_of_one_section_the_later_one_is_the_duplicate():
    text = incremental(
        SOURCE + several(("What is the Ill?", "A river."), ("What's the Ill?", "A river."))
    )
    (diagnostic,) = marked(text, check_results=seen(text))
    assert shown(text, [diagnostic]) == [("near-duplicate", "What's the Ill?")]
    assert related(text, diagnostic) == [("the other pair", "What is the Ill?")]


def test_of_a_section_that_is_edited_no_old_doubts_stay():
    old = incremental(SOURCE + several(("Why?", "For 7 reasons."), ("How?", "In 8 ways.")))
    new = incremental(SOURCE + several(("Why?", "A river."), ("How?", "In 8 ways.")))
    assert len(marked(old, check_results=seen(old))) == 2
    assert marked(new, check_results=seen(old)) == []
    assert shown(new, marked(new, check_results=seen(new))) == [("ungrounded-answer", "In 8 ways.")]


def test_of_two_synthesized_pairs_the_later_one_is_the_duplicate():
    text = incremental(SOURCE + synthesized("What is the Ill?") + synthesized("What's the Ill?"))
    assert shown(text, marked(text, check_results=seen(text))) == [
        ("near-duplicate", "What's the Ill?")
    ]


def test_a_hand_written_pair_is_never_called_a_duplicate():
    text = incremental(OWN + OWN.replace("What is", "What's"))
    assert seen(text).duplicates
    assert marked(text, check_results=seen(text)) == []


def test_a_pair_behind_a_byte_order_mark_is_none_though_its_section_has_the_id_of_another():
    hidden = OWN.replace("### Q", "\ufeff### Q")
    text = incremental(SOURCE + hidden + OWN + synthesized("What's the Ill?"))
    assert ids(text)[1] == ids(text)[2]
    assert "near-duplicate" not in [
        diagnostic.code for diagnostic in marked(text, check_results=seen(text))
    ]


def test_a_pair_that_is_gone_is_no_duplicate_any_more():
    both = incremental(SOURCE + synthesized("What's the Ill?") + OWN)
    alone = incremental(SOURCE + synthesized("What's the Ill?"))
    assert marked(alone, check_results=seen(both)) == []


def test_a_medium_without_its_file_is_marked_at_its_path():
    text = incremental('::image path="there.png"::\n::audio path="gone.wav" transcript="x"::\n')
    (diagnostic,) = marked(text, media_exists=lambda path: path == "there.png")
    assert shown(text, [diagnostic]) == [("missing-file", "gone.wav")]
    assert diagnostic.level is DiagnosticLevel.WARNING
    assert diagnostic.message == "there is no file `gone.wav` beside the document"


def test_what_is_marked_comes_in_the_order_of_the_text():
    text = incremental(
        SOURCE
        + synthesized("Why?", GONE)
        + '::image path="a.png"::\n'
        + synthesized("What is it?")
        + "::poem::\nx\n"
    )
    found = marked(text, DiagnosticLevel.HINT, media_exists=lambda _: False)
    assert [diagnostic.code for diagnostic in found] == [
        "stale-source",
        "missing-file",
        "synthesized",
        "unknown-section-type",
    ]


@given(anything)
def test_whatever_is_marked_lies_in_the_text(text):
    of = IncrementalDocument.of(text)
    for diagnostic in marked(of, DiagnosticLevel.HINT, seen(of), media_exists=lambda _: False):
        for span in (diagnostic.span, *(place.span for place in diagnostic.related)):
            assert 0 <= span.start <= span.end <= len(text)


@given(anything)
def test_every_problem_of_a_parse_is_marked_with_its_fix_and_no_other(text):
    found = marked(IncrementalDocument.of(text))
    problems = [d for d in found if d.section_id is None and d.code != "lone-cr"]
    assert sorted(
        (diagnostic.code, diagnostic.span, diagnostic.message) for diagnostic in problems
    ) == sorted((problem.code, problem.span, problem.message) for problem in parse(text).problems)
    assert {diagnostic.span: diagnostic.fix for diagnostic in problems if diagnostic.fix} == {
        problem.span: problem.fix for problem in parse(text).problems if problem.fix
    }


@given(anything)
def test_every_problem_is_as_loud_as_its_severity_but_in_an_empty_document(text):
    is_empty = not text.strip("\ufeff \t\r\n")
    levels = {(d.code, d.span): d.level.value for d in marked(IncrementalDocument.of(text))}
    for problem in parse(text).problems:
        level = "hint" if is_empty else problem.severity.value
        assert levels[problem.code, problem.span] == level


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n \n"])
def test_an_empty_document_gets_a_hint_that_becomes_an_error_with_the_first_word(text):
    incremental_diagnostics = IncrementalDiagnostics()
    empty = IncrementalDocument.of(text)
    typed = empty.apply_change(len(text), len(text), "a")
    for document, level in ((empty, "hint"), (typed, "error"), (empty, "hint")):
        (placed,) = incremental_diagnostics.of(document, provenance_level=None)
        assert (placed.relative.level.value, placed.relative.fix.title) == (
            level,
            "Add frontmatter",
        )


@given(anything, st.data())
def test_after_any_edits_the_marks_are_those_of_the_new_text(text, data):
    edited = IncrementalDocument.of(text)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        new = data.draw(TYPED)
        edited = edited.apply_change(start, end, new)
        text = text[:start] + new + text[end:]
        fresh = IncrementalDocument.of(text)
        assert marked(edited, DiagnosticLevel.HINT, seen(edited)) == marked(
            fresh, DiagnosticLevel.HINT, seen(fresh)
        )


def assert_followed(
    followed: IncrementalDiagnostics, edited: IncrementalDocument, caps: tuple[int, int], **look
) -> None:
    """Check diagnostics that followed edits against those of the text as it is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MAX_DIAGNOSTICS", caps[0])
        patched.setattr(module, "MAX_PROVENANCE_HINTS", caps[1])
        found = [placed.moved(edited.offsets) for placed in followed.of(edited, **look)]
        assert found == diagnostics(IncrementalDocument.of(edited.text), **look)


LEVELS = st.sampled_from([DiagnosticLevel.HINT] * 3 + [None])
SHARED_ID = Diagnostic("duplicate-dlm-id", DiagnosticLevel.WARNING, Span(4, 8), "a twin has it")
ELSEWHERE = st.sampled_from([(), (SHARED_ID,)])
CAPS = st.sampled_from([(MAX_DIAGNOSTICS, MAX_PROVENANCE_HINTS), (4, 2), (3, 9)])


@given(anything, CAPS, st.data())
def test_diagnostics_that_follow_any_edits_are_those_of_a_first_look(text, caps, data):
    edited, followed = IncrementalDocument.of(text), IncrementalDiagnostics()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, edited.length))
        end = data.draw(st.integers(start, min(edited.length, start + 150)))
        edited = edited.apply_change(start, end, data.draw(TYPED | SECTIONS))
        assert_followed(
            followed,
            edited,
            caps,
            provenance_level=data.draw(LEVELS),
            check_results=seen(edited),
            found_elsewhere=data.draw(ELSEWHERE),
        )


@given(st.lists(SECTIONS, max_size=9), CAPS, st.data())
def test_diagnostics_that_follow_sections_come_and_gone_are_those_of_a_first_look(
    sections, caps, data
):
    edited, followed = incremental("".join(sections)), IncrementalDiagnostics()
    results = [NOTHING_CHECKED]
    for _ in range(data.draw(st.integers(2, 6))):
        first = data.draw(st.integers(0, len(sections)))
        last = data.draw(st.integers(first, min(len(sections), first + 2)))
        new = data.draw(st.lists(SECTIONS, max_size=2))
        start, end = (len(FRONTMATTER + "".join(sections[:at])) for at in (first, last))
        edited = edited.apply_change(start, end, "".join(new))
        sections[first:last] = new
        # An editor shows the results of an older look until there are newer ones.
        results.append(seen(edited))
        assert_followed(
            followed,
            edited,
            caps,
            provenance_level=data.draw(LEVELS),
            check_results=data.draw(st.sampled_from(results[-2:])),
            media_exists=data.draw(st.sampled_from(["a.png", ""])).__eq__,
            found_elsewhere=data.draw(ELSEWHERE),
        )


@pytest.fixture
def looked_at(monkeypatch) -> list[str]:
    """The first lines of the sections whose diagnostics were made."""
    texts: list[str] = []

    def recorded(part, context):
        texts.append(part.text)
        return section_diagnostics(part, context)

    monkeypatch.setattr(module, "section_diagnostics", recorded)
    return texts


def follow(followed: IncrementalDiagnostics, text: IncrementalDocument) -> list[str]:
    """The codes of what is marked."""
    placed = followed.of(text, provenance_level=DiagnosticLevel.HINT)
    return [place.relative.code for place in placed]


def test_after_an_edit_only_what_it_reaches_is_looked_at_again(looked_at):
    sources = [f"::prose::\nThe river {n} is long.\n" for n in range(50)]
    source_ids = ids(incremental("".join(sources)))
    written = [synthesized(f"How long is {n}?", id_) for n, id_ in enumerate(source_ids)]
    text = incremental("".join(map(str.__add__, sources, written)))
    followed = IncrementalDiagnostics()
    assert follow(followed, text) == ["synthesized"] * 50
    looked_at.clear()
    inside_an_answer = text.text.index("How long is 20?")
    text = text.apply_change(inside_an_answer, inside_an_answer, "x")
    assert follow(followed, text) == ["synthesized"] * 50
    assert looked_at == [written[20].replace("How long is 20?", "xHow long is 20?")]
    looked_at.clear()
    inside_a_source = text.text.index("river 30")
    for typed in "\nab":
        text = text.apply_change(inside_a_source, inside_a_source, typed)
        assert follow(followed, text).count("stale-source") == 1
    assert looked_at == [written[30]]


def test_what_only_moves_stays_the_same_object():
    text = incremental(f"::prose::\n{SOURCE}{synthesized()}")
    followed = IncrementalDiagnostics()
    before = followed.of(text, provenance_level=DiagnosticLevel.HINT)
    moved = text.apply_change(len(FRONTMATTER), len(FRONTMATTER), "::prose::\nNew.\n")
    after = followed.of(moved, provenance_level=DiagnosticLevel.HINT)
    assert [place.part_index for place in (*before, *after)] == [2, 3]
    assert after[0].relative is before[0].relative
    assert after[0].moved(moved.offsets) != before[0].moved(text.offsets)


@given(anything, st.integers(0, 600), st.integers(0, 200), ELSEWHERE)
def test_in_a_part_of_the_text_that_is_found_which_touches_it(text, start, length, elsewhere):
    looked_at = IncrementalDocument.of(text)
    check_results = seen(looked_at)
    start = min(start, len(text))
    part = Span(start, min(start + length, len(text)))
    look = {"check_results": check_results, "found_elsewhere": elsewhere}
    assert marked(looked_at, DiagnosticLevel.HINT, within=part, **look) == [
        diagnostic
        for diagnostic in marked(looked_at, DiagnosticLevel.HINT, **look)
        if diagnostic.span.start <= part.end and part.start <= diagnostic.span.end
    ]


def test_what_is_beyond_the_last_mark_is_found_where_it_is_looked_for():
    text = incremental("::Prose::\n" * (MAX_DIAGNOSTICS + 10))
    at = text.text.rindex("Prose")
    assert [diagnostic.code for diagnostic in marked(text, within=Span(at, at))] == [
        "unknown-section-type"
    ]


def test_what_is_about_the_whole_text_comes_first_and_is_counted(monkeypatch):
    monkeypatch.setattr(module, "MAX_DIAGNOSTICS", 3)
    text = incremental(
        synthesized("How?", GONE) + synthesized("Why?", GONE) + "::prose::\nEpoch 1\rEpoch 2\n"
    )
    found = marked(text, found_elsewhere=(SHARED_ID,))
    assert [diagnostic.code for diagnostic in found] == [
        "duplicate-dlm-id",
        "lone-cr",
        "more",
    ]


def test_no_other_mark_hides_an_error():
    text = incremental(
        "".join(synthesized(f"{n}?", GONE) for n in range(MAX_DIAGNOSTICS))
        + "::instruction::\n### Q\n"
    )
    found = marked(text)
    assert "incomplete-turn" in [diagnostic.code for diagnostic in found]
    assert len(found) == MAX_DIAGNOSTICS


@pytest.mark.parametrize("copied", [synthesized(), OWN])
def test_of_equal_sections_the_later_synthesized_one_is_marked(copied):
    text = incremental(SOURCE + copied + synthesized())
    (twin,) = marked(text)
    assert twin.code == "near-duplicate"
    assert twin.span.start > text.text.rindex("::instruction::")
    assert twin.related[0].span.start < text.text.rindex("::instruction::")
