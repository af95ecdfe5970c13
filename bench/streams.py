"""Event streams of 200 open consoles: /console/events of the project, held open and never read.

The server ends each stream after two minutes; as a browser would, a new one is opened in its place. The floor has no
console: for the benchmark tried on itself it is served with an idle stream beside it (`create_app`).
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import os
import re
import select
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent
import pyotp
from argon2 import PasswordHasher
from msgspec.structs import replace

from bot.access.accounts import Accounts, Role
from bot.settings import read_settings
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.connection import connect
from bot.storage.sealing import Sealer

COMMENT = b": still here\n\n"
IDLE = "/bench/stream"
CONSOLE = "/console/events"
SECONDS_BETWEEN_COMMENTS = 15
LOOK_SECONDS = 0.5


def create_app() -> WSGIApplication:
    """The application named in BENCH_APP (`module:factory`) with an idle stream beside it."""
    module, _, factory = os.environ.get("BENCH_APP", "app:create_app").partition(":")
    inner: WSGIApplication = getattr(importlib.import_module(module), factory)()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != IDLE:
            return inner(environ, start_response)
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")]
        start_response("200 OK", headers)
        return _comments()

    return application


def _comments() -> Iterator[bytes]:
    while True:
        yield COMMENT
        gevent.sleep(SECONDS_BETWEEN_COMMENTS)


def log_in(port: int, environment: dict[str, str]) -> str:
    """Log in as an advisor created for this, with password and code; returns the cookie."""
    settings = read_settings(environment)
    client = connect(settings.redis_url)
    accounts = Accounts(RedisAccounts(client, Sealer(settings.data_keys)), lambda: datetime.now(UTC))
    made, password = accounts.add("bench", Role.ADVISOR)
    secret = pyotp.random_base32()
    hashed = PasswordHasher().hash(password)
    accounts.change(made.id, lambda account: replace(account, password=hashed, one_time_until=0, totp=secret))
    client.close()
    visit = _Visit(port)
    visit.send("GET", "/console/login")
    visit.send("POST", "/console/login", name="bench", password=password)
    visit.send("GET", "/console/login/code")
    visit.send("POST", "/console/login/code", code=pyotp.TOTP(secret).now())
    return visit.cookie


class _Visit:
    """A browser that only logs in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookie = ""
        self._token = ""

    def send(self, method: str, path: str, **fields: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, urlencode(fields | {"csrf_token": self._token}), headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        for header in answer.headers.get_all("Set-Cookie") or ():
            self.cookie = header.partition(";")[0]
        found = re.search(r'name="csrf" content="([^"]+)"', page)
        self._token = unescape(found[1]) if found else self._token


class Streams:
    """Open event streams, held by this process. cookie: whose; "" for the idle stream of the floor."""

    def __init__(self, port: int, count: int, cookie: str = "") -> None:
        """Open them all; each must have said something."""
        self._port, self._cookie = port, cookie
        self._guard = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._refused = 0
        self._stopping = threading.Event()
        try:
            for _ in range(count):
                self._sockets.append(self._opened())
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._keep, daemon=True).start()

    def alive(self) -> int:
        """How many the server holds open; fewer when it would not open one again."""
        time.sleep(2 * LOOK_SECONDS)  # those that have just ended
        with self._guard:
            return len(self._sockets) - self._refused

    def close(self) -> None:
        """Close them all."""
        self._stopping.set()
        with self._guard:
            for stream in self._sockets:
                with contextlib.suppress(OSError):
                    stream.close()
            self._sockets.clear()

    def _opened(self) -> socket.socket:
        stream = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        path = CONSOLE if self._cookie else IDLE
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Cookie: {self._cookie}", "", ""]
        stream.sendall("\r\n".join(lines).encode())
        heard = b""
        while b"\r\n\r\n" not in heard or heard.endswith(b"\r\n\r\n"):
            piece = stream.recv(4096)
            if not piece:
                raise ConnectionError(f"a stream closed at once: {heard!r}")
            heard += piece
        if not heard.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"a stream was refused: {heard!r}")
        return stream

    def _keep(self) -> None:
        """Read what arrives, so that no buffer fills, and reopen streams that ended."""
        while not self._stopping.wait(LOOK_SECONDS):
            with self._guard:
                waiting = select.poll()
                by_number = {stream.fileno(): place for place, stream in enumerate(self._sockets)}
                for number in by_number:
                    waiting.register(number, select.POLLIN)
                for number, _what in waiting.poll(0):
                    self._look(by_number[number])

    def _look(self, place: int) -> None:
        stream = self._sockets[place]
        try:
            if stream.recv(65536):
                return
        except OSError:
            pass
        stream.close()
        try:
            self._sockets[place] = self._opened()
        except OSError:
            self._refused += 1
