"""Home folder: clean, for an editor, set up by the words of our own README."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_dir

ROOT = Path(__file__).resolve().parents[2]
EDITORS = ROOT / ".cache" / "editors"
PATIENCE = 300.0

_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Home:
    """A home folder without any settings, and the environment of one who lives there."""

    folder: Path
    env: Mapping[str, str]

    @classmethod
    def made(cls, folder: Path) -> "Home":
        """Make one, with our server and the editors of the tests on PATH."""
        folder.mkdir()
        # A model that has been used before is in the user's cache; to fetch it is not the test.
        (folder / ".cache").mkdir()
        shared = Path(user_cache_dir("dlm-lsp"))
        shared.mkdir(parents=True, exist_ok=True)
        (folder / ".cache" / "dlm-lsp").symlink_to(shared)
        found = (EDITORS / "bin", Path(sys.executable).parent, os.environ["PATH"])
        env = {
            "HOME": str(folder),
            "PATH": os.pathsep.join(map(str, found)),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "HF_HUB_OFFLINE": "1",
            # The server is that of the checkout, as it is in these tests.
            "PYTHONPATH": str(ROOT),
        }
        return cls(folder, env)

    def write(self, name: str, text: str) -> Path:
        """Write a document, or another file, and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def follow(self, readme: Path) -> None:
        """Do what a README says: every command in it, in order, from the root of the checkout."""
        blocks = _SHELL.findall(readme.read_text(encoding="utf-8"))
        assert blocks, f"{readme} has no commands to follow"
        self.run("bash", "-euo", "pipefail", "-c", "\n".join(blocks))

    def run(self, *command: str | Path, **more: str) -> str:
        """Run a command to its end, from the root of the checkout, and return what it says.

        Its environment can be added to.
        """
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env={**self.env, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout
