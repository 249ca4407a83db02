from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ide.marked import at_cursor, in_body
from support.document_text import FRONTMATTER
from support.generated_documents import mutated, sound_documents, wild_documents

from dlm_lsp.document import Document, SectionType, parse, section_id
from dlm_lsp.document.lines import after_break
from dlm_lsp.ide.hover import Hover, hover
from dlm_lsp.ide.provenance import RecordedProvenance

NOW = datetime(2026, 2, 3, 12, 0, tzinfo=timezone(timedelta(hours=1)))
SOURCE = "The moon is *grey*.\nIt has no air."
SOURCE_ID = section_id(SectionType.PROSE, SOURCE)
NOTHING = RecordedProvenance(None, None, None)


def marker(teacher: str = "smollm2-135m", strategy: str = "extraction", source: str = SOURCE_ID):
    return (
        f'<!-- dlm-auto-synth: synth_teacher="{teacher}" synth_strategy="{strategy}"'
        f' synth_at="2026-01-31T09:30:00Z" source_section_id="{source}" -->'
    )


def synthesized(marker_line: str) -> str:
    """A body with prose and what was synthesized from it, the mark before the marker."""
    return (
        f"::prose::\n{SOURCE}\n::instruction::\n‸{marker_line}\n### Q\nIs there air?\n### A\nNo.\n"
    )


def shown(
    document: Document,
    offset: int,
    recorded: RecordedProvenance | None = None,
    uri: str | None = None,
) -> Hover | None:
    return hover(document, offset, provenance=lambda _: recorded, link=lambda _: uri, now=NOW)


def hover_markdown(
    place: tuple[Document, int], recorded: RecordedProvenance | None = None, uri: str | None = None
):
    """The Markdown that is shown at the place."""
    found = shown(*place, recorded, uri)
    assert found is not None
    return found.markdown


def about(place: tuple[Document, int]) -> str:
    """The part of the text that what is shown is about."""
    found = shown(*place)
    assert found is not None
    return place[0].text[found.span.start : found.span.end]


def test_a_synthesized_section_tells_where_it_came_from():
    assert hover_markdown(in_body(synthesized(marker()))) == (
        "**Synthesized**\n"
        "\n"
        "- Teacher: `smollm2-135m`\n"
        "- Strategy: extraction, the answer stands in the source\n"
        "- When: 2026-01-31 10:30 (3 days ago)\n"
        "- Source: The moon is \\*grey\\*. It has no air.\n"
        "\n"
        "> “The moon is \\*grey\\*. It has no air.”"
    )


@pytest.mark.parametrize("line", ["::instruction::", "### Q", "### A"])
def test_the_fence_and_the_headers_of_a_synthesized_section_tell_it_too(line: str):
    body = synthesized(marker()).replace("‸", "").replace(line, f"{line}‸")
    assert hover_markdown(in_body(body)).startswith("**Synthesized**")
    assert about(in_body(body)) == line


def test_the_text_of_a_synthesized_section_tells_nothing():
    assert shown(*in_body(synthesized(marker()).replace("‸", "").replace("air?", "‸air?"))) is None


def test_a_header_of_a_handwritten_section_tells_nothing():
    assert shown(*in_body("::instruction::\n### Q‸\nWhy?\n### A\nSo.\n")) is None


def test_the_source_is_a_link_where_it_has_an_address():
    words = hover_markdown(in_body(synthesized(marker())), uri="file:///my notes/(1).dlm#L6")
    assert "no air.](file:///my%20notes/%281%29.dlm#L6)" in words


def test_a_long_source_is_cut_between_words():
    long = "word " * 100
    body = synthesized(marker(source=section_id(SectionType.PROSE, long))).replace(SOURCE, long)
    assert hover_markdown(in_body(body)).endswith(f"> “{'word ' * 32}…”".replace(" …", "…"))


def test_what_the_ledger_knows_is_told():
    words = hover_markdown(
        in_body(synthesized(marker())),
        RecordedProvenance("It has <no> air.", 0.4213, "smollm2-360m"),
    )
    assert "- Judge: margin +0.42, by `smollm2-360m`\n" in words
    assert words.endswith("Evidence:\n\n> “It has \\<no\\> air.”")


def test_a_ledger_entry_without_a_judge_tells_of_none():
    assert "Judge" not in hover_markdown(in_body(synthesized(marker())), NOTHING)


