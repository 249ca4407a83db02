"""Labelled texts: which labels of a reply stand before questions, answers and evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from dlm_lsp.synth.question_marks import is_question
from dlm_lsp.synth.raw_pair import RawPair

Role = Literal["question", "answer", "evidence"]
Labelled = tuple[str, str]
"""A label in lower case, and its text."""

NAMED_ROLES: Mapping[str, Role] = {
    "q": "question",
    "question": "question",
    "a": "answer",
    "answer": "answer",
    "evidence": "evidence",
    "quote": "evidence",
}


def asked_roles(texts: Sequence[Labelled]) -> dict[str, Role]:
    """Return what labels of any language stand before, by what they say.

    A question ends in its mark and the label behind it is the answer's; the two that do so most
    often are taken. What stands as often beside them is the evidence.
    """
    asked = Counter(
        (label, behind)
        for (label, text), (behind, _) in pairwise(texts)
        if label != behind and is_question(text)
    )
    if not asked:
        return {}
    (question, answer), _ = asked.most_common(1)[0]
    roles: dict[str, Role] = {question: "question", answer: "answer"}
    counts = Counter(label for label, _ in texts)
    for label, count in counts.items():
        if label not in roles and count == counts[question]:
            return {**roles, label: "evidence"}
    return roles


def fold_roles(texts: Iterable[tuple[Role, str]]) -> list[RawPair]:
    """Return the pairs of texts that follow each other, each question with the answer behind it.

    Evidence belongs to the pair before it, and to the one behind it where it comes first.
    """
    pairs: list[RawPair] = []
    question: str | None = None
    evidence = ""
    evidence_leads: bool | None = None
    for role, text in texts:
        if evidence_leads is None:
            evidence_leads = role == "evidence"
        if role == "question":
            question = text
        elif role == "answer":
            if question is not None:
                pairs.append(RawPair(question, text, evidence))
            question, evidence = None, ""
        elif evidence_leads or question is not None:
            evidence = text
        elif pairs and not pairs[-1].evidence:
            pairs[-1] = RawPair(pairs[-1].question, pairs[-1].answer, text)
    return pairs
