import pytest

from dlm_lsp.quality.negation import is_negated
from dlm_lsp.quality.word_tokenize import word_tokens

NEGATED = {
    "It is not open.": "It is open.",
    "It doesn't open.": "It does open.",
    "It doesn’t open.": "It opens; don't_care is a name.",
    "Er ist nie offen.": "Er ist offen.",
    "Ce n'est pas ouvert.": "C'est ouvert.",
    "No se abre.": "Se abre.",
    "Он не открыт.": "Он открыт.",
    "開きません。": "開きます。",
    "它不打开。": "它打开。",
    "열리지 않습니다.": "열립니다.",
    "ليس مفتوحا.": "هو مفتوح.",
    "Nigdy nie jest otwarty.": "Jest otwarty.",
}


@pytest.mark.parametrize("text", NEGATED)
def test_a_negation_is_found(text):
    assert is_negated(text, word_tokens(text))


@pytest.mark.parametrize("text", NEGATED.values())
def test_what_has_none_is_not_negated(text):
    assert not is_negated(text, word_tokens(text))