def test_a_section_whose_source_is_gone_is_stale():
    words = hover_markdown(in_body(synthesized(marker(source="0" * 16))))
    assert "**Stale**" in words
    assert all(way in words for way in ("Regenerate", "Remove", "Keep"))


@pytest.mark.parametrize(
    ("teacher", "markdown"),
    [
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a|b <i>*c*</i>", "`a|b <i>*c*</i>`"),
        ("a\u2028b\x0cc", "`a b c`"),
        (" ", "(blank)"),
    ],
)
def test_the_name_of_a_teacher_is_shown_as_it_is(teacher: str, markdown: str):
    assert f"- Teacher: {markdown}\n" in hover_markdown(in_body(synthesized(marker(teacher))))


def test_a_strategy_without_words_is_shown_as_it_is():
    assert "- Strategy: `*own*`\n" in hover_markdown(in_body(synthesized(marker(strategy="*own*"))))


def test_a_mined_marker_tells_what_it_says():
    body = (
        '::preference::\n‸<!-- dlm-auto-mined: judge_name="j" judge_score_chosen="1.5"'
        ' judge_score_rejected="-2" mined_at="2026-02-03T10:00:00Z" mined_run_id="3" -->\n'
        "### Prompt\na\n### Chosen\nb\n### Rejected\nc\n"
    )
    assert hover_markdown(in_body(body)) == (
        "**Mined preference**\n"
        "\n"
        "- Judge: `j`\n"
        "- Chosen: 1.5\n"
        "- Rejected: -2\n"
        "- When: 2026-02-03 11:00 (1 hour ago)\n"
        "- Training run: 3"
    )


def test_a_harvest_marker_tells_its_run():
    body = '::instruction::\n<!-- dlm-auto-harvest: ‸source="run 7" -->\n### Q\na\n### A\nb\n'
    assert hover_markdown(in_body(body)) == "**Harvested** from the run `run 7`."


def test_a_prose_fence_tells_how_many_sections_came_from_it():
    body = synthesized(marker()).replace("‸", "").replace("::prose::", "::prose::‸")
    words = hover_markdown(in_body(body))
    assert words.startswith("**Prose**")
    assert "1 synthesized section came from it." in words
    assert words.endswith(f"Section `{SOURCE_ID}`")


def test_prose_that_nothing_came_from_says_so():
    assert "Nothing was synthesized from it." in hover_markdown(in_body("‸::prose::\ntext\n"))


def test_an_instruction_fence_tells_what_the_section_is_for():
    body = "::instr‸uction::\n### Q\nWhy?\n### A\nSo.\n"
    assert hover_markdown(in_body(body)).startswith("**Instruction**")
    assert about(in_body(body)) == "::instruction::"


def test_a_preference_fence_tells_what_the_section_is_for():
    assert hover_markdown(in_body("::preference::‸\n")).startswith("**Preference**")


def test_the_adapter_of_a_fence_is_told_as_declared():
    head = FRONTMATTER.removesuffix("---\n")
    marked = f"{head}training:\n  adapters:\n    tone: {{}}\n---\n::prose#‸tone::\ntext\n"
    assert "Trains the adapter `tone`, which `training.adapters` declares." in hover_markdown(
        at_cursor(marked)
    )


def test_an_adapter_that_is_not_declared_is_told_so():
    words = hover_markdown(in_body("::prose#‸tone::\ntext\n"))
    assert "Trains the adapter `tone`, which `training.adapters` does not declare." in words


def test_beside_a_frontmatter_with_errors_an_adapter_is_only_named():
    words = hover_markdown(at_cursor("---\nseed\n---\n::prose#‸tone::\ntext\n"))
    assert "Trains the adapter `tone`.\n" in words


def test_an_image_fence_tells_what_its_attributes_mean():
    words = hover_markdown(in_body('::image path="a‸.png" alt="b"::\n'))
    assert "`path` says where its file is" in words
    assert "`alt` says in words what it shows" in words


def test_an_audio_fence_tells_what_its_attributes_mean():
    assert "`transcript` is what is said in it" in hover_markdown(in_body('::audio path="a"‸::\n'))


def test_prose_tells_nothing():
    assert shown(*in_body("Some ‸prose.\n")) is None


def test_a_key_tells_its_meaning_what_it_takes_and_its_default():
    assert hover_markdown(at_cursor("---\ntraining:\n  lora‸_r: 4\n---\n")) == (
        "**`training.lora_r`**\n"
        "\n"
        "The rank of the adapter: more learns more and weighs more.\n"
        "\n"
        "Takes a whole number from 1 to 256.\n"
        "\n"
        "Default: `8`."
    )


