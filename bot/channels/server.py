"""gunicorn: its own log, without what it may quote, which bytes it lets through, and its memory."""

import ctypes
import logging
import re
from contextlib import suppress
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import message

from bot.logs import PlainFormatter


class QuietLogger(Logger):
    """Errors of the server in our format: no request line, no exception text, no access log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)  # type: ignore[no-untyped-call]
        for handler in self.error_log.handlers:
            handler.setFormatter(PlainFormatter())
        self.access_log.disabled = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """What gunicorn cannot parse it would quote, with the caller's address."""
        if msg.startswith("Invalid request"):
            msg, args = "invalid request", ()
        super().warning(msg, *args, **kwargs)  # type: ignore[no-untyped-call]

    def exception(self, msg: str, *_args: Any, **kwargs: Any) -> None:
        """gunicorn puts the request path into the message; only the class of the error is kept."""
        self.error_log.log(logging.ERROR, "server error", exc_info=kwargs.get("exc_info", True))


def accept_odd_bytes() -> None:
    """Let control characters in the values of headers pass, but NUL, CR and LF, which could end a header.

    A provider may copy a person's words into a header that we do not read (`X-Twilio-Body`); refusing the request for
    them would leave the person without an answer. RFC 9110, 5.5, allows keeping them. What frames a request
    (Content-Length, Transfer-Encoding) gunicorn checks by itself.
    """
    message.RFC9110_5_5_INVALID_AND_DANGEROUS = re.compile(r"[\x00\r\n]")


def give_back_memory() -> None:
    """Give back to the operating system what a start has used and freed. The C library would keep it for later; but
    the main process, once started, needs no more, and each worker would have it as well."""
    with suppress(AttributeError, OSError):  # a function of glibc: elsewhere it is kept
        ctypes.CDLL(None).malloc_trim(0)
