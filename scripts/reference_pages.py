"""Reference pages: `docs/commands.md` and `docs/settings.md`, made from what the code offers.

Run as `python -m scripts.reference_pages`, it writes them; a test compares them.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_MADE = "<!-- `python -m scripts.reference_pages` makes this page. -->"


def commands_page() -> str:
    """Return every command with its arguments and flags, as Typer documents them."""
    typer = Path(sys.executable).with_name("typer")
    command = [typer, "--app", "dlm_app", "dlm_lsp.cli.app", "utils", "docs", "--name", "dlm"]
    made = subprocess.run(
        [*command, "--title", "Commands"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    # The lists of commands cut off what each does, and the page has a table of contents.
    page = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+\n?", "", made.stdout)
    return f"{_MADE}\n\n{page.strip()}\n"


def settings_page() -> str:
    """Return every setting with its default, as the extension declares it."""
    manifest = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
    lines = [
        _MADE,
        "",
        "# Settings",
        "",
        "What an editor may set. VS Code offers them as they stand here; other editors send them "
        "without `dlm.`,",
        "as an object under `dlm` ([In an editor](editors.md#settings)), where `dlm.synth.review` "
        "is `review`.",
        "",
    ]
    for group in manifest["contributes"]["configuration"]:
        lines += [f"## {group['title']}", "", *_rows(group["properties"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(settings: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    for name, setting in settings.items():
        meaning = setting.get("markdownDescription") or setting["description"]
        choices = zip(setting.get("enum", ()), setting.get("enumDescriptions", ()), strict=True)
        words = "".join(f" `{choice}`: {what}" for choice, what in choices)
        default = json.dumps(setting["default"])
        shown = "" if setting["default"] in (None, "") else f"`{default}`"
        cells = (f"`{name}`", shown, meaning + words)
        text = " | ".join(" ".join(cell.split()) for cell in cells)
        yield f"| {text.replace('`#', '`').replace('#`', '`')} |"


PAGES = {
    ROOT / "docs" / "commands.md": commands_page,
    ROOT / "docs" / "settings.md": settings_page,
}


if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
