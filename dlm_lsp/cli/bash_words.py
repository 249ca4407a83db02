"""Bash completion: words as they were typed, for bash breaks a selector at its colon.

It takes the text behind the last colon for the word, and puts what is offered there.
"""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout

_COLON = ":"


def asks_for_words(environment: Mapping[str, str]) -> bool:
    """Tell whether this process was started by bash to complete a word."""
    return environment.get("_DLM_COMPLETE") == "complete_bash" and "COMP_CWORD" in environment


def complete_in_bash(run: Callable[[], None]) -> None:
    """Let `run` complete the word as it was typed, and print what is to stand behind its colon."""
    words, at = os.environ["COMP_WORDS"].split("\n"), int(os.environ["COMP_CWORD"])
    whole, place = joined_words(words, at)
    os.environ |= {"COMP_WORDS": "\n".join(whole), "COMP_CWORD": str(place)}
    word = whole[place] if place < len(whole) and len(whole) < len(words) else ""
    behind = word.rpartition(_COLON)[0] + _COLON if _COLON in word else ""
    offered = io.StringIO()
    try:
        with redirect_stdout(offered):
            run()
    finally:
        lines = (line.removeprefix(behind) for line in offered.getvalue().splitlines())
        sys.stdout.write("".join(f"{line}\n" for line in lines if line))


def joined_words(words: Sequence[str], at: int) -> tuple[list[str], int]:
    """Return words with those around a colon as one, and where the word with the place `at` is."""
    whole: list[str] = []
    places: list[int] = []
    for word in words:
        if whole and (word.startswith(_COLON) or whole[-1].endswith(_COLON)):
            whole[-1] += word
        else:
            whole.append(word)
        places.append(len(whole) - 1)
    return whole, places[at] if at < len(places) else len(whole) + at - len(words)
