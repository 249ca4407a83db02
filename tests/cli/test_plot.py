"""The losses of a training as a picture."""

import re

import pytest

from dlm_lsp.cli.plot import check_plot, plot_losses
from dlm_lsp.errors import UsageError
from dlm_lsp.install_hint import install_hint

SUMMARIES = [
    {"adapter": None, "losses": [[1, 2.0], [2, 1.0]], "held_out_losses": [[2, 1.5]]},
    {"adapter": "tone", "losses": [[1, 2.0]], "held_out_losses": []},
]


@pytest.mark.parametrize(
    ("name", "begins"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_the_name_says_what_is_drawn(tmp_path, name, begins):
    check_plot(tmp_path / name)
    plot_losses(tmp_path / name, SUMMARIES)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_both_losses_of_each_adapter_are_named(tmp_path, monkeypatch):
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    plot_losses(tmp_path / "a.svg", SUMMARIES)
    drawn = (tmp_path / "a.svg").read_text()
    for word in ("loss (nats per token)", ">held-out loss<", ">tone: loss<", ">step<"):
        assert word in drawn


def test_what_cannot_be_drawn_is_told_before_the_training(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"\.png"):
        check_plot(tmp_path / "a.gif")
    with pytest.raises(UsageError, match="no folder"):
        check_plot(tmp_path / "nowhere/a.png")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=re.escape(install_hint("train"))):
        check_plot(tmp_path / "a.png")


@pytest.mark.posix
def test_no_picture_takes_the_place_of_a_document(tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "notes.dlm")
    with pytest.raises(UsageError, match="leads to a document"):
        check_plot(tmp_path / "a.png")
