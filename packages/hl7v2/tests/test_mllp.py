"""The listener, its inbox, delivery and the client."""

import asyncio
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from samspil_hl7v2.batch import Options
from samspil_hl7v2.cli import group
from samspil_hl7v2.mllp import (
    Deliverer,
    Folder,
    Inbox,
    InboxFault,
    Limits,
    Received,
    Server,
    acknowledge,
    listening,
    send,
)
from samspil_hl7v2.mllp.acknowledgement import answer_of
from samspil_hl7v2.mllp.delivery import Result
from samspil_hl7v2.mllp.framing import Frames, frame
from samspil_hl7v2.mllp.header import header
from samspil_hl7v2.mllp.inbox import Mark, Turn
from samspil_hl7v2.mllp.metrics import Metrics, serve_metrics

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def message(number, sender="LAB", more=""):
    """Give a message; `more` are MSH-15 and MSH-16."""
    text = f"MSH|^~\\&|{sender}|HOSP|EHR|WARD|20240131||ADT^A08|{number}|P|2.5||{more}\rPID|||{number}^^^HOSP||Sørensen^Karen\r"
    return text.encode()


# -- answers --


@pytest.mark.parametrize(
    ("more", "outcome", "code"),
    [
        ("", "accepted", "AA"),
        ("", "error", "AE"),
        ("", "rejected", "AR"),
        ("|AL|NE", "accepted", "CA"),
        ("|AL|NE", "error", "CE"),
        ("|AL|NE", "rejected", "CR"),
        ("||AL", "accepted", "CA"),
        ("|ER|", "accepted", None),
        ("|ER|", "error", "CE"),
        ("|SU|", "accepted", "CA"),
        ("|SU|", "rejected", None),
        ("|NE|", "error", None),
    ],
)
def test_the_answer_follows_the_mode_that_the_sender_asks_for(more, outcome, code):
    """Original mode without MSH-15 and MSH-16; enhanced mode by table 0155 with one of them."""
    answer = acknowledge(header(message(7, more=more)), outcome, AT, "12")
    assert answer_of(answer or b"") == ((code, "7") if code else ("", ""))


def test_an_answer_goes_back_to_the_sender():
    """Sender and receiver change places; the event, the separators, the processing id and the version are the message's."""
    head = header(b"MSH#:~\\&#LAB#HOSP#EHR#WARD#2024##ORU:R01#X1#T#2.4\r")
    assert acknowledge(head, "accepted", AT, "12") == (
        b"MSH#:~\\&#EHR#WARD#LAB#HOSP#20260301123000+0000##ACK:R01:ACK#12#T#2.4\rMSA#AA#X1\r"
    )


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(data):
    """Whatever comes, an answer can be made of its header, or of none."""
    assert answer_of(acknowledge(header(data), "rejected", AT, "0", "why") or b"")[0] in {"AR", "CR", ""}


# -- frames --


def read_all(data, limit=1000, seconds=5.0):
    """Give the messages in the bytes of a stream."""

    async def run():
        reader = asyncio.StreamReader(limit=64)
        reader.feed_data(data)
        reader.feed_eof()
        found, frames = [], Frames(reader)
        while (one := await frames.next(limit, seconds)) is not None:
            found.append(one)
        return found

    return asyncio.run(run())


@given(st.lists(st.binary(max_size=300).filter(lambda each: b"\x1c" not in each and b"\x0b" not in each)))
def test_frames_give_their_messages(messages):
    """What is framed is read again, with or without noise between the frames."""
    assert read_all(b"\r\n".join(frame(each) for each in messages)) == messages


def test_a_frame_without_end_is_no_message():
    """The sender of a message that was cut off has no answer, and sends it again."""
    assert read_all(b"\x0bMSH|cut") == []


