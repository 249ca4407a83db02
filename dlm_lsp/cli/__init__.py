"""Command line `dlm`: the only room that imports typer, rich and matplotlib."""
