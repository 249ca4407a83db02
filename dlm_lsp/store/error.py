"""What can go wrong on disk."""


class StoreError(Exception):
    """Something on disk that cannot be read or written, in one line that says what to do."""


class NotFoundError(StoreError):
    """A file that is not there."""


def why(error: OSError) -> str:
    """Return the system's reason for `error`, without the path that the caller names anyway."""
    return error.strerror or type(error).__name__
