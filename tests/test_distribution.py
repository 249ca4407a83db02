"""The distributions as they are built, and the long description that a package index shows."""

import os
import re
import runpy
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from dlm_lsp import __version__

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "https://example.org/somebody/dlm-synth"


def built(folder: Path, *, address: str | None) -> Path:
    environment = {name: value for name, value in os.environ.items() if name != "DLM_REPOSITORY"}
    if address:
        environment["DLM_REPOSITORY"] = address
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("bare"), address=None)


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("addressed"), address=ADDRESS)


def metadata(folder: Path) -> str:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"dlm_synth-{__version__}.dist-info/METADATA").decode()


def leads(folder: Path, token: str, attribute: str) -> list[str]:
    """Return where the links or the pictures of the long description lead."""
    text = str(HeaderParser().parsestr(metadata(folder)).get_payload())
    inline = [block.children or [] for block in MarkdownIt().enable("table").parse(text)]
    found = (each for children in inline for each in children if each.type == token)
    return [str(each.attrs[attribute]) for each in found]


@pytest.mark.parametrize("folder", ["bare", "addressed"])
def test_the_index_takes_what_is_built(folder: str, request: pytest.FixtureRequest):
    files = sorted(map(str, request.getfixturevalue(folder).iterdir()))
    assert len(files) == 2
    check = [sys.executable, "-m", "twine", "check", "--strict", *files]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_without_an_address_nothing_leads_into_the_repository(bare: Path):
    assert leads(bare, "image", "src") == []
    links = leads(bare, "link_open", "href")
    assert links
    assert all(link.startswith("https://") for link in links)
    assert "Project-URL" not in HeaderParser().parsestr(metadata(bare))


def test_with_an_address_pictures_and_links_lead_to_what_is_in_the_repository(addressed: Path):
    pictures = leads(addressed, "image", "src")
    assert pictures
    for lead, view in [
        *((picture, "raw") for picture in pictures),
        *((link, "blob") for link in leads(addressed, "link_open", "href")),
    ]:
        assert lead.startswith("https://")
        if lead.startswith(ADDRESS):
            path = lead.removeprefix(f"{ADDRESS}/{view}/v{__version__}/").partition("#")[0]
            assert (ROOT / path).exists(), lead
    assert f"Project-URL: Source, {ADDRESS}\n" in metadata(addressed)


def test_a_link_in_code_stays_as_it_is():
    long_description = runpy.run_path(str(ROOT / "hatch_build.py"))["long_description"]
    code = "`[c](d.md)`.\n\n    [e](f.md)\n\n```\n[g](h.md)\n```\n\n"
    text = f"See [a](b.md) and {code}![i](j.png)\n\nEnd."
    assert long_description(text, "1.0", None) == f"See a and {code}End."
    assert long_description(text, "1.0", "https://host/x/") == (
        f"See [a](https://host/x/blob/v1.0/b.md) and {code}![i](https://host/x/raw/v1.0/j.png)\n\nEnd."
    )


@pytest.mark.parametrize("folder", ["bare", "addressed"])
def test_no_tag_leads_to_what_is_beside_the_readme(folder: str, request: pytest.FixtureRequest):
    text = metadata(request.getfixturevalue(folder))
    assert not re.findall(r"""(?:src|href|srcset)=["'](?!https?://).*""", text)


def test_the_wheel_of_the_source_distribution_is_the_one_of_the_checkout(
    bare: Path, tmp_path: Path
):
    (source,) = bare.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    checkout = tmp_path / f"dlm_synth-{__version__}"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    (from_source,) = tmp_path.glob("*.whl")
    (from_checkout,) = bare.glob("*.whl")
    assert from_source.read_bytes() == from_checkout.read_bytes()
