from dlm_lsp.document import Span
from dlm_lsp.ide.attributes import marker_attributes


def found(line: str) -> list[tuple[str, str, str]]:
    """Each attribute of `line`: all of it, its key, its value."""
    spans = marker_attributes(line, Span(0, len(line)))
    return [tuple(line[slice(*part)] for part in attribute) for attribute in spans]


def test_each_attribute_has_a_key_and_a_value_without_quotes():
    assert found('::image path="a b.png" alt=""::') == [
        ('path="a b.png"', "path", "a b.png"),
        ('alt=""', "alt", ""),
    ]


def test_what_is_no_attribute_is_passed_over():
    assert found("<!-- dlm-auto-synth: a='b' -->") == []


def test_only_the_line_asked_for_is_read():
    assert len(list(marker_attributes('a="b"\nc="d"', Span(6, 11)))) == 1
