"""The only logging set-up: key=value lines of allowed fields. Never words, numbers, names or addresses.

An exception is logged as its class and the places it passed through; its message may quote a person.
"""

import logging
import sys
import traceback
from types import TracebackType

from bot.errors import StartError

FIELDS = frozenset({"cause", "event", "fault", "at", "count", "status", "route", "locale", "seconds", "process"})
"""What a log line may carry. A field that is not here is a bug, and raises where it is written."""

_logger = logging.getLogger("helpline")


class PlainFormatter(logging.Formatter):
    """Message and level; for an exception its class and places, never its text, unless it is our own StartError."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(message)s")

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        if isinstance(ei[1], StartError):
            return str(ei[1])
        return f"exception={ei[0].__name__} at={places(ei[1])}" if ei[0] and ei[1] else ""

    def formatStack(self, stack_info: str) -> str:
        return ""


def set_up(level: int = logging.INFO) -> None:
    """Send everything to standard error in our format, libraries at WARNING and without their arguments."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _logger.setLevel(level)
    for name in ("twilio", "twilio.http_client", "transitions", "urllib3", "werkzeug", "redis"):
        logging.getLogger(name).setLevel(logging.ERROR)


def log(what: str, *, level: int = logging.INFO, **fields: object) -> None:
    """One line: what=… key=value. Raises ValueError for a field that is not allowed."""
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"not allowed in a log: {', '.join(sorted(unknown))}")
    line = " ".join([f"what={what}", *(f"{name}={_plain(value)}" for name, value in fields.items())])
    _logger.log(level, line)


def places(error: BaseException) -> str:
    """Where an exception passed through, as file:line, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return ">".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)


def _plain(value: object) -> str:
    """A value without white space or control characters, so that no value can add a log line."""
    return "".join(character if character.isprintable() and character != " " else "_" for character in str(value))
