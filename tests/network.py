"""The network, shut: for the test session, and for the processes it starts.

`block()` refuses every look-up and connection that leaves the machine; unix sockets and the loopback stay open. It is
an audit hook, so that it holds for every socket of the process, whoever made it, and cannot be undone by accident.
"""

import ipaddress
import sys

WHERE_THE_HOST_IS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


class NetworkBlocked(Exception):
    """Somebody asked for a machine other than this one. No OSError, which callers might take for a bad line."""


def is_here(host: object) -> bool:
    if not isinstance(host, (str, bytes)):
        return True  # None is the machine itself
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name in ("", "localhost")


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in WHERE_THE_HOST_IS:
        return
    target = arguments[WHERE_THE_HOST_IS[event]]
    host = target[0] if isinstance(target, tuple) else None  # a unix socket's address is a path, a connected one's None
    if event == "socket.getaddrinfo":
        host = target
    if not is_here(host):
        raise NetworkBlocked(f"{event} {host!r}: the tests need no network")


def block() -> None:
    sys.addaudithook(refuse)
