import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.samples import RICH, SOURCE, SOURCE_ID, anything, body, synthesized

from dlm_lsp.document import Document, Span, parse
from dlm_lsp.ide.semantic_token import TOKEN_MODIFIERS, TOKEN_TYPES, SemanticToken
from dlm_lsp.ide.semantic_tokens import semantic_tokens


def _shown(document: Document, found: tuple[SemanticToken, ...]) -> list[tuple[str, str]]:
    return [(token.type, document.text[slice(*token.span)]) for token in found]


def coloured(text: str) -> list[tuple[str, str]]:
    """The type and text of each token in a body."""
    document = body(text)
    return _shown(document, semantic_tokens(document, document.body))


def in_yaml(yaml: str) -> list[tuple[str, str]]:
    """The type and text of each token in a frontmatter."""
    document = parse(f"---\n{yaml}---\n")
    return _shown(document, semantic_tokens(document))


@pytest.mark.parametrize(
    ("fence", "found"),
    [
        (
            "::instruction#tone::",
            [
                ("operator", "::"),
                ("keyword", "instruction"),
                ("operator", "#"),
                ("decorator", "tone"),
                ("operator", "::"),
            ],
        ),
        (
            '::image path="a::b#c" alt=""::',
            [
                ("operator", "::"),
                ("keyword", "image"),
                ("property", "path"),
                ("string", '"a::b#c"'),
                ("property", "alt"),
                ("string", '""'),
                ("operator", "::"),
            ],
        ),
        ("::poem::", [("operator", "::"), ("keyword", "poem"), ("operator", "::")]),
        (
            "::prose#::",
            [("operator", "::"), ("keyword", "prose"), ("operator", "#"), ("operator", "::")],
        ),
    ],
)
def test_a_fence_is_type_adapter_and_attributes(fence, found):
    assert coloured(f"{fence}\nwords\n") == found


def test_prose_stays_as_it_is_and_so_does_code_in_it():
    assert coloured("# Words\n\n```\n::instruction::\n### Q\n```\n### A\n") == []


def test_headers_are_classes_wherever_they_count():
    text = "::instruction::\n### Q !probe\na\n  ### A \n```\n### Q\n```\n#### A\n"
    assert [words for type_, words in coloured(text) if type_ == "class"] == [
        "### Q !probe",
        "### A",
        "### Q",
    ]


def test_the_headers_of_a_preference_are_its_own():
    text = "::preference::\n### Prompt\na\n### Chosen\nb\n### Rejected\n### Q\n"
    assert [words for type_, words in coloured(text) if type_ == "class"] == [
        "### Prompt",
        "### Chosen",
        "### Rejected",
    ]


def test_a_marker_is_a_comment_with_attributes_in_it():
    assert coloured(synthesized())[3:-2] == [
        ("comment", "<!-- dlm-auto-synth:"),
        ("property", "synth_teacher"),
        ("string", '"hf:tiny"'),
        ("property", "synth_strategy"),
        ("string", '"extraction"'),
        ("property", "synth_at"),
        ("string", '"2026-01-31T09:30:00Z"'),
        ("property", "source_section_id"),
        ("string", f'"{SOURCE_ID}"'),
        ("comment", "-->"),
    ]


def test_a_marker_with_an_error_is_coloured_as_far_as_it_goes():
    assert coloured("::instruction::\n<!-- dlm-auto-synth: x -->\n")[3:] == [
        ("comment", "<!-- dlm-auto-synth: x -->")
    ]


def test_type_and_headers_of_a_synthesized_section_are_readonly():
    document = body(synthesized() + "::instruction::\n### Q\na\n### A\nb\n")
    readonly = tuple(
        token for token in semantic_tokens(document) if token.modifiers == ("readonly",)
    )
    assert _shown(document, readonly) == [
        ("keyword", "instruction"),
        ("class", "### Q"),
        ("class", "### A"),
    ]


def test_keys_are_properties_and_values_have_their_type():
    assert in_yaml("base_model: x\ntraining:\n  seed: 7\n  cache: {enabled: true}\n  q:\n") == [
        ("property", "base_model"),
        ("string", "x"),
        ("property", "training"),
        ("property", "seed"),
        ("number", "7"),
        ("property", "cache"),
        ("property", "enabled"),
        ("keyword", "true"),
        ("property", "q"),
    ]


def test_a_value_of_several_lines_is_a_token_on_each():
    assert in_yaml("a: |\n  b: c\n\n  d\n") == [
        ("property", "a"),
        ("string", "|"),
        ("string", "b: c"),
        ("string", "d"),
    ]


def test_the_name_of_an_adapter_looks_as_on_a_fence():
    document = parse(RICH)
    assert ("decorator", "tone") in _shown(document, semantic_tokens(document))


def test_only_the_tokens_in_a_part_are_given():
    document = body(SOURCE + synthesized("a") + "::prose::\nb\n")
    start = document.text.index("::prose::")
    found = tuple(semantic_tokens(document, Span(start, start + 7)))
    assert _shown(document, found) == [("operator", "::"), ("keyword", "prose")]


@given(anything)
def test_tokens_are_in_order_apart_and_each_on_one_line(text):
    end = 0
    for token in semantic_tokens(parse(text)):
        assert end <= token.span.start < token.span.end <= len(text)
        assert not set(text[slice(*token.span)]) & {"\r", "\n"}
        assert token.type in TOKEN_TYPES
        assert set(token.modifiers) <= set(TOKEN_MODIFIERS)
        end = token.span.end


@given(anything, st.integers(0, 500), st.integers(0, 300))
def test_the_tokens_of_a_part_are_those_of_the_whole_that_lie_in_it(text, start, length):
    document = parse(text)
    span = Span(min(start, len(text)), min(start + length, len(text)))
    assert tuple(semantic_tokens(document, span)) == tuple(
        token
        for token in semantic_tokens(document)
        if span.start <= token.span.start and token.span.end <= span.end
    )
