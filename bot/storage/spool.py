"""The spool on disk: one file a message, sealed to a public key (HPKE, RFC 9180). The web host cannot read it back;
only the worker, which holds the private key, can. Of somebody who hides, what the disk does not take waits in memory.
"""

import itertools
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bot.dialogue.events import AnyEvent
from bot.dialogue.outage import is_hidden
from bot.messages import Inbound
from bot.ports.spool import NOTHING_GIVEN, Given, Spooled, SpoolFull
from bot.ports.unavailable import StorageUnavailable
from bot.storage.codec import decode_conversation, encode_conversation
from bot.storage.given import GivenAnswers, forget, forget_people, memory_is_ours, memory_of
from bot.storage.sealing import Sealer

MAX_AGE_SECONDS = 72 * 3600
"""A message older than a conversation may be is dropped unread."""

PART_SECONDS = 3600
"""A file that was not finished for so long never will be: its process died while it wrote."""

ON_THE_WAY = timedelta(seconds=30)
"""What arrived so shortly before may still be about to be kept: a turn takes seconds, the provider tries for 15 s."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"helpline spool 1"
_SUFFIX = ".sealed"
_UNREADABLE = ".unreadable"
_PART = ".part"
_ID = ".spool-id"
_IS_ID = re.compile(rb"[0-9a-f]{16}")

_NOTHING = msgspec.Raw(msgspec.msgpack.encode(None))


class _Record(msgspec.Struct, frozen=True):
    """A kept message as it is written: the conversation in the shape `codec` gives it."""

    inbound: Inbound
    conversation: msgspec.Raw
    events: tuple[AnyEvent, ...]
    reply: str
    revision: int | None = None
    before: msgspec.Raw = _NOTHING
    at: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Record)


class FileSpool:
    """Writes. `ports.spool.Spool`."""

    def __init__(self, directory: Path, key: X25519PublicKey, sealer: Sealer | None = None) -> None:
        """sealer: what was answered is remembered with it until it is stored; None: it is not."""
        self._directory = directory
        self._key = key
        self._given = GivenAnswers(directory, sealer) if sealer is not None else None
        self._count = itertools.count()

    def check(self) -> str:
        """How many messages are kept, in words. Raises SpoolFull unless a file can be written here now."""
        probe = self._directory / f".probe-{os.getpid()}-{next(self._count)}"
        try:
            _write(probe, b"probe")
            probe.unlink()
        except OSError as error:
            raise SpoolFull(f"Cannot start: SPOOL_DIR cannot be written ({type(error).__name__}).") from None
        unreadable = self.unreadable()
        return f"{self.waiting()} kept" + (f", {unreadable} unreadable" if unreadable else "")

    def add(self, spooled: Spooled) -> None:
        """See `Spool.add`."""
        sealed = _SUITE.encrypt(_packed(spooled), self._key, _INFO)
        hidden = is_hidden(spooled.conversation)
        # The order of arrival must survive, so the name carries it; the file is gone within seconds of the return.
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._count)}"
        part = self._directory / f"{name}{_PART}"
        try:
            _write(part, sealed)
            part.rename(self._directory / f"{name}{_SUFFIX}")
            _sync(self._directory)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if self._given is not None:
                self._given.note_lost(spooled.inbound, hidden=hidden)
            if hidden:
                _keep_in_memory(self._directory, f"{name}{_SUFFIX}", sealed)
            raise SpoolFull(type(error).__name__) from None
        if self._given is not None:
            self._given.note(spooled.inbound, f"{name}{_SUFFIX}", spooled.reply, hidden=hidden)

    def given(self, inbound: Inbound) -> Given:
        """See `Spool.given`."""
        return self._given.find(inbound) if self._given is not None else NOTHING_GIVEN

    def caught_up(self, inbound: Inbound) -> None:
        """See `Spool.caught_up`."""
        if self._given is not None:
            self._given.catch_up(inbound)

    def waiting(self) -> int:
        """How many messages are kept."""
        return len(_files(self._directory))

    def unreadable(self) -> int:
        """How many messages the worker could not read or store."""
        return len(_files(self._directory, _UNREADABLE))


class FileSpoolReader:
    """Reads the spool, with the private key. Reports what it has to give up."""

    def __init__(
        self, directory: Path, key: X25519PrivateKey, report: Callable[..., None], sealer: Sealer | None = None
    ) -> None:
        """sealer: as for `FileSpool`."""
        self._sealer = sealer
        self._directory = directory
        self._key = key
        self._report = report

    @cached_property
    def id(self) -> str:
        """Random; the same for every worker on this folder, and after a restart. A damaged one is made again. Raises
        OSError."""
        with suppress(FileNotFoundError):
            if not _IS_ID.fullmatch((self._directory / _ID).read_bytes()):
                (self._directory / _ID).unlink()
        part = self._directory / f"{_ID}-{secrets.token_hex(8)}"
        _write(part, secrets.token_hex(8).encode())
        try:
            with suppress(FileExistsError):
                (self._directory / _ID).hardlink_to(part)
        finally:
            part.unlink()
        return (self._directory / _ID).read_text()

    def waiting(self) -> int:
        """How many messages are kept."""
        return len(_files(self._directory))

    def clear_until(self) -> datetime:
        """Nothing that arrived before this moment is kept here."""
        now = time.time()
        oldest = min((_when(path) for path in _files(self._directory)), default=now)
        return datetime.fromtimestamp(min(oldest, now), UTC) - ON_THE_WAY

    def unreadable_minutes(self) -> frozenset[int]:
        """The minutes (since 1970) in which what lies unreadable here arrived."""
        return frozenset(int(_when(path)) // 60 for path in _files(self._directory, _UNREADABLE))

    def drain(self, handle: Callable[[Spooled], object]) -> int:
        """Hand every kept message to `handle`, oldest first, and drop it when that returns; returns how many.

        StorageUnavailable from `handle` stops the drain; that message and the later ones stay. One that our key does
        not open, or that cannot be stored, is marked as unreadable: the right key or a repaired program may turn up.
        What is older than a conversation may be is dropped unread.
        """
        self._drop_old()
        handled = sum(self._hand_over(path, handle) for path in _files(self._directory))
        if not _files(self._directory):
            forget(self._directory)
        return handled

    def _drop_old(self) -> None:
        lives = {_PART: PART_SECONDS, _SUFFIX: MAX_AGE_SECONDS, _UNREADABLE: MAX_AGE_SECONDS}
        for suffix, seconds in lives.items():
            for path in _files(self._directory, suffix):
                with suppress(FileNotFoundError):  # finished, or another worker was faster
                    if time.time() - path.stat().st_mtime > seconds:
                        path.unlink()
                        if suffix != _PART:
                            self._report("spool_dropped", cause="too_old")

    def _hand_over(self, path: Path, handle: Callable[[Spooled], object]) -> bool:
        """Was it handled?"""
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # another worker was faster
            return False
        except OSError as error:
            self._report("spool_stuck", cause=type(error).__name__)
            return False
        try:
            handle(_unpacked(_SUITE.decrypt(data, self._key, _INFO)))
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one message nobody can store must not hold up the others
            self._report("spool_dropped", cause=type(error).__name__, error=error)
            self._away(lambda: path.rename(path.with_suffix(_UNREADABLE)))
            return False
        self._away(path.unlink)
        return True

    def _away(self, move: Callable[[], object]) -> None:
        """Where the disk does not let it go it comes again: what was stored is not stored twice."""
        try:
            move()
        except FileNotFoundError:  # another worker was faster
            return
        except OSError as error:
            self._report("spool_stuck", cause=type(error).__name__)

    def drop(self, contacts: Sequence[str]) -> int:
        """Delete what these people wrote; returns how many messages. One our key does not open stays."""
        dropped = []
        for path in [*_files(self._directory), *_files(self._directory, _UNREADABLE)]:
            try:
                spooled = _unpacked(_SUITE.decrypt(path.read_bytes(), self._key, _INFO))
            except (InvalidTag, msgspec.DecodeError, FileNotFoundError):
                continue
            if {spooled.inbound.contact, *spooled.inbound.former} & set(contacts):
                path.unlink(missing_ok=True)
                dropped.append(spooled.inbound.message_id)
        if self._sealer is not None:
            forget_people(self._directory, self._sealer, contacts, dropped)
        return len(dropped)


def _packed(spooled: Spooled) -> bytes:
    conversation = msgspec.Raw(encode_conversation(spooled.conversation))
    before = _NOTHING if spooled.before is None else msgspec.Raw(encode_conversation(spooled.before))
    return _encoder.encode(
        _Record(spooled.inbound, conversation, spooled.events, spooled.reply, spooled.revision, before, spooled.at)
    )


def _unpacked(data: bytes) -> Spooled:
    record = _decoder.decode(data)
    conversation = decode_conversation(bytes(record.conversation))
    before = None if record.before == _NOTHING else decode_conversation(bytes(record.before))
    return Spooled(record.inbound, conversation, record.events, record.reply, record.revision, before, record.at)


def _when(path: Path) -> float:
    """The second since 1970 in which it was kept, by its name; 0 for a name we did not give."""
    nanoseconds = path.name.partition("-")[0]
    return int(nanoseconds) / 1e9 if nanoseconds.isdecimal() else 0.0


def _files(directory: Path, suffix: str = _SUFFIX) -> list[Path]:
    """Those on the disk and those in memory, oldest first."""
    found = list(directory.glob(f"*{suffix}"))
    if memory_is_ours(directory):
        found += memory_of(directory).glob(f"*{suffix}")
    return sorted(found, key=lambda path: path.name)


def _keep_in_memory(directory: Path, name: str, sealed: bytes) -> None:
    with suppress(OSError):
        if memory_is_ours(directory, make=True):
            part = memory_of(directory) / f"{name}{_PART}"
            _write(part, sealed)
            part.rename(memory_of(directory) / name)


def _write(path: Path, data: bytes) -> None:
    """Write and bring to the disk, readable for us alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