def test_the_value_of_a_key_tells_the_same():
    place = at_cursor("---\ntraining:\n  lora_r: ‸4\n---\n")
    assert hover_markdown(place).startswith("**`training.lora_r`**")
    assert about(place) == "4"


def test_a_key_that_must_be_there_says_so():
    assert hover_markdown(at_cursor("---\ndlm‸_id: x\n---\n")).endswith("Required.")


def test_a_small_default_is_shown_as_a_person_writes_it():
    words = hover_markdown(
        at_cursor("---\ntraining: {preference: {hyperparams: {learning‸_rate: 1}}}\n---\n")
    )
    assert words.startswith("**`training.preference.hyperparams.learning_rate`**")
    assert words.endswith("Default: `0.000005`.")


def test_a_key_of_a_named_adapter_is_told():
    words = hover_markdown(
        at_cursor("---\ntraining:\n  adapters:\n    tone:\n      lora_r‸: 4\n---\n")
    )
    assert words.startswith("**`training.adapters.tone.lora_r`**\n\nThe rank")


def test_the_name_of_an_adapter_is_told():
    words = hover_markdown(at_cursor("---\ntraining:\n  adapters:\n    to‸ne: {}\n---\n"))
    assert "A fence such as `::instruction#tone::` picks it." in words


def test_a_key_in_a_list_is_told():
    words = hover_markdown(at_cursor("---\ntraining:\n  sources:\n    - pa‸th: a\n---\n"))
    assert words.startswith("**`training.sources[].path`**")


def test_an_item_of_a_list_tells_the_key_of_the_list():
    words = hover_markdown(at_cursor("---\ntraining:\n  target_modules: [q_proj, v‸_proj]\n---\n"))
    assert words.startswith("**`training.target_modules`**")


def test_a_key_of_version_1_is_told_as_what_it_is_today():
    words = hover_markdown(at_cursor("---\ntraining:\n  dpo:\n    be‸ta: 0.2\n---\n"))
    assert words.startswith("**`training.preference.hyperparams.beta`**")


def test_an_unknown_key_tells_nothing():
    assert shown(*at_cursor("---\nno‸such: 1\n---\n")) is None


def test_a_frontmatter_that_is_not_yaml_tells_nothing():
    assert shown(*at_cursor('---\nba‸se_model: "\n---\n')) is None


def test_a_base_model_tells_its_facts():
    assert hover_markdown(at_cursor("---\nbase_model: qwen2.5‸-0.5b\n---\n")) == (
        "**`qwen2.5-0.5b`**\n"
        "\n"
        "- Parameters: 0.5 B\n"
        "- Context: 32,768 tokens\n"
        "- Licence: Apache-2.0\n"
        "- Size: 1 GB at 16 bit\n"
        "- Hub: `Qwen/Qwen2.5-0.5B-Instruct`"
    )


def test_a_base_model_whose_licence_must_be_accepted_says_so():
    words = hover_markdown(at_cursor("---\nbase_model: gemma-2-2b-it‸\n---\n"))
    assert "- Licence: Gemma; the hub wants it accepted first\n" in words


def test_the_hub_id_of_a_known_model_tells_the_same_facts():
    words = hover_markdown(at_cursor("---\nbase_model: ‸hf:Qwen/Qwen2.5-0.5B-Instruct\n---\n"))
    assert words.startswith("**`qwen2.5-0.5b`**")


def test_an_unknown_model_of_the_hub_says_so():
    words = hover_markdown(at_cursor("---\nbase_model: hf:some/mod‸el\n---\n"))
    assert words.startswith("`some/model` is not in the registry")


def test_a_name_that_is_no_model_says_so():
    words = hover_markdown(at_cursor("---\nbase_model: qw‸en\n---\n"))
    assert words == "`qwen` is neither a key of the registry nor `hf:org/name`."


@given(mutated(wild_documents() | sound_documents()), st.data())
def test_any_offset_of_any_text_is_told_or_not(text: str, data: st.DataObject):
    offset = data.draw(st.integers(0, len(text)))
    found = shown(parse(text), offset, RecordedProvenance("a\nb", -1.0, "`"), "file:///x")
    if found:
        assert found.markdown
        # Between the two characters of a line break no cursor can stand.
        assert found.span.start <= offset <= after_break(text, found.span.end)
