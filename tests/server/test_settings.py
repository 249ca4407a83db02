"""The settings under `dlm`."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.ide.diagnostic import DiagnosticLevel
from dlm_lsp.server.settings import DEFAULT_SETTINGS, own_settings, read_settings


def test_without_settings_the_defaults_count():
    assert read_settings(None).settings == DEFAULT_SETTINGS
    assert read_settings({}).settings == DEFAULT_SETTINGS


def test_settings_are_read_by_their_names():
    settings = read_settings({"teacher": "hf:gemma-3-270m", "perSection": 2, "topP": 0.9}).settings
    assert (settings.teacher, settings.per_section, settings.top_p) == ("hf:gemma-3-270m", 2, 0.9)


def test_nothing_but_the_review_counts_under_synth():
    teacher = "openai:somebody-elses"
    for settings in ({"synth": {"teacher": teacher}}, {"synth.teacher": teacher}):
        assert read_settings(settings).settings == DEFAULT_SETTINGS


def test_settings_may_be_nested_flat_or_under_synth():
    for given_ in (
        {"codeLens": {"enable": False}, "synth": {"review": "stage"}},
        {"codeLens.enable": False, "synth.review": "stage"},
    ):
        settings = read_settings(given_).settings
        assert (settings.code_lens.enable, settings.review) == (False, "stage")


def test_how_loudly_an_origin_is_marked():
    read = read_settings({"diagnostics": {"synthesized": "information"}})
    assert read.settings.diagnostics.origins is DiagnosticLevel.INFORMATION
    assert read_settings({"diagnostics.synthesized": "off"}).settings.diagnostics.origins is None


def test_a_wrong_value_is_named_and_its_default_counts():
    read = read_settings({"perSection": 0, "strategy": "both"})
    assert read.settings.per_section == 3
    assert read.settings.strategy == "both"
    assert read.complaints == (
        "dlm.perSection is 0; it takes a whole number of 1 or more; the default 3 is used",
    )


@pytest.mark.parametrize(
    ("given_", "complaint"),
    [
        ({"threshold": -0.5}, "dlm.threshold is -0.5; it takes 0 or more; the default is used"),
        (
            {"diagnostics.synthesized": "no"},
            "dlm.diagnostics.synthesized is 'no'; it takes `off`, `hint`, `information` or "
            '`warning`; the default "hint" is used',
        ),
        ({"codeLens": 5}, "dlm.codeLens is 5; it takes a mapping; the default is used"),
    ],
)
def test_a_wrong_setting_is_told_in_the_words_of_the_editor(given_, complaint):
    assert read_settings(given_).complaints == (complaint,)


@pytest.mark.parametrize("value", [None, "", "x", [], {}, 7, float("nan")])
def test_no_value_of_any_setting_stops_the_others(value):
    names = [str(field.alias) for field in type(DEFAULT_SETTINGS).model_fields.values()]
    for name in names:
        read = read_settings({name: value, "concurrency" if name != "concurrency" else "seed": 5})
        assert 5 in (read.settings.concurrency, read.settings.seed)


@pytest.mark.parametrize(
    ("given_", "complaint"),
    [
        ({"persection": 2}, "dlm.persection {}: did you mean dlm.perSection?"),
        ({"synth": {"teacher": "self"}}, "dlm.synth.teacher {}: did you mean dlm.teacher?"),
        (
            {"diagnostics.synthesised": "off"},
            "dlm.diagnostics.synthesised {}: did you mean dlm.diagnostics.synthesized?",
        ),
    ],
)
def test_a_misspelt_setting_is_named(given_, complaint):
    expected = complaint.format("is no setting, and changes nothing")
    assert read_settings(given_).complaints == (expected,)


def test_what_only_an_editor_knows_is_no_matter():
    path = Path(__file__).resolve().parents[2] / "vscode-client" / "package.json"
    groups = json.loads(path.read_text())["contributes"]["configuration"]
    named = {name.removeprefix("dlm.") for group in groups for name in group["properties"]}
    complaints = read_settings(dict.fromkeys(named, "")).complaints
    assert not [complaint for complaint in complaints if "is no setting" in complaint]
    assert {"dimMarkers", "interpreter", "path"} <= named
    of_the_client = {"trace": {"server": "verbose"}, "enable": True, "cmd": ["dlm-lsp"], "synth": 7}
    assert read_settings(of_the_client).complaints == ()


@pytest.mark.parametrize(
    ("pushed", "own"),
    [
        ({"dlm": {"teacher": "self"}, "other": {}}, {"teacher": "self"}),
        ({"teacher": "self"}, {"teacher": "self"}),
        ({"teacher": "self", "python": {}}, {"teacher": "self"}),
        ({"codeLens.enable": False}, {"codeLens.enable": False}),
        ({"synth.review": "stage"}, {"synth.review": "stage"}),
        ({"dlm": {}}, {}),
        ({"dlm": None}, {}),
        ({}, {}),
        ({"dlm": "x"}, None),
        ({"dlm": 7, "other": {}}, None),
        ({"other": {}}, None),
        ({"other": {"teacher": "self"}}, None),
        (None, None),
    ],
)
def test_of_what_a_client_pushes_only_our_settings_count(pushed, own):
    assert own_settings(pushed, None) == own


OWN = {"teacher": "self"}


@pytest.mark.parametrize(
    ("pushed", "own"),
    [
        ({"python": {}}, {}),
        ({"dlm": None, "python": {}}, {}),
        ({"dlm": {"seed": 1}, "python": {}}, {"seed": 1}),
        ({"dlm": "x"}, OWN),
        (None, OWN),
    ],
)
def test_our_settings_are_taken_back_by_a_push_without_them(pushed, own):
    assert own_settings(pushed, own_settings({"dlm": OWN, "python": {}}, None)) == own


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["teacher", "synth", "codeLens", "enable", "diagnostics", "a.b"]), inner
        ),
    )
)  # fmt: skip
def test_reading_never_fails(given_):
    assert read_settings(given_).settings.per_section >= 1


def test_options_for_the_teacher_are_taken_as_they_stand():
    options = {"chat_template_kwargs": {"enable_thinking": False, "a.b": None}, "stop": [None]}
    for pushed in ({"teacherOptions": options}, {"teacherOptions.chat_template_kwargs": {"a": 1}}):
        read = read_settings(pushed)
        assert read.complaints == ()
    assert read_settings({"teacherOptions": options}).settings.teacher_options == options
    assert read.settings.teacher_options == {"chat_template_kwargs": {"a": 1}}


def test_an_option_for_the_teacher_that_cannot_be_is_named_without_its_value():
    read = read_settings({"teacherOptions": {"num_ctx": 1, "api_key": "hunter2"}, "perSection": 2})
    (complaint,) = read.complaints
    assert complaint.startswith("dlm.teacherOptions is 'api_key'; it is an address or a secret")
    assert complaint.endswith("none is used")
    assert "hunter2" not in complaint
    assert (read.settings.teacher_options, read.settings.per_section) == (None, 2)


def test_options_for_the_teacher_that_are_no_object_are_left_out():
    (complaint,) = read_settings({"teacherOptions": 7}).complaints
    assert complaint == "dlm.teacherOptions is 7; it takes an object; none is used"
