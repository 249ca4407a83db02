"""Installation hints: the distribution's name, and the command that brings one of its extras."""

DISTRIBUTION = "dlm-synth"
"""Not the name of the import package: on the package index, `dlm-lsp` is another program."""


def install_hint(extra: str | None, distribution: str = DISTRIBUTION) -> str:
    """Return the command that installs an extra, quoted so that every shell takes it."""
    return f'pip install "{distribution}[{extra}]"' if extra else f"pip install {distribution}"
