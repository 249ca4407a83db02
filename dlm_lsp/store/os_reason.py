"""OS errors: why the system refused, in its own words."""


def os_reason(error: OSError) -> str:
    """Return the system's reason for `error`, without the path that the caller names anyway."""
    return error.strerror or type(error).__name__
