"""Spelling suggestions: the name that somebody probably meant to write."""

from collections.abc import Iterable


def closest_name(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice with the smallest edit distance to `word`, or None if none is near.

    Near means that at most a third of the longer word (and at least one letter) differs,
    case aside.
    """
    # Most texts have no slip in them, and an editor that is started waits for this import.
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    match = process.extractOne(
        word.lower(),
        list(choices),
        scorer=DamerauLevenshtein.distance,
        processor=str.lower,
    )
    if match is None:
        return None
    choice, distance, _ = match
    return choice if distance <= max(1, max(len(word), len(choice)) // 3) else None
