"""Reply limit: the body of an answer is read so far and no further, once decompressed."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from support.http_servers import Answer, Flood, Request, WireServer, chat_completion
from support.teacher_calls import FINE, outcome, served

from dlm_lsp.errors import TeacherError
from dlm_lsp.teachers.anthropic_messages import anthropic_teacher
from dlm_lsp.teachers.kind import TeacherContext
from dlm_lsp.teachers.protocol import GenerationOptions, Teacher
from dlm_lsp.teachers.reply_limit import REPLY_LIMIT

MIB = 2**20
BLANKS = b" " * MIB


def gzip_bomb() -> bytes:
    """A quarter of a gigabyte of blanks, in a quarter of a megabyte."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(BLANKS) for _ in range(256)) + packer.flush()


FLOODS = {
    "blanks": Flood(BLANKS),
    "an endless string": Flood(b'{"choices": [{"message": {"content": "' + b"a" * MIB),
}
BOMB = Answer(gzip_bomb(), headers={"content-encoding": "gzip"})


@pytest.fixture
def little_memory() -> Iterator[None]:
    """The test may allocate a few times what is read of a reply."""
    assert AsyncAnthropic
    assert AsyncOpenAI
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * REPLY_LIMIT


def openai(url: str) -> Teacher:
    return served(url, timeout=60.0)


def anthropic(url: str) -> Teacher:
    del url
    return anthropic_teacher(TeacherContext("m", GenerationOptions(), concurrency=1, timeout=60.0))


@pytest.fixture(params=[openai, anthropic])
def teacher_at(request, monkeypatch):
    """What makes a teacher of the server at a URL."""

    def teacher(url: str) -> Teacher:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "the-key-in-the-environment")
        return request.param(url)

    return teacher


def card(request: Request) -> Answer | None:
    """The answer to a look-up of the models, None to anything else."""
    return Answer({"id": "m", "data": [{"id": "m"}]}) if request.method == "GET" else None


@pytest.mark.parametrize("answer", [*FLOODS.values(), BOMB], ids=[*FLOODS, "a gzip bomb"])
@pytest.mark.usefixtures("little_memory")
async def test_a_reply_without_end_costs_its_request_and_no_memory(teacher_at, answer):
    async def behave(request: Request):
        return card(request) or answer

    async with WireServer(behave) as server:
        failed = await outcome(teacher_at(server.url))
        assert isinstance(failed, TeacherError)
        assert f"more than {REPLY_LIMIT // MIB} MiB" in str(failed)
        # It may have been billed, and would come again as it was.
        assert [request.method for request in server.requests] == ["GET", "POST"]
        # What fills the buffers of the connection was sent and never read.
        assert server.flooded < REPLY_LIMIT + 16 * MIB


@pytest.mark.parametrize("answer", [*FLOODS.values(), BOMB], ids=[*FLOODS, "a gzip bomb"])
@pytest.mark.usefixtures("little_memory")
async def test_a_list_of_models_without_end_is_told(teacher_at, answer):
    async def behave(_: Request):
        return answer

    async with WireServer(behave) as server:
        teacher = teacher_at(server.url)
        with pytest.raises(TeacherError, match=f"more than {REPLY_LIMIT // MIB} MiB"):
            await teacher.prepare()
        await teacher.aclose()
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.usefixtures("little_memory")
async def test_an_error_page_without_end_is_told(teacher_at, status):
    bomb = Answer(BOMB.body, status, BOMB.headers)

    async def behave(request: Request):
        return card(request) or bomb

    async with WireServer(behave) as server:
        assert "more than" in str(await outcome(teacher_at(server.url)))


async def test_a_compressed_reply_below_the_limit_is_read():
    body = gzip.compress(json.dumps(chat_completion("fine")).encode())

    async def behave(request: Request):
        return card(request) or Answer(body, headers={"content-encoding": "gzip"})

    async with WireServer(behave) as server:
        assert await outcome(served(server.url)) == FINE


