"""The suite's promise that it needs no network, kept by the suite."""

import socket
import urllib.request

import pytest

from tests.network import NetworkBlocked, is_here


def test_no_name_outside_the_machine_is_looked_up() -> None:
    with pytest.raises(NetworkBlocked):
        urllib.request.urlopen("http://example.com")


def test_no_address_outside_the_machine_is_reached() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        with pytest.raises(NetworkBlocked):
            sending.connect(("192.0.2.1", 80))
        with pytest.raises(NetworkBlocked):
            sending.sendto(b"hello", ("192.0.2.1", 80))


@pytest.mark.parametrize("host", ["::1", "127.8.9.10", "localhost", b"127.0.0.1", None])
def test_the_machine_itself_is_known_by_all_its_names(host: str | bytes | None) -> None:
    assert is_here(host)


@pytest.mark.parametrize("host", ["2001:db8::1", "10.0.0.1", "0.0.0.0", "localhost.example.com", b"example.com"])
def test_every_other_host_is_elsewhere(host: str | bytes) -> None:
    assert not is_here(host)


def test_the_machine_may_talk_to_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"


def test_processes_may_talk_over_unix_sockets() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"hello")
        assert right.recv(5) == b"hello"