@pytest.mark.parametrize("first", [b"", b"MSH|^~", b"MSH|^~\\&|A|B|||2024||ADT^A01|5|P|2.5\rPID|1||44", b"x" * 500])
def test_a_frame_begun_anew_is_not_joined_to_the_one_broken_off(first):
    """A sender that breaks off and starts again on the same connection has its second message read as it is."""
    whole = b"MSH|^~\\&|A|B|||2024||ADT^A01|6|P|2.5\r"
    assert read_all(b"\x0b" + first + frame(whole) + frame(b"next")) == [whole, b"next"]


@pytest.mark.parametrize("end", [b"\x1c\r", b"\x1c\n", b"\x1c\r\n", b"\x1c", b"\x1c\x1c\r"])
def test_a_block_end_in_a_text_is_content(end):
    """What follows it in the message is not lost; a frame ends where a line end follows, the next frame, or nothing."""
    whole = b"MSH|^~\\&|A\rNTE|1||one\x1ctwo\x1c three" + b"x" * 100 + b"\x1cfour\r"
    data = b"\x0b" + whole + end
    assert read_all(data + data) == [whole, whole]


def test_a_block_end_that_nothing_follows_for_a_moment_ends_the_frame():
    """A sender that leaves the carriage return out has its answer; a late one is no content of what comes next."""

    async def run():
        reader = asyncio.StreamReader()
        frames = Frames(reader)
        reader.feed_data(b"\x0bMSH|1\r\x1c")
        first = await frames.next(1000, 5.0)
        reader.feed_data(b"\r\x0bMSH|2\r\x1c\r")
        return first, await frames.next(1000, 5.0)

    assert asyncio.run(run()) == (b"MSH|1\r", b"MSH|2\r")


def test_a_vertical_tab_in_a_text_is_content():
    """Texts out of word processors hold them: only one before an MSH begins a frame."""
    whole = b"MSH|^~\\&|A\rNTE|1||one\x0btwo\x0bMSHA\r"
    assert read_all(frame(whole)) == [whole]


# -- the inbox --


@pytest.fixture
def inbox(tmp_path):
    """An inbox of its own."""
    held = Inbox(tmp_path / "inbox.db")
    yield held
    held.close()


def test_the_same_message_is_kept_once(inbox):
    """Sender, control id and bytes tell a repetition; other bytes under the same id are another message."""
    first, again, other = (Received("LAB|HOSP", "1", data) for data in (b"a", b"a", b"b"))
    kept = inbox.keep([first, again, other], AT)
    assert [one.again for one in kept] == [False, True, False]
    assert kept[0].number == kept[1].number < kept[2].number
    inbox.turns([Turn("LAB|HOSP", Mark(1, "delivered"))])
    assert inbox.keep([first], AT)[0].again
    assert inbox.forget(AT + timedelta(seconds=1)) == 1
    assert not inbox.keep([first], AT)[0].again


def test_what_is_delivered_keeps_no_content(inbox, tmp_path):
    """The content of a delivered message is gone from the inbox."""
    inbox.keep([Received("LAB|HOSP", "1", b"Karen")], AT)
    inbox.turns([Turn("LAB|HOSP", Mark(1, "delivered"))])
    assert inbox.letter(1).data == b""
    assert inbox.counts() == {"waiting": 0, "dead": 0, "delivered": 1}


def test_a_dead_message_can_be_mended_and_wait_again(inbox):
    """Only a dead one; with other bytes where they are given."""
    inbox.keep([Received("LAB|HOSP", "1", b"wrong")], AT)
    assert inbox.replay([1], AT) == [1]
    assert inbox.turns([Turn("LAB|HOSP", Mark(1, "dead", "HTTP 422"))]) == [None]
    assert [(one.number, one.why) for one in inbox.letters("dead")] == [(1, "HTTP 422")]
    assert inbox.replay([1], AT, b"right") == []
    assert [(one.data, one.attempts) for one in inbox.turns([Turn("LAB|HOSP")])] == [(b"right", 0)]


