"""Grammar queries: they fit the grammar, and editors get from them what they should."""

import pytest
from editors.tree_sitter.grammar import GRAMMAR, ROOT, language, tree_of
from support.generated_documents import FRONTMATTER, MARKER
from tree_sitter import Query, QueryCursor

from dlm_lsp.document import parse

QUERIES = sorted((GRAMMAR / "queries").rglob("*.scm"))
PROSE = "Some *prose*.\n\n- a list"
DOCUMENT = f"""\
{FRONTMATTER}
{PROSE}
::image path="a.png" alt="b"::
A caption
::instruction#tone::
{MARKER}
### Q !probe
Why?
### A
So.

### Q
How?
### A
Thus.
::preference::
### Prompt
a
### Chosen
b
### Rejected
c
::poem::
Roses
"""
PAIR = "### Q !probe\nWhy?\n### A\nSo.\n\n"
SECOND_PAIR = "### Q\nHow?\n### A\nThus.\n"
PREFERENCE = "### Prompt\na\n### Chosen\nb\n### Rejected\nc\n"
# What each editor calls a header and the name of an attribute.
FOLDERS = {
    ".": ("markup.heading", "property"),
    "helix": ("markup.heading.1", "variable.other.member"),
    "zed": ("title", "property"),
}


def captures(query: str, text: str = DOCUMENT) -> dict[str, list[str]]:
    """What a query captures, by the name of the capture, in order."""
    compiled = Query(language(), (GRAMMAR / "queries" / query).read_text("utf-8"))
    found: dict[str, list[str]] = {}
    # A quantified capture is one stretch, from its first node to its last.
    for _, match in QueryCursor(compiled).matches(tree_of(text).root_node):
        for name, nodes in match.items():
            stretch = text.encode()[nodes[0].start_byte : nodes[-1].end_byte]
            found.setdefault(name, []).append(stretch.decode())
    return found


def injected(folder: str, text: str = DOCUMENT) -> list[tuple[str, str]]:
    """The language and the text of each injection."""
    query = Query(language(), (GRAMMAR / "queries" / folder / "injections.scm").read_text("utf-8"))
    found = []
    for pattern, match in QueryCursor(query).matches(tree_of(text).root_node):
        name = query.pattern_settings(pattern)["injection.language"]
        (node,) = match["injection.content"]
        found.append((name, text.encode()[node.start_byte : node.end_byte].decode()))
    return found


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: str(path.relative_to(GRAMMAR)))
def test_a_query_compiles_and_every_pattern_of_it_matches(path):
    query = Query(language(), path.read_text("utf-8"))
    text = DOCUMENT + "::audio::\nx\n::instruction::\n<!-- dlm-auto-synth: -->\n"
    matches = QueryCursor(query).matches(tree_of(text).root_node)
    expected = set(range(query.pattern_count))
    assert {pattern for pattern, _ in matches} == expected


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_has_a_meaning_is_coloured(folder):
    header, name = FOLDERS[folder]
    found = captures(f"{folder}/highlights.scm")
    headers = [
        "### Q !probe",
        "### A",
        "### Q",
        "### A",
        "### Prompt",
        "### Chosen",
        "### Rejected",
    ]
    assert found[header] == headers
    assert found["keyword"] == ["image", "instruction", "preference"]
    assert found["attribute"] == ["tone"]
    assert found["comment"] == [MARKER]
    assert found[name] == [
        *("path", "alt"),
        *("synth_teacher", "synth_strategy", "synth_at", "source_section_id"),
    ]
    assert found["string"][:3] == ['"a.png"', '"b"', '"t"']
    assert found["punctuation.special"] == ["---", "---", *["::", "::"], *["::", "#", "::"],
                                            *["::", "::"], *["::", "::"]]  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_frontmatter_is_yaml_and_each_text_markdown_of_its_own(folder):
    yaml, *texts = injected(folder)
    assert yaml == ("yaml", FRONTMATTER.removeprefix("---\n").removesuffix("---"))
    assert texts == [
        ("markdown", text)
        for text in (PROSE, "A caption", "Why?", "So.", "How?", "Thus.", "a", "b", "c", "Roses")
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_text_of_every_section_of_an_example_is_markdown(folder):
    for path in sorted((ROOT / "examples").glob("*.dlm")):
        text = path.read_text("utf-8")
        found = injected(folder, text)
        for section in parse(text).sections:
            texts = [
                part for pair in section.pairs for part in (pair.pair.question, pair.pair.answer)
            ]
            if section.type == "prose":
                texts = [section.content]
            for text in texts:
                assert ("markdown", text) in found


def test_frontmatter_sections_and_turns_fold():
    folds = captures("folds.scm")["fold"]
    assert folds[0] == FRONTMATTER + "\n"
    assert folds[1] == PROSE + "\n"
    assert [text for text in folds if text.startswith("### ")] == [PAIR, SECOND_PAIR, PREFERENCE]


@pytest.mark.parametrize(
    ("query", "around", "inside", "part", "attribute"),
    [
        ("textobjects.scm", "outer", "inner", "block", "attribute"),
        ("helix/textobjects.scm", "around", "inside", "entry", "parameter"),
        ("zed/textobjects.scm", "around", "inside", None, None),
    ],
)
def test_a_section_a_turn_and_a_part_of_it_can_be_selected(query, around, inside, part, attribute):
    found = captures(query)
    instruction = f"::instruction#tone::\n{MARKER}\n{PAIR}{SECOND_PAIR}"
    assert instruction in found[f"class.{around}"]
    assert {PROSE, PAIR + SECOND_PAIR, PREFERENCE} <= set(found[f"class.{inside}"])
    assert found[f"function.{around}"] == [PAIR, SECOND_PAIR, PREFERENCE]
    assert found[f"function.{inside}"] == ["So.", "Thus.", "b"]
    assert found[f"comment.{around}"] == [MARKER]
    if part is None:
        return
    assert found[f"{part}.{around}"][:2] == ["### Q !probe\nWhy?\n", "### A\nSo.\n\n"]
    assert found[f"{part}.{inside}"] == ["Why?", "So.", "How?", "Thus.", "a", "b", "c"]
    assert found[f"{attribute}.{around}"][0] == 'path="a.png"'
    assert found[f"{attribute}.{inside}"][0] == '"a.png"'


def test_the_outline_names_sections_by_their_fence_and_turns_by_what_is_asked():
    found = captures("zed/outline.scm")
    assert found["name"] == [
        *['::image path="a.png" alt="b"::', "::instruction#tone::", "Why?", "How?"],
        *["::preference::", "a", "::poem::"],
    ]
