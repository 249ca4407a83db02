import json

from hypothesis import given
from hypothesis import strategies as st
from ide.marked import at_cursor, in_body
from support.document_text import document
from support.generated_documents import mutated, sound_documents, wild_documents

from dlm_lsp.document import parse
from dlm_lsp.ide.completion import completion_documentation, completions
from dlm_lsp.ide.lines import line_at

_HEADS = st.sampled_from(
    ["---\n", "---\ntraining:\n  ", "---\nbase_model: ", "---\r\ntraining:\r\n  sources:\r\n  - "]
)
_ANY_TEXT = mutated(wild_documents() | sound_documents()) | st.builds(
    str.__add__, _HEADS, st.text()
)


def documentation(kind: str, topic: str) -> str:
    words = completion_documentation(kind, topic)
    assert words is not None
    return words


def test_what_documentation_needs_survives_json():
    [fence, *_] = completions(*in_body("‸"))
    data = json.loads(json.dumps(fence.data))
    assert documentation(data["kind"], data["topic"]).startswith("**Prose**")


def test_every_completion_has_documentation():
    places = [
        in_body("‸"),
        in_body("::instruction::\n#‸"),
        in_body("::instruction::\n<!--‸"),
        in_body("::preference::\n<!--‸"),
        in_body("::audio ‸"),
        in_body("<!-- dlm-auto-mined: ‸"),
        at_cursor("---\n‸\n---\n"),
        at_cursor("---\nbase_model: ‸\n---\n"),
        at_cursor("---\ntraining:\n  adapters:\n    tone:\n      ‸\n---\n"),
        at_cursor("---\ntraining:\n  sources:\n    - ‸\n---\n"),
    ]
    for place in places:
        found = completions(*place)
        assert found
        assert all(completion_documentation(item.kind, item.topic) for item in found)


def test_a_key_is_told_with_what_it_takes_and_its_default():
    words = documentation("key", "training.adapters.<name>.lora_r")
    assert "a whole number from 1 to 256" in words
    assert "Default: `8`" in words


def test_a_model_is_told_with_its_facts():
    assert "8,192 tokens" in documentation("model", "smollm2-135m")


def test_what_is_unknown_has_no_documentation():
    assert completion_documentation("key", "training.nothing") is None
    assert completion_documentation("fence", "poem") is None
    assert completion_documentation("nothing", "") is None


def test_nothing_is_offered_on_the_lines_around_the_frontmatter():
    text = document("").text
    assert completions(parse(text), 2) == ()
    assert completions(parse(text), text.rindex("---") + 1) == ()


@given(_ANY_TEXT, st.data())
def test_any_offset_gives_spans_on_the_line_of_the_cursor(text: str, data: st.DataObject):
    parsed = parse(text)
    offset = data.draw(st.integers(0, len(text)))
    for item in completions(parsed, offset):
        line = line_at(text, offset)
        assert line.start <= item.span.start <= offset <= item.span.end <= line.end


@given(st.sampled_from(["fence", "key", "value", "model", "attribute", "header"]), st.text())
def test_any_topic_has_words_or_none(kind: str, topic: str):
    assert completion_documentation(kind, topic) != ""
