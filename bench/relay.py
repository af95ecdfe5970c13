"""A relay between one server and its Redis that counts round trips and commands.

A round trip is a request the client sends after it has had an answer; a pipeline, a transaction
sent at once or a script is one, however many commands it holds. Nothing is patched: the server
only gets the relay's address as its REDIS_URL.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator

Address = str | tuple[str, int]  # a unix socket's path, or host and port


class Relay:
    """Listens on 127.0.0.1 and passes everything on to Redis."""

    def __init__(self, redis: Address) -> None:
        """Start listening; `port` says where."""
        self._redis = redis
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.port: int = self._listener.getsockname()[1]
        self.trips = 0
        self.commands: Counter[str] = Counter()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Reset the counters."""
        self.trips = 0
        self.commands.clear()

    def close(self) -> None:
        """Stop listening and hang up."""
        for one in self._sockets:
            _hang_up(one)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                upstream = _connect(self._redis)
            except OSError:
                return
            self._sockets += [client, upstream]
            link = _Link(self, client, upstream)
            threading.Thread(target=link.requests, daemon=True).start()
            threading.Thread(target=link.answers, daemon=True).start()


class _Link:
    """One connection of the server, and its twin towards Redis."""

    def __init__(self, relay: Relay, client: socket.socket, upstream: socket.socket) -> None:
        self._relay, self._client, self._upstream = relay, client, upstream
        self._answered = True

    def requests(self) -> None:
        """Server to Redis; counts."""
        pending = bytearray()
        while data := _receive(self._client):
            if self._answered:
                self._answered = False
                self._relay.trips += 1
            pending += data
            self._relay.commands.update(_names(pending))
            if not _send(self._upstream, data):
                break
        _hang_up(self._upstream)

    def answers(self) -> None:
        """Redis to server."""
        while data := _receive(self._upstream):
            self._answered = True
            if not _send(self._client, data):
                break
        _hang_up(self._client)


def _names(pending: bytearray) -> Iterator[str]:
    """Take complete commands (arrays of strings) off the buffer and yield their names."""
    while pending:
        end = pending.find(b"\r\n")
        if end < 0:
            return
        count, at, name = int(pending[1:end]), end + 2, ""
        for index in range(count):
            end = pending.find(b"\r\n", at)
            if end < 0:
                return
            size = int(pending[at + 1 : end])
            if len(pending) < end + 2 + size + 2:
                return
            if index == 0:
                name = pending[end + 2 : end + 2 + size].decode("ascii", "replace").upper()
            at = end + 2 + size + 2
        del pending[:at]
        yield name


def _connect(address: Address) -> socket.socket:
    if isinstance(address, tuple):
        upstream = socket.create_connection(address)
        upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return upstream
    upstream = socket.socket(socket.AF_UNIX)
    upstream.connect(address)
    return upstream


def _receive(source: socket.socket) -> bytes:
    try:
        return source.recv(1 << 18)
    except OSError:
        return b""


def _send(target: socket.socket, data: bytes) -> bool:
    try:
        target.sendall(data)
    except OSError:
        return False
    return True


def _hang_up(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it was gone already, or only listening
    one.close()