def test_the_same_message_twice_in_one_group_is_kept_once(inbox):
    """Two connections may bring it at the same moment."""
    both = inbox.keep([Received("LAB|HOSP", "1", b"a"), Received("LAB|HOSP", "1", b"a")], AT)
    assert both == [(1, False), (1, True)]


def test_groups_of_any_size_are_kept(inbox):
    """More than one statement holds."""
    made = [Received("LAB|HOSP", str(at), b"a") for at in range(1001)]
    assert [one.number for one in inbox.keep(made, AT)] == list(range(1, 1002))


def test_what_is_forgotten_goes_some_at_a_time(inbox):
    """So that nobody waits long for the lock."""
    inbox.keep([Received("A", str(at), b"a") for at in range(5)], AT)
    inbox.turns([Turn("A", Mark(at, "delivered")) for at in range(1, 6)])
    later = AT + timedelta(seconds=1)
    assert [inbox.forget(later, 2), inbox.forget(later, 2), inbox.forget(later, 2), inbox.forget(later)] == [2, 2, 1, 0]


def test_the_write_ahead_log_is_begun_anew(inbox, tmp_path):
    """However long messages come, the log keeps its size."""
    for at in range(60):
        inbox.keep([Received("A", str(at), b"a" * 1_000_000)], AT)
        inbox.tidy()
    assert (tmp_path / "inbox.db-wal").stat().st_size < 30_000_000


def test_senders_who_wait_are_named(inbox):
    """Each once, and none whose messages are delivered."""
    inbox.keep([Received(sender, "1", b"a") for sender in ("B", "A", "C", "")], AT)
    inbox.keep([Received("B", "2", b"a")], AT)
    inbox.turns([Turn("C", Mark(3, "delivered"))])
    assert inbox.senders() == ["", "A", "B"]


# -- the listener --


@asynccontextmanager
async def hearing(inbox, **options):
    """Listen on a free port; give it."""
    async with listening(inbox, host="127.0.0.1", port=0, now=lambda: AT, **options) as server:
        yield server.sockets[0].getsockname()[1]


async def codes(port, messages, **options):
    """Send messages; give the codes of the answers."""
    return [sent.code async for sent in send(messages, host="127.0.0.1", port=port, seconds=5, **options)]


def test_a_message_is_on_disk_before_its_answer(inbox, tmp_path):
    """When the answer comes, another reader of the file finds the message."""

    async def run():
        async with hearing(inbox) as port:
            async for sent in send([message(1), message(2)], host="127.0.0.1", port=port):
                assert sent.accepted
                assert sent.control_id in {one.control for one in Inbox(tmp_path / "inbox.db").letters("waiting")}

    asyncio.run(run())


def test_what_does_not_begin_with_msh_is_kept_and_rejected(inbox):
    """It is dead from the start, with its bytes, and the sender hears that it was rejected."""

    async def run():
        async with hearing(inbox) as port:
            return await codes(port, [b"PID|1\r", message(1)])

    assert asyncio.run(run()) == ["AR", "AA"]
    assert [one.data for one in inbox.letters("dead")] == [b"PID|1\r"]


def test_a_disk_that_refuses_is_told_to_the_sender(inbox, monkeypatch):
    """Nothing is acknowledged that was not stored; the next message is tried anew."""
    real, times = inbox.keep, []

    def full(messages, at):
        times.append(1)
        if len(times) == 1:
            raise InboxFault("database or disk is full")
        return real(messages, at)

    monkeypatch.setattr(inbox, "keep", full)

    async def run():
        async with hearing(inbox) as port:
            return await codes(port, [message(1), message(1)])

    assert asyncio.run(run()) == ["AE", "AA"]


