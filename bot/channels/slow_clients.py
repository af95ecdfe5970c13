"""The web server's worker process: clients that are slow, or many, hold nobody up.

A connection costs nothing but its place. Each has limits of time for its headers, its body and for taking the answer;
and where a worker has no place left, whoever keeps it waiting longest makes room. A whole request, as Twilio sends it,
never waits for the rest of somebody else's. A proxy that collects requests first does this better and is asked for
all the same (docs/operations.md).
"""

import contextlib
import errno
import socket
import time
from typing import Any

import gevent
from gevent.local import local
from gunicorn.http.body import Body
from gunicorn.workers.ggevent import GeventWorker

HEAD_SECONDS = 10
"""From the connection to the end of its first headers. Those of later requests have `keepalive` from the answer on."""

BODY_SECONDS = 10
"""For a whole body; the largest we read has 32 KB."""

SEND_SECONDS = 45
"""Without taking anything of an answer. More than `keepalive`, so that it never cuts a pause between requests."""

MAX_UNREAD = 1024 * 1024
"""Bytes of a body that is not wanted, thrown away before the connection closes: so long the sender can read why."""

SPARE = 10
"""One place in so many stays free, for connections that have just been accepted."""


class Connections:
    """The open connections of one worker."""

    def __init__(self, places: int) -> None:
        self._limit = places - max(1, places // SPARE)
        self._open: set[socket.socket] = set()
        self._waited_for: dict[socket.socket, None] = {}  # oldest first

    def opened(self, client: socket.socket) -> None:
        """A new one. Where there are too many, the one that is waited for longest ends."""
        self._open.add(client)
        if len(self._open) > self._limit and self._waited_for:
            self._end(next(iter(self._waited_for)))
        self.waits(client)

    def waits(self, client: socket.socket) -> bool:
        """It is the client's turn to send. Returns whether it was not so before."""
        is_news = client in self._open and client not in self._waited_for
        if is_news:
            self._waited_for[client] = None
        return is_news

    def works(self, client: socket.socket) -> None:
        """We have everything, and are about to answer."""
        self._waited_for.pop(client, None)

    def closed(self, client: socket.socket) -> None:
        """It is over."""
        self.works(client)
        self._open.discard(client)

    def _end(self, client: socket.socket) -> None:
        """Whoever reads from it finds its end, and closes it."""
        from bot import metrics  # noqa: PLC0415 - gunicorn reads this module before gevent has patched anything

        self.closed(client)
        metrics.webhook_counter("crowded_out")()
        with contextlib.suppress(OSError):  # the client was faster
            client.shutdown(socket.SHUT_RDWR)


class BoundedBody:
    """Reads a body through gunicorn's `reader`, for at most BODY_SECONDS and MAX_UNREAD bytes. Raises OSError."""

    def __init__(self, reader: Any, connections: Connections, client: socket.socket) -> None:
        self._reader = reader
        self._connections = connections
        self._client = client
        self._seconds: float = BODY_SECONDS
        self._bytes = MAX_UNREAD

    def read(self, size: int) -> bytes:
        """As the reader's own."""
        is_wanted = self._connections.waits(self._client)  # or is it the rest of one that nobody wanted?
        started = time.monotonic()
        with gevent.Timeout(max(self._seconds, 0), TimeoutError("slow body")):
            found: bytes = self._reader.read(size)
        self._seconds -= time.monotonic() - started
        self._bytes -= len(found)
        if self._bytes < 0:
            raise ConnectionResetError(errno.ECONNRESET, "a body without end")
        if is_wanted:
            self._connections.works(self._client)
        return found


class BoundedWorker(GeventWorker):
    """gunicorn's worker for gevent, with these limits."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)  # type: ignore[no-untyped-call]
        self._connections = Connections(self.worker_connections)
        self._mine = local()  # what belongs to the greenlet of one connection

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """One connection, from its beginning to its end."""
        self._mine.client, self._mine.seconds = client, HEAD_SECONDS
        self._connections.opened(client)
        try:
            super().handle(listener, client, addr)  # type: ignore[no-untyped-call]
        finally:
            self._connections.closed(client)

    def timeout_ctx(self) -> Any:
        """How long gunicorn waits for the headers of the next request. Called before each."""
        self._connections.waits(self._mine.client)
        seconds, self._mine.seconds = self._mine.seconds, self.cfg.keepalive
        return gevent.Timeout(seconds, False)

    def handle_request(self, listener_name: Any, req: Any, sock: socket.socket, addr: Any) -> Any:
        """One request, of which the headers are here. Whatever else waits has its turn first: a client whose next
        request is always there already, and Redis when it answers at once, would leave the others none."""
        self._connections.works(sock)
        req.body = Body(BoundedBody(req.body.reader, self._connections, sock))
        sock.settimeout(SEND_SECONDS)
        gevent.sleep(0)
        try:
            return super().handle_request(listener_name, req, sock, addr)  # type: ignore[no-untyped-call]
        except TimeoutError:  # gunicorn would log it as a fault of ours
            raise ConnectionResetError(errno.ECONNRESET, "slow client") from None
