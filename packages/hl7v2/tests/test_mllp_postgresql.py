"""An inbox in PostgreSQL that several listeners share, on a server started for these tests."""

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from samspil_hl7v2.mllp import Inbox, InboxFault, Received, send
from samspil_hl7v2.mllp.inbox import Mark, Turn
from tools.postgres import Postgres, missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"machine: {missing()}"),
    pytest.mark.xdist_group("postgresql"),
]
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
MAIN = "from samspil_hl7v2.cli import group; group()"


@pytest.fixture(scope="module")
def server():
    """A server for this file."""
    with Postgres() as made:
        yield made


@pytest.fixture
def url(server):
    """An empty inbox."""
    empty = Inbox(server.url)
    with empty._database.transaction(writing=True) as run:
        run("TRUNCATE inbox RESTART IDENTITY")
    empty.close()
    return server.url


@pytest.fixture
def two(url):
    """The inbox, opened twice."""
    made = Inbox(url), Inbox(url)
    yield made
    for each in made:
        each.close()


def message(number, sender):
    """Give a message of a sender."""
    text = f"MSH|^~\\&|{sender}|HOSP|||20240131||ADT^A08|{number}|P|2.5\rPID|||{number}^^^HOSP||Sørensen^Karen\r"
    return text.encode()


# -- the inbox --


def test_a_repetition_is_known_whoever_took_the_first(two):
    """The same bytes at two listeners are one message; so they are after they were delivered."""
    one, other = two
    first = Received("LAB|HOSP", "1", b"a")
    assert [each.again for each in one.keep([first, first, Received("LAB|HOSP", "1", b"b")], AT)] == [
        False,
        True,
        False,
    ]
    assert other.keep([first], AT) == [(1, True)]
    one.turns([Turn("LAB|HOSP", Mark(1, "delivered"))])
    assert other.keep([first], AT) == [(1, True)]
    assert other.letter(1).data == b""
    assert one.counts() == {"waiting": 1, "dead": 0, "delivered": 1}


def test_one_listener_delivers_for_a_sender(two, until):
    """The other is told that nothing waits, until the first has nothing left or is gone."""
    one, other = two
    one.keep([Received("A", "1", b"a"), Received("A", "2", b"b"), Received("B", "1", b"c")], AT)
    assert one.turns([Turn("A")])[0].number == 1
    assert [letter and letter.number for letter in other.turns([Turn("A"), Turn("B")])] == [None, 3]
    assert one.turns([Turn("A", Mark(1, "delivered"))])[0].number == 2
    one.close()
    asyncio.run(until(lambda: other.turns([Turn("A")])[0] is not None))  # the server notices
    assert other.turns([Turn("A")])[0].number == 2


def test_what_has_nothing_left_is_given_back(two):
    """A sender that is quiet belongs to nobody."""
    one, other = two
    one.keep([Received("A", "1", b"a")], AT)
    one.turns([Turn("A")])
    assert one.turns([Turn("A", Mark(1, "delivered"))]) == [None]
    one.keep([Received("A", "2", b"b")], AT)
    assert other.turns([Turn("A")])[0].number == 2


def test_a_late_mark_changes_nothing(two):
    """A listener that lost its session marks what another delivered meanwhile."""
    one, other = two
    one.keep([Received("A", "1", b"a")], AT)
    other.turns([Turn("A", Mark(1, "delivered"))])
    one.turns([Turn("A", Mark(1, "dead", "HTTP 422"))])
    assert one.counts() == {"waiting": 0, "dead": 0, "delivered": 1}


def test_dead_messages_wait_again_and_traces_are_forgotten(two):
    """As in a file."""
    one, _ = two
    one.keep([Received("A", "1", b"wrong", dead="no"), Received("B\0", "\0", b"x"), Received("", "", b"y")], AT)
    assert one.replay([1, 2], AT, b"right") == [2]
    assert [each.data for each in one.letters("waiting")] == [b"right", b"x", b"y"]
    assert one.senders() == ["", "A", "B\N{REPLACEMENT CHARACTER}"]
    assert one.oldest() == AT
    one.turns([Turn("A", Mark(1, "delivered")), Turn("", Mark(3, "waiting", "HTTP 503", AT + timedelta(seconds=9)))])
    assert one.forget(AT + timedelta(seconds=1)) == 1
    assert (one.letter(1), one.letter(3).due, one.letter(3).attempts) == (None, AT + timedelta(seconds=9), 1)


def test_a_database_that_is_away_is_a_fault_and_comes_back(server, two):
    """The same object goes on with the server that was started again."""
    one, _ = two
    one.keep([Received("A", "1", b"a")], AT)
    server.kill()
    with pytest.raises(InboxFault):
        one.keep([Received("A", "2", b"b")], AT)
    server.start()
    assert [each.again for each in one.keep([Received("A", "1", b"a"), Received("A", "2", b"b")], AT)] == [True, False]


# -- listeners --


@asynccontextmanager
async def listener(url, out):
    """Run `listen` as a process of its own; give it and its port."""
    given = ["listen", "--port", "0", "--inbox", url, "--to", str(out)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MAIN, *given, stderr=asyncio.subprocess.PIPE)
    line = (await process.stderr.readline()).decode()
    assert line.startswith("listening on 127.0.0.1 port "), line
    quiet = asyncio.create_task(process.stderr.read())
    try:
        yield process, int(line.split()[-1])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await quiet


async def feed(ports, sender, count, acknowledged):
    """Send each message until it is acknowledged, at the next listener where one is gone."""
    for number in range(count):
        while (sender, number) not in acknowledged:
            ports.append(ports.pop(0))
            try:
                async for sent in send([message(number, sender)], host="127.0.0.1", port=ports[0], seconds=5):
                    if sent.accepted:
                        acknowledged.append((sender, number))
            except OSError:
                pass
            if (sender, number) not in acknowledged:
                await asyncio.sleep(0.1)


def delivered(out):
    """Sender and number of each bundle, in the order of the inbox."""
    made = [json.loads(file.read_bytes()) for file in sorted(out.glob("*.json"))]
    return [(each["identifier"]["assigner"]["display"].split()[1], int(each["identifier"]["value"])) for each in made]


def waiting(url):
    """How many messages wait."""
    inbox = Inbox(url)
    try:
        return inbox.counts()["waiting"]
    finally:
        inbox.close()


@pytest.mark.parametrize("victim", ["a listener", "the database server"])
def test_two_listeners_share_an_inbox_and_one_fault_loses_nothing(server, url, tmp_path, victim, until):
    """Four senders, each message at the other listener than the one before: each is delivered once, in its sender's order."""
    acknowledged, count = [], 40

    async def run():
        out = tmp_path / "out"
        async with listener(url, out) as (first, one), listener(url, out) as (_second, other):
            feeds = asyncio.gather(*[feed([one, other], sender, count, acknowledged) for sender in "ABCD"])
            await until(lambda: len(acknowledged) > 30)
            if victim == "a listener":
                first.send_signal(signal.SIGKILL)
            else:
                server.kill()
                await asyncio.sleep(1)
                server.start()
            await feeds
            await until(lambda: waiting(url) == 0)

    asyncio.run(run())
    told = delivered(tmp_path / "out")
    assert len(acknowledged) == 4 * count
    assert sorted(told) == sorted(acknowledged)
    assert all([at for who, at in told if who == sender] == list(range(count)) for sender in "ABCD")
