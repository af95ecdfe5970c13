"""A small HTTP server that stands in for our webhook: it answers what the test says and keeps what it received."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

HELLO = "<Response><Message>hoi</Message></Response>"
BREAK = 0
"""As a status: close the connection without an answer."""


class RecordingWebhook(ThreadingHTTPServer):
    """With `silent` cleared it answers nobody. `next_statuses` go before `status`, one for each request."""

    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.next_statuses: list[int] = []
        self.twiml = HELLO
        self.silent = threading.Event()
        self.silent.set()
        self.paths: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> "RecordingWebhook":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.silent.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def keep(self, path: str, form: dict[str, str], headers: dict[str, str]) -> int:
        """Note a request; the status to answer."""
        with self._lock:
            self.paths.append(path)
            self.forms.append(form)
            self.headers.append(headers)
            return self.next_statuses.pop(0) if self.next_statuses else self.status

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who gave up waiting has closed its end."""


class _Handler(BaseHTTPRequestHandler):
    server: RecordingWebhook

    def do_POST(self) -> None:
        posted = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(posted, keep_blank_values=True, strict_parsing=True))
        status = self.server.keep(self.path, form, dict(self.headers.items()))
        self.server.silent.wait(5)
        if status == BREAK:
            return
        answer = self.server.twiml.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
