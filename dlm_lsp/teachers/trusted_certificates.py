"""Trusted certificates: whom to believe that a server is who it says, as the environment names it.

Read here and not by the HTTP client, which fails at a missing file without a word of where it was
named, and reads it also for a server without TLS.
"""

import os
import ssl
from pathlib import Path

from dlm_lsp.errors import TeacherError
from dlm_lsp.store.os_reason import os_reason
from dlm_lsp.teachers.endpoint import Endpoint
from dlm_lsp.teachers.proxy_choice import Proxy


def trusted_certificates(endpoint: Endpoint, proxy: Proxy | None) -> ssl.SSLContext | None:
    """Return the certificates that SSL_CERT_FILE or SSL_CERT_DIR names; None for the system's.

    Raises:
        TeacherError: they cannot be read, and a connection would need them.
    """
    if not any(url.startswith("https://") for url in (endpoint.url, proxy.url if proxy else "")):
        # Nothing is encrypted, so nothing needs to be read.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if file := os.environ.get("SSL_CERT_FILE"):
        try:
            return ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            raise _unreadable("SSL_CERT_FILE", "the file holds none in PEM") from None
        except OSError as error:
            raise _unreadable("SSL_CERT_FILE", os_reason(error)) from None
    if folders := os.environ.get("SSL_CERT_DIR"):
        if not any(Path(folder).is_dir() for folder in folders.split(os.pathsep)):
            raise _unreadable("SSL_CERT_DIR", "there is no such folder")
        return ssl.create_default_context(capath=folders)
    return None


def _unreadable(variable: str, reason: str) -> TeacherError:
    return TeacherError(
        f"the certificates that {variable} names cannot be read ({reason}); correct or unset it"
    )
