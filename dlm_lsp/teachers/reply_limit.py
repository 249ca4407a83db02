"""Reply limit: the body of an answer is read so far and no further, once decompressed.

A server can send without end, or a few kilobytes that unpack to gigabytes. What the HTTP client
makes of one part of a body has a size that depends on its version and on the encodings that are
installed, so the one encoding that is asked for is unpacked here.
"""

import zlib
from contextlib import aclosing
from typing import Any

REPLY_LIMIT = 8 * 2**20
"""How many bytes of an answer are read: many times what a model writes or a server lists."""

FILE_LIMIT = 2**30
"""How many bytes of a file are read, which may hold the answers to a hundred thousand requests."""

# How the SDKs ask for a file.
_FILE_TYPE = "application/binary"

REPLY_HEADERS = {"accept-encoding": "gzip"}
"""What a request has to say for `read_reply` to understand the answer."""

# These speak of the body as it was sent.
_OF_THE_WIRE = frozenset(("content-encoding", "content-length", "transfer-encoding"))
_GZIP_NAMES = frozenset(("gzip", "x-gzip"))
_GZIP_FORMAT = 16 + zlib.MAX_WBITS
_GZIP_START = b"\x1f"


class UnreadReplyError(Exception):
    """An answer is not read to its end, and would not be if it came again."""


class OversizedReplyError(UnreadReplyError):
    """An answer is larger than REPLY_LIMIT bytes."""


class EncodedReplyError(UnreadReplyError):
    """An answer is compressed in a way that was not asked for, or not as it says."""


async def read_reply(response: Any) -> Any:
    """Return a response of httpx whose body is not read yet with its body read and decompressed.

    Raises:
        OversizedReplyError: it is too large.
        EncodedReplyError: it is not in an encoding of REPLY_HEADERS, of which no byte is read then,
            or it is broken or cut off. That of an error counts as empty.

    Either way the connection is closed.
    """
    try:
        body = await _read_body(response)
    finally:
        await response.aclose()
    headers = response.headers.multi_items()
    return type(response)(
        response.status_code,
        headers=[(name, value) for name, value in headers if name.lower() not in _OF_THE_WIRE],
        content=body,
        request=response.request,
        extensions=response.extensions,
    )


async def _read_body(response: Any) -> bytes:
    try:
        unzip = _Unzip() if _is_compressed(response) else None
    except EncodedReplyError:
        # The page of a proxy: its status says enough, and whether to ask again.
        if response.is_error:
            return b""
        raise
    # What was asked for decides, not what the server says that it sends.
    limit = FILE_LIMIT if response.request.headers.get("accept") == _FILE_TYPE else REPLY_LIMIT
    body = bytearray()
    received = 0
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            received += len(part)
            # One byte more than is read says that there is more.
            body += unzip.unpack(part, limit - len(body) + 1) if unzip else part
            # Parts that unpack to nothing can come without end too.
            if max(received, len(body)) > limit:
                raise OversizedReplyError
    if unzip and received and not unzip.is_whole:
        raise EncodedReplyError
    return bytes(body)


class _Unzip:
    """Unpacks gzip part by part: one member after another (RFC 1952 §2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_FORMAT)

    @property
    def is_whole(self) -> bool:
        return self._member.eof

    def unpack(self, part: bytes, most: int) -> bytes:
        body = bytearray()
        try:
            while part and len(body) < most:
                if self._member.eof:
                    # What follows the last member and is none is not looked at, as elsewhere.
                    if not part.startswith(_GZIP_START):
                        break
                    self._member = zlib.decompressobj(_GZIP_FORMAT)
                body += self._member.decompress(part, most - len(body))
                part = self._member.unused_data
        except zlib.error as error:
            raise EncodedReplyError from error
        return bytes(body)


def _is_compressed(response: Any) -> bool:
    values = response.headers.get_list("content-encoding", split_commas=True)
    encodings = [value.strip().lower() for value in values]
    encodings = [encoding for encoding in encodings if encoding not in ("", "identity")]
    if len(encodings) > 1 or not _GZIP_NAMES.issuperset(encodings):
        raise EncodedReplyError
    return bool(encodings)
