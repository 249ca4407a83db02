"""English clauses: the place of the verb, and the question that turns it, as far as words tell."""

import re
from dataclasses import dataclass
from itertools import pairwise

CLAUSE_END = "."
AUXILIARY = re.findall(
    r"\w+",
    "is are was were be been do does did has have had can could may might must should will would",
)
FUNCTION_WORDS = {
    *AUXILIARY,
    *re.findall(r"\w+", "a an the of in on at to for from by with into than as it its their"),
}
_IRREGULAR = dict(
    re.findall(
        r"(\w+):(\w+)",
        "became:become began:begin bought:buy broke:break brought:bring built:build came:come "
        "cost:cost cut:cut drew:draw drove:drive fed:feed fell:fall felt:feel flew:fly found:find "
        "gave:give got:get grew:grow held:hold kept:keep knew:know laid:lay led:lead left:leave "
        "lent:lend lost:lose made:make meant:mean met:meet paid:pay put:put ran:run read:read "
        "rode:ride rose:rise said:say sang:sing sank:sink sat:sit saw:see sent:send set:set "
        "shot:shoot slept:sleep sold:sell sought:seek spent:spend spoke:speak spread:spread "
        "stood:stand struck:strike swam:swim taught:teach thought:think threw:throw told:tell "
        "took:take went:go won:win wore:wear wrote:write burst:burst",
    )
)
_ONLY_PAST = set(
    re.findall(
        r"\w+",
        "became began broke drew drove fell flew gave grew knew ran rode rose sang sank saw spoke "
        "swam threw took went wore wrote",
    )
)
_RELATIVE = {"that", "who", "which", "whose", "when", "where", "if", "because", "than", "as"}
_JOINING = {"and", "or", "but", "nor"}
_ADVERB = re.compile(
    r"(?:also|always|next|never|often|therefore|first|later|still|alone|[a-z]+ly)$"
)
_PLAIN = re.compile(r"[a-z]{2,}$")
_OBJECT = re.compile(
    r"(?:a|an|the|its|their|his|her|it|them|each|every|all|no|one|two|only|about|around|more|less|"
    r".*[^a-z].*)$"
)
_PREPOSITION = re.compile(
    r"(?:at|by|for|from|in|into|on|over|to|up|out|off|with|without|through|between|under|along|"
    r"like|back|where|when|whether|how|after|before)$"
)
_PERSON = re.compile(
    r"(?:[a-z]{2,}(?:ers?|ors?|ists?|ees?|m[ae]n|ents?)|people|children|staff|crews?|council|"
    r"team|family|company|city)$"
)


@dataclass(frozen=True, slots=True)
class EnglishClause:
    """A clause in its parts; `adverb` stands before the verb and may be empty."""

    subject: str
    adverb: str
    verb: str
    rest: str

    @property
    def is_base(self) -> bool:
        """Whether the verb is a plural present, which "What" cannot stand before."""
        return invert(self)[0][0] == "do"


def parse_clause(text: str) -> EnglishClause | None:
    """Return the parts of a clause that begins with its subject, None where no verb is found."""
    words = [*text.split(), CLAUSE_END]
    for at in range(1, len(words) - 1):
        if words[at] in _RELATIVE or words[at - 1].endswith(","):
            return None
        verb = at + 1 if _ADVERB.match(words[at]) and at + 2 < len(words) else at
        if _is_verb(words[:at], words[verb], words[verb + 1 :]):
            subject, adverb, rest = (
                " ".join(part) for part in (words[:at], words[at:verb], words[verb + 1 : -1])
            )
            return EnglishClause(subject, adverb, words[verb], rest)
    return None


def first_conjunct(rest: str) -> str:
    """Return what follows a verb, up to where a second verb with the same subject begins."""
    words = rest.split()
    for at in range(len(words) - 1):
        if words[at] in _JOINING and _second_verb(words[at + 1], words[at + 2 :]):
            return " ".join(words[:at]).rstrip(",")
    return rest


def invert(parts: EnglishClause) -> tuple[tuple[str, str], ...]:
    """Return how a question may split the verb, such as ("does", "take") for "takes"."""
    verb, rest = parts.verb, parts.rest
    following = rest.partition(" ")[0]
    if verb in ("has", "have", "had") and not _participle(following):
        return (({"has": "does", "have": "do", "had": "did"}[verb], "have"),)
    if verb in AUXILIARY:
        return ((verb, ""),)
    if verb in _IRREGULAR:
        return (("did", _IRREGULAR[verb]),)
    if _is_past(verb):
        return tuple(("did", form) for form in _without(verb, "ed"))
    if verb.endswith("s"):
        return tuple(("does", form) for form in _without(verb, "s"))
    return (("do", verb),)


