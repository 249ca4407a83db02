"""Run notes: what is to be told before a run, of the teacher and of the document."""

import pytest
from support.scripted_teacher import LimitedScriptedTeacher, ScriptedTeacher

from dlm_lsp.store.batches import BatchRecords, new_record
from dlm_lsp.store.replies import reply_key
from dlm_lsp.synth.estimate import Estimate
from dlm_lsp.synth.run_notes import RunNotes, run_notes
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest

REQUEST = SynthRequest("openai:towns", None, SynthOptions(strategy="both"))


def notes_of(
    folder, teacher=None, *, unasked=0, link_lists=0, problems=(), request=REQUEST
) -> RunNotes:
    expected = Estimate(1, 1, 0, 0, 0, unasked, link_lists)
    return run_notes(folder, request, teacher or ScriptedTeacher(), expected, problems)


def test_where_nothing_is_to_be_told_there_is_no_line(tmp_path):
    assert notes_of(tmp_path).lines == ()


def test_profiles_come_first_then_problems_then_the_teacher_then_the_document(tmp_path):
    request = SynthRequest("openai:towns", None, SynthOptions(strategy="both"), ("p.toml",))
    notes = notes_of(
        tmp_path, LimitedScriptedTeacher(), unasked=2, problems=["no prices"], request=request
    )
    profile, problem, refused, warning, unasked = notes.lines
    assert (profile, problem) == ("asked by profile p.toml", "no prices")
    assert refused.startswith("scripted writes no expansion")
    assert warning == "scripted: it is small"
    assert notes.own == (unasked,)


@pytest.mark.parametrize(
    ("parts", "start"), [(1, "1 part of a long section is"), (9, "9 parts of long sections are")]
)
def test_what_is_not_asked_about_is_of_the_document_alone(tmp_path, parts, start):
    notes = notes_of(tmp_path, unasked=parts)
    assert notes.own[0].startswith(f"{start} not asked about: scripted reads a part at a time")
    assert notes.shared == ()


def test_requests_that_wait_in_batches_are_told_where_they_are_this_teachers(tmp_path):
    for teacher, requests in (("scripted", "ab"), ("scripted", "c"), ("other", "d")):
        keys = [reply_key(teacher, request) for request in requests]
        BatchRecords(tmp_path).put(new_record(teacher, "http://localhost", keys))
    (note,) = notes_of(tmp_path).own
    assert note.startswith("3 requests to scripted wait in a batch")


@pytest.mark.parametrize(
    ("sections", "note"),
    [
        (1, "1 section is not asked about: nothing but links is in it"),
        (3, "3 sections are not asked about: nothing but links is in them"),
    ],
)
def test_sections_of_links_alone_are_of_the_document_alone(tmp_path, sections, note):
    assert notes_of(tmp_path, link_lists=sections).own == (note,)
