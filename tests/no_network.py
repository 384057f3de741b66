"""A pytest plugin: tests reach this machine and nothing else.

A test that looks up another host's name or sends to another host fails, even when the code under test swallows the
error. Loaded for every run by `addopts` in pyproject.toml.
"""

import ipaddress
import sys
from collections.abc import Iterator

import pytest

LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost"}
# Where each audit event keeps the address or the name of the host.
ADDRESS_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
NAME_EVENTS = {"socket.getaddrinfo", "socket.gethostbyname"}

attempts: list[str] = []


class NetworkBlocked(OSError):
    """Raised where a test tries to leave this machine."""


def is_local(host: object) -> bool:
    """Tell whether a host name or address is this machine (None and "" mean this machine to the socket module)."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: refuse what leads to another host. Unix sockets, whose address is a path, are local."""
    if event in ADDRESS_EVENTS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in NAME_EVENTS:
        host = arguments[0]
    else:
        return
    if not is_local(host):
        attempts.append(f"{event} {host!r}")
        raise NetworkBlocked(f"tests do not leave this machine: {event} {host!r}")


def pytest_configure() -> None:
    """Start watching before anything is collected. An audit hook stays for the life of the process."""
    sys.addaudithook(watch)


@pytest.fixture(autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Fail a test that tried to leave, whatever became of the error."""
    attempts.clear()
    yield
    if attempts:
        tried, attempts[:] = list(attempts), []
        pytest.fail(f"tried to leave this machine: {', '.join(tried)}")