@pytest.mark.parametrize("encoding", ["zstd", "br", "deflate", "gzip, gzip", "compress"])
async def test_a_reply_in_an_encoding_that_was_not_asked_for_is_not_read(teacher_at, encoding):
    flood = Flood(BLANKS, headers={"content-encoding": encoding})

    async def behave(request: Request):
        return card(request) or flood

    async with WireServer(behave) as server:
        failed = await outcome(teacher_at(server.url))
        assert isinstance(failed, TeacherError)
        assert "send gzip" in str(failed)
        assert {request.headers["accept-encoding"] for request in server.requests} == {"gzip"}
        # It may have been billed, and would come again as it was.
        assert [request.method for request in server.requests] == ["GET", "POST"]
        # What fills the buffers of the connection was sent and never read.
        assert server.flooded < 16 * MIB


async def test_a_reply_that_is_no_gzip_as_it_says_is_told(teacher_at):
    async def behave(request: Request):
        return card(request) or Answer(chat_completion("x"), headers={"content-encoding": "gzip"})

    async with WireServer(behave) as server:
        assert "send gzip" in str(await outcome(teacher_at(server.url)))
        assert len(server.requests) == 2


async def test_a_compressed_reply_that_is_cut_off_is_told(teacher_at):
    body = gzip.compress(json.dumps(chat_completion("x")).encode())

    async def behave(request: Request):
        return card(request) or Answer(body[:-9], headers={"content-encoding": "gzip"})

    async with WireServer(behave) as server:
        assert "send gzip" in str(await outcome(teacher_at(server.url)))


@pytest.mark.parametrize("end", [b"", b"\0\0"], ids=["", "and what is no gzip behind them"])
async def test_a_compressed_reply_in_several_members_is_read_whole(end):
    body = json.dumps(chat_completion("fine")).encode()
    members = gzip.compress(body[:20]) + gzip.compress(body[20:]) + end

    async def behave(request: Request):
        return card(request) or Answer(members, headers={"content-encoding": "gzip"})

    async with WireServer(behave) as server:
        assert await outcome(served(server.url)) == FINE


async def test_an_error_page_in_another_encoding_is_told_by_its_status(teacher_at):
    page = Answer(b"page", status=503, headers={"content-encoding": "br", "retry-after": "0"})

    async def behave(request: Request):
        return card(request) or page

    async with WireServer(behave) as server:
        assert "503" in str(await outcome(teacher_at(server.url)))
        # It is asked again, as after any 503.
        assert len(server.requests) > 2


def stored_blocks(count: int) -> bytes:
    """Gzip that never comes to a byte of what it holds."""
    packer = zlib.compressobj(wbits=31)
    return packer.flush(zlib.Z_SYNC_FLUSH) + b"\0\0\0\xff\xff" * count


async def test_a_reply_that_unpacks_to_nothing_without_end_is_told(teacher_at):
    endless = Answer(stored_blocks(REPLY_LIMIT // 4), headers={"content-encoding": "gzip"})

    async def behave(request: Request):
        return card(request) or endless

    async with WireServer(behave) as server:
        assert "more than" in str(await outcome(teacher_at(server.url)))


@pytest.mark.parametrize("encoding", ["identity", "", "X-GZIP", "identity, gzip"])
async def test_every_name_of_gzip_and_of_none_is_understood(encoding):
    body = json.dumps(chat_completion("fine")).encode()
    body = gzip.compress(body) if "gzip" in encoding.lower() else body

    async def behave(request: Request):
        return card(request) or Answer(body, headers={"content-encoding": encoding})

    async with WireServer(behave) as server:
        assert await outcome(served(server.url)) == FINE


async def test_a_long_reply_below_the_limit_is_read():
    text = "a" * (REPLY_LIMIT - MIB)

    async def behave(request: Request):
        return card(request) or Answer(chat_completion(text))

    async with WireServer(behave) as server:
        assert getattr(await outcome(served(server.url)), "text", None) == text
