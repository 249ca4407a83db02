"""The `dlm` command. The only room that imports typer and rich."""
