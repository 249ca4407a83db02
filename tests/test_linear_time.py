"""Linear time: what a stranger writes, at twice the length, takes about twice the time."""

import gc
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from support.document_text import FRONTMATTER

from dlm_lsp.document import Pair, Span, parse, well_formed
from dlm_lsp.document.incremental import IncrementalDocument
from dlm_lsp.document.split_sentences import split_sentences
from dlm_lsp.ide.code_lens import code_lenses
from dlm_lsp.ide.completion import completions
from dlm_lsp.ide.diagnostics import diagnostics
from dlm_lsp.ide.document_links import document_links
from dlm_lsp.ide.document_symbols import document_symbols
from dlm_lsp.ide.folding_range import folding_ranges
from dlm_lsp.ide.goto import find_references, goto_definition
from dlm_lsp.ide.hover import hover
from dlm_lsp.ide.inlay_hints import inlay_hints
from dlm_lsp.ide.overview import overview
from dlm_lsp.ide.pair_checks import PairChecks
from dlm_lsp.ide.selection_range import selection_spans
from dlm_lsp.ide.semantic_tokens import semantic_tokens
from dlm_lsp.quality.dedup import duplicates
from dlm_lsp.quality.emptiness import says_nothing
from dlm_lsp.quality.evidence import standing_evidence
from dlm_lsp.quality.filters import find_pair_fault
from dlm_lsp.quality.grounding import ungrounded_reason
from dlm_lsp.synth.chunking import split_text
from dlm_lsp.synth.judge import excerpt_around
from dlm_lsp.synth.parse_reply import parse_reply
from dlm_lsp.teachers.base_model.english import english_templates
from dlm_lsp.teachers.base_model.german import german_templates
from dlm_lsp.teachers.base_model.sentences import stands_alone
from dlm_lsp.training.path_glob import lies_in_glob, matches_glob

# Long enough that what grows with the square takes a second, and the rest a few milliseconds.
LENGTH = 10_000
# Processor seconds that no scheduling accounts for; what takes less at twice the length may pass.
SHORT = 0.06
RATIO = 3.0
ATTEMPTS = 4


