"""Trainable documents: texts about mills that a small random model learns in seconds."""

from pathlib import Path

from dlm_lsp.document import parse
from dlm_lsp.training.plan import TrainingInput

ID = "01K7XW3Q9DGEMM4N2BT5RHV8CE"


def pair(number: int, adapter: str = "") -> str:
    return (
        f"::instruction{adapter}::\n### Q\nHow many wheels has mill {number}?\n"
        f"### A\nMill {number} has {number} wheels.\n"
    )


def text(base: str | Path, training: str = "", body: str | None = None, system: str = "") -> str:
    """Return a document; `training` is YAML lines under that key, indented by two."""
    body = body or "The mill of Ashford has two wheels.\n" + "".join(map(pair, range(9)))
    return (
        f"---\ndlm_id: {ID}\ndlm_version: 15\nbase_model: hf:{base}\n{system}"
        f"training:\n  num_epochs: 1\n{training}---\n{body}"
    )


def training_input(
    folder: Path, base: str | Path, training: str = "", body: str | None = None
) -> TrainingInput:
    """Return a document in `folder` whose store is beside it."""
    path = folder / "mills.dlm"
    path.write_text(text(base, training, body))
    document = parse(path.read_text())
    assert document.frontmatter is not None, document.problems
    return TrainingInput(path, document, document.frontmatter, folder / "store" / ID)