def takes_object(parts: EnglishClause) -> bool:
    """Say whether the verb seems to act on what follows it."""
    following = parts.rest.partition(" ")[0]
    return parts.verb not in AUXILIARY and bool(_OBJECT.match(following))


def head_noun(subject: str) -> str | None:
    """Return the noun that a subject ends with, where it is not part of something added to it."""
    *before, last = subject.split()
    if (
        not before
        or not _PLAIN.match(last)
        or _ADVERB.match(last)
        or FUNCTION_WORDS & set(before[1:])
    ):
        return None
    return last


def may_be_person(subject: str) -> bool:
    """Say whether `subject` may be somebody: two names in a row, or a noun such as "driver"."""
    last = subject.rsplit(maxsplit=1)[-1]
    return bool(re.search(r"\b[A-Z][^\W\d]+ [A-Z][^\W\d]+", subject) or _PERSON.match(last.lower()))


def _participle(word: str) -> bool:
    return word in ("been", "become", "done", "given", "known", "seen", "shown", "taken") or (
        word.endswith("ed") or word in _IRREGULAR
    )


def _without(word: str, ending: str) -> tuple[str, ...]:
    """Return the forms that `word` may have without its ending: the right one is among them."""
    stem = word.removesuffix(ending)
    if stem.endswith(("i", "ie")):
        return (f"{stem.removesuffix('e')[:-1]}y",)
    if ending == "ed":
        if re.match(r"[^aeiou]*[aeiou][^aeiouwxy]$", stem):
            # "planned" and "voted": without an -e the consonant would be doubled.
            return (f"{stem}e",)
        doubled = stem[-1:] == stem[-2:-1] and stem[-1:] not in "lsfz"
        return (stem[:-1],) if doubled else (stem, f"{stem}e")
    return (stem[:-1],) if re.search(r"(?:ss|sh|ch|x|zz|o)e$", stem) else (stem,)


def _is_past(word: str) -> bool:
    return word in _IRREGULAR or (word.endswith("ed") and not word.endswith("eed"))


def _second_verb(word: str, after: list[str]) -> bool:
    return (
        word in AUXILIARY
        or _is_past(word)
        or (word.endswith("s") and bool(after) and bool(_OBJECT.match(after[0])))
    )


def _is_verb(subject: list[str], word: str, after: list[str]) -> bool:
    before = subject[-1]
    if (
        before.lower() in FUNCTION_WORDS | _JOINING
        or not _PLAIN.match(word)
        or re.search(r"\d", before)
    ):
        return False
    if word in AUXILIARY or word in _ONLY_PAST:
        return True
    if word in FUNCTION_WORDS | _JOINING | {"called", "named"} or after[0] in AUXILIARY:
        return False
    if _is_past(word):
        return after[0] not in ("with", "by") and not _has_verb(after)
    while _ADVERB.match(after[0]) and len(after) > 1:
        after = after[1:]
    plural = before.endswith("s") and _PLAIN.match(before.lower())
    return _is_plural_verb(word, after[0]) if plural else _is_singular_verb(subject, word, after)


def _is_plural_verb(word: str, after: str) -> bool:
    follows = _OBJECT.match(after) or _PREPOSITION.match(after) or after.endswith("s")
    return bool(follows) and not word.endswith("s")


def _is_singular_verb(subject: list[str], word: str, after: list[str]) -> bool:
    if not word.endswith("s") or word.endswith("ss"):
        return False
    if after[0] != CLAUSE_END and _OBJECT.match(after[0]):
        return True
    # What acts on nothing and ends in -s may be a plural noun as well.
    if after[0] == CLAUSE_END:
        return not any(_PREPOSITION.match(word) or word == "of" for word in subject)
    named = len(subject) > 1 or not subject[0].istitle()
    return bool(named and _PREPOSITION.match(after[0]) and not _has_verb(after))


def _has_verb(words: list[str]) -> bool:
    """Say whether a verb that is past, or an auxiliary, stands before anything is joined on."""
    for before, word in pairwise(["", *words]):
        if word in _RELATIVE | _JOINING:
            return False
        if word in AUXILIARY or (_is_past(word) and before not in FUNCTION_WORDS):
            return True
        if word.endswith(","):
            return False
    return False
