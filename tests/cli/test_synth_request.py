"""The flags of a run as a request, and profiles where they say nothing."""

from pathlib import Path

import pytest

from dlm_lsp.cli.synth_request import RunRequests, given_options
from dlm_lsp.errors import OptionError, ProfileError
from dlm_lsp.store.profile_files import user_profile_path
from dlm_lsp.synth.options import DEFAULTS
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.synth.synth_request import SynthRequest


@pytest.fixture(autouse=True)
def own_profile(tmp_path, monkeypatch) -> Path:
    """Where the user's own profile would be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return user_profile_path()


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_flag_that_is_called_otherwise_reaches_its_option():
    given = given_options({"filter_": "none", "temp": 0.5, "teacher_option": ["a=1"], "json": True})
    assert given == {"filter": "none", "temperature": 0.5, "teacher_options": {"a": 1}}


def test_without_profiles_what_is_not_given_has_its_default(tmp_path):
    request = SynthRequest(DEFAULTS["teacher"], None, SynthOptions())
    assert RunRequests({}).plain == RunRequests({}).of(tmp_path / "a.dlm") == request


def test_a_choice_that_cannot_be_is_refused():
    with pytest.raises(OptionError):
        RunRequests({"per_section": 0}).plain  # noqa: B018


def test_a_flag_counts_before_the_named_profile_then_the_found_then_the_own(tmp_path, own_profile):
    written(own_profile, '[options]\nstrategy = "both"\nper_section = 4\nseed = 1')
    written(tmp_path / "notes/dlm.toml", '[options]\nstrategy = "expansion"\nthreshold = 2')
    named = written(tmp_path / "named.toml", "[options]\nthreshold = 3\nseed = 2\nwindow = 999")
    request = RunRequests({"window": 512}, named).of(tmp_path / "notes/a.dlm")
    options = request.options
    assert (options.window, options.threshold, options.sampling.seed) == (512, 3, 2)
    assert (options.strategy, options.per_section) == ("expansion", 4)
    assert request.profiles == tuple(map(str, (own_profile, tmp_path / "notes/dlm.toml", named)))


def test_each_document_has_the_profile_that_is_found_beside_it(tmp_path):
    written(tmp_path / "a/dlm.toml", '[options]\nstrategy = "expansion"')
    requests = RunRequests({})
    assert requests.of(tmp_path / "a/a.dlm").options.strategy == "expansion"
    assert requests.of(tmp_path / "b/b.dlm") == requests.plain


def test_a_named_profile_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ProfileError, match=r"no profile .*nosuch\.toml: there is no such file"):
        RunRequests({}, tmp_path / "nosuch.toml").plain  # noqa: B018
