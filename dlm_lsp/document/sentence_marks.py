"""Sentence-final punctuation: the marks with which sentences end in the scripts of the world."""

SENTENCE_MARKS = ".!?。！？؟۔।॥"
"""All of them; each ends a sentence where a blank follows."""
MARKS_WITHOUT_BLANKS = "。！？"
"""Those of scripts that put no blank behind a sentence."""
QUESTION_MARKS = "?？؟"
"""Those of a question."""
