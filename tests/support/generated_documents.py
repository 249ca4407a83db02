"""Generated documents: those that hypothesis makes, and teachers' words, plain and hostile."""

from hypothesis import strategies as st

from dlm_lsp.document import Pair, well_formed

FRONTMATTER = (
    "---\ndlm_id: 01JZZZZZZZZZZZZZZZZZZZZZZZ\ndlm_version: 15\nbase_model: smollm2-135m\n---"
)
MARKER = (
    '<!-- dlm-auto-synth: synth_teacher="t" synth_strategy="extraction"'
    ' synth_at="2026-01-31T09:30:00Z" source_section_id="0123456789abcdef" -->'
)
LINE_BREAKS = st.sampled_from(["\n", "\r\n", "\r"])

_fragments = st.sampled_from(
    [
        "::prose::", "::instruction::", "::instruction#tone::", "::preference::", "::prose#tone::",
        '::image path="a.png"::', '::audio path="a.wav" transcript="x"::', "::Instruction::",
        "::poem::", "::instruction#::", "::image::", "::instruction:: ", " ::prose::", "::", ":::",
        "```", "``` python", "````", " ```", "### Q", "### A", "### Q !probe", " ### Q ", "### q",
        "### Q: x", "### Prompt", "### Chosen", "### Rejected", MARKER, MARKER + " ",
        '<!-- dlm-auto-harvest: source="run" -->', "<!-- dlm-auto-synth: -->",
        "---", "", " ", "\t",
        "\u2028", "a\u2028::prose::", "a\x85b", "\x0c", "🙂 emoji", "text",
        "more text", "\ufeff", "\ufeffx",
        "a\u2029### Q", "### A\x0b", "a\u200bb", "\u202ea", "א\u202aa\u202c",
    ]
)  # fmt: skip
_words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
_lines = _fragments | _words

_questions = st.sampled_from(["Why?", "What is 2?", "Was ist das? 🙂"])
_good_sections = st.sampled_from(
    [
        ["::prose::", "Some prose.", "", "More of it."],
        ["::prose::", "", "text", ""],
        ["::prose#tone::", "routed"],
        ["::instruction::", "### Q", "Why?", "### A", "So."],
        ["::instruction#tone::", MARKER, "### Q", "How?", "### A", "Thus.", ""],
        ["::preference::", "### Prompt", "a", "### Chosen", "b", "### Rejected", "c"],
        ['::image path="a.png" alt="b"::', "A caption"],
        ["::prose::", "```", "::instruction::", "### Q", "```"],
        ["::prose::", "\u2028", "x\u2028y 🙂"],
        ["::prose::"],
    ]
)


@st.composite
def sound_documents(draw: st.DrawFn) -> str:
    """A document without errors, in any line-ending style, with or without a last line break."""
    line_break = draw(LINE_BREAKS)
    lines = [*FRONTMATTER.split("\n")]
    lines += draw(st.sampled_from([[], [""], ["Opening prose.", ""], ["", "a", "", "b 🙂"]]))
    for section in draw(st.lists(_good_sections, max_size=6)):
        lines += section
    lines += draw(st.sampled_from([[], [""], ["", ""]]))
    return draw(st.sampled_from(["", "\ufeff"])) + line_break.join(lines)


@st.composite
def wild_documents(draw: st.DrawFn) -> str:
    """A document whose body is made of fences, markers and headers in no order at all."""
    lines = draw(st.lists(_lines, max_size=14))
    breaks = draw(st.lists(LINE_BREAKS, min_size=len(lines), max_size=len(lines)))
    head = draw(st.sampled_from([FRONTMATTER + "\n", "\ufeff" + FRONTMATTER + "\r\n", FRONTMATTER]))
    return head + "".join(line + line_break for line, line_break in zip(lines, breaks, strict=True))


@st.composite
def mutated(draw: st.DrawFn, documents: st.SearchStrategy[str]) -> str:
    """A document with a few characters removed, doubled or put in."""
    text = draw(documents)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 3))
        text = (
            text[:at]
            + draw(_lines | st.sampled_from(["\n", ":", "`", "#", " "]))
            + text[at + length :]
        )
    return text


hostile_words = st.text(max_size=40) | st.lists(
    _lines | st.sampled_from(["\n", "\r", "\r\n"]), max_size=8
).map("\n".join)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair that a teacher's words make, hostile ones among them."""
    asked = hostile_words.filter(lambda text: isinstance(well_formed(text, "a"), Pair))
    answered = hostile_words.filter(lambda text: isinstance(well_formed("q", text), Pair))
    made = well_formed(draw(_questions | asked), draw(answered))
    assert isinstance(made, Pair)
    return made
