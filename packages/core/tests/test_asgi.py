"""The body of a request is whole, within its limit, or no body."""

import asyncio

import pytest

from samspil_core.asgi import Disconnected, live, read_body

PIECE = {"type": "http.request", "body": b"ab", "more_body": True}
END = {"type": "http.request", "body": b"c"}


def read(messages, limit=100, **more):
    """Read a body that comes in messages."""
    left = list(messages)

    async def receive():
        return left.pop(0)

    return asyncio.run(read_body(receive, limit, **more)), left


def test_pieces_become_one_body():
    assert read([PIECE, PIECE, END])[0] == b"ababc"
    assert read([{"type": "http.request"}])[0] == b""


def test_what_is_too_long_is_not_read_to_its_end():
    assert read([PIECE, PIECE, PIECE, END], limit=3) == (None, [PIECE, END])
    assert read([PIECE, END], limit=3)[0] == b"abc"


def test_a_body_that_breaks_off_is_no_body():
    """Half a message must never be taken for a whole one."""
    with pytest.raises(Disconnected):
        read([PIECE, {"type": "http.disconnect"}])


def test_each_piece_is_told_before_it_is_kept():
    sizes = []
    read([PIECE, END], seen=sizes.append)
    assert sizes == [2, 1]


def test_a_lifespan_with_nothing_to_do_is_answered_and_ends():
    left, sent = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}, {"type": "never taken"}], []

    async def receive():
        return left.pop(0)

    async def send(message):
        sent.append(message["type"])

    asyncio.run(live(receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert len(left) == 1
