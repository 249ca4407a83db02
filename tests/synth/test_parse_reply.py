import html
import json
import re
import time
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reply_shapes import JSON_SHAPES, SHAPES, TEXT_SHAPES

from dlm_lsp.synth.parse_reply import parse_reply
from dlm_lsp.synth.raw_pair import RawPair

TWO = (RawPair("What is A?", "One.", "A is one."), RawPair("What is B?", "Two.", "B is two."))
BARE = tuple(RawPair(pair.question, pair.answer) for pair in TWO)


def as_json(pairs):
    items = [{"question": p.question, "answer": p.answer, "evidence": p.evidence} for p in pairs]
    return json.dumps({"pairs": items})


def test_a_reply_in_the_schema_is_read_as_it_stands():
    parsed = parse_reply(as_json(TWO))
    assert parsed.pairs == TWO
    assert parsed.complaint == ""


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{as_json(TWO)}\n```",
        f"Sure, here you are:\n\n```\n{as_json(TWO)}\n```\nAnything else?",
        f'<think>Perhaps {{"question": "Draft?", "answer": "No"}}?</think>\n{as_json(TWO)}',
        f'First a draft: {{"question": "Draft?", "answer": "No"}}\n</think>{as_json(TWO)}',
        'A brace { and a " first: ' + as_json(TWO) + " Bye }.",
        "\ufeff" + as_json(TWO),
        as_json(TWO)[:-2],
        as_json(TWO)[:-2] + ', {"question": "What is C?", "answer": "Thr',
        json.dumps(
            [{"Question": p.question, "ANSWER": p.answer, "Evidence": p.evidence} for p in TWO]
        ),
        "\n".join(
            json.dumps({"q": p.question, "a": p.answer, "evidence": p.evidence}) for p in TWO
        ),
        json.dumps(
            {
                "data": {
                    "items": [
                        {"Q ": p.question, "A": p.answer, "evidence": p.evidence} for p in TWO
                    ]
                }
            }
        ),
        repr({"pairs": [asdict(pair) for pair in TWO]}),
        as_json(TWO).replace("}", ",}").replace("]", ",]"),
    ],
    ids=[
        "fenced",
        "fenced in talk",
        "thoughts",
        "thoughts without a beginning",
        "stray brace",
        "byte-order mark",
        "array not closed",
        "last object cut",
        "capitals",
        "one object a line",
        "nested",
        "Python",
        "trailing commas",
    ],
)
def test_every_complete_object_is_found(text):
    assert parse_reply(text).pairs == TWO


@pytest.mark.parametrize(
    "text",
    [
        "1. Q: What is A?\n   A: One.\n2. Q: What is B?\n   A: Two.",
        "**Question 1:** What is A?\n**Answer:** One.\n\n"
        "**Question 2:** What is B?\n**Answer:** Two.\n",
        "### Q\nWhat is A?\n### A\nOne.\n\n### Q\nWhat is B?\n### A\nTwo.",
        "Here they are.\n\nQ1. What is A?\nA1. One.\n\n"
        "Q2. What is B?\nA2. Two.\n\nI hope this helps!",
        "- Q: What is A?\n- A: One.\n- Q: What is B?\n- A: Two.",
        "1. **Q: What is A?**\n**A: One.**\n\n2. __Q: What is B?__\n__A: Two.__",
        "1. Frage: What is A?\n   Antwort: One.\n2. Frage: What is B?\n   Antwort: Two.",
        "**Pregunta 1:** What is A?\n**Respuesta:** One.\n"
        "**Pregunta 2:** What is B?\n**Respuesta:** Two.",
    ],
    ids=["numbered", "bold", "headers", "with digits", "bullets", "all bold", "German", "Spanish"],
)
def test_lists_of_questions_and_answers_are_read(text):
    assert parse_reply(text).pairs == BARE


def test_an_answer_in_a_list_keeps_its_lines_and_its_code():
    text = "Q: How?\nA: Like this:\n```\na\n\nQ: b\n```\nDone.\n\nThat was all."
    assert parse_reply(text).pairs == (RawPair("How?", "Like this:\n```\na\n\nQ: b\n```\nDone."),)


@pytest.mark.parametrize(
    "following",
    ["1. load\n2. run", "- load\n- run", "    load", "| load | run |", "```\nload\n```"],
)
def test_an_answer_goes_on_with_a_list_or_code_behind_a_blank_line(following):
    text = f"Q: How?\nA: There are two:\n\n{following}\n\nThat was all."
    assert parse_reply(text).pairs == (RawPair("How?", f"There are two:\n{following}"),)


def test_an_answer_in_several_items_is_read_line_by_line():
    item = {"question": "Which?", "answer": ["red", "blue"], "evidence": ["It is red", "or blue"]}
    assert parse_reply(json.dumps([item])).pairs == (
        RawPair("Which?", "red\nblue", "It is red … or blue"),
    )


def test_quotes_of_both_kinds_may_stand_in_a_string_of_python():
    text = """{'question': 'What\\'s "A"?', 'answer': "It's one, 'A'."}"""
    assert parse_reply(text).pairs == (RawPair('What\'s "A"?', "It's one, 'A'."),)


def test_latex_in_the_schema_is_read_as_latex():
    text = (
        r'{"pairs": [{"question": "$\alpha$?", "answer": "$\frac{1}{2}$", "evidence": "\nabla"}]}'
    )
    assert parse_reply(text.replace(r"\\", "\\")).pairs == (
        RawPair(r"$\alpha$?", r"$\frac{1}{2}$", r"\nabla"),
    )


def test_one_bad_item_never_loses_the_others():
    items = [
        {"question": "What is A?", "answer": "One."},
        {"question": "No answer?"},
        {"question": "A map?", "answer": {"x": "y"}},
        "not an object",
        None,
        {"question": "What is B?", "answer": "Two."},
    ]
    parsed = parse_reply(json.dumps({"pairs": items}))
    assert parsed.pairs == BARE
    assert parsed.complaint == "2 of the items had no question or no answer in text"


def test_a_number_for_an_answer_is_taken_as_it_is_written():
    assert parse_reply('{"question": "Which?", "answer": 1.10}').pairs == (
        RawPair("Which?", "1.10"),
    )


def test_a_backslash_that_escapes_nothing_stands_for_itself():
    parsed = parse_reply(r'{"question": "Which \alpha?", "answer": "\\d+ and \d and \"x\""}')
    assert parsed.pairs == (RawPair(r"Which \alpha?", r'\d+ and \d and "x"'),)


def test_an_empty_answer_is_handed_on_so_that_it_can_be_refused_by_name():
    assert parse_reply('{"question": "Why?", "answer": ""}').pairs == (RawPair("Why?", ""),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the reply is empty"),
        ("<think>So many words", "the reply is empty"),
        ("I cannot help with that.", "the reply holds no pair that can be read"),
        ('{"pairs": []}', "the reply holds no pair that can be read"),
    ],
)
def test_a_reply_without_a_pair_says_so(text, complaint):
    assert parse_reply(text).pairs == ()
    assert parse_reply(text).complaint == complaint


def test_the_last_pair_of_a_list_that_broke_off_is_not_trusted():
    parsed = parse_reply("Q: What is A?\nA: One.\nQ: What is B?\nA: Tw", cut=True)
    assert parsed.pairs == BARE[:1]
    assert parsed.complaint == "the reply broke off at its token limit"


def test_hostile_nesting_comes_to_nothing():
    assert parse_reply('{"a":' * 20_000 + "[" * 20_000).pairs == ()
    assert parse_reply("[" * 100_000).pairs == ()
    assert parse_reply("<think>" * 20_000).pairs == ()
    assert parse_reply("</think" * 20_000).pairs == ()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_shape_has_its_pairs(shape):
    assert parse_reply(shape.reply, cut=shape.cut).pairs == shape.pairs


@pytest.mark.parametrize(
    "shape",
    [shape for shape in [*JSON_SHAPES, *TEXT_SHAPES[:-3]] if not shape.cut],
    ids=lambda shape: shape.name,
)
def test_talk_around_a_reply_adds_no_pair(shape):
    wrapped = f"Sure, here they are.\n\n{shape.reply}\n\nI hope this helps!"
    assert set(parse_reply(wrapped).pairs) <= set(shape.pairs)


WORDS = st.text(max_size=30) | st.sampled_from(
    [
        "{",
        '"',
        "\\",
        '{"question": "x", "answer": "y"}',
        "<think>",
        "</think>",
        "```",
        "Q: a\nA: b",
        "{}",
        "[{",
    ]
)


