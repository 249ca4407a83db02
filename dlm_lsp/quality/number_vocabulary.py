"""Number vocabulary: the words that numbers are made of, remembered once known."""

from collections.abc import Iterable
from typing import NamedTuple

# So many words are remembered; the others are looked up every time.
_MOST_WORDS = 200_000


class NumberToken(NamedTuple):
    """A word as the library text2num asks for it."""

    word: str
    start: int
    is_apart: bool

    def text(self) -> str:
        """Return the word."""
        return self.word

    def nt_separated(self, previous: object) -> bool:
        """Tell whether no number goes on from the word before."""
        return self.is_apart

    def not_a_number_part(self) -> bool:
        """Tell whether the word is in no number."""
        return self.word[0].isdigit()


class NumberVocabulary:
    """The words of some languages, by whether a number can begin with them."""

    def __init__(self, *languages: str) -> None:
        self._languages = languages
        self._known: set[str] = set()
        self._number_words: set[str] = set()

    def number_words(self, words: set[str]) -> set[str]:
        """Return those of `words` with which a number can begin."""
        new = words - self._known
        if not new:
            return self._number_words & words
        found = self._look_up(new)
        if len(self._known) < _MOST_WORDS:
            # In this order, for another thread may look in between.
            self._number_words |= found
            self._known |= new
        return found | (self._number_words & words)

    def _look_up(self, words: Iterable[str]) -> set[str]:
        # No run without words needs it, and it takes time to load.
        import text_to_num

        apart = [NumberToken(word, 0, is_apart=True) for word in words]
        return {
            apart[place.start].word
            for language in self._languages
            for place in text_to_num.find_numbers(apart, language, threshold=0.0)
        }
