"""Text difference: the one edit that turns a text into another."""

from dlm_lsp.document.edit import Edit, Span


def diff_edit(old: str, new: str) -> Edit | None:
    """Return the shortest single edit that makes `new` of `old`; None where they are the same."""
    if old == new:
        return None
    start = _common_prefix_length(old, new)
    most = min(len(old), len(new)) - start
    end = min(most, _common_prefix_length(old[::-1], new[::-1]))
    return Edit(Span(start, len(old) - end), new[start : len(new) - end])


def _common_prefix_length(left: str, right: str) -> int:
    """Return how many characters both begin with."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
