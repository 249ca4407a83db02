"""Constrained questions: the model writes them itself, in a language without templates."""

import re

from dlm_lsp.teachers.base_model.few_shot import FewShotLanguage
from dlm_lsp.teachers.base_model.question_template import QuestionTemplate

_WORD = re.compile(r"[^\s,;:.!?()\"“”„«»]+(?:[.:][^\s,;:.!?()\"“”„«»]+)*")


def constrained_templates(sentence: str, language: FewShotLanguage) -> tuple[QuestionTemplate, ...]:
    """Return templates in which a model writes on from each opening that suits the sentence.

    Beyond those it may use the words of the sentence and whatever small words it likes.
    """
    words = "|".join(sorted({_pattern(word) for word in _WORD.findall(sentence)}))
    rest = rf"( ({words}|\p{{Ll}}{{1,5}}|\p{{Ll}}{{1,3}}-\p{{Ll}}{{1,5}})){{2,14}}"
    return tuple(
        QuestionTemplate(sentence, sentence, grammar=f"start: / {_pattern(opening)}{rest} ?\\?/")
        for sign, opening in language.openings
        if re.search(sign, sentence)
    )


def _pattern(word: str) -> str:
    return re.sub(r"[!-/:-@[-`{-~]", lambda match: "\\" + match[0], word)
