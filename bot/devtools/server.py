"""The HTTP server of the stand-in for Twilio: local only, and able to hang up without an answer."""

import base64
import binascii
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from urllib.parse import parse_qsl, urlsplit

from bot.devtools.api import ApiResponse


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One HTTP request."""

    method: str
    path: str
    query: dict[str, str]
    credentials: tuple[str, str]
    """User and password, "" for none."""
    content_type: str
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body, read as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


class ApiServer(ThreadingHTTPServer):
    """Calls `answer` for every request in a thread of its own; for None it closes the connection without an answer.

    Every answer closes its connection (HTTP/1.0), so nothing is left open when the server stops.
    """

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, port: int, answer: Callable[[ApiRequest], ApiResponse | None]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer

    def server_bind(self) -> None:
        """Skip looking up our own host name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.socket.getsockname()[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that no longer waits for the answer is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: ApiServer
    timeout = 30

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        answer = self.server.answer(
            ApiRequest(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                credentials=_credentials(self.headers.get("Authorization", "")),
                content_type=self.headers.get_content_type(),
                body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
            )
        )
        if answer is None:
            return
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the addresses contain phone numbers."""


def _credentials(header: str) -> tuple[str, str]:
    """User and password of basic authentication."""
    scheme, _, encoded = header.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")
