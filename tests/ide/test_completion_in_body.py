import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.marked import at_cursor, in_body
from support.document_text import FRONTMATTER
from support.generated_documents import sound_documents

from dlm_lsp.document import Edit, apply_edits, parse
from dlm_lsp.document.fence import read_fence
from dlm_lsp.document.lines import line_break_of
from dlm_lsp.ide.completion import CompletionItem, completions
from dlm_lsp.ide.lines import line_at, line_spans

FENCES = ["::prose::", "::instruction::", "::preference::", "::image::", "::audio::"]
SYNTH = (
    '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction"'
    ' synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->'
)


def offered(marked_body: str) -> list[str]:
    """The labels offered at the mark."""
    return [item.label for item in completions(*in_body(marked_body))]


def offer(marked_body: str, label: str) -> CompletionItem:
    return next(item for item in completions(*in_body(marked_body)) if item.label == label)


def accepted(marked_body: str, label: str) -> str:
    """The body once the completion with this label was accepted, as plain text."""
    document, _ = in_body(marked_body)
    item = offer(marked_body, label)
    text = apply_edits(document.text, [Edit(item.span, item.plain)])
    return text.removeprefix(FRONTMATTER)


def test_fences_are_offered_on_a_blank_line():
    assert offered("Some prose.\n\n‸\n") == FENCES


def test_fences_are_offered_behind_a_colon_at_the_start_of_a_line():
    assert offered(":‸") == FENCES
    assert offered("::ins‸") == FENCES


def test_no_fence_is_offered_within_words():
    assert offered("Some ‸") == []
    assert offered("‸words") == []
    assert offered(": a definition‸") == []


def test_no_fence_is_offered_in_a_code_block():
    assert offered("```\n‸\n```\n") == []
    assert offered("```\nx\n```\n‸\n") == FENCES


def test_each_adapter_of_the_frontmatter_has_a_fence_of_its_own():
    head = FRONTMATTER.removesuffix("---\n")
    marked = f"{head}training:\n  adapters:\n    tone: {{}}\n    facts: {{}}\n---\n‸"
    labels = [item.label for item in completions(*at_cursor(marked))]
    assert labels[1:4] == ["::instruction::", "::instruction#tone::", "::instruction#facts::"]


def test_a_fence_brings_its_headers():
    assert accepted("a\n::i‸\n", "::instruction::") == "a\n::instruction::\n### Q\n\n### A\n\n"


def test_with_snippets_the_cursor_goes_from_text_to_text():
    preference = offer("::‸", "::preference::")
    assert preference.snippet
    assert preference.text == "::preference::\n### Prompt\n$1\n### Chosen\n$2\n### Rejected\n$3"


def test_a_fence_is_written_in_the_line_breaks_of_the_document():
    document, offset = at_cursor(f"{FRONTMATTER}::‸".replace("\n", "\r\n"))
    instruction = next(o for o in completions(document, offset) if o.label == "::instruction::")
    assert instruction.plain == "::instruction::\r\n### Q\r\n\r\n### A\r\n"


def test_a_fence_that_is_complete_is_only_exchanged():
    body = "::instruction‸::\n### Prompt\n"
    assert accepted(body, "::preference::") == "::preference::\n### Prompt\n"
    assert accepted("::prose::‸\ntext\n", "::instruction::") == "::instruction::\ntext\n"


def test_a_media_fence_brings_its_attributes():
    image = offer("::im‸", "::image::")
    assert image.plain == '::image path="" alt=""::'
    assert image.text == '::image path="$1" alt="$2"::'


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("::instruction::\n#‸", ["### Q", "### Q !probe"]),
        ("::instruction::\n### Q\nWhy?\n## ‸", ["### A"]),
        ("::instruction::\n### Q\nWhy?\n### A\nSo.\n### Q‸", ["### Q", "### Q !probe"]),
        (f"::instruction::\n{SYNTH}\n### ‸", ["### Q", "### Q !probe"]),
        ("::preference::\n#‸", ["### Prompt"]),
        ("::preference::\n### Prompt\na\n### Cho‸", ["### Chosen"]),
        ("::preference::\n### Prompt\na\n### Chosen\nb\n###‸", ["### Rejected"]),
    ],
)
def test_the_headers_that_may_follow_are_offered_behind_a_hash(body: str, headers: list[str]):
    assert offered(body) == headers


