"""Link list: the navigation of a page is one, a text with links is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.quality.link_list import is_link_list


@pytest.mark.parametrize(
    "prose",
    [
        "* [Back: the wheels](a.html)\n* The mill\n* [On: the saw](b.html) [Up](index.html)",
        "## Contents\n\n- [Install](#install)\n  - [From source](#source)\n- [Use](#use)",
        "[![build](b.svg)](https://example.org) [![docs](d.svg)](https://example.org/docs)",
        "* [前へ](a.html)\n* [次へ](b.html)",
        '- <a id="first"></a>[The first wheel](#first)\n- <a id="second"></a>[The second](#second)',
        "You are here: [Home page](/) > [Products](/p) > [Widgets](/w)",
        "1. [First](a.html)\n\n   [Second][two]\n\n3. [Third](c.html)\n\n[two]: b.html",
    ],
)
def test_navigation_contents_and_badges_are_link_lists(prose):
    assert is_link_list(prose)


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "The mill has two wheels.",
        "[The mill](mill.html)",
        "The [first wheel](a.html) was built in 1790, the [second](b.html) drives a saw in spring.",
        "[Helsinki](a) is the capital of [Finland](b).",
        "- Maintained by [Ada Lovelace](a) and [Charles Babbage](b) since 1843.",
        "The wheel stops after a flood, as is explained in\n[The first wheel of the mill](a) and\n"
        "[The second wheel of the mill](b).",
        "Hold the wheel before you oil it.\n\n- [The first wheel of the mill](a)\n"
        "- [The second wheel of the mill](b)",
        "[赫尔辛基](a)是[芬兰](b)的首都",
        "- [apt](apt.html): installs packages\n- [dpkg](dpkg.html): unpacks and configures them",
        "```\n- [a](b)\n- [c](d)\n```",
        "[a](b.html) [c](d.html)\n\n    mill --wheels 2 --built 1790",
        "`[a](b)` and `[c](d)` are links in Markdown.",
    ],
)
def test_text_with_links_and_code_is_none(prose):
    assert not is_link_list(prose)


@given(st.text("[]()!# ab\n`*-") | st.text())
def test_any_text_can_be_looked_at(prose):
    is_link_list(prose)