@pytest.mark.parametrize(
    ("sent", "limits", "said"),
    [
        (frame(b"MSH|" + b"x" * 5000), Limits(message_bytes=1000), b"longer than 1000 bytes"),
        (b"\x0bMSH|", Limits(frame_seconds=0.05), b"not complete after 0.05 seconds"),
    ],
)
def test_a_connection_that_asks_too_much_is_answered_and_closed(inbox, sent, limits, said):
    """A message that never ends, by length or by time, takes no more than its limit."""

    async def run():
        async with hearing(inbox, limits=limits) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return answer

    assert said in asyncio.run(run())


def test_connections_that_say_nothing_keep_nobody_out(inbox):
    """Where all places are taken, the connection that has been quiet the longest is closed, noise or not."""

    async def run():
        async with hearing(inbox, limits=Limits(connections=2)) as port:
            quiet = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
            for _, writer in quiet:
                writer.write(b"\r\n")
            found = await asyncio.wait_for(codes(port, [message(1), message(2)]), 5)
            first = await asyncio.wait_for(quiet[0][0].read(), 5)
            for _, writer in quiet:
                writer.close()
            return found, first

    assert asyncio.run(run()) == (["AA", "AA"], b"")


def test_a_connection_in_the_middle_of_a_message_is_not_closed_for_another(inbox):
    """Only one that waits for its next message gives way."""

    async def run():
        async with hearing(inbox, limits=Limits(connections=2)) as port:
            busy, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(frame(message(1))[:30])
            await asyncio.sleep(0.1)
            quiet = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            found = await asyncio.wait_for(codes(port, [message(2)]), 5)
            writer.write(frame(message(1))[30:])
            answer = await asyncio.wait_for(busy.readuntil(b"\x1c"), 5)
            for each in (writer, *(out for _, out in quiet)):
                each.close()
            return found, answer_of(answer)[0]

    assert asyncio.run(run()) == (["AA"], "AA")


def test_a_connection_that_sends_and_never_reads_gives_its_place_up(inbox):
    """An answer that nobody takes is waited for no longer than a message."""

    async def run():
        async with hearing(inbox, limits=Limits(connections=1, frame_seconds=0.2)) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
            for _ in range(300):
                writer.write(frame(message("7" * 100_000)))
            await asyncio.sleep(0.5)
            found = await asyncio.wait_for(codes(port, [message(1)]), 10)
            writer.transport.abort()
            return found

    assert asyncio.run(run()) == ["AA"]


def test_many_at_once_are_all_kept(inbox):
    """Forty connections of five messages each."""

    async def run():
        async with hearing(inbox) as port:
            runs = [codes(port, [message(at, f"S{sender}") for at in range(5)]) for sender in range(40)]
            return await asyncio.gather(*runs)

    assert asyncio.run(run()) == [["AA"] * 5] * 40
    assert len(inbox.letters("waiting")) == 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="machine: openssl makes the certificate")
