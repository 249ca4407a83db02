"""Few-shot prompts: the examples that a base model is shown in the language of the prose."""

from dataclasses import dataclass

from dlm_lsp.quality.language_id import detect_language
from dlm_lsp.quality.language_names import language_name


@dataclass(frozen=True, slots=True)
class FewShotLanguage:
    """A language, and statements with a question to each."""

    name: str
    examples: str
    openings: tuple[tuple[str, str], ...] = ()
    """What a statement has to hold (a pattern) for a question to begin so.

    None where questions are made by rule.
    """


def few_shot_language(prose: str) -> FewShotLanguage | None:
    """Return the language that `prose` is in, None where that is none of these."""
    name = language_name(detect_language(prose) or "")
    return next((language for language in LANGUAGES if language.name == name), None)


ENGLISH = FewShotLanguage(
    "English",
    """\
Statement: Copper pans turn green outdoors because a layer of patina grows on the metal.
Question: Why do copper pans turn green outdoors?

Statement: The mason Piers Howe built the town hall of Elmstead in 1652.
Question: Who built the town hall of Elmstead?

Statement: Members of the rowing club pay 40 crowns a year and may borrow two boats.
Question: How many crowns do members of the rowing club pay a year?

Statement: A sextant is an instrument that measures the angle between a star and the horizon.
Question: What is a sextant?

Statement: The ferry to Holm was sold to a museum in 1988.
Question: When was the ferry to Holm sold to a museum?

Statement: Memory mapping lets a driver read a file without copying it.
Question: What lets a driver read a file without copying it?

""",
)
GERMAN = FewShotLanguage(
    "German",
    """\
Statement: Kupferpfannen werden im Freien grün, weil auf dem Metall eine Schicht aus Patina wächst.
Question: Warum werden Kupferpfannen im Freien grün?

Statement: Der Maurer Peter Huber baute im Jahr 1652 das Rathaus von Elmstadt.
Question: Wer baute das Rathaus von Elmstadt?

Statement: Mitglieder des Ruderclubs zahlen 40 Kronen im Jahr und dürfen zwei Boote leihen.
Question: Wie viele Kronen zahlen Mitglieder des Ruderclubs im Jahr?

Statement: Die Fähre nach Holm wurde im Jahr 1988 an ein Museum verkauft.
Question: Wann wurde die Fähre nach Holm an ein Museum verkauft?

Statement: Ein Sextant misst den Winkel zwischen einem Stern und dem Horizont.
Question: Was misst ein Sextant?

""",
)
FRENCH = FewShotLanguage(
    "French",
    """\
Statement: Le cuivre devient vert dehors parce qu'une couche de patine pousse sur le métal.
Question: Pourquoi le cuivre devient-il vert dehors ?

Statement: Le maçon Pierre Haux a construit la mairie d'Ormeville en 1652.
Question: Qui a construit la mairie d'Ormeville ?

Statement: Les membres du club d'aviron paient 40 couronnes par an.
Question: Combien de couronnes les membres du club d'aviron paient-ils par an ?

Statement: Le bac de Holm a été vendu à un musée en 1988.
Question: Quand le bac de Holm a-t-il été vendu à un musée ?

Statement: Un sextant mesure l'angle entre une étoile et l'horizon.
Question: Que mesure un sextant ?

""",
    (
        (r"\b(?:parce qu|car\b)", "Pourquoi"),
        (r"\b(?:1\d|20)\d\d\b", "Quand"),
        (r"\d|\b(?:deux|trois|quatre|cinq|six|dix)\b", "Combien de"),
        (r"", "Que"),
        (r"", "Qui"),
    ),
)
SPANISH = FewShotLanguage(
    "Spanish",
    """\
Statement: El cobre se vuelve verde al aire libre porque sobre el metal crece una capa de pátina.
Question: ¿Por qué se vuelve verde el cobre al aire libre?

Statement: El albañil Pedro Haro construyó el ayuntamiento de Olmedilla en 1652.
Question: ¿Quién construyó el ayuntamiento de Olmedilla?

Statement: Los socios del club de remo pagan 40 coronas al año.
Question: ¿Cuántas coronas pagan los socios del club de remo al año?

Statement: El barco de Holm fue vendido a un museo en 1988.
Question: ¿Cuándo fue vendido el barco de Holm a un museo?

Statement: Un sextante mide el ángulo entre una estrella y el horizonte.
Question: ¿Qué mide un sextante?

""",
    (
        (r"\bporque\b", "¿Por qué"),
        (r"\b(?:1\d|20)\d\d\b", "¿Cuándo"),
        (r"\d|\b(?:dos|tres|cuatro|cinco|seis|diez)\b", "¿Cuántos"),
        (r"", "¿Qué"),
        (r"", "¿Quién"),
    ),
)
LANGUAGES = (ENGLISH, GERMAN, FRENCH, SPANISH)
UNSUPPORTED_LANGUAGE = (
    "the passage does not read as English, German, French or Spanish, in which alone a base model "
    "can ask: take an instruct model or an API teacher"
)
"""Why a base model writes nothing about prose that has no `language`."""
