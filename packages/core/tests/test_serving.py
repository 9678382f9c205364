"""A service has its port before it says so, and a port that it cannot have is a sentence."""

import socket

import pytest

from samspil_core.serving import CannotListen, serve_at


def test_the_address_is_told_once_it_is_listened_on():
    told, answered = [], []

    def tell(url):
        told.append(url)
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 5):
            answered.append(url)

    serve_at(lambda sockets: told.append([each.getsockname()[1] for each in sockets]), "127.0.0.1", 0, tell)
    assert answered == told[:1]
    assert told[0] == f"http://127.0.0.1:{told[1][0]}"
    assert told[1][0]


def test_a_port_in_use_is_said_and_nothing_is_told():
    told = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1 port {port}: address already in use; choose another"):
            serve_at(lambda _sockets: told.append("ran"), "127.0.0.1", port, told.append)
    assert told == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(CannotListen, match=f"cannot listen on {host} port 0: .*; choose another --host or --port"):
        serve_at(lambda _sockets: None, host, 0, lambda _url: None)


def test_a_name_of_two_addresses_is_listened_on_at_both_with_one_port(monkeypatch):
    """An address that this machine does not have is passed over, where there is another."""
    found = [(socket.AF_INET, 1, 6, "", (each, 0)) for each in ("192.0.2.1", "127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    ran = []
    serve_at(lambda sockets: ran.extend(each.getsockname() for each in sockets), "here", 0, ran.append, "https")
    assert [each[0] for each in ran[1:]] == ["127.0.0.1", "127.0.0.2"]
    assert len({each[1] for each in ran[1:]}) == 1
    assert ran[0] == f"https://here:{ran[1][1]}"


def test_the_keyboard_ends_a_service_and_is_no_error():
    def interrupted(_sockets):
        raise KeyboardInterrupt

    serve_at(interrupted, "127.0.0.1", 0, lambda _url: None)
