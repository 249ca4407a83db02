"""Language server: decode, call, encode. The only room that imports pygls and lsprotocol."""

from dlm_lsp.conflicts import check_environment


def main() -> None:
    """Refuse to start: this is the entry point of the reference's server, which overwrote ours."""
    check_environment("dlm-lsp")
