"""Inter-rater agreement: how far two readers give the same grades."""

from collections import Counter
from collections.abc import Sequence


def observed_agreement(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the share of things that both grade alike."""
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first)


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Cohen's kappa: agreement beyond chance, 1 where all agree, 0 where chance would do.

    J. Cohen, A coefficient of agreement for nominal scales (1960).
    """
    total = len(first)
    of_first, of_second = Counter(first), Counter(second)
    by_chance = sum(of_first[grade] * of_second[grade] for grade in of_first) / total**2
    observed = observed_agreement(first, second)
    return 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)
