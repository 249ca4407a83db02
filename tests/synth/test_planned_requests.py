import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scripted_teacher import HEAD, ScriptedTeacher, document, towns

from dlm_lsp.document.parse import parse
from dlm_lsp.errors import TeacherError
from dlm_lsp.synth.planned_requests import plan_requests, prose_sources, without_link_lists
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.guidance import Guidance

BOTH = SynthOptions(strategy="both", per_section=3)


async def requests_of(*asked):
    return (await plan_requests(*asked)).requests


def test_prose_with_words_is_a_source_and_nothing_else_is():
    text = (
        HEAD + "\nFirst.\n\n::instruction::\n### Q\nq\n### A\na\n::prose::\n  \n::prose::\nLast.\n"
    )
    assert [source.prose for source in prose_sources(parse(text))] == ["First.", "Last."]


def test_a_source_has_the_id_of_its_section():
    doc = document("One.", "Two.")
    assert [source.id for source in prose_sources(doc)] == [section.id for section in doc.sections]


def test_equal_sections_are_one_source():
    assert len(prose_sources(document("Same.", "Other.", "Same."))) == 2


def test_only_named_sections_are_sources():
    doc = document("One.", "Two.")
    assert [s.prose for s in prose_sources(doc, [doc.sections[1].id])] == ["Two."]


LINKS = "* [Precedent](sect.quotas.html)\n* [Suivant](sect.hotplug.html)"


def test_sections_of_links_alone_are_passed_over_where_there_are_others():
    sources = prose_sources(document("Oslo is the capital of Norway.", LINKS))
    assert [source.prose for source in without_link_lists(sources)] == [sources[0].prose]


def test_where_there_are_no_others_they_are_asked_about():
    sources = prose_sources(document(LINKS))
    assert without_link_lists(sources) == sources


async def test_both_strategies_about_one_section_follow_each_other():
    planned_requests = await requests_of(
        prose_sources(document("One.", "Two.")), ScriptedTeacher(), BOTH
    )
    assert [
        (planned.index, planned.request.prose, planned.request.strategy, planned.request.count)
        for planned in planned_requests
    ] == [
        (0, "One.", "extraction", 2),
        (1, "One.", "expansion", 1),
        (2, "Two.", "extraction", 2),
        (3, "Two.", "expansion", 1),
    ]


@given(st.integers(5, 40), st.integers(1, 9))
async def test_no_passage_is_longer_than_the_window_and_the_count_is_kept(window, per_section):
    prose = "\n\n".join([" ".join(towns(5))] * 2)
    options = SynthOptions(strategy="both", per_section=per_section)
    planned_requests = await requests_of(
        prose_sources(document(prose)), ScriptedTeacher(window=window), options
    )
    assert sum(planned.request.count for planned in planned_requests) == per_section
    assert all(planned.request.count for planned in planned_requests)
    assert all(len(planned.request.prose.split()) <= window for planned in planned_requests)


async def test_without_a_tokenizer_passages_leave_room():
    class Blind(ScriptedTeacher):
        async def count_tokens(self, requests):
            return None

    prose = "word " * 1000
    options = SynthOptions(per_section=50)
    planned_requests = await requests_of(prose_sources(document(prose)), Blind(window=300), options)
    assert {len(planned.request.prose.encode()) // 4 <= 225 for planned in planned_requests} == {
        True
    }
    assert sum(len(planned.request.prose.split()) for planned in planned_requests) == 1000


async def test_prose_that_surely_fits_is_not_counted():
    class TeacherWithoutCounts(ScriptedTeacher):
        async def count_tokens(self, requests):
            raise AssertionError("counted")

    planned_requests = await requests_of(
        prose_sources(document("Short.")), TeacherWithoutCounts(window=100), BOTH
    )
    assert len(planned_requests) == 2


class CountingTeacher(ScriptedTeacher):
    """One whose prompts take a token for each word of what a profile asks for."""

    async def count_tokens(self, requests):
        counts = await super().count_tokens(requests)
        asked = (len(r.guidance.instruction.split()) if r.guidance else 0 for r in requests)
        return [count + more for count, more in zip(counts, asked, strict=True)]


async def test_parts_that_no_pair_falls_to_are_counted():
    sources = prose_sources(document("\n\n".join([" ".join(towns(5))] * 4), "Short."))
    teacher = ScriptedTeacher(window=12)
    many, few = [
        await plan_requests(sources, teacher, SynthOptions(per_section=count)) for count in (100, 2)
    ]
    assert len(few.requests) == 2 + 1
    assert len(few.requests) + few.unasked == len(many.requests) + many.unasked
    assert few.unasked > many.unasked
    whole = await plan_requests(sources, ScriptedTeacher(), SynthOptions(per_section=1))
    assert whole.unasked == 0


async def planned(instruction_words, teacher):
    options = SynthOptions(per_section=9, guidance=Guidance(instruction="w " * instruction_words))
    return await requests_of(prose_sources(document(" ".join(towns(20)))), teacher, options)


async def test_every_request_asks_for_what_the_profile_does():
    requests = await planned(3, ScriptedTeacher(window=100))
    assert len(requests) > 1
    assert {each.request.guidance.instruction for each in requests} == {"w w w "}


async def test_what_a_profile_asks_for_leaves_less_room_for_prose():
    requests = await planned(40, CountingTeacher(window=120))
    assert max(len(each.request.prose.split()) for each in requests) <= 80
    assert len(requests) > len(await planned(1, CountingTeacher(window=120)))


async def test_without_a_count_its_room_is_an_estimate():
    class Uncounted(ScriptedTeacher):
        async def count_tokens(self, requests):
            return None

    with pytest.raises(TeacherError, match=r"scripted takes 100 tokens of prose, .* shorten it"):
        await planned(400, Uncounted(window=100))


async def test_a_profile_that_leaves_no_room_for_prose_is_an_error():
    with pytest.raises(TeacherError, match="what the profile asks for takes 40 of them"):
        await planned(40, CountingTeacher(window=100))
