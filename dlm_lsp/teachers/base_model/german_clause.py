"""German main clauses: the place of the verb, as far as words tell, and what it leaves."""

import re
from dataclasses import dataclass

_NO_VERB = frozenset(
    re.findall(
        r"\w+",
        "aber als am an auch auf aus bei bis da dann das dass dem den denn der des die dieser doch "
        "durch ein eine einem einen einer eines er es für gegen heute hier hinter ihr ihre im in "
        "ins ist's jede jeder jedes mit nach neben nicht noch nur oder ohne seit sie so sondern "
        "sowie um und unter unter vom von vor wegen weil wenn während wie wo zu zum zur zwischen "
        "über allem etwa rund fast mehr weniger zurück wieder",
    )
)
_VERB = re.compile(r"[a-zäöüß]{3,}$")
_NOUN = re.compile(r"(?:[A-ZÄÖÜ][\w.-]*|\d[\d.,]*)$")
_SUBJECT = re.compile(
    r"^(?:(?:Der|Die|Das|Ein|Eine|Jeder|Jede|Jedes|Zwei|Drei)\b|[A-ZÄÖÜ][\w-]+ (?=[a-zäöüßA-ZÄÖÜ]))"
)
_NO_SUBJECT = re.compile(
    r"^(?:Im|Am|In|An|Auf|Aus|Bei|Mit|Nach|Seit|Vor|Zu|Zum|Zur|Von|Vom|Für|Um|Unter|Über|Als|Wenn|"
    r"Weil|Während|Heute|Dort|Hier|Dabei|Ohne|Bis|Durch|Gegen|Einen|Einem|Den|Dem|Es|Er|Sie|Man|"
    r"Wer|Was|Niemand|Ihre?|Seine?)\b"
)


@dataclass(frozen=True, slots=True)
class GermanClause:
    """A main clause in its parts; the verb stands second."""

    subject: str
    verb: str
    rest: str


def parse_main_clause(text: str) -> GermanClause | None:
    """Return the parts of a clause that begins with its subject, None where no verb is found."""
    words = text.split()
    if _NO_SUBJECT.match(text) or not _SUBJECT.match(text):
        return None
    for at in range(1, len(words) - 1):
        if words[at - 1].endswith(","):
            return None
        if (
            _VERB.match(words[at])
            and words[at] not in _NO_VERB
            and (_NOUN.match(words[at - 1]) and words[at - 1] not in ("Die", "Der", "Das", "Ein"))
        ):
            return GermanClause(
                " ".join(words[:at]), words[at].rstrip(","), " ".join(words[at + 1 :])
            )
    return None


def lowercase_article(subject: str) -> str:
    """Return `subject` as it is written within a sentence: only an article loses its capital."""
    article, _, rest = subject.partition(" ")
    articles = ("Der", "Die", "Das", "Ein", "Eine", "Jeder", "Jede", "Jedes", "Zwei", "Drei")
    return f"{article.lower()} {rest}" if article in articles else subject
