"""Run the language server: `python -m dlm_lsp`."""

from dlm_lsp.server.main import main

if __name__ == "__main__":
    main()
