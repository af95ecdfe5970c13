"""Answers that were given while the storage was away, until they are stored: so that every process of this host gives a
copy of the message the same answer, and knows that the list on a person's screen is not the stored one.

Beside the spool, one small file a message and one a person, sealed with the keys of the storage and named by keyed
hashes. A file counts as long as the sealed turn it belongs to waits in the spool.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from bot.messages import Inbound
from bot.ports.spool import NOTHING_GIVEN, Given
from bot.storage.sealing import SealBroken, Sealer, place

FOLDER = ".given"

YOUNG_SECONDS = 60
"""A file so young may belong to a turn that is being written."""


class _Note(msgspec.Struct, array_like=True, frozen=True):
    turn: str
    """File name of the sealed turn."""
    reply: str
    hidden: bool


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Note)


class GivenAnswers:
    """Written and read by the web server."""

    def __init__(self, spool: Path, sealer: Sealer) -> None:
        self._spool = spool
        self._folder = spool / FOLDER
        self._sealer = sealer

    def note(self, inbound: Inbound, turn: str, reply: str, *, hidden: bool) -> None:
        """Remember the answer to `inbound`, whose turn waits in the file `turn`. A disk that takes nothing is no fault:
        the turn itself is kept."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._write("answer", inbound.message_id, _Note(turn, reply, hidden))
            self._write("person", inbound.contact, _Note(turn, "", hidden))

    def find(self, inbound: Inbound) -> Given:
        """What was answered to this message and this person and waits to be stored."""
        if not self._folder.exists():
            return NOTHING_GIVEN
        answer, last = self._read("answer", inbound.message_id), self._read("person", inbound.contact)
        reply = answer.reply if answer else None
        return Given(reply, behind=last is not None, hidden=last is not None and last.hidden)

    def catch_up(self, inbound: Inbound) -> None:
        """The answer this person reads now is stored."""
        for name in self._sealer.named("person", inbound.contact):
            with suppress(OSError):
                (self._folder / name).unlink()

    def _write(self, what: str, key: str, note: _Note) -> None:
        name = self._sealer.named(what, key)[0]
        part = self._folder / f"{name}.{os.getpid()}.{time.monotonic_ns()}.part"
        part.touch(mode=0o600)
        part.write_bytes(self._sealer.seal(_encoder.encode(note), place(what, name)))
        part.replace(self._folder / name)

    def _read(self, what: str, key: str) -> _Note | None:
        for name in self._sealer.named(what, key):
            try:
                note = _decoder.decode(self._sealer.open((self._folder / name).read_bytes(), place(what, name)))
            except (OSError, SealBroken, msgspec.DecodeError):
                continue
            if (self._spool / note.turn).exists():
                return note
        return None


def forget(spool: Path, *, young: bool = False) -> None:
    """Delete what was remembered, once nothing waits in the spool. young: also what was written just now."""
    with suppress(OSError):
        for path in (spool / FOLDER).iterdir():
            with suppress(OSError):
                if young or time.time() - path.stat().st_mtime > YOUNG_SECONDS:
                    path.unlink()