@given(st.text() | st.lists(WORDS).map("".join), st.booleans())
def test_parsing_never_raises(text, cut):
    for pair in parse_reply(text, cut=cut).pairs:
        assert isinstance(pair.question, str)
        assert isinstance(pair.answer, str)


# A backspace, a form feed and a lone carriage return are taken for backslashes of LaTeX.
SPOKEN = WORDS.map(lambda text: text.translate(dict.fromkeys(map(ord, "\b\f\r"))))


@given(
    st.lists(st.builds(RawPair, SPOKEN, SPOKEN, SPOKEN), max_size=4),
    st.sampled_from([None, 2]),
    st.booleans(),
    st.data(),
)
def test_every_prefix_of_a_valid_reply_yields_exactly_its_complete_pairs(
    pairs, indent, ascii_, data
):
    items = [{"question": p.question, "answer": p.answer, "evidence": p.evidence} for p in pairs]
    reply = json.dumps({"pairs": items}, indent=indent, ensure_ascii=ascii_)
    end = data.draw(st.integers(0, len(reply)))
    # A pair is complete where its object is closed: that many objects the prefix closes.
    complete, at = 0, reply.find("[") + 1
    for item in items:
        body = json.dumps(item, ensure_ascii=ascii_, indent=indent)
        start = reply.index("{", at)
        at = next(
            stop
            for stop in range(start + 1, len(reply) + 1)
            if reply[stop - 1] == "}" and _is_object(reply[start:stop])
        )
        assert json.loads(reply[start:at]) == json.loads(body)
        complete += at <= end
    assert parse_reply(reply[:end]).pairs == tuple(pairs[:complete])