def test_over_tls(inbox, tmp_path):
    """A client that trusts the certificate is served; one that speaks plainly is not."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    make += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(cert, key)

    async def run():
        async with hearing(inbox, tls=served) as port:
            trusted = await codes(port, [message(1)], tls=ssl.create_default_context(cafile=str(cert)))
            return trusted, await codes(port, [message(2)])

    assert asyncio.run(run()) == (["AA"], [""])


# -- delivery --


class Scripted:
    """A receiver that answers as it is told, and remembers what it took."""

    def __init__(self, *results):
        self.results, self.took = [*results], []

    async def take(self, number, _bundle):
        result = self.results.pop(0) if self.results else Result("taken")
        self.took.append((number, result.state))
        return result


def deliver(inbox, receiver, clock=None):
    """Deliver all that waits; the clock jumps to when the next attempt is due."""
    now = clock or (lambda: AT + timedelta(days=1))

    async def run():
        deliverer = Deliverer(inbox, receiver, Options(), now)
        await deliverer.until_idle()

    asyncio.run(run())


def test_each_sender_is_served_in_its_order(inbox):
    """One that is asked again holds up its own sender, and nobody else."""
    inbox.keep([Received("A", str(at), message(at)) for at in range(3)], AT)
    inbox.keep([Received("B", "9", message(9))], AT)
    receiver = Scripted(Result("again", "HTTP 503"))
    deliver(inbox, receiver, lambda: datetime.now(UTC) + timedelta(days=400))
    assert [number for number, state in receiver.took if state == "taken" and number <= 3] == [1, 2, 3]
    assert (4, "taken") in receiver.took


def test_what_comes_while_the_last_look_is_under_way_is_delivered(inbox, monkeypatch):
    """A message that arrives between the look into the inbox and the end of its sender's task does not wait for another."""
    real, looks = inbox.turns, []

    async def run():
        receiver = Scripted()
        deliverer = Deliverer(inbox, receiver, Options(), lambda: AT + timedelta(days=1))

        def turns(asked):
            found = real(asked)
            if found == [None] and not looks:
                looks.append(1)
                inbox.keep([Received("A", "2", message(2))], AT)
                deliverer.arrived("A")
            return found

        monkeypatch.setattr(inbox, "turns", turns)
        deliverer = Deliverer(inbox, receiver, Options(), lambda: AT + timedelta(days=1))
        inbox.keep([Received("A", "1", message(1))], AT)
        await deliverer.until_idle()
        return receiver.took

    assert asyncio.run(run()) == [(1, "taken"), (2, "taken")]


def test_what_is_refused_is_dead_and_the_next_goes_on(inbox):
    """The reason is kept, without content."""
    inbox.keep([Received("A", str(at), message(at)) for at in range(2)], AT)
    deliver(inbox, Scripted(Result("refused", "HTTP 422")))
    assert [(one.number, one.why) for one in inbox.letters("dead")] == [(1, "HTTP 422")]
    assert inbox.counts()["delivered"] == 1


def test_waits_grow_and_end_at_a_minute(inbox):
    """1, 2, 4 ... 60 seconds."""
    inbox.keep([Received("A", "1", message(1))], AT)
    deliverer = Deliverer(inbox, Scripted(), Options(), lambda: AT)
    waits = []
    for _ in range(8):
        mark = deliverer._mark(inbox.letter(1), Result("again", "ConnectError"))
        inbox.turns([Turn("A", mark)])
        waits.append((inbox.letter(1).due - AT).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_mark_that_cannot_be_written_is_tried_again_and_not_the_delivery(inbox, monkeypatch):
    """The disk is full for a moment after the server took the bundle: it is not asked twice."""
    real, faults = inbox.turns, [InboxFault("database or disk is full")]

    def full(asked):
        if faults and any(turn.mark for turn in asked):
            raise faults.pop()
        return real(asked)

    monkeypatch.setattr(inbox, "turns", full)
    inbox.keep([Received("A", "1", message(1))], AT)
    receiver = Scripted()
    deliver(inbox, receiver)
    assert receiver.took == [(1, "taken")]
    assert inbox.counts()["delivered"] == 1


def test_a_folder_takes_each_bundle_once(inbox, tmp_path):
    """The file of a message is named by its number, and holds its bundle; nothing half written stands beside it."""
    (tmp_path / "out").mkdir()
    inbox.keep([Received("A", str(at), message(at)) for at in range(2)], AT)
    deliver(inbox, Folder(tmp_path / "out"))
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["0000000001.json", "0000000002.json"]
    assert json.loads((tmp_path / "out" / "0000000001.json").read_bytes())["resourceType"] == "Bundle"


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "taken"), (201, "taken"), (503, "again"), (429, "again"), (422, "refused"), (401, "refused")],
)
def test_a_server_says_what_becomes_of_a_bundle(status, state):
    """Busy is asked again, no is no."""
    asked = []

    def answer(request):
        asked.append((str(request.url), request.headers["content-type"]))
        return httpx.Response(status)

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await Server(client, "https://fhir.example.org/r4").take(1, b"{}")

    assert asyncio.run(run()).state == state
    assert asked == [("https://fhir.example.org/r4", "application/fhir+json")]


