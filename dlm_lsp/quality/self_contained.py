"""Self-containedness: whether a pair leans on a text that its reader will not see."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.language_id import detect_language
from dlm_lsp.quality.word_tokenize import name_tokens, normalize, number_tokens, word_tokens


class _Deixis(NamedTuple):
    """How a language points at the text before it, as patterns of normalized text.

    What a text is called, what stands before that where it is this one, what is done in a text, or
    it does (also where the section has such texts, it is this one then; it stands at `|`), and what
    points at a thing that was named before, whatever it is.
    """

    text: str
    definite: str
    tells: str
    this: str


_DEIXIS = {
    "en": _Deixis(
        r"(?:text|passage|excerpt|paragraph|section|document|article|prose|snippet|chapter|author|"
        r"writer|narrator|context|note|guide|manual|source|material|information|evidence|reply)s?",
        r"\b(?:the|this|these|your(?= last)) "
        r"(?:(?:given|provided|above|following|preceding|previous|last) )?",
        r"(?:sa(?:y|id)|stat(?:ed|ing)\b|mention|describ|expla(?:in|nation)|discuss|suggest|"
        r"noted\b|according|based)|\| states\b",
        r"this|these",
    ),
    "de": _Deixis(
        r"(?:text|abschnitt|absatz|artikel|auszug|dokument|kapitel|autor)(?:e?s)?",
        r"\b(?:im|vom|d(?:as|e[mnrs])|dies(?:e[mnrs])?) (?:(?:obigen|vorliegenden|gegebenen) )?",
        r"(?:steht \||laut \||(?:ge)?sagt\b|genannt|nennt|erwähn|beschr(?:eib|ieb)|erklärt)",
        r"diese[mnrs]?",
    ),
    "fr": _Deixis(
        r"(?:texte|passage|extrait|document|article|section|paragraphe|chapitre|auteur)s?",
        r"\b(?:l[ea] |l'|du |au |cet? |cette )",
        r"(?:dit\b|mention|décri|expli|selon|d'après)",
        r"c(?:ette|et|es)|(?<!-)ce(?! (?:qu|dont|sont|n'))",
    ),
    "es": _Deixis(
        r"(?:texto|pasaje|fragmento|documento|artículo|sección|párrafo|capítulo|autor)s?",
        r"\b(?:el|la|del|al|est[ea]) ",
        r"(?:dice|menciona|descri|explica|según|acuerdo)",
        r"(?<!el )(?<!al )(?<!del )est(?:e|a|os|as)",
    ),
    "it": _Deixis(
        r"(?:testo|brano|passaggio|documento|articolo|paragrafo|autore)",
        r"(?:\b(?:il|nel|del|dal|questo) |\b\w*l')",
        r"(?:dice|menzion|descri|spieg|secondo \||accordo)",
        r"quest[oaei]",
    ),
    "pt": _Deixis(
        r"(?:texto|trecho|documento|artigo|parágrafo|autor)",
        r"\b[nd]?(?:o|este) ",
        r"(?:diz|menciona|descrev|descrit|explica|segundo \||acordo)",
        "[nd]?estes?",
    ),
    "nl": _Deixis(
        r"(?:tekst|passage|alinea|document|artikel|hoofdstuk|auteur)",
        r"\b(?:de|het|dit|deze) ",
        r"(?:zegt|genoemd|noemt|staat in \||vermeld|beschr(?:ev|ij)|uitgelegd|volgens)",
        r"deze|dit",
    ),
    "ru": _Deixis(
        r"(?:текст|отрыво?к|абзац|раздел|документ|фрагмент|автор|стать)\w*",
        r"\b(?:в|из|о|согласно|этот|эта|этом|этой|данн\w+|привед[её]нн\w+) ",
        r"(?:говор|сказан|упом|описа|соглас|указан[оы]?\b)",
        r"эт(?:от|а|и|ого|ой|их|ом|им|ими|ому|у)",
    ),
    "ja": _Deixis(
        r"(?<!の)(?:文章|テキスト|段落|本文|記事|文書|著者|筆者)",
        "(?:この|上の)?",
        "によると|によれば|述べ|書かれ",
        "この",
    ),
    "zh": _Deixis(
        r"(?<!的)(?:文本|文章|文中|段落|原文|本文|上文|文档|作者)",
        "(?:本|该|这[段篇份])?",
        "提到|根据|按照|指出",
        # Elsewhere it says what should be done.
        r"这[个种项一]|^该(?=..的)",
    ),
}
_ABOVE = re.compile(
    r"\b(?:mentioned|described|stated|discussed|explained|shown|listed|noted|given) "
    r"(?:above|below|earlier|previously)\b|\bself-contained\b"
    r"|\boben (?:beschrieben|erwähnt|genannt)|\bci-dess(?:us|ous)\b|\bhierboven\b"
    r"|\b\w+ad[oa]s? (?:anteriormente|arriba|acima)\b"
    r"|упомянут\w* выше|вышеупомянут\w*|上記|前述|上述"
)
# After a noun: which one it is.
_OF = re.compile(r" (?:of|de[lrs]?|d[aou]s?|di|von|vom|van|that|which|who|whose)\b| d'|'s\b")
_NEAR = 25
# A clause of its own, or something with a name, stands before what points back to it.
_NAMED_BEFORE = re.compile(r"[,、，;:`\"“„«»「『《\d]| (?:and|und|et|y|e|en|и) ")
_STEM = 4
_UNSEGMENTED = frozenset(("ja", "zh"))

# A question of these words alone asks about whatever its reader has in mind, and so does one with a
# pronoun and a single other word, which is its verb: "What is it made of?"
_PRONOUNS = frozenset(
    word_tokens("it its this that these those they them their he him his she her")
)
_NAMING_NOTHING = _PRONOUNS | frozenset(
    word_tokens(
        "a an the what which who whom whose when where why how is are was were be been do does did "
        "can could will would should may might has have had there we you i of to in on at for with "
        "by from as and or not if so then thing things name called mean means meant used use "
        "purpose one ones some any about"
    )
)
# "How long does it take?": an adjective names nothing.
_HOW = re.compile(r"\bhow (?:long|much|many|often|far|big|large|old|\w+ly) ")
# "What does it mean to fork?": this pronoun stands for nothing.
_EXPLETIVE = re.compile(r"(?>.*?\bit\b).*?\b(?:to|that|when|if)\b")
# German writes its nouns with a capital.
_GERMAN_QUESTION = re.compile(
    r"w(?:er|e[mn]|as|ann|arum|ie|ieso|o|omit|ozu|ovon|odurch|elche[mnrs]?)\b", re.IGNORECASE
)
_GERMAN_PRONOUN = re.compile(
    r"\b(?:er|sie|es|ihn|ihm|ihre?[mnrs]?|seine?[mnrs]?|das|diese?[mnrs]?)\b"
)
_GERMAN_EXPLETIVE = re.compile(r"\b(?:zu|dass|wenn)\b")
_GERMAN_NOUN = re.compile(
    r"\b(?:d[aei]\w|\w?eine?[mnrs]?|[Ww]elche\w?|diese\w?|[ai]m|zu[mr]|vo[nm]) [A-ZÄÖÜ]\w+"
)


def not_self_contained(pair: Pair, prose: str) -> str | None:
    """Return how a pair about `prose` leans on it; None where it can be read alone.

    Read in the language of the section and in that of the question, where they are known here.
    """
    normalized_prose, section_language = _normalized_section(prose)
    languages = dict.fromkeys((section_language, detect_language(pair.question)))
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        normalized = normalize(text)
        for words in _pointing_at_text(normalized, normalized_prose, languages):
            return f'the {name} says "{words}"'
    if _names_nothing(pair.question, languages):
        return "the question names nothing that it asks about"
    for words in _pointing_at_nothing(pair.question, languages):
        return f'the question says "{words}" and does not name it'
    return None


@lru_cache(maxsize=32)
def _normalized_section(prose: str) -> tuple[str, str | None]:
    return normalize(prose), detect_language(prose)


def _pointing_at_text(text: str, prose: str, languages: Collection[str | None]) -> Iterator[str]:
    """Yield the words by which `text` points at a text that the prose does not speak of."""
    for match in _ABOVE.finditer(text):
        if match[0] not in prose:
            yield match[0]
    for language in languages:
        if language not in _TEXT:
            continue
        for match in _TEXT[language].finditer(text):
            near = f"{text[: match.start()][-_NEAR:]}|{text[match.end() :][:_NEAR]}"
            is_told = _TELLS[language].search(near)
            spoken_of = match["noun"][:_STEM] in _texts(language, prose) and not is_told
            if not (_OF.match(text, match.end()) or match[0] in prose or spoken_of):
                yield match[0]


@lru_cache(maxsize=32)
def _texts(language: str, prose: str) -> frozenset[str]:
    """Return what the section itself calls a text, by the beginnings of the words."""
    return frozenset(
        match["noun"][:_STEM]
        for match in _pattern("", _DEIXIS[language].text, language).finditer(prose)
    )


def _pointing_at_nothing(question: str, languages: Collection[str | None]) -> Iterator[str]:
    """Yield "this call" of a question that names no call before it, and nothing else."""
    if name_tokens(_GERMAN_NOUN.sub(" ", question) if "de" in languages else question):
        return
    text = normalize(question)
    for language in languages:
        for match in _THIS[language].finditer(text) if language in _THIS else ():
            before = text[: match.start()]
            noun = match["noun"][:2] if language in _UNSEGMENTED else match["noun"]
            named = (
                _NAMED_BEFORE.search(before)
                or noun[:_STEM] in before
                or _OF.match(text, match.end())
            )
            if not named:
                yield match[0]


def _names_nothing(question: str, languages: Collection[str | None]) -> bool:
    if name_tokens(question) or number_tokens(question):
        return False
    normalized = normalize(question)
    if "de" in languages and _GERMAN_QUESTION.match(normalized):
        return bool(_GERMAN_PRONOUN.search(normalized) and not _GERMAN_EXPLETIVE.search(normalized))
    words = word_tokens(_HOW.sub("how ", normalized))
    others = [word for word in words if word not in _NAMING_NOTHING]
    if not others:
        return True
    return len(others) == 1 and not _EXPLETIVE.match(normalized) and not _PRONOUNS.isdisjoint(words)


def _pattern(before: str, noun: str, language: str) -> re.Pattern[str]:
    if language in _UNSEGMENTED:
        return re.compile(f"(?:{before})(?P<noun>{noun})")
    return re.compile(rf"(?:{before})\b(?P<noun>{noun})(?!\w)")


_TEXT = {
    language: _pattern(deixis.definite, deixis.text, language)
    for language, deixis in _DEIXIS.items()
}
_TELLS = {
    language: re.compile(deixis.tells if language in _UNSEGMENTED else rf"\b{deixis.tells}")
    for language, deixis in _DEIXIS.items()
}
_THIS = {
    language: _pattern(
        deixis.this if language in _UNSEGMENTED else rf"\b(?:{deixis.this}) ", r"\w+", language
    )
    for language, deixis in _DEIXIS.items()
}
