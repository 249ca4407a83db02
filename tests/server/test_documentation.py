"""Documentation of diagnostics: each is explained where the editor leads to."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import dlm_lsp
from dlm_lsp.server.documentation import diagnostics_page

_CODE = re.compile(r'(?:Problem|Diagnostic|_error|_warning)\(\s*"([a-z]+(?:-[a-z]+)*)"')


def explained() -> set[str]:
    page = diagnostics_page()
    assert page
    text = Path(urlsplit(page).path).read_text(encoding="utf-8")
    return set(re.findall(r"^### (\S+)$", text, re.MULTILINE))


def used() -> set[str]:
    package = Path(dlm_lsp.__file__).parent
    return {
        code
        for room in ("document", "ide")
        for path in (package / room).glob("*.py")
        for code in _CODE.findall(path.read_text(encoding="utf-8"))
    }


def test_each_code_has_its_paragraph_and_no_paragraph_is_without_a_code():
    assert used() == explained()
