"""Answers that were given while the storage was away, until they are stored: so that every process of this host gives a
copy of the message the same answer, and knows that the list on a person's screen is not the stored one.

Beside the spool, one small file a message and one a person, sealed with the keys of the storage and named by keyed
hashes. A file counts as long as the sealed turn it belongs to waits in the spool.

Where the spool takes nothing either, a turn is lost, but not that it was: a file a person in the memory of this host.
It counts until an answer to them is stored, or as long as hiding does. Whoever has just hidden everything must not be
given away by the next answer, whichever host gives it: their sealed turn waits in that memory too, to be stored like
what lies in the spool.
"""

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from bot.dialogue.conversation import SILENCE_MINUTES
from bot.messages import Inbound
from bot.ports.spool import NOTHING_GIVEN, Given
from bot.storage.sealing import SealBroken, Sealer, place

FOLDER = ".given"

YOUNG_SECONDS = 60
"""A file so young may belong to a turn that is being written."""

LOST_SECONDS = SILENCE_MINUTES * 60
"""So long what was hidden stays hidden."""


class _Note(msgspec.Struct, array_like=True, frozen=True):
    turn: str
    """File name of the sealed turn; "" where there is none."""
    reply: str
    hidden: bool


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Note)


class GivenAnswers:
    """Written and read by the web server."""

    def __init__(self, spool: Path, sealer: Sealer) -> None:
        self._spool = spool
        self._folder = spool / FOLDER
        self._memory = memory_of(spool)
        self._sealer = sealer

    def note(self, inbound: Inbound, turn: str, reply: str, *, hidden: bool) -> None:
        """Remember the answer to `inbound`, whose turn waits in the file `turn`. A disk that takes nothing is no fault:
        the turn itself is kept."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._write(self._folder, "answer", inbound.message_id, _Note(turn, reply, hidden))
            self._write(self._folder, "person", inbound.contact, _Note(turn, "", hidden))
        self._remove(self._memory, inbound)

    def note_lost(self, inbound: Inbound, *, hidden: bool) -> None:
        """Remember that its sender read an answer of which nothing could be kept."""
        with suppress(OSError):
            if memory_is_ours(self._spool, make=True):
                _forget_old(self._memory, LOST_SECONDS)
                self._write(self._memory, "person", inbound.contact, _Note("", "", hidden))

    def find(self, inbound: Inbound) -> Given:
        """What was answered to this message and this person and is not stored yet."""
        last = answer = None
        if self._memory.exists():
            last = self._read(self._memory, "person", inbound.contact)
        if self._folder.exists():
            answer = self._read(self._folder, "answer", inbound.message_id)
            last = last or self._read(self._folder, "person", inbound.contact)
        elif last is None:
            return NOTHING_GIVEN
        reply = answer.reply if answer else None
        return Given(reply, behind=last is not None, hidden=last is not None and last.hidden)

    def catch_up(self, inbound: Inbound) -> None:
        """The answer this person reads now is stored."""
        self._remove(self._folder, inbound)
        self._remove(self._memory, inbound)

    def _remove(self, folder: Path, inbound: Inbound) -> None:
        for name in self._sealer.named("person", inbound.contact):
            with suppress(OSError):
                (folder / name).unlink()

    def _write(self, folder: Path, what: str, key: str, note: _Note) -> None:
        name = self._sealer.named(what, key)[0]
        part = folder / f"{name}.{os.getpid()}.{time.monotonic_ns()}.part"
        part.touch(mode=0o600)
        part.write_bytes(self._sealer.seal(_encoder.encode(note), place(what, name)))
        part.replace(folder / name)

    def _read(self, folder: Path, what: str, key: str) -> _Note | None:
        for name in self._sealer.named(what, key):
            path = folder / name
            try:
                note = _decoder.decode(self._sealer.open(path.read_bytes(), place(what, name)))
                counts = (self._spool / note.turn).exists() if note.turn else _age(path) < LOST_SECONDS
            except (OSError, SealBroken, msgspec.DecodeError):
                continue
            if counts:
                return note
        return None


def memory_root() -> Path:
    """Where a file is not on the disk of the spool."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, and what we write there is sealed
    return memory if memory.is_dir() else Path(tempfile.gettempdir())


def memory_of(spool: Path) -> Path:
    """The same folder for every process of this user that has this spool."""
    name = hashlib.sha256(str(spool.resolve()).encode()).hexdigest()[:16]
    return memory_root() / f"helpline-{os.getuid()}-{name}"


def memory_is_ours(spool: Path, *, make: bool = False) -> bool:
    """Is the folder in memory there, and nobody else's? make: so that it is. Raises OSError where it cannot be."""
    folder = memory_of(spool)
    if make:
        folder.mkdir(mode=0o700, exist_ok=True)
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def forget(spool: Path) -> None:
    """Delete what was remembered, once nothing waits in the spool."""
    for folder, seconds in ((spool / FOLDER, YOUNG_SECONDS), (memory_of(spool), LOST_SECONDS)):
        _forget_old(folder, seconds)


def _forget_old(folder: Path, seconds: float) -> None:
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if _age(path) > seconds:
                    path.unlink()


def forget_people(spool: Path, sealer: Sealer, contacts: Iterable[str], message_ids: Iterable[str]) -> None:
    """Delete what was remembered of these people and messages, and of nobody else: others may have hidden everything.
    What was answered to messages that wait in the spool no longer is not found; `forget` deletes it."""
    names = [name for contact in contacts for name in sealer.named("person", contact)]
    names += [name for id in message_ids for name in sealer.named("answer", id)]
    for folder in (spool / FOLDER, memory_of(spool)):
        for name in names:
            with suppress(OSError):
                (folder / name).unlink()
