"""Plugins: teachers of other distributions, by entry point."""

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from dlm_lsp.errors import SelectorError, TeacherError
from dlm_lsp.install_hint import install_hint
from dlm_lsp.teachers import plugins, registry
from dlm_lsp.teachers.availability import availability, client_package
from dlm_lsp.teachers.kind import TeacherContext, TeacherKind
from dlm_lsp.teachers.plugins import ENTRY_POINT_GROUP, plugin_kind
from dlm_lsp.teachers.protocol import GenerationOptions


class _Distribution:
    def __init__(self, name: str) -> None:
        self.name = name


def entry_point(name: str, value: str, distribution: str = "dlm-cards") -> EntryPoint:
    entry = EntryPoint(name, value, ENTRY_POINT_GROUP)
    vars(entry)["dist"] = _Distribution(distribution)
    return entry


CARDS = TeacherKind(
    name="cards",
    target="<file>",
    description="prepared pairs",
    create=lambda context: context,
    import_name="card_reader",
    extra="reader",
    distribution="dlm-cards",
    key_variable="CARDS_KEY",
    key_required=True,
)


@pytest.fixture
def installed(monkeypatch):
    """Set what is installed, beside a module `card_plugin` with rows."""
    module = ModuleType("card_plugin")
    module.CARDS, module.NO_ROW = CARDS, "cards"
    monkeypatch.setitem(sys.modules, "card_plugin", module)

    def install(*entries: EntryPoint) -> None:
        monkeypatch.setattr(plugins, "installed_plugins", lambda: entries)

    return install


def test_the_row_of_a_plugin_is_one_of_the_table(installed):
    installed(entry_point("cards", "card_plugin:CARDS"))
    assert plugin_kind("cards") == CARDS
    assert registry.all_kinds() == (*registry.TEACHER_KINDS, CARDS)
    assert registry.forms().endswith("vllm-server:<url>[#model], cards:<file>")
    assert registry.check_selector("cards:my file.txt") == (CARDS, "my file.txt")


def test_its_factory_gets_what_ours_get(installed):
    installed(entry_point("cards", "card_plugin:CARDS"))
    sampling = GenerationOptions(seed=3)
    created = registry.select("cards:a.txt", sampling, concurrency=2, timeout=5, base_model="b")
    assert created == TeacherContext("a.txt", sampling, 2, 5, base_model="b")


def test_a_slip_in_its_name_is_told_with_the_right_one(installed):
    installed(entry_point("cards", "card_plugin:CARDS"))
    with pytest.raises(SelectorError, match=r"no such teacher: card \(did you mean cards\?\)"):
        registry.check_selector("card:a.txt")


def test_its_availability_follows_from_its_row(installed, monkeypatch):
    installed(entry_point("cards", "card_plugin:CARDS"))
    unavailable = availability("cards:a.txt", has_adapter=False)
    assert unavailable is not None
    assert unavailable.code == "missing-extra"
    assert install_hint("reader", "dlm-cards") in unavailable.message
    monkeypatch.setitem(sys.modules, "card_reader", ModuleType("card_reader"))
    monkeypatch.setattr("dlm_lsp.teachers.availability.find_spec", lambda _: True)
    unavailable = availability("cards:a.txt", has_adapter=False)
    assert unavailable is not None
    assert (unavailable.code, "CARDS_KEY" in unavailable.message) == ("missing-key", True)
    monkeypatch.setenv("CARDS_KEY", "k")
    assert availability("cards:a.txt", has_adapter=False) is None
    assert client_package("cards:a.txt") == "card_reader"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (entry_point("cards", "no_such_module:CARDS"), "ModuleNotFoundError"),
        (entry_point("cards", "card_plugin:NONE"), "AttributeError"),
        (entry_point("cards", "card_plugin:NO_ROW"), "is a str and not a TeacherKind"),
        (entry_point("kards", "card_plugin:CARDS"), "calls itself 'cards'"),
    ],
)
def test_a_broken_plugin_is_told_by_its_distribution_and_costs_only_itself(
    installed, caplog, entry, reason
):
    installed(entry)
    with pytest.raises(TeacherError, match=f"plugin dlm-cards.*{reason}"):
        registry.check_selector(f"{entry.name}:a.txt")
    unavailable = availability(f"{entry.name}:a.txt", has_adapter=False)
    assert unavailable is not None
    assert (unavailable.code, reason in unavailable.message) == ("no-teacher", True)
    assert registry.all_kinds() == registry.TEACHER_KINDS
    assert reason in caplog.text
    assert registry.check_selector("hf:gemma-3-270m")[0].name == "hf"


def test_no_plugin_takes_a_name_of_ours(installed, caplog):
    installed(entry_point("openai", "card_plugin:CARDS"))
    assert registry.find_kind("openai") in registry.TEACHER_KINDS
    assert registry.all_kinds() == registry.TEACHER_KINDS
    assert "plugin dlm-cards cannot bring a teacher openai" in caplog.text


def test_two_plugins_cannot_share_a_name(installed, caplog):
    installed(
        entry_point("cards", "card_plugin:CARDS"),
        entry_point("cards", "card_plugin:CARDS", "other-cards"),
    )
    with pytest.raises(TeacherError, match="plugins dlm-cards and other-cards both"):
        registry.check_selector("cards:a.txt")
    assert registry.all_kinds() == registry.TEACHER_KINDS
    assert caplog.text.count("other-cards") == 1


def test_no_plugin_is_imported_before_it_is_named(installed):
    installed(entry_point("cards", "no_such_module:CARDS"))
    assert registry.check_selector("openai:gpt-5")[0].name == "openai"


def test_a_plugin_that_ends_the_process_at_its_import_costs_only_itself(installed, tmp_path):
    (tmp_path / "quitting_plugin.py").write_text("raise SystemExit(3)\n")
    sys.path.insert(0, str(tmp_path))
    try:
        installed(entry_point("quitting", "quitting_plugin:ROW"))
        assert registry.all_kinds() == registry.TEACHER_KINDS
    finally:
        sys.path.remove(str(tmp_path))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"description": None}, "takes a text holds something else"),
        ({"description": "two\nlines"}, "not one line"),
        ({"key_variable": None}, "a required key has no variable"),
        ({"import_name": None}, "brings no package"),
        ({"create": None}, "cannot be called"),
    ],
)
def test_a_row_that_is_wrong_is_told_and_not_listed(installed, change, fault):
    sys.modules["card_plugin"].CARDS = replace(CARDS, **change)
    installed(entry_point("cards", "card_plugin:CARDS"))
    with pytest.raises(TeacherError, match=fault):
        plugin_kind("cards")
    assert registry.all_kinds() == registry.TEACHER_KINDS


def test_a_package_within_one_that_is_missing_is_missing(installed):
    sys.modules["card_plugin"].CARDS = replace(CARDS, import_name="no_such_package.cards")
    installed(entry_point("cards", "card_plugin:CARDS"))
    assert availability("cards:a.txt", has_adapter=False).code == "missing-extra"


def test_a_target_that_a_plugin_fails_at_is_told_as_the_plugin_s(installed):
    def fail(target: str) -> str:
        raise ZeroDivisionError

    sys.modules["card_plugin"].CARDS = replace(CARDS, model_in=fail)
    installed(entry_point("cards", "card_plugin:CARDS"))
    with pytest.raises(TeacherError, match=r"cards fails at its target \(ZeroDiv"):
        registry.check_selector("cards:a.txt")
