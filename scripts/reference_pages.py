"""Reference pages: commands, settings and base models, made from what the code offers.

Run as `python -m scripts.reference_pages`, it writes them; a test compares them.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dlm_lsp.document.base_models import RegisteredModel, base_models

ROOT = Path(__file__).parents[1]
_MADE = "<!-- `python -m scripts.reference_pages` makes this page. -->"
_ABOUT_MODELS = """\
# Base models

The registry is the list of models that have a short name, their key. `base_model` in a document,
`--base`, `--judge` and `dlm fetch` take a key. So does the teacher `hf:KEY`.
Any other model of the Hugging Face hub is called `hf:org/name`.

The size is about that of the download, at 16 bits for each parameter. Where the licence has to be
accepted, [do that first](teachers.md#models-from-the-hub). `other` is a licence of its own. It
stands on the page of the model: `https://huggingface.co/` and the id behind it.
"""
_ABOUT_OTHER_MODELS = """\
## Models of images and sound

A document may name these too, but `dlm` loads models of text alone.
"""


def commands_page() -> str:
    """Return every command with its arguments and flags, as Typer documents them."""
    typer = Path(sys.executable).with_name("typer")
    command = [str(typer), "--app", "dlm_app", "dlm_lsp.cli.app", "utils", "docs", "--name", "dlm"]
    made = subprocess.run(
        [*command, "--title", "Commands"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    # The lists of commands cut off what each does, and the page has a table of contents.
    page = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+\n?", "", made.stdout)
    page = page.replace("A key of the registry", "A key of the [registry](base-models.md)")
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
        "`dlm.dimMarkers`, `dlm.path` and `dlm.interpreter` are for VS Code alone. The server does "
        "not know them.",
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


def base_models_page() -> str:
    """Return every model of the registry: its key, hub id, size and licence."""
    models = sorted(base_models().values(), key=lambda model: (model.size_gb_fp16, model.key))
    lines = [
        _MADE,
        "",
        _ABOUT_MODELS,
        *_model_rows(model for model in models if model.modality.startswith("text")),
        "",
        _ABOUT_OTHER_MODELS,
        *_model_rows(model for model in models if not model.modality.startswith("text")),
    ]
    return "\n".join(lines) + "\n"


def _model_rows(models: Iterable[RegisteredModel]) -> Iterator[str]:
    yield "| key | id on the hub | size | licence | to be accepted |"
    yield "|---|---|--:|---|---|"
    for model in models:
        licence = "other" if model.license_spdx == "Other" else model.license_spdx
        accepted = "yes" if model.requires_acceptance else ""
        size = f"{model.size_gb_fp16:g} GB"
        yield f"| `{model.key}` | `{model.hf_id}` | {size} | {licence} | {accepted} |"


PAGES = {
    ROOT / "docs" / "base-models.md": base_models_page,
    ROOT / "docs" / "commands.md": commands_page,
    ROOT / "docs" / "settings.md": settings_page,
}


if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
