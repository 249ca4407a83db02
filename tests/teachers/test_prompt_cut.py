import json
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.http_servers import LLAMA_KEY
from support.language_samples import SAMPLES

from dlm_lsp.teachers.prompt_cut import is_cut, least_tokens

TEXTS = {
    **{language: "".join(str(part) for part in sample) for language, sample in SAMPLES.items()},
    "th": "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุดของประเทศไทย เป็นศูนย์กลางการปกครอง",
    "zh-official": "全国人民代表大会常务委员会关于进一步加强社会主义市场经济体制建设的指导意见",
    "ja-polite": "ありがとうございました。よろしくお願いいたします。"
    "申し訳ございませんが、ご了承ください。",
    "markdown": "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n" + "-" * 200 + "\n\n" + " " * 300 + "x\n",
    "code": "```python\n" + "        return value\n" * 20 + "```\n",
    "links": "See <https://example.org/a/long/path?with=a&query=string#and-a-fragment> there.",
}


def tokens_of(llama: str, text: str) -> int:
    """How many tokens it has in the vocabulary of Gemma 3: 262,000 words, more than in others."""
    request = urllib.request.Request(
        f"{llama}/tokenize",
        json.dumps({"content": text}).encode(),
        {"Authorization": f"Bearer {LLAMA_KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return len(json.load(answer)["tokens"])


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_has_fewer_tokens_than_the_least(llama, name):
    tokens = tokens_of(llama, TEXTS[name])
    assert least_tokens(TEXTS[name]) <= tokens
    # What is asked of a count that is a context's size.
    assert least_tokens(TEXTS[name]) * 1.5 <= max(tokens, 16)


@given(st.text())
def test_no_text_has_more_of_the_least_tokens_than_bytes(text):
    assert 0 <= least_tokens(text) <= len(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("prompt_tokens", "words", "cut"),
    [
        (2048, 2400, True),
        (2047, 2200, False),
        (2048, 1600, True),
        (2048, 1400, False),
        (4096, 3200, True),
        (511, 5000, False),
        (0, 5000, False),
        (None, 5000, False),
    ],
)
def test_a_prompt_was_cut_if_more_than_the_report_must_have_been_sent(prompt_tokens, words, cut):
    assert is_cut(prompt_tokens, "word " * words) == cut
