"""Where the verb of an English clause stands, as far as its words tell."""

import re
from dataclasses import dataclass

AUXILIARY = re.findall(
    r"\w+",
    "is are was were be been do does did has have had can could may might must should will would",
)
SMALL = {
    *AUXILIARY,
    *re.findall(r"\w+", "a an the of in on at to for from by with into than as it its their"),
}
_RELATIVE = {"that", "who", "which", "whose", "when", "where", "if", "because", "than", "as"}
_JOINING = {"and", "or", "but", "nor"}
_ADVERB = re.compile(r"(?:also|always|never|often|therefore|[a-z]+ly)$")
_IRREGULAR = set(
    re.findall(
        r"\w+",
        "became began bought broke brought built came caught cost cut drew drove fell felt flew "
        "forbade found gave got grew held kept knew laid lay led left lent let lost made meant met "
        "paid put ran read rode rose said sang sank sat saw sent set shot showed slept sold sought "
        "spent spoke sprang spread stood struck swam taught thought threw told took went won wore "
        "wrote",
    )
)
_PLAIN = re.compile(r"[a-z]{2,}$")
_AFTER_VERB = re.compile(
    r"(?:a|an|the|its|their|his|her|it|them|each|every|all|no|one|two|only|about|around|more|less|"
    r"at|by|for|from|in|into|on|over|of|to|up|out|off|with|without|through|between|under|along|"
    r"like|back|where|when|whether|how|[a-z]+ly|.*[^a-z].*)$"
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb, with the adverb before it: `at` counts words; `base` where it ends in no -s."""

    at: int
    base: bool = False


def is_english(prose: str) -> bool:
    """Say whether enough of the small words of English stand in `prose`."""
    words = re.findall(r"[^\W\d_]+", prose.lower())
    return sum(word in SMALL for word in words) >= 0.2 * len(words)


def main_verb(words: list[str]) -> Verb | None:
    """Return where the verb of the main clause seems to stand."""
    for at in range(1, len(words) - 1):
        if words[at] in _RELATIVE or words[at - 1].endswith(","):
            return None
        skipped = 1 if _ADVERB.match(words[at]) and at + 2 < len(words) else 0
        before, word, after = words[at - 1], words[at + skipped], words[at + skipped + 1]
        if _is_verb(before, word, after):
            past = word in AUXILIARY or word in _IRREGULAR or word.endswith(("s", "ed"))
            return Verb(at, base=not past)
    return None


def may_head(word: str, before: list[str]) -> bool:
    """Say whether `word`, behind the words `before`, names what a subject is."""
    return bool(_PLAIN.match(word) and not _ADVERB.match(word) and not SMALL & set(before[1:]))


def _is_verb(before: str, word: str, after: str) -> bool:
    if before.lower() in SMALL | _JOINING or not _PLAIN.match(word):
        return False
    if word in AUXILIARY:
        # "What is a lock?" would ask for what a lock is, not for what is one.
        return not (word in ("is", "are", "was", "were") and after in ("a", "an"))
    if word in SMALL | _JOINING or after in AUXILIARY:
        return False
    if word in _IRREGULAR or word.endswith("ed"):
        return after not in ("with", "by", "for")
    if not (_AFTER_VERB.match(after) or after.endswith("s")):
        return False
    plural = before.endswith("s") and _PLAIN.match(before)
    return not word.endswith("s") if plural else word.endswith("s") and not word.endswith("ss")
