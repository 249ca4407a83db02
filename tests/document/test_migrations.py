import pytest
from support.frontmatter_texts import REQUIRED, found, messages, read

from dlm_lsp.document.schema import Preference

DPO = """\
training:
  dpo:
    enabled: true
    beta: 0.2
    learning_rate: 1e-6
    num_epochs: 2
    loss_type: ipo
    reference: pre_dpo_adapter
"""
TODAY = {
    "enabled": True,
    "method": "dpo",
    "hyperparams": {"beta": 0.2, "learning_rate": 1e-6, "num_epochs": 2},
    "loss_type": "ipo",
    "reference": "pre_adapter",
}


@pytest.mark.parametrize("version", ["", "dlm_version: 1\n"])
def test_version_1_names_preference_training_dpo(version):
    frontmatter, problems = read(REQUIRED + version + DPO)
    assert problems == []
    assert frontmatter.training.preference == Preference.model_validate(TODAY)


@pytest.mark.parametrize("version", range(2, 16))
def test_later_versions_do_not_know_dpo(version):
    text = f"{REQUIRED}dlm_version: {version}\n{DPO}"
    assert found(text.replace("dpo:", "⟦dpo⟧:")) == ["unknown-key"]
    assert "called `training.preference` since version 2" in messages(text)


@pytest.mark.parametrize("version", range(1, 16))
def test_every_version_knows_todays_keys(version):
    text = f"{REQUIRED}dlm_version: {version}\ntraining: {{preference: {{beta: 1}}, seed: 7}}\n"
    assert [problem.message[:6] for problem in read(text)[1]] == ["`beta`"]
    frontmatter, problems = read(text.replace("beta: 1", "hyperparams: {beta: 1}"))
    assert problems == []
    assert frontmatter.training.preference.hyperparams.beta == 1


def test_a_reference_to_the_base_model_stays():
    frontmatter, _ = read(f"{REQUIRED}training: {{dpo: {{reference: base}}}}\n")
    assert frontmatter.training.preference.reference == "base"


def test_an_empty_dpo_is_none():
    frontmatter, problems = read(f"{REQUIRED}training: {{dpo: null, seed: 7}}\n")
    assert (problems, frontmatter.training.seed) == ([], 7)
    assert frontmatter.training.preference == Preference()


def test_what_version_1_passes_over_is_said():
    text = f"{REQUIRED}training: {{dpo: {{⟦gamma⟧: 1}}, ⟦preference⟧: {{enabled: true}}}}\n"
    assert found(text) == ["unknown-key", "unknown-key"]
    frontmatter, _ = read(text.replace("⟦", "").replace("⟧", ""))
    assert not frontmatter.training.preference.enabled


@pytest.mark.parametrize(
    "dpo", ["{beta: ⟦2⟧}", "{num_epochs: ⟦0⟧, reference: ⟦other⟧}", "⟦5⟧", "⟦[1]⟧"]
)
def test_a_wrong_value_is_found_where_version_1_has_it(dpo):
    assert set(found(f"{REQUIRED}training: {{dpo: {dpo}}}\n")) == {"invalid-value"}
