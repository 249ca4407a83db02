"""Reply limit: the body of an answer is read so far and no further, once decompressed.

A server can send without end, or a few kilobytes that unpack to gigabytes.
"""

from contextlib import aclosing
from typing import Any

REPLY_LIMIT = 8 * 2**20
"""How many bytes of an answer are read: many times what a model writes or a server lists."""

# These speak of the body as it was sent.
_OF_THE_WIRE = frozenset(("content-encoding", "content-length", "transfer-encoding"))


class OversizedReplyError(Exception):
    """An answer is larger than REPLY_LIMIT bytes."""


async def read_reply(response: Any) -> Any:
    """Return a response of httpx whose body is not read yet with its body read and decompressed.

    Raises:
        OversizedReplyError: it is too large; the connection is closed.
    """
    body = bytearray()
    try:
        async with aclosing(response.aiter_bytes()) as parts:
            async for part in parts:
                body += part
                if len(body) > REPLY_LIMIT:
                    raise OversizedReplyError
    finally:
        await response.aclose()
    headers = response.headers.multi_items()
    return type(response)(
        response.status_code,
        headers=[(name, value) for name, value in headers if name.lower() not in _OF_THE_WIRE],
        content=bytes(body),
        request=response.request,
        extensions=response.extensions,
    )
