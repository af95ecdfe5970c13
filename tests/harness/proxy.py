"""A wire between two processes that can be made to swallow what comes back."""

import contextlib
import socket
import ssl
import threading
from types import TracebackType


class Proxy:
    """Listens on `port` and passes everything to `target` on this machine.

    lose_answers_to: requests that contain these bytes reach the target, but from then on nothing comes back on that
    connection. tls: what to speak on the near side; None: no TLS.
    """

    def __init__(self, target: int, tls: ssl.SSLContext | None = None) -> None:
        self.lose_answers_to = b""
        self._tls = tls
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.2)
        self.port: int = self._server.getsockname()[1]
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> "Proxy":
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                near, _address = self._server.accept()
                thread = threading.Thread(target=self._pass_on, args=(near,))
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, near: socket.socket) -> None:
        if self._tls is not None:
            try:
                near = self._tls.wrap_socket(near, server_side=True)
            except OSError:  # who came does not trust our certificate, or speaks no TLS
                near.close()
                return
        with near, socket.create_connection(("127.0.0.1", self._target)) as far:
            mute = threading.Event()
            back = threading.Thread(target=self._carry, args=(far, near, mute))
            back.start()
            near.settimeout(0.2)
            while not self._stopped.is_set():
                try:
                    data = near.recv(65536)
                except TimeoutError:
                    continue
                except OSError:
                    break
                if not data:
                    break
                if self.lose_answers_to and self.lose_answers_to in data:
                    mute.set()
                far.sendall(data)
            with contextlib.suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)
            back.join()

    def _carry(self, source: socket.socket, target: socket.socket, mute: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not mute.is_set():
                    target.sendall(data)
