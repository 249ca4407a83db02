"""Prompt server: a teacher in a process of its own, which answers many requests after a wait each.

Run as `python -m bench.prompt_server SECONDS`: it prints its address, and serves until it is ended;
at `/asked` it tells how many requests it was sent.
What it takes of the processor counts against the run beside it, so it is as lean as can be.
"""

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench.river_teacher import MODEL, completion, reply_to

_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "


@contextmanager
def prompt_server(delay: float) -> Iterator[str]:
    """Serve in another process; yield the address."""
    command = [sys.executable, "-m", "bench.prompt_server", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def asked_of(url: str) -> int:
    """Return how many requests a prompt server was sent."""
    with urllib.request.urlopen(f"{url}/asked") as answer:
        return int(json.load(answer)["asked"])


async def _serve(delay: float) -> None:
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
                if length:
                    request = json.loads(await reader.readexactly(length))
                    asked += 1
                    await asyncio.sleep(delay)
                    payload: object = completion(reply_to(request))
                elif head.startswith(b"get /asked"):
                    payload = {"asked": asked}
                else:
                    payload = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
                body = json.dumps(payload)
                writer.write(f"{_HEAD}{len(body)}\r\n\r\n{body}".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
