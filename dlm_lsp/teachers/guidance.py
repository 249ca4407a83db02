"""Guidance: what a user asks a teacher to heed beside the rules, and the pairs that show it."""

import json
from dataclasses import dataclass

from dlm_lsp.teachers.prompt_examples import PairExample


@dataclass(frozen=True, slots=True)
class Guidance:
    """For whom to write, which kinds of question to prefer, what else to heed, and own examples."""

    audience: str = ""
    questions: tuple[str, ...] = ()
    instruction: str = ""
    examples: tuple[PairExample, ...] = ()

    @property
    def rules(self) -> str:
        """What stands behind the rules of a prompt; each text is quoted, and so is data."""
        quoted_kinds = ", ".join(map(_quoted, self.questions))
        wishes = (
            f"- The questions and answers are for: {_quoted(self.audience)}." * bool(self.audience),
            f"- Prefer these kinds of question: {quoted_kinds}." * bool(self.questions),
            f"- Also: {_quoted(self.instruction)}" * bool(self.instruction),
        )
        lines = [wish for wish in wishes if wish]
        if not lines:
            return ""
        return "\n".join(("As far as the rules above allow it, whoever asks wishes:", *lines))

    @property
    def example_pairs(self) -> tuple[tuple[str, str], ...]:
        """The (question, answer) pairs of the examples, which no reply may repeat."""
        return tuple((example.question, example.answer) for example in self.examples)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
