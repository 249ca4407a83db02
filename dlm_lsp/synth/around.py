"""Which part of a long text speaks of an answer."""

from rapidfuzz import fuzz


def around(prose: str, answer: str, most: int) -> str:
    """Return up to `most` characters of `prose`, whole words, around what is most like `answer`."""
    if len(prose) <= most:
        return prose
    found = fuzz.partial_ratio_alignment(answer, prose)
    middle = (found.dest_start + found.dest_end) // 2 if found else 0
    start = max(0, min(middle - most // 2, len(prose) - most))
    cut = prose[start : start + most]
    if start and not prose[start - 1].isspace():
        cut = cut.partition(" ")[2] or cut
    if start + most < len(prose) and not prose[start + most].isspace():
        cut = cut.rpartition(" ")[0] or cut
    return cut