def test_a_server_that_is_not_there_is_asked_again():
    """No connection is no refusal."""

    def refuse(_request):
        raise httpx.ConnectError("refused")

    async def run():
        async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
            return await Server(client, "https://fhir.example.org/r4").take(1, b"{}")

    assert asyncio.run(run()) == Result("again", "ConnectError")


# -- metrics --


def test_the_counters_are_prometheus_text(inbox):
    """Counters by label, the inbox by state, the age of the oldest."""
    inbox.keep([Received("A", "1", message(1))], AT)
    metrics = Metrics()
    metrics.count("received", "new")
    served = serve_metrics(metrics, inbox, "127.0.0.1", 0, lambda: AT + timedelta(seconds=2))
    base = f"http://127.0.0.1:{served.server_address[1]}"
    text = httpx.get(f"{base}/metrics").text
    assert httpx.get(f"{base}/health").content == b"ok\n"
    assert httpx.get(f"{base}/other").status_code == 404
    served.shutdown()
    served.server_close()
    assert 'samspil_hl7v2_received_total{kind="new"} 1' in text
    assert 'samspil_hl7v2_inbox{state="waiting"} 1' in text
    assert "samspil_hl7v2_oldest_seconds 2.000" in text


# -- the commands --

MAIN = "from samspil_hl7v2.cli import group; group()"


@asynccontextmanager
async def command(tmp_path, *more):
    """Run `listen` as a process of its own; give it and its port."""
    given = ["listen", "--port", "0", "--inbox", str(tmp_path / "inbox.db"), "--to", str(tmp_path / "out"), *more]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MAIN, *given, stderr=asyncio.subprocess.PIPE)
    line = (await process.stderr.readline()).decode()
    assert line.startswith("listening on 127.0.0.1 port "), line
    try:
        yield process, int(line.split()[-1])
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def names(folder):
    """Give the files of a folder."""
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("round_", range(3))
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path, round_, until):
    """Killed while messages come in, started again: each acknowledged one is delivered once, in its order."""
    acknowledged = []

    async def feed(port, sender):
        try:
            async for sent in send([message(at, sender) for at in range(120)], host="127.0.0.1", port=port, seconds=60):
                acknowledged.extend([(sender, int(sent.control_id))] if sent.accepted else [])
        except OSError:
            return

    async def run():
        async with command(tmp_path) as (process, port):
            feeds = asyncio.gather(*[feed(port, sender) for sender in ("A", "B", "C")])
            await until(lambda: len(acknowledged) > 20 * (round_ + 1))
            process.send_signal(signal.SIGKILL)
            await feeds
        async with command(tmp_path):
            await until(lambda: Inbox(tmp_path / "inbox.db").counts()["waiting"] == 0)

    asyncio.run(run())
    made = [json.loads((tmp_path / "out" / name).read_bytes()) for name in names(tmp_path / "out")]
    told = [(each["identifier"]["assigner"]["display"].split()[1], int(each["identifier"]["value"])) for each in made]
    assert len(acknowledged) < 360
    assert len(set(told)) == len(told)
    assert set(acknowledged) <= set(told)
    assert all(
        [at for who, at in told if who == sender] == sorted(at for who, at in told if who == sender) for sender in "ABC"
    )


def test_delivery_that_is_killed_is_started_again(tmp_path, until):
    """The listener stays; what it takes meanwhile is delivered."""

    async def run():
        async with command(tmp_path) as (process, port):
            await until(lambda: children(process.pid))
            first = children(process.pid)
            os.kill(first[0], signal.SIGKILL)
            assert await codes(port, [message(1)]) == ["AA"]
            await until(lambda: names(tmp_path / "out"))
            assert children(process.pid) != first

    asyncio.run(run())


