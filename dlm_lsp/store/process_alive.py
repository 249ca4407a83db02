"""Process liveness: whether a process of this machine still runs."""

import os
import sys


def is_alive(pid: int) -> bool:
    """Return whether the process `pid` runs, whoever it belongs to."""
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


if sys.platform == "win32":
    # `os.kill(pid, 0)` would end the process there instead of asking for it.
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _WAIT_TIMEOUT = 0x102
    _ERROR_ACCESS_DENIED = 5

    def _is_alive_on_windows(pid: int) -> bool:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        process = kernel.OpenProcess(_SYNCHRONIZE, False, ctypes.c_ulong(pid))
        if not process:
            return ctypes.get_last_error() == _ERROR_ACCESS_DENIED
        try:
            waited = kernel.WaitForSingleObject(ctypes.c_void_p(process), 0)
            return bool(waited == _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(ctypes.c_void_p(process))
