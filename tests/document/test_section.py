import hashlib

import pytest
from support.document_text import document

from dlm_lsp.document import SectionType, section_id


def test_an_id_is_the_head_of_a_hash_over_type_and_content():
    expected = hashlib.sha256(b"prose\nGr\xc3\xbc\xc3\x9fe").hexdigest()[:16]
    assert section_id(SectionType.PROSE, "Grüße") == expected


def test_the_same_words_in_another_type_have_another_id():
    assert section_id(SectionType.PROSE, "a") != section_id(SectionType.INSTRUCTION, "a")


def test_adapter_and_position_do_not_count_for_the_identity():
    first, second, third = document("::prose::\na\n::prose#tone::\na\n::prose::\nb\n").sections
    assert first.id == second.id != third.id


def test_a_media_section_is_identified_by_its_path():
    section, *_ = document('::image path="a.png" alt="x"::\nA caption\n').sections
    assert section.id == section_id(SectionType.IMAGE, "a.png")


@pytest.mark.parametrize(
    "body", ["a\n", "::preference::\n### Prompt\na\n### Chosen\nb\n### Rejected\nc\n"]
)
def test_only_instruction_sections_have_pairs(body):
    assert document(body).sections[0].pairs == ()


def test_only_preference_sections_have_preferences():
    assert document("::instruction::\n### Q\na\n### A\nb\n").sections[0].preferences == ()


def test_prose_has_no_markers():
    assert document("a\n").sections[0].markers == ()
