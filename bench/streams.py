"""Idle event streams: the application that serves them, and the client that holds them open.

`gunicorn "bench.streams:create_app()"` serves the project's own application (or another, named in
BENCH_APP) and beside it GET /bench/stream, which says nothing but a comment every 15 seconds: what
a console costs while nothing happens.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent

COMMENT = b": still here\n\n"
PATH = "/bench/stream"
SECONDS_BETWEEN_COMMENTS = 15


def create_app() -> WSGIApplication:
    """The application named in BENCH_APP (`module:factory`) with the idle stream beside it."""
    module, _, factory = os.environ.get("BENCH_APP", "app:create_app").partition(":")
    inner: WSGIApplication = getattr(importlib.import_module(module), factory)()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return inner(environ, start_response)
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")]
        start_response("200 OK", headers)
        return _comments()

    return application


def _comments() -> Iterator[bytes]:
    while True:
        yield COMMENT
        gevent.sleep(SECONDS_BETWEEN_COMMENTS)


class Streams:
    """Open event streams, held by this process and never read."""

    def __init__(self, port: int, count: int) -> None:
        """Open them all; each must have said its first comment."""
        self._sockets: list[socket.socket] = []
        request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        try:
            for _ in range(count):
                stream = socket.create_connection(("127.0.0.1", port), timeout=10)
                self._sockets.append(stream)
                stream.sendall(request)
                heard = b""
                while COMMENT not in heard:
                    piece = stream.recv(4096)
                    if not piece:
                        raise ConnectionError(f"a stream closed at once: {heard!r}")
                    heard += piece
        except BaseException:
            self.close()
            raise

    def alive(self) -> int:
        """How many the server still holds open."""
        return sum(_is_open(stream) for stream in self._sockets)

    def close(self) -> None:
        """Close them all."""
        for stream in self._sockets:
            with contextlib.suppress(OSError):
                stream.close()
        self._sockets.clear()


def _is_open(stream: socket.socket) -> bool:
    stream.setblocking(False)
    try:
        while stream.recv(65536):
            pass  # comments that came in meanwhile
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
