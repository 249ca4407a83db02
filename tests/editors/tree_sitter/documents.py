"""Hard documents: every line means something, or nearly does."""

from itertools import chain

from hypothesis import strategies as st
from support.generated_documents import LINE_BREAKS, mutated, sound_documents, wild_documents

from dlm_lsp.document import SectionType

_SPACES = "\t\x0b\x0c\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"
# What looks like white space and is none.
_NO_SPACES = "\u180e\u200b\u2060\ufeff\x00"
_blanks = st.text(_SPACES + _NO_SPACES, max_size=3)


@st.composite
def _misspelled(draw: st.DrawFn) -> str:
    """The name of a section type with up to five slips in it."""
    name = draw(st.sampled_from([str(type_) for type_ in SectionType]))
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(name)))
        slip = draw(st.sampled_from(["", "e", "E", "i", "-", "_", "7", "swap", "upper"]))
        match slip:
            case "swap":
                name = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
            case "upper":
                name = name[:at] + name[at:].upper()
            case _:
                name = name[:at] + slip + name[at + draw(st.integers(0, 1)) :]
    return name


names = st.one_of(
    _misspelled(),
    st.text("aeimnoprstu-_#AEZ09", max_size=20),
    st.integers(0, 9).map(lambda more: "instruction" + more * "x"),
)
_adapters = st.sampled_from(
    ["", "", "#", "#tone", "#Tone", "#a#b", "#a-b", "#" + "a" * 32, "#" + "a" * 33]
)
_attributes = st.lists(
    st.builds(
        "{}{}{}{}".format,
        st.text(_SPACES, min_size=0, max_size=2),
        st.sampled_from(["path", "alt", "transcript", "p_1", "Path", "1p", "", "source"]),
        st.sampled_from(["=", " = ", ""]),
        st.sampled_from(['"a.png"', '""', '"ä\u2028 \x00"', '"', "'a'", '"::"', '" -->"', 'x']),
    ),
    max_size=3,
).map("".join)  # fmt: skip
_fences = st.builds(
    "{}::{}{}{}{}{}{}".format,
    st.sampled_from(["", "", "", "", " ", ":"]),
    names,
    _adapters,
    st.just("") | _attributes,
    st.sampled_from(["", "", "", " ", "\u3000"]),
    st.sampled_from(["::", "::", "::", "::", ":", "", ":::"]),
    st.sampled_from(["", "", "", "", " ", "x", "\u2028"]),
)
_code = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", " ", "    ", "\t", "\ufeff"]),
    st.sampled_from(["`", "``", "```", "```", "```", "````", "``````", "~~~", "~~~~"]),
    st.sampled_from(["", "", "python", " x", "```", "::prose::"]),
)
_headers = st.builds(
    "{}{}{}{}{}".format,
    _blanks,
    st.sampled_from(["###", "###", "###", "##", "####", "### "]),
    st.sampled_from([" ", " ", " ", "", "\t", "  "]),
    st.sampled_from(
        ["Q", "A", "Q !probe", "Q  !probe", "Q !", "Q !prob", "A !probe", "Prompt", "Chosen",
         "Rejected", "Reject", "q", "Q:", "QA", "Q !probes"]
    ),
    _blanks,
)  # fmt: skip
_markers = st.builds(
    "{}<!--{}dlm-auto-{}{}{}{}".format,
    st.sampled_from(["", "", "", "", " "]),
    st.sampled_from([" ", " ", " ", "", "  "]),
    st.sampled_from(["synth:", "mined:", "harvest:", 'harvest: source="r"', "synth", "other:"]),
    _attributes,
    st.sampled_from([" ", " ", "", "  ", "\t"]),
    st.sampled_from(["-->", "-->", "-->", "--", "--> "]),
)
_plain = st.sampled_from(
    ["", "text", "text", "a ", " b", "---", "--- ", "----", "--", "::", "é🙂", "\x00"]
)
_known = st.sampled_from(
    ["### Q", "### A", "### Q !probe", "### A !probe", "### Prompt", "### Chosen", "### Rejected",
     '<!-- dlm-auto-synth: a="b" -->', '<!-- dlm-auto-mined: a="b" -->',
     '<!-- dlm-auto-harvest: source="" -->', '::a-b path="a"::', '::A path="a"::', "::prose::"]
)  # fmt: skip
_strange = st.one_of(_fences, _code, _headers, _markers, _blanks, _known, _known)
_sections = st.sampled_from(
    [
        ["::prose::", "text"],
        ["::instruction::", "### Q", "Why?", "### A", "So."],
        ["::instruction::", '<!-- dlm-auto-synth: a="b" -->', "### Q", "```", "### A"],
        ["::preference::", "### Prompt", "a", "### Chosen", "b", "### Rejected", "c"],
        [
            "::preference::",
            '<!-- dlm-auto-mined: a="b" -->',
            '<!-- dlm-auto-harvest: source="" -->',
        ],
        ['::image path="a" ::', "caption"],
        ["```", "::instruction::", "```"],
        ["````", "::prose::"],
        ["::instruction::", "### Q", " ::prose::", "\t```"],
    ]
)


@st.composite
def _section(draw: st.DrawFn) -> list[str]:
    """The lines of a section or code block, with strange ones put among them."""
    lines = [*draw(_sections)]
    for strange in draw(st.lists(_strange, max_size=3)):
        lines.insert(draw(st.integers(0, len(lines))), strange)
    return lines


_line = (_strange | _plain).map(lambda line: [line])
_parts = st.lists(_line | _section() | _section(), max_size=6)
_heads = st.sampled_from(
    [[], [], [""], ["---", "a: 1", "---"], ["---", "---"], ["---", "---", ""], ["---", "a"],
     ["---", "", "--- ", "---"], [" ---", "---"], ["----"], ["--"], ["---"]]
)  # fmt: skip


@st.composite
def nasty_documents(draw: st.DrawFn) -> str:
    """A document that may lack anything, with line breaks of every kind."""
    lines = [*draw(_heads), *chain.from_iterable(draw(_parts))]
    one_break = draw(st.none() | LINE_BREAKS)
    text = draw(st.sampled_from(["", "", "\ufeff", "\ufeff\ufeff"]))
    for line in lines:
        text += line + (one_break or draw(LINE_BREAKS))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


documents = (
    nasty_documents()
    | nasty_documents()
    | mutated(nasty_documents())
    | wild_documents()
    | sound_documents()
    | mutated(sound_documents())
    | st.text()
)
