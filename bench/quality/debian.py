"""Debian sections: text that nobody here wrote, read from packages at run time."""

import gzip
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.quality.manual_text import sections
from bench.quality.text_sections import CACHE, Half, TextSection

CHOSEN = Path(__file__).with_name("debian_sections.json")
PACKAGES = CACHE / "debian"


@dataclass(frozen=True, slots=True)
class ChosenSection:
    """Where a section stands, and the hash of its text as `manual_text` gives it."""

    language: str
    half: Half
    package: str
    path: str
    heading: str
    sha256: str

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"{Path(self.path).name.removesuffix('.gz')}: {self.heading}"


def chosen_sections() -> list[ChosenSection]:
    """Return the sections that the benchmark is over."""
    return [ChosenSection(**item) for item in json.loads(CHOSEN.read_text(encoding="utf-8"))]


def debian_sections() -> tuple[list[TextSection], list[str]]:
    """Return the sections that are there, and a line for each that is not.

    Packages that are missing below `.cache/quality` are downloaded by `apt-get`.
    """
    found: list[TextSection] = []
    missing: list[str] = []
    for chosen in chosen_sections():
        try:
            text = _find(chosen)
        except (OSError, subprocess.CalledProcessError) as error:
            missing.append(f"{chosen.name}: {chosen.package} cannot be had ({error})")
            continue
        if text is None:
            missing.append(f"{chosen.name}: another text in this version of {chosen.package}")
            continue
        text = f"## {chosen.heading}\n\n{text}"
        found.append(TextSection(chosen.language, chosen.half, "debian", chosen.name, text))
    return found, missing


def package_sections(package: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield (heading, text) of the sections of one file of a package.

    Raises:
        OSError, CalledProcessError: the package cannot be had or read.
    """
    return sections(_read(unpacked(package) / path))


def text_hash(text: str) -> str:
    """Return what names a text in `debian_sections.json`."""
    return hashlib.sha256(text.encode()).hexdigest()


def _find(chosen: ChosenSection) -> str | None:
    for heading, text in package_sections(chosen.package, chosen.path):
        if heading == chosen.heading and text_hash(text) == chosen.sha256:
            return text
    return None


def unpacked(package: str) -> Path:
    """Return the folder with the files of a package, which is downloaded if it is not there.

    Raises:
        OSError, CalledProcessError: it cannot be had.
    """
    folder = PACKAGES / package
    if not folder.is_dir():
        PACKAGES.mkdir(parents=True, exist_ok=True)
        _run("apt-get", "download", "-q", package)
        (archive,) = PACKAGES.glob(f"{package}_*.deb")
        _run("dpkg-deb", "-x", str(archive), str(folder))
    return folder


def _run(*command: str) -> str:
    environment = {**os.environ, "MANWIDTH": "5000", "LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        command, cwd=PACKAGES, env=environment, check=True, capture_output=True, text=True
    )
    return run.stdout


def _read(path: Path) -> str:
    if "man" in path.parts:
        page = _run("man", "-E", "UTF-8", "--no-hyphenation", "--no-justification", "-l", str(path))
        # The first line and the last say the name of the page.
        return "\n".join(page.strip("\n").split("\n")[1:-1])
    return gzip.decompress(path.read_bytes()).decode()