def test_no_header_is_offered_in_prose():
    assert offered("::prose::\n### ‸") == []


def test_no_header_is_offered_in_a_heading_with_words():
    assert offered("::instruction::\n# See here‸") == []


def test_a_header_takes_the_place_of_what_was_begun():
    body = "::instruction::\n### Q\nWhy?\n## an‸\nSo.\n"
    assert accepted(body, "### A") == "::instruction::\n### Q\nWhy?\n### A\nSo.\n"


def test_in_a_media_fence_the_attributes_that_it_lacks_are_offered():
    assert offered("::image ‸") == ["path", "alt"]
    assert offered('::image path="a.png" ‸::') == ["alt"]
    assert offered('::audio ‸ transcript="x"::') == ["path"]


def test_within_the_value_of_an_attribute_nothing_is_offered():
    assert offered('::image path="a ‸" alt="b"::') == []


def test_an_attribute_is_written_with_its_quotes():
    assert accepted('::image path="a" a‸::', "alt") == '::image path="a" alt=""::'
    assert offer("::image ‸", "path").text == 'path="$1"'


@pytest.mark.parametrize("begun", ["<", "<!--", "<!-- ", "<!-- dlm-auto"])
def test_under_an_instruction_fence_its_markers_are_offered(begun: str):
    markers = ["<!-- dlm-auto-synth:", "<!-- dlm-auto-harvest:"]
    assert offered(f"::instruction::\n{begun}‸\n### Q\n") == markers


def test_a_marker_is_offered_under_another_too():
    assert "<!-- dlm-auto-harvest:" in offered(f"::instruction::\n{SYNTH}\n<!--‸\n")


def test_under_a_preference_fence_the_mined_marker_is_offered():
    markers = ["<!-- dlm-auto-mined:", "<!-- dlm-auto-harvest:"]
    assert offered("::preference::\n<!--‸") == markers


def test_further_down_no_marker_is_offered():
    assert offered("::instruction::\n### Q\n<!--‸") == []
    assert offered("::prose::\n<!--‸") == []


def test_a_marker_takes_the_place_of_the_comment_that_an_editor_closed():
    harvest = '::instruction::\n<!-- dlm-auto-harvest: source="" -->\n'
    assert accepted("::instruction::\n<!--‸ -->\n", "<!-- dlm-auto-harvest:") == harvest


def test_in_a_marker_the_attributes_that_it_lacks_are_offered():
    marked = '::instruction::\n<!-- dlm-auto-synth: synth_teacher="t" ‸ synth_at="x" -->\n'
    assert offered(marked) == ["synth_strategy", "source_section_id"]


def _opens(text: str, at: int) -> bool:
    line = line_at(text, at)
    fence, problems = read_fence(text[line.start : line.end], line.start)
    return fence is not None and not problems


@given(sound_documents(), st.data())
def test_an_accepted_fence_is_recognised(text: str, data: st.DataObject):
    document = parse(text)
    whole = line_spans(text, document.body)
    empty = [line.start for line in whole if line.start == line.end]
    if not empty:
        return
    at = data.draw(st.sampled_from(empty))
    for item in completions(document, at):
        changed = parse(apply_edits(text, [Edit(item.span, item.plain)]))
        assert item.kind == "fence"
        assert _opens(changed.text, at)
        if item.topic != "prose":
            opened = [section for section in changed.sections if section.start == at]
            assert [section.type for section in opened] == [item.topic]
        assert line_break_of(changed.text) == line_break_of(text)
