"""A cable between a driver and its server that a test can cut at a chosen moment."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

COMMIT = bytes.fromhex("0002b0120000")
"""The message COMMIT of Bolt, as one chunk."""


class Cable:
    """A port of the loopback that leads to another, until what is watched for goes over it.

    Attributes:
        port: Where to connect.
        connections: How many there were.
        cuts: How often it was cut.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.connections = self.cuts = 0
        self.watched: bytes | None = None
        self.is_delivered = False
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def cut_at(self, watched: bytes, *, is_delivered: bool = False) -> None:
        """Cut once, when the driver sends this: before it arrives, or when it has been answered."""
        self.watched, self.is_delivered = watched, is_delivered

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                self.connections += 1
                far = socket.create_connection(("127.0.0.1", self.target))
                answered = threading.Event()
                for carry in (self.send, self.answer):
                    threading.Thread(target=carry, args=(near, far, answered), daemon=True).start()

    def send(self, near: socket.socket, far: socket.socket, is_doomed: threading.Event) -> None:
        seen = b""
        with suppress(OSError):
            while data := near.recv(65536):
                seen = seen[-1000:] + data
                if self.watched and self.watched in seen:
                    self.watched = None
                    self.cuts += 1
                    if not self.is_delivered:
                        break
                    is_doomed.set()
                far.sendall(data)
        if not is_doomed.is_set():
            cut(near, far)

    def answer(self, near: socket.socket, far: socket.socket, is_doomed: threading.Event) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if is_doomed.is_set():
                    break
                near.sendall(data)
        cut(near, far)


def cut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def cable(target: int) -> Iterator[Cable]:
    laid = Cable(target)
    yield laid
    laid.listening.close()
