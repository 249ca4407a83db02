"""Reference pages: what they say of commands, settings and models is what the code offers."""

import pytest

from scripts.reference_pages import PAGES


@pytest.mark.parametrize(
    ("path", "page"), PAGES.items(), ids=lambda part: getattr(part, "name", "")
)
def test_a_page_is_what_the_code_offers(path, page):
    assert path.read_text("utf-8") == page(), "make docs writes it anew"
