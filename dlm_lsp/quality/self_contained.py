"""Self-containedness: whether a pair leans on a text that its reader will not see."""

import re
from functools import lru_cache

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.word_tokenize import name_tokens, normalize, number_tokens, word_tokens

# How a pair leans on a text that its reader will not see. It may where the section says so itself:
# all that a pattern finds or what its first group holds; of `noun` it may say another form.
_NOUN = r"(?:text|passage|excerpt|paragraph|section|document|article|prose|snippet|chapter)s?"
_TEXT_NOUN = rf"(?:{_NOUN}|author|writer|narrator|note|guide|manual|excerpt|source|material)"
_TELLS = (
    r"(?:says?|states?|mentions?|describes?|explains?|discuss(?:es)?|suggests?|implies|tells?|"
    r"notes?|refers?|argues?|claims?)"
)
_LEANING = (
    *(
        re.compile(rf"\b(?:{pattern})\b")
        for pattern in (
            rf"(?:this|these|the (?:given|provided|above|following|preceding|previous)) "
            rf"(?:{_NOUN}|context|information)",
            rf"(?:according to|based on|(?:stated|described|mentioned|explained|noted) in) "
            rf"the (?:{_NOUN}|context|author)",
            rf"(?:in|from|of|by) the (?P<noun>{_NOUN}|author)(?! of\b)",
            rf"(?:does|do|did) (the (?:{_NOUN}|author))(?! of\b)",
            rf"(the {_TEXT_NOUN}) {_TELLS}",
            r"(?:mentioned|described|stated|discussed|explained|shown|listed|noted|given) "
            r"(?:above|below|earlier|previously)",
            r"(?:laut|gemäss|nach|in|aus) (?:dem|diesem) (?:obigen |vorliegenden )?"
            r"(?:text|abschnitt|absatz|artikel|dokument|auszug)",
            r"(?:dieser|diesem|dieses) (?:text|abschnitt|absatz|artikel|auszug|dokument)s?",
            r"im (?P<noun>text|abschnitt|absatz|artikel|auszug|dokument)",
            r"(?:sagt|beschreibt|nennt|erwähnt|erklärt|steht) (?:der text|das dokument)",
            r"wie oben (?:beschrieben|erwähnt|genannt)",
            r"(?:selon|dans|d'après) (?:l[ea] |l'|ce |cet |cette )"
            r"(?:texte|passage|extrait|document|article|section|auteur)",
            r"(?:según|en) (?:el|este|la|esta) "
            r"(?:texto|pasaje|fragmento|documento|artículo|sección|autor)",
            r"(?:secondo (?:il |l')|nel |in questo )(?:testo|brano|passaggio|documento|autore)",
            r"(?:de acordo com o|segundo o|no|neste) (?:texto|trecho|documento|artigo|autor)",
            r"(?:volgens|in) (?:de|deze|het) (?:tekst|passage|alinea|auteur)",
        )
    ),
    re.compile("(?:根据|按照|在)(?:上述|以上|本|该|这段)?(?:文本|文章|文中|段落|原文)|本文|上文"),
    re.compile("この(?:文章|テキスト|段落|文書)|本文書"),
)
# A question of these words alone asks about whatever its reader has in mind, and so does one with a
# pronoun and a single other word, which is its verb: "What is it made of?" By language, for "hat"
# and "war" are such words in German alone.
_PRONOUNS = (
    word_tokens("it its this that these those they them their he him his she her"),
    word_tokens("er sie es ihn ihm ihr ihre ihren sein seine seinen dies diese dieser dieses"),
)
_NAMING_NOTHING = (
    word_tokens(
        "a an the what which who whom whose when where why how is are was were be been do does did "
        "can could will would should may might has have had there we you i of to in on at for with "
        "by from as and or not if so then thing things name called mean means meant used use "
        "purpose one ones some any about often much many"
    ),
    word_tokens(
        "was wer wen wem wann wo wie warum wozu welche welcher welches ist sind war waren wird "
        "werden wurde wurden hat haben kann können muss darf soll man der die das den dem des ein "
        "eine einen von aus zu mit in im an auf für und oder nicht oft viel viele"
    ),
)
# "What does it mean to fork?": this pronoun stands for nothing.
_EXPLETIVE = re.compile(r"(?>.*?\bit\b).*?\b(?:to|that|when|if)\b")


def not_self_contained(pair: Pair, prose: str) -> str | None:
    """Return how a pair about `prose` leans on it; None where it can be read alone."""
    normalized_prose = _normalized_section(prose)
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        normalized = normalize(text)
        for pattern in _LEANING:
            matches = {match[0]: match for match in pattern.finditer(normalized)}
            for words, match in matches.items():
                if not _used(match, normalized_prose):
                    return f'the {name} says "{words}"'
    if _names_nothing(pair.question):
        return "the question names nothing that it asks about"
    return None


@lru_cache(maxsize=32)
def _normalized_section(prose: str) -> str:
    return normalize(prose)


def _used(match: re.Match[str], prose: str) -> bool:
    """Tell whether the section uses the words of `match` itself."""
    if noun := match.groupdict().get("noun"):
        return bool(re.search(rf"\b{noun.removesuffix('s')}(?:e?s|en?)?\b", prose))
    return match[match.re.groups] in prose


def _names_nothing(question: str) -> bool:
    words = word_tokens(question)
    named = bool(name_tokens(question) or number_tokens(question))
    expletive = bool(_EXPLETIVE.match(normalize(question)))
    for pronouns, little in zip(_PRONOUNS, _NAMING_NOTHING, strict=True):
        others = [word for word in words if word not in little and word not in pronouns]
        if not others:
            return True
        if len(others) == 1 and not named and not expletive and not set(words).isdisjoint(pronouns):
            return True
    return False