def test_delivery_ends_with_its_listener(tmp_path, until):
    """A listener that is killed leaves nobody behind who delivers."""

    async def run():
        async with command(tmp_path) as (process, _port):
            await until(lambda: children(process.pid))
            left = children(process.pid)[0]
            process.send_signal(signal.SIGKILL)
            await process.wait()
            await until(lambda: not alive(left))

    asyncio.run(run())


def children(pid):
    """The processes that a process started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def alive(pid):
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_send_and_inbox(tmp_path, until):
    """The client prints an answer a line; a rejected message is listed, shown, mended and delivered."""
    (tmp_path / "a.hl7").write_bytes(message(1))
    (tmp_path / "b.hl7").write_bytes(b"PID|wrong\r")
    database = str(tmp_path / "inbox.db")

    async def run():
        async with command(tmp_path, "--report", str(tmp_path / "report")) as (_, port):
            given = ["send", str(tmp_path / "a.hl7"), str(tmp_path / "b.hl7"), "--to", f"127.0.0.1:{port}"]
            sent = await asyncio.to_thread(CliRunner().invoke, group, given, standalone_mode=False)
            await until(lambda: len(names(tmp_path / "out")) == 1)
        return sent

    sent = asyncio.run(run())
    assert (sent.return_value, sent.output) == (1, "1 AA\n AR\n")
    listed = CliRunner().invoke(group, ["inbox", "list", database]).output
    assert listed.endswith("\t0\tit does not begin with MSH\n")
    number = listed.split("\t")[0]
    assert CliRunner().invoke(group, ["inbox", "show", database, number]).output == "PID|wrong\r"
    mended = ["inbox", "replay", database, number, "--with", str(tmp_path / "a.hl7")]

    async def again():
        async with command(tmp_path):
            assert (await asyncio.to_thread(CliRunner().invoke, group, mended)).exit_code == 0
            await until(lambda: len(names(tmp_path / "out")) == 2)

    asyncio.run(again())
    assert len((tmp_path / "report").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["send", "--to", "nowhere"], "is no address"),
        (["send", "--to", "127.0.0.1:1"], "check the address"),
        (["listen", "--inbox", "/nosuch/inbox.db", "--to", "out"], "the inbox cannot be used"),
        (["listen", "--inbox", "i.db", "--to", "out", "--tls-key", "a.hl7"], "need --tls-cert"),
        (["listen", "--inbox", "i.db", "--to", "out", "--tls-cert", "a.hl7"], "cannot be used"),
        (["listen", "--inbox", "i.db", "--to", "out", "--tls-cert", "nosuch"], "'nosuch' does not exist"),
        (["listen", "--inbox", "i.db", "--to", "out", "--layer", "/nosuch"], "/nosuch"),
        (["listen", "--inbox", "i.db", "--to", "out", "--timezone", "Mars"], "is no IANA time zone"),
        (["listen", "--inbox", "i.db", "--to", "out", "--port", "99999"], "is not in the range"),
        (["listen", "--inbox", "i.db", "--to", "out", "--port", "-1"], "is not in the range"),
        (["listen", "--inbox", "i.db", "--to", "out", "--metrics-port", "99999"], "is not in the range"),
        (["listen", "--inbox", "i.db", "--to", "out", "--max-bytes", "0"], "is not in the range"),
        (["listen", "--inbox", "i.db", "--to", "out", "--frame-seconds", "0"], "is not in the range"),
        (["inbox", "replay", "a.hl7", "--all", "--with", "b"], "--with mends one message"),
        (["inbox", "list", "a.hl7"], "the inbox cannot be used"),
    ],
)
def test_what_stops_a_command_is_said_in_a_sentence(tmp_path, monkeypatch, arguments, said):
    """A wrong argument is status 2 and no traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.hl7").write_bytes(message(1) * 60)
    told = CliRunner().invoke(group, arguments, input=message(1))
    assert told.exit_code == 2, told.output
    assert said in told.output
