"""Report page: HTML that holds other people's words and needs nothing beside it."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synth.test_report_outline import OSLO, accepted, outline, refused, run

from dlm_lsp.cli.report_page import report_page
from dlm_lsp.document import Pair
from dlm_lsp.synth.report import Candidate, Refusal, Skip


class Elements(HTMLParser):
    """The elements of a page, their attributes, and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def page(*pairs: Candidate | Refusal | Skip, **more) -> str:
    return report_page(outline(run(*pairs, **more)), "a.dlm")


def test_counts_reasons_yield_and_cost_are_shown():
    skip = Skip(OSLO, "expansion", "request_failed", "the server is away")
    words = Elements(page(accepted("What?"), refused("looping"), refused("looping"), skip)).words
    for expected in ("Repeats itself", "Oslo (expansion)", "The request failed"):
        assert expected in words
    assert "3 requests, 1 from the cache" in words
    text = page(accepted("What?"), refused("looping"), refused("looping"))
    assert '<tr><td>Repeats itself</td><td class="number">2</td></tr>' in text
    assert "<b>2</b><span>refused</span>" in text


def test_margins_are_a_histogram_of_accepted_and_refused():
    pairs = [accepted("A?", margin=0.0), accepted("B?", margin=1.0)]
    drawn = page(*pairs, refused("below_threshold", margin=1.0))
    bars = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="([\d.]+)"', drawn)
    assert bars == [("good", "1.0", "70.0"), ("good", "609.0", "70.0"), ("bad", "609.0", "0.0")]
    assert "3 margins from 0.00 to 1.00" in drawn


def test_without_margins_there_is_no_histogram():
    assert "<svg" not in page(accepted("A?"))


@pytest.mark.parametrize("margins", [[0.5], [0.5, 0.5], [-1e300, 1e300]])
def test_every_margin_is_in_a_bar(margins):
    drawn = page(*(accepted(f"{n}?", margin=m) for n, m in enumerate(margins)))
    assert drawn.count("<rect") == len(set(margins))


def test_it_needs_nothing_from_elsewhere_and_nothing_in_it_runs():
    text = page(accepted("A?", margin=0.5), refused("looping"))
    assert "Content-Security-Policy\" content=\"default-src 'none'" in text
    assert not re.search(r"https?:|url\(|@import|<script|<img|<link|<iframe", text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_of_a_pair_are_shown_and_never_read_as_html(words, detail):
    words += "<img src=x onerror=alert(1)>&lt;\"'"
    pair = Candidate(Pair(words, words), OSLO, "extraction", words)
    out = Refusal(words, words, OSLO, "extraction", "looping", detail + words, evidence=words)
    plain = [accepted("Q?", evidence="E"), refused("looping", evidence="E")]
    skip, plain_skip = (Skip(OSLO, None, "shortfall", d) for d in (words, "why"))
    hostile = Elements(page(pair, out, skip, failure=words))
    harmless = Elements(page(*plain, plain_skip, failure="why"))
    assert hostile.tags == harmless.tags
    assert hostile.attributes == harmless.attributes
    assert hostile.words.count("<img src=x onerror=alert(1)>&lt;\"'") == 9


def test_the_title_is_escaped():
    assert "<title>&lt;b&gt;" in report_page(outline(run()), "<b>")