def _is_object(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


HOSTILE = st.lists(
    st.sampled_from(
        [
            "What is",
            " it",
            "?",
            '"',
            "'",
            "\\",
            r"$\frac{1}{2}$",
            r"\alpha ",
            "\n",
            "{",
            "}",
            "[",
            "]",
            ", ",
            ": ",
            "“so”",
            "</answer>",
            "<b>",
            "<think>",
            "</think>",
            "&amp;",
            "|",
            "Q: ",
            "A: ",
            "// ",
            "```",
            "甲是什么？",
            "وما؟",
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)
PAIRS = st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=3)


def records(pairs, *keys):
    return [dict(zip(keys, pair, strict=False)) for pair in pairs]


def in_json(pairs, *keys, **options):
    return json.dumps(records(pairs, *keys), ensure_ascii=False, **options)


WRITERS = {
    "schema": lambda pairs: in_json(pairs, "question", "answer", "evidence"),
    "indented": lambda pairs: in_json(pairs, "question", "answer", "evidence", indent=2),
    "instruction": lambda pairs: in_json(pairs, "instruction", "output"),
    "German": lambda pairs: in_json(pairs, "Frage", "Antwort", "Beleg"),
    "double-encoded": lambda pairs: json.dumps(in_json(pairs, "q", "a"), ensure_ascii=False),
    "messages": lambda pairs: json.dumps(
        [
            [{"role": "user", "content": q}, {"role": "assistant", "content": a}]
            for q, a, _ in pairs
        ],
        ensure_ascii=False,
    ),
    "numbered": lambda pairs: json.dumps(
        {
            f"{key}{n}": text
            for n, pair in enumerate(pairs)
            for key, text in zip("qa", pair[:2], strict=True)
        },
        ensure_ascii=False,
    ),
    "Python": lambda pairs: repr(records(pairs, "question", "answer")),
    "nothing escaped": lambda pairs: "\n".join(
        f'{{"question": "{q}", "answer": "{a}"}}' for q, a, _ in pairs
    ),
    "typographic": lambda pairs: "\n".join(
        f"{{“question”: “{q}”, “answer”: “{a}”}}" for q, a, _ in pairs
    ),
    "tags": lambda pairs: "\n".join(
        f"<question>{q}</question><answer>{a}</answer>" for q, a, _ in pairs
    ),
    "tags of any name": lambda pairs: "\n".join(f"<f>{q}?</f><b>{a}</b>" for q, a, _ in pairs),
    "table": lambda pairs: (
        "| Q | A |\n|---|---|\n" + "\n".join(f"| {q} | {a} |" for q, a, _ in pairs)
    ),
    "lines": lambda pairs: "\n".join(f"Q: {q}\nA: {a}" for q, a, _ in pairs),
    "lines of any label": lambda pairs: "\n".join(f"Frage: {q}?\nB: {a}" for q, a, _ in pairs),
    "headings": lambda pairs: "\n\n".join(f"## {q}?\n\n{a}" for q, a, _ in pairs),
    "rows": lambda pairs: json.dumps([[f"{q}?", a] for q, a, _ in pairs], ensure_ascii=False),
}


def bones(text):
    """What no escape of JSON and no reading of one touches."""
    return re.sub(r"[\\\s\"'ntrbf]", "", text)


@pytest.mark.parametrize("writer", WRITERS)
@given(PAIRS, st.data())
def test_what_is_taken_stands_in_the_reply_word_for_word(writer, pairs, data):
    reply = WRITERS[writer](pairs)
    cut = data.draw(st.booleans())
    if cut:
        reply = reply[: data.draw(st.integers(0, len(reply)))]
    plain = [bones(text) for text in (reply, reply.replace("\\|", "|"), html.unescape(reply))]
    for pair in parse_reply(reply, cut=cut).pairs:
        # Quotations from several places are told apart by an ellipsis, and lines by their ends.
        for text in (pair.question, pair.answer, pair.evidence):
            for line in text.split("\n"):
                assert any(bones(line) in whole for whole in plain)


ESCAPED = ("schema", "indented", "messages")
# Whoever forgets a backslash forgets others: what is doubled by the rules of JSON stays so.
WHOLE = HOSTILE.filter(lambda text: "\\" not in text)


@pytest.mark.parametrize("writer", ESCAPED)
@given(st.lists(st.tuples(WHOLE, WHOLE, WHOLE), min_size=1, max_size=3))
def test_texts_that_are_escaped_come_back_as_they_were(writer, pairs):
    found = [(p.question, p.answer) for p in parse_reply(WRITERS[writer](pairs)).pairs]
    assert found == [(q, a) for q, a, _ in pairs]


# Before, over and over, and behind: each is kin of what made some expression look back.
LONG = {
    "blanks": ("", " ", "x"),
    "blank lines": ("A: b", "\n", "x"),
    "open keys": ("", '{"', ""),
    "objects that break": ("", '{"a": "b', ""),
    "objects and thoughts": ("", '{"a": 1}<think>', ""),
    "quotes of a string": ('{"a": "', '" ', ""),
    "strings in lists": ("", '["a","b"', ""),
    "comments": ('{"a":', "/*", ""),
    "bare keys": ("{", "a:", ""),
    "Python": ("{'a': 'x', ", "'b': 'c', ", ""),
    "typographic": ("{“a”: “b", "“, ", "x"),
    "escaped objects": ("", r'"{\"a\":', ""),
    "numbered keys": ("{", '"k1":"a",', "}"),
    "channels": ("", "<|channel|>analysis<|message|>", "x"),
    "ends of thoughts": ("", "</think> a ", ""),
    "ends of thoughts in lines": ("", "</think>\n", ""),
    "thoughts in code": ("", "```\n<think>\n", ""),
    "open tags": ("", "<a><b>", "</a>"),
    "closed tags": ("", "<a>x?</a><b>y</b>", ""),
    "entities": ("<q>", "&amp;", "</q><a>x</a>"),
    "bars": ("|a|b|\n", "|-", "x"),
    "labels in a line": ("Q: a? ", " b: ", "x"),
    "labels of any name": ("", "F: x?\nG: y\n", ""),
    "words of a label": ("", "aa bb ", ":"),
    "bold questions": ("", "**a?**\n", ""),
    "end tokens": ("Q: a\nA: b", "<|a|> ", "x"),
}


@pytest.mark.parametrize("before, unit, behind", LONG.values(), ids=LONG)
def test_a_hostile_reply_of_200_kilobytes_is_read_in_less_than_a_second(before, unit, behind):
    text = before + unit * (200_000 // len(unit)) + behind
    began = time.process_time()
    parse_reply(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "reply",
    [
        "```\nQ: Why?\nA: So.\n```\nI hope this helps!",
        "Here you are:\n```yaml\n- question: Why?\n  answer: So.\n```",
        "```\n问：为何？\n答：因此。\n```",
    ],
)
def test_labelled_lines_may_stand_in_a_code_block(reply):
    (pair,) = parse_reply(reply).pairs
    assert (pair.question, pair.answer) in [("Why?", "So."), ("为何？", "因此。")]
