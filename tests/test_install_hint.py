import re
import tomllib
from pathlib import Path

from dlm_lsp.install_hint import DISTRIBUTION, install_hint

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_name_is_that_of_the_distribution():
    assert PROJECT["name"] == DISTRIBUTION
    assert install_hint("local") == 'pip install "dlm-synth[local]"'


def test_every_extra_that_is_hinted_at_exists():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "dlm_lsp").rglob("*.py")]
    hinted = re.findall(r"install_hint\(['\"](\w+)['\"]\)", "\n".join(sources))
    assert hinted
    assert set(hinted) <= set(PROJECT["optional-dependencies"])
