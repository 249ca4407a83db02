"""What goes wrong with a local model."""


class LocalError(Exception):
    """Something a local model cannot do, in one line that ends with what to do about it."""
