"""The body of a request is whole, within its limit, or no body."""

import asyncio

import pytest

from samspil_core.asgi import Disconnected, live, origin_form, read_body

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


@pytest.mark.parametrize(
    ("raw", "root", "path", "host"),
    [
        (b"http://other:81/a%20b", "", "/a b", b"other:81"),
        (b"HTTPS://who@other", "", "/", b"other"),
        (b"/base" + b"http://other/x", "/base", "/base/x", b"other"),
        (b"/http://other/x", "", "/http://other/x", b"t"),
        (b"*", "", "*", b"t"),
    ],
)
def test_an_address_with_a_host_is_asked_for_as_one_without(raw, root, path, host):
    """The host of the address counts, and not that of the header (RFC 9112, 3.2.2)."""
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope)

    asked = {
        "type": "http",
        "raw_path": raw,
        "path": raw.decode(),
        "root_path": root,
        "headers": [(b"host", b"t"), (b"a", b"b")],
    }
    asyncio.run(origin_form(app)(asked, None, None))
    assert (seen[0]["path"], dict(seen[0]["headers"])[b"host"]) == (path, host)
    assert sorted(name for name, _ in seen[0]["headers"]) == [b"a", b"host"]


def test_what_is_no_request_for_an_address_passes():
    seen = []

    async def app(scope, _receive, _send):
        seen.append(scope)

    asyncio.run(origin_form(app)({"type": "lifespan"}, None, None))
    assert seen == [{"type": "lifespan"}]
