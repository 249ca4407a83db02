"""Identifiers: what a text writes as a program does, such as options, file names and operators."""

import re
import unicodedata

# Letters of scripts written without blanks end an identifier, as blanks do.
_CHUNK = re.compile(r"[^\s`\u2e80-\u9fff\uac00-\ud7af\uf900-\uffef]+")
_CODE_SPAN = re.compile(r"(`++)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_AROUND = ".,;:!?'\"()[]{}«»„“”‚‘’…¿¡–—"
_MARKS = r"[.:=/\\@#$%&*+<>|^~!]"
# A leading hyphen; a letter, then a digit; a letter beside a mark; a capital within a word. A mark
# between digits makes a number.
_WRITTEN_AS_CODE = re.compile(
    rf"-+\w|[^\W\d_]+\d|.*(?:[^\W\d]{_MARKS}+\w|\w{_MARKS}+[^\W\d]|_|[a-z][A-Z])", re.DOTALL
)
_SYMBOLS = frozenset("!#$%&*/@\\^|~")


def written_tokens(text: str) -> frozenset[str]:
    """Return what stands between blanks in `text`, in its own case, without outer punctuation."""
    return frozenset(_chunks(text)) - {""}


def identifier_tokens(text: str) -> frozenset[str]:
    """Return those of the `written_tokens` that are code: in code font, or by how they look."""
    in_code = {chunk for span in _CODE_SPAN.finditer(text) for chunk in _chunks(span[2])}
    return frozenset(in_code.union(filter(_is_code, _chunks(text))) - {""})


def _chunks(text: str) -> list[str]:
    return [_without_punctuation(chunk) for chunk in _CHUNK.findall(text)]


def _without_punctuation(chunk: str) -> str:
    return chunk if chunk.isalpha() or _is_operator(chunk) else chunk.strip(_AROUND)


def _is_code(chunk: str) -> bool:
    # Nearly all are plain words.
    if chunk.isalpha() and (chunk.islower() or chunk.istitle()):
        return False
    return _is_operator(chunk) or bool(_WRITTEN_AS_CODE.match(chunk))


def _is_operator(chunk: str) -> bool:
    """Tell whether symbols stand alone, be it with punctuation: `!=`, `->`, `*`."""
    symbols = [_is_symbol(character) for character in chunk]
    return any(symbols) and all(
        is_symbol or character in f"{_AROUND}-"
        for is_symbol, character in zip(symbols, chunk, strict=True)
    )


def _is_symbol(character: str) -> bool:
    return character in _SYMBOLS or unicodedata.category(character) == "Sm"
