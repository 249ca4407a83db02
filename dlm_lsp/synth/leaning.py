"""Whether a pair leans on a text that its reader will not see."""

import re

from dlm_lsp.document.section import Pair
from dlm_lsp.synth.blocked import Blocked
from dlm_lsp.synth.words import normalised, words

# How a pair leans on a text that its reader will not see. What a group of a pattern holds, or else
# all of it, may stand in a pair where the section says so itself.
_NOUN = r"(?:text|passage|excerpt|paragraph|section|document|article|prose|snippet|chapter)s?"
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
            rf"(?:in|from|of|by|does|do|did) (the (?:{_NOUN}|author))(?! of\b)",
            rf"(the (?:{_NOUN}|author|writer|narrator)) {_TELLS}",
            r"(?:mentioned|described|stated|discussed|explained|shown|listed|noted|given) "
            r"(?:above|below|earlier|previously)",
            r"(?:laut|gemäss|nach|in|aus) (?:dem|diesem) (?:obigen |vorliegenden )?"
            r"(?:text|abschnitt|absatz|artikel|dokument|auszug)",
            r"(?:dieser|diesem|dieses|im) (?:text|abschnitt|absatz|artikel|auszug)s?",
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
# A question of these words alone asks about whatever its reader has in mind.
_NAMING_NOTHING = frozenset(
    words(
        "a an the what which who whom whose when where why how is are was were be been do does did "
        "can could will would should may might has have had it its this that these those they them "
        "their there he she his her him we you i of to in on at for with by from as and or not if "
        "so then thing things name called mean means meant used use purpose one ones some any about"
    )
)


def leaning(pair: Pair, prose: str) -> Blocked | None:
    """Return how a pair about `prose` leans on it; None where it can be read alone."""
    own = normalised(prose)
    for name, text in (("question", pair.question), ("answer", pair.answer)):
        said = normalised(text)
        for pattern in _LEANING:
            for match in pattern.finditer(said):
                if match[pattern.groups] not in own:
                    return Blocked("not_self_contained", f'the {name} says "{match[0]}"')
    if _NAMING_NOTHING.issuperset(words(pair.question)):
        return Blocked("not_self_contained", "the question names nothing that it asks about")
    return None
