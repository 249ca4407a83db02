"""Language identification: by script and by the commonest words of a language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.word_tokenize import word_tokens

_COMMON_WORDS = {
    "English": (
        "a an the of in on at to for from by with into than as it its is are was were be been has "
        "have had can will would may must and or but if not no that this these there which who "
        "whose what when where why how does did do he she they his her their you your"
    ),
    "German": (
        "der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine "
        "ist sind war waren wird werden wurde wurden hat haben hatte kann können muss von vom mit "
        "im in ins zu zum zur auf aus bei beim nach für über unter durch als wie was wer wen wem "
        "wann wo warum wozu wieso welche welcher welches welchen welchem es er sie sich man auch "
        "dass weil wenn um am an noch nur"
    ),
    "French": (
        "le la les l un une des du de d et ou est sont était dans en au aux que qui qu quoi quel "
        "quelle quels quelles quand où pourquoi comment combien par pour sur sous avec sans il "
        "elle ils elles on se ce cette ces son sa ses leur ne pas plus a ont parce"
    ),
    "Spanish": (
        "el la los las un una unos de del al y o es son era fue en que qué quién quiénes cuándo "
        "dónde cómo cuál cuáles cuánto cuántos cuántas por para con sin se su sus lo no más como "
        "pero porque está están ha hay"
    ),
    "Italian": (
        "il lo la i gli le un uno una di del dello della dei degli delle e o è sono era fu in nel "
        "nella nei nelle al alla ai da dal dalla con per su sul sulla che chi cosa quale quali "
        "quando dove come perché quanto quanti quante si non più ma ha hanno"
    ),
    "Portuguese": (
        "o a os as um uma de do da dos das e ou é são era foi em no na nos nas ao à aos que quem "
        "qual quais quando onde como quanto quantos quantas por para com sem se seu sua não mais "
        "mas porque está tem pelo pela"
    ),
    "Dutch": (
        "de het een en of is zijn was waren wordt worden werd werden heeft hebben had kan van in "
        "op te aan met voor door uit bij naar over onder dat die dit deze wie wat wanneer waar "
        "waarom hoe welke hoeveel niet ook maar als er zich om nog"
    ),
    "Swedish": (
        "en ett den det de och eller är var blev har hade kan av i på till från med för som att om "
        "inte vad vem när varför hur vilken vilket vilka sig man men också under efter"
    ),
    "Danish or Norwegian": (
        "en et den det de og eller er var blev ble har havde hadde kan af av i på til fra med for "
        "som at om ikke hvad hva hvem hvornår når hvor hvorfor hvordan hvilken hvilket hvilke sig "
        "seg man men også under efter etter"
    ),
    "Polish": (
        "i w z na do od o po za ze we jest są był była było były się nie to ten ta te że który "
        "która które jak co kto kiedy gdzie dlaczego ile czy oraz lub ale przez dla przy przed"
    ),
    "Finnish": (
        "ja on ei se että oli ovat olivat joka jotka mutta kun niin tai kuin myös hän ne mikä mitä "
        "kuka milloin missä miksi miten kuinka"
    ),
}
_KANA_AND_HAN = "Chinese or Japanese"
_SCRIPTS = dict.fromkeys(
    ("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"), _KANA_AND_HAN
)
_CODE = re.compile(r"^```.*?(?:^```[^\n]*$|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# At least this share of a text's words are common ones of its language; 0.3 is common.
_LEAST_SHARE = 0.15
# So many times as many words have to speak for one language as for another.
_CLEAR_RATIO = 3
# How many different words make a language sure. A question is a sentence and has its small words;
# an answer may be a title in another language, or a name.
_LEAST_WORDS = {"prose": 3, "question": 2, "answer": 4, "pair": 3}


def detect_language(text: str) -> str | None:
    """Return the language that most words of `text` speak for, None if those are few."""
    words = _words(text)
    counts = Counter(language for word in words for language in _languages(word))
    if not counts:
        return None
    language, count = counts.most_common(1)[0]
    return language if count >= _LEAST_SHARE * len(words) else None


def language_mismatch(pair: Pair, prose: str) -> str | None:
    """Return how a pair about `prose` is in another language; None where it is not, or unsure.

    Code is in no language, and what the prose says in another language the pair may say too.
    """
    own, known = _source(prose)
    if own is None:
        return None
    for part, text in (
        ("question", pair.question),
        ("answer", pair.answer),
        ("pair", f"{pair.question}\n{pair.answer}"),
    ):
        words = frozenset(_words(text))
        other, other_count, own_count = _other_language(own, words, words - known)
        if other_count >= _LEAST_WORDS[part] and other_count > _CLEAR_RATIO * own_count:
            return f"the {part} is in {other}, the section in {own}"
    return None


@lru_cache(maxsize=32)
def _source(prose: str) -> tuple[str | None, frozenset[str]]:
    """Return the language of a section where it is sure, and all its words."""
    own, known = detect_language(prose), frozenset(word_tokens(prose))
    words = _words(prose)
    if own is None or sum(own in _languages(word) for word in set(words)) < _LEAST_WORDS["prose"]:
        return None, known
    others = {language for word in words for language in _languages(word)} - {own}
    sure = all(
        _words_for(own, other, words) > _CLEAR_RATIO * _words_for(other, own, words)
        for other in others
    )
    return (own if sure else None), known


def _other_language(own: str, words: Iterable[str], new: Iterable[str]) -> tuple[str, int, int]:
    """Return the other language that `new` words speak for most, and how many for it and `own`."""
    languages = {language for word in new for language in _languages(word)} - {own}
    counted = ((_words_for(other, own, new), other) for other in sorted(languages))
    other_count, other = max(counted, default=(0, ""))
    return other, other_count, _words_for(own, other, words)


def _words(text: str) -> list[str]:
    return [word for word in word_tokens(_CODE.sub(" ", text)) if any(map(str.isalpha, word))]


def _words_for(language: str, other: str, words: Iterable[str]) -> int:
    """Return how many words speak for one language and not for the other."""
    return sum(
        language in languages and other not in languages for languages in map(_languages, words)
    )


@lru_cache(maxsize=4096)
def _languages(word: str) -> frozenset[str]:
    """Return the languages that a word speaks for; a script of one language speaks by itself."""
    letter = next(filter(str.isalpha, word), "")
    script = unicodedata.name(letter, "").partition(" ")[0] if letter else ""
    # A Greek letter on its own is a symbol.
    if script in ("", "LATIN") or (script == "GREEK" and len(word) == 1):
        return _LANGUAGES_OF_WORD.get(word, frozenset())
    return frozenset((_SCRIPTS.get(script, script.title()),))


def _languages_of_words() -> dict[str, frozenset[str]]:
    words = {language: frozenset(word_tokens(text)) for language, text in _COMMON_WORDS.items()}
    return {
        word: frozenset(language for language, common in words.items() if word in common)
        for word in frozenset().union(*words.values())
    }


_LANGUAGES_OF_WORD = _languages_of_words()