@pytest.fixture(autouse=True, scope="module")
def frozen_heap() -> Iterator[None]:
    """What earlier tests left in memory is not searched for garbage within a measurement."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


PROSE = "The Ill is a river of France, 217 kilometres long."
PLACES = {
    "prose": "{}\n",
    "question": "::instruction::\n### Q\n{}\n### A\nx\n",
    "answer": "::instruction::\n### Q\nWhy?\n### A\n{}\n",
    "preference": "::preference::\n{}\n",
    "under the fence": "::instruction::\n{}\n### Q\nWhy?\n### A\nx\n",
}


def ask_everything(text: str, offset: int) -> None:
    """What editors ask of a document."""
    document = parse(text)
    whole = Span(0, len(text))
    for values in (
        folding_ranges(document),
        document_symbols(document),
        document_links(document),
        semantic_tokens(document),
        inlay_hints(document, whole),
        code_lenses(document),
        overview(document, ()),
    ):
        assert isinstance(values, Iterator | list | tuple)
        list(values)
    for place in (offset, len(text)):
        selection_spans(document, place)
        completions(document, place)
        goto_definition(document, place)
        find_references(document, place)
        now = datetime.now(UTC)
        hover(document, place, provenance=lambda _: None, link=lambda _: None, now=now)


def in_document(place: str) -> Callable[[str], object]:
    def read(words: str) -> None:
        text = FRONTMATTER + PLACES[place].format(words)
        incremental = IncrementalDocument.of(text)
        diagnostics(incremental, provenance_level=None)
        for _ in PairChecks().steps(incremental):
            pass
        ask_everything(text, text.rindex(words) + len(words) if words else 0)

    return read


def filtered(words: str) -> None:
    question = "What is the Ill of France?"
    for pair, prose in (
        (Pair(question, words), PROSE),
        (Pair(words, "A river."), PROSE),
        (Pair(question, words), words),
    ):
        for strategy in ("extraction", "expansion"):
            find_pair_fault(pair, prose, strategy)
    ungrounded_reason(Pair("What?", words), words)
    says_nothing(Pair(words, words))
    standing_evidence(words, "A river.", PROSE)
    standing_evidence("", words, words)


def asked_in_templates(words: str) -> None:
    for sentence in (words, *split_sentences(words)[:5]):
        if stands_alone(sentence):
            english_templates(sentence, words)
            german_templates(sentence)


def matched(words: str) -> None:
    without_wildcards = words.replace("*", "").replace("?", "")
    # No system has paths of more than 4096 bytes.
    for path, pattern in (
        (without_wildcards, words[:300]),
        (without_wildcards[:4000], words),
        (words, f"**/{words[:300]}zz"),
    ):
        matches_glob(path, pattern)
        lies_in_glob(path, pattern)


READERS: dict[str, Callable[[str], object]] = {
    **{f"document, {place}": in_document(place) for place in PLACES},
    "parse, no frontmatter": parse,
    "well-formed pair": lambda words: (well_formed("Q", words), well_formed(words, "A")),
    "reply": lambda words: (parse_reply(words), parse_reply(words, cut=True)),
    "filters": filtered,
    "near-duplicates": lambda w: duplicates([Pair(w, w), Pair(f"{w} x", w)], [None, None]),
    "chunking": lambda words: split_text(words, 300),
    "templates": asked_in_templates,
    "globs": matched,
}
# Before, between (over and over) and behind: what was seen to freeze, or kin of it.
SHAPES = {
    "ruled line": ("", "_", ""),
    "letters": ("", "a", ""),
    "capitals": ("", "A", ""),
    "DNA": ("", "GATTACA", "!"),
    "CJK": ("", "漢", ""),
    "digits": ("", "1", "x"),
    "numbers": ("", "1,", ""),
    "dots": ("", ". ", ""),
    "ellipses": ("", "x... ", ""),
    "exclamations": ("", "! ", "\n### A\nb"),
    "blanks": ("x", " ", "x"),
    "blank lines": ("", "\n", "x"),
    "blank lines with blanks": ("", "\n ", "x"),
    "adapter": ("::instruction#", "a", "::"),
    "media fence": ("::image ", "a", "::"),
    "media attributes": ("::image ", 'a="b" ', ""),
    "attributes": ('<!-- dlm-auto-synth: synth_teacher="', 'a="', ""),
    "blanks in a marker": ("<!--", " ", "x"),
    "blanks in a synth marker": ("<!-- dlm-auto-synth:", " ", "-->"),
    "letters in a marker": ("<!-- dlm-auto-synth: ", "a", " -->"),
    "markers": ("", "<!-- dlm-auto-synth: -->\n", ""),
    "hashes in a heading": ("# a ", "# ", "x"),
    "headings": ("", "\n# a", ""),
    "headers": ("", "### Q\nx\n### A\n", ""),
    "blanks behind a header": ("### Q", " ", "x"),
    "backticks": ("", "`", ""),
    "code blocks": ("", "```\n", ""),
    "braces": ("", "{", ""),
    "open objects": ("", '{"a":', ""),
    "open objects and a list": ('{"a":' * 90, "[1,", ""),
    "open keys": ("", '{"', ""),
    "open strings": ("", '{"a": "b', ""),
    "objects that break": ("", '{"a":x', ""),
    "objects in a broken list": ('{"pairs": [', '{"question": "a?", "answer": "b"}, ', ""),
    "object of Python": ("{'a': '", "','", ""),
    "backslashes": ('{"question": "', "\\", ""),
    "paths": ("", "C:\\a ", ""),
    "blanks behind an A": ("A", " ", "x"),
    "blank lines behind an A": ("A: b", "\n", "x"),
    "blank lines behind a header of a turn": ("### Q", "\n", "x"),
    "turns": ("", "Q: a\nA: b\n", ""),
    "thoughts": ("", "<think>", ""),
    "ends of thoughts": ("", "</think>", ""),
    "it": ("What is ", "it ", "?"),
    "phrases of a text": ("", "in the text ", ""),
    "initials": ("", "A. ", ""),
    "sentences": ("", "The same is said here. ", ""),
    "list marks": ("", "\n1. ", ""),
    "names": ("The ", "Anna ", ""),
    "quotes": (".", '"', "x"),
    "brackets": (".", "[", "]("),
    "marks at the start": ("", "\ufeff", "x"),
    "carriage returns": ("", "\r", "x"),
    "stars": ("", "*a", "b"),
    "folders of a glob": ("", "**/", "zz"),
}


def shaped(before: str, unit: str, behind: str) -> Callable[[int], str]:
    """A function from a length to a text of it."""
    return lambda length: before + unit * (length // len(unit)) + behind


def made_up(length: int, seed: int = 1) -> str:
    """So much of words in which nothing is repeated."""
    draw = random.Random(seed)
    return " ".join("".join(draw.choices("abcdefghij", k=5)) for _ in range(length // 6))


def processor_time(read: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    read(text)
    return time.process_time() - began


def assert_linear(read: Callable[[str], object], make: Callable[[int], str]) -> None:
    read(make(500))
    # A length at which even the square takes no minute comes first.
    for length in (LENGTH // 8, LENGTH):
        ratios = []
        for _ in range(ATTEMPTS):
            twice = processor_time(read, make(2 * length))
            if twice < SHORT:
                break
            ratios.append(twice / processor_time(read, make(length)))
            if ratios[-1] < RATIO:
                break
        else:
            pytest.fail(f"twice of {make(30)!r} takes {min(ratios):.1f} times as long")


@pytest.mark.parametrize("reader", READERS)
def test_what_was_made_to_freeze_takes_linear_time(reader):
    for shape in SHAPES.values():
        assert_linear(READERS[reader], shaped(*shape))


@pytest.mark.parametrize("reader", READERS)
def test_words_without_an_end_take_linear_time(reader):
    assert_linear(READERS[reader], made_up)


def copied_with_slips(prose: str) -> str:
    return "zz".join(prose[at + 2 : at + 300] for at in range(0, len(prose), 300))


@pytest.mark.parametrize("evidence", [lambda prose: made_up(len(prose), 2), copied_with_slips])
def test_evidence_is_looked_up_in_linear_time(evidence):
    assert_linear(lambda prose: standing_evidence(evidence(prose), "It.", prose), made_up)


def test_the_prose_around_an_answer_is_found_in_linear_time():
    assert_linear(lambda prose: excerpt_around(prose, made_up(len(prose), 2), 300), made_up)


WORDS = st.sampled_from(sorted({part for shape in SHAPES.values() for part in shape}))
CHARACTERS = st.text(
    st.sampled_from("a1_A中é .!?,:\"'`#{}[]()<>-*+/\\|=~\n\r\t\u00a0\u200f"), max_size=3
)


# To make a slow text smaller would take minutes, and says nothing more.
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.sampled_from(sorted(READERS)), WORDS | CHARACTERS, (WORDS | CHARACTERS).filter(bool), WORDS
)
@example("filters", "", "_", "")
def test_whatever_is_repeated_takes_linear_time(reader, before, unit, behind):
    assert_linear(READERS[reader], shaped(before, unit, behind))
