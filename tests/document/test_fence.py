import pytest
from support.document_text import document, found, mended

QA = "\n### Q\nWhy?\n### A\nSo.\n"


@pytest.mark.parametrize(
    ("marked", "codes"),
    [
        ("::⟦Instruction⟧::" + QA, ["unknown-section-type"]),
        ("::⟦poem⟧::\n", ["unknown-section-type"]),
        ("::instruction⟦#⟧::" + QA, ["bad-adapter"]),
        ("::instruction⟦#Tone⟧::" + QA, ["bad-adapter"]),
        ("⟦::image::⟧\n", ["missing-attribute"]),
        ('⟦::audio path="a.wav"::⟧\n', ["missing-attribute"]),
        ('::image path="a" ⟦path="b"⟧::\n', ["repeated-attribute"]),
        ('::image path="a" ⟦alte="b"⟧::\n', ["unknown-attribute"]),
        ('::image path="a" ⟦alt="é"⟧::\n', ["non-ascii-attribute"]),
        ('⟦::prose path="a"::⟧\n', ["unknown-attribute"]),
        ("text\n⟦::instruction:: ⟧\n", ["near-miss-fence"]),
        ("text\n⟦ ::prose::⟧\n", ["near-miss-fence"]),
        ("text\n⟦::instruction:⟧\n", ["near-miss-fence"]),
        ("text\n⟦:instruction:⟧\n", ["near-miss-fence"]),
        ("text\n⟦::image path='a'::⟧\n", ["near-miss-fence"]),
        ("text\n```\n::instruction::\n ::prose::\n```\n", []),
        ("a line: with a colon\n: another\n::not a fence\n", []),
        ('::image path="a.png" alt="b"::\n::audio path="a.wav" transcript="Hello"::\n', []),
    ],
)
def test_each_wrong_fence_is_found_where_it_is_wrong(marked, codes):
    assert found(marked) == codes


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("::Instruction::" + QA, "::instruction::" + QA),
        ("::instruction#::" + QA, "::instruction::" + QA),
        ("text\n::prose:: \n", "text\n::prose::\n"),
        ("text\n::prosa\n", "text\n::prose::\n"),
        ('::image path="a" alte="b"::\n', '::image path="a" alt="b"::\n'),
        ('::prose path="a"::\n', "::prose::\n"),
    ],
)
def test_a_fix_makes_the_fence_right(body, after):
    assert mended(body) == after


def test_a_wrong_fence_still_opens_a_section_of_the_type_it_means():
    first, second = document("text\n::Instruction::" + QA).sections
    assert (first.content, second.type) == ("text", "instruction")


def test_an_adapter_routes_any_plain_section():
    assert [section.adapter for section in document("::prose#tone::\ntext\n").sections] == ["tone"]


def test_a_media_fence_gives_its_attributes():
    image, audio = document(
        '::image path="a.png"::\n::audio path="a.wav" transcript="Hello"::\n'
    ).sections
    assert (image.media.path, image.media.text) == ("a.png", None)
    assert (audio.media.path, audio.media.text) == ("a.wav", "Hello")
