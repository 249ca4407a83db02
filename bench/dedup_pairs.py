"""Pairs for the near-duplicate benchmark: questions about sentences of manual pages, by templates.

The text is read from packages at run time, as `bench.quality` does.
"""

import gzip
import random
import re
from collections.abc import Iterator

from bench.quality.debian import unpacked
from dlm_lsp.document.section import Pair
from dlm_lsp.document.split_sentences import split_sentences

PACKAGES = {
    "en": "manpages",
    "de": "manpages-de",
    "fr": "manpages-fr",
    "es": "manpages-es",
    "ru": "manpages-ru",
    "ja": "manpages-ja",
}
QUESTIONS = {
    "en": (
        "What does {page} say about {a} and {b}?",
        "How is {a} related to {b}?",
        "When is {a} used with {b} in {page}?",
        "Is {a} needed for {b}?",
    ),
    "de": (
        "Was sagt {page} über {a} und {b}?",
        "Wie hängt {a} mit {b} zusammen?",
        "Wann wird {a} in {page} mit {b} verwendet?",
        "Wird {a} für {b} gebraucht?",
    ),
    "fr": (
        "Que dit {page} de {a} et de {b} ?",
        "Quel est le rapport entre {a} et {b} ?",
        "Quand utilise-t-on {a} avec {b} dans {page} ?",
        "Faut-il {a} pour {b} ?",
    ),
    "es": (
        "¿Qué dice {page} de {a} y de {b}?",
        "¿Qué relación hay entre {a} y {b}?",
        "¿Cuándo se usa {a} con {b} en {page}?",
        "¿Hace falta {a} para {b}?",
    ),
    "ru": (
        "Что говорится в {page} о {a} и {b}?",
        "Как связаны {a} и {b}?",
        "Когда в {page} используется {a} вместе с {b}?",
        "Нужно ли {a} для {b}?",
    ),
    "ja": (
        "{page}は{a}と{b}について何と述べていますか？",
        "{a}と{b}の関係は何ですか？",
        "{page}では{a}をいつ{b}と使いますか？",
        "{b}に{a}は必要ですか？",
    ),
}
# Of how many pairs the answer is so short that it answers many questions.
SHORT_ANSWERS = 0.1
SHORT = {
    "en": ("Yes.", "No.", "30", "It is optional."),
    "de": ("Ja.", "Nein.", "30", "Das ist freigestellt."),
    "fr": ("Oui.", "Non.", "30", "C'est facultatif."),
    "es": ("Sí.", "No.", "30", "Es opcional."),
    "ru": ("Да.", "Нет.", "30", "Это необязательно."),
    "ja": ("はい。", "いいえ。", "30", "任意です。"),
}
CLUSTER = 8

_ESCAPE = re.compile(r"\\f(?:\[[^]]*\]|.)|\\[&%|^/,]|\\\[[^]]*\]|\\\((..)|\\\"[^\n]*")
_UNUSABLE = re.compile(r"[\\\t]|\s{2}")
_WORD = re.compile(r"[^\W\d_]{5,}|[\u4e00-\u9fff]{2,6}|[\u30a0-\u30ff]{3,12}")


def realistic_pairs(count: int, seed: int = 16) -> list[Pair]:
    """Return pairs about different sentences, of all languages by turns.

    Where the sentences of a language are used up, the next pairs ask about them in other words.
    """
    chance = random.Random(seed)
    sentences = {language: list(_sentences(language)) for language in PACKAGES}
    for found in sentences.values():
        chance.shuffle(found)
    pairs: list[Pair] = []
    used = dict.fromkeys(PACKAGES, 0)
    while len(pairs) < count:
        language = min(PACKAGES, key=lambda name: used[name] / len(sentences[name]))
        page, sentence = sentences[language][used[language] % len(sentences[language])]
        used[language] += 1
        pairs.append(_pair(language, page, sentence, chance))
    chance.shuffle(pairs)
    return pairs


def option_pairs(count: int, seed: int = 16) -> list[Pair]:
    """Return pairs as of a reference of options: one question about each, and a sentence."""
    chance = random.Random(seed)
    sentences = [found for language in PACKAGES for found in _sentences(language)]
    words = sorted({word for _, sentence in _sentences("en") for word in _long_words(sentence)})
    return [
        Pair(f"What does the option `--{'-'.join(chance.sample(words, 2))}` of {page} do?", answer)
        for page, answer in chance.sample(sentences, count)
    ]


def clustered_pairs(count: int, seed: int = 16) -> list[Pair]:
    """Return clusters of pairs that say the same or nearly: asked, or answered, in other words."""
    chance = random.Random(seed)
    pairs: list[Pair] = []
    for pair in realistic_pairs(-(-count // CLUSTER), seed):
        pairs += [pair, *(_variant(pair, chance) for _ in range(CLUSTER - 1))]
    del pairs[count:]
    chance.shuffle(pairs)
    return pairs


def _pair(language: str, page: str, sentence: str, chance: random.Random) -> Pair:
    a, b = chance.sample(_long_words(sentence)[:4], 2)
    template = chance.choice(QUESTIONS[language])
    is_short = chance.random() < SHORT_ANSWERS
    answer = chance.choice(SHORT[language]) if is_short else sentence
    return Pair(template.format(page=page, a=a, b=b), answer)


def _long_words(sentence: str) -> list[str]:
    return sorted(set(_WORD.findall(sentence)), key=lambda word: (-len(word), word))


def _variant(pair: Pair, chance: random.Random) -> Pair:
    """Return a pair that says the same in a few other words, or something nearly the same."""
    question, answer = pair.question, pair.answer
    change = chance.randrange(6)
    if change == 0:
        question = question.rstrip("?？ ")
    elif change == 1:
        question = " ".join([*question.split(" ")[1:], question.split(" ")[0]])
    elif change == 2:
        answer = f"{answer} {chance.choice(('Indeed.', 'Genau.', 'Voilà.', 'Vale.', 'Так.'))}"
    elif change == 3:
        answer = " ".join(answer.split(" ")[1:]) or answer
    elif change == 4:
        answer = f"{answer} {chance.randrange(1000)}"
    else:
        words = question.split(" ")
        words[-1] = f"{words[-1].rstrip('?？')}{chance.choice('abcdefgh')}?"
        question = " ".join(words)
    return Pair(question, answer)


def _sentences(language: str) -> Iterator[tuple[str, str]]:
    """Yield (page, sentence) of the manual pages of a language, each sentence once."""
    seen: set[str] = set()
    for path in sorted(unpacked(PACKAGES[language]).rglob("man[1-9]/*.gz")):
        source = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        for sentence in split_sentences(_plain_text(source)):
            is_usable = 40 <= len(sentence) * (2.5 if language == "ja" else 1) <= 400
            if not is_usable or sentence in seen or _UNUSABLE.search(sentence):
                continue
            if len(set(_WORD.findall(sentence))) >= 2:
                seen.add(sentence)
                yield path.name.split(".")[0], sentence


def _plain_text(source: str) -> str:
    """Return the running text of a manual page, with paragraphs where it has requests."""
    lines = (
        f"{line[2:].strip()}" if re.match(r"\.[BI] ", line) else "\n" if line[:1] in ".'" else line
        for line in source.split("\n")
    )
    return _ESCAPE.sub("", "\n".join(lines).replace(r"\-", "-"))
