"""Python API: what programs call by way of `dlm_lsp`, and what the shell stands on."""
