"""A backup: one file, sealed to the spool's public key (HPKE, RFC 9180), so that the host that makes it cannot read it
back. What is sealed in Redis is so twice.

The file: a line that says what it is, 16 random bytes, then pieces, each with its length in front and sealed with its
number in the file, so that none can be lost, moved or taken from another backup. The first one says when it was made,
the last one how many there are.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

MAGIC = b"helpline backup 1\n"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_ID_BYTES = 16
_LENGTH_BYTES = 8


class BackupUnusable(Exception):
    """It is no backup of ours, is damaged or incomplete, or our key does not open it. The message says which."""


class StoredKey(msgspec.Struct, frozen=True, array_like=True):
    """One key of Redis. value: bytes, or the flat list that the reading command of its kind gives."""

    name: str
    kind: str
    expires: int
    """In milliseconds since 1970; 0 = never."""
    value: bytes | list[Any]


class Piece(msgspec.Struct, frozen=True):
    """What is sealed together: keys read in one moment; the first has the moment of the backup, the last the count."""

    made: int = 0
    """Milliseconds since 1970, by the clock of Redis."""
    keys: tuple[StoredKey, ...] = ()
    pieces: int = 0


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Piece)


def write_backup(path: Path, key: X25519PublicKey, pieces: Iterator[Piece]) -> None:
    """Write them, readable for us alone; the file is there whole or not at all. Raises OSError."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            id, count = secrets.token_bytes(_ID_BYTES), 0
            file.write(MAGIC + id)
            for piece in pieces:
                _put(file, _SUITE.encrypt(_encode(piece), key, _info(id, count)))
                count += 1
            _put(file, _SUITE.encrypt(_encode(Piece(pieces=count)), key, _info(id, count)))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_backup(path: Path, key: X25519PrivateKey) -> Iterator[Piece]:
    """Its pieces but for the last. Raises BackupUnusable where something is wrong, at the latest at the end: what was
    read before counts for nothing then."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BackupUnusable("this is no backup of this helpline")
        id, count = file.read(_ID_BYTES), 0
        while True:
            sealed = file.read(int.from_bytes(file.read(_LENGTH_BYTES), "big"))
            try:
                piece = _decoder.decode(_SUITE.decrypt(sealed, key, _info(id, count)))
            except (InvalidTag, ValueError, msgspec.DecodeError):
                raise BackupUnusable(
                    "the first piece does not open: another key, or damaged" if not count else "damaged or cut off"
                ) from None
            if piece.pieces:
                if piece.pieces != count or file.read(1):
                    raise BackupUnusable("pieces are missing, or there are too many")
                return
            yield piece
            count += 1


def made_at(path: Path, key: X25519PrivateKey) -> int:
    """Go through the whole file; returns when it was made, in milliseconds since 1970. Raises BackupUnusable."""
    made: Sequence[int] = [piece.made for piece in read_backup(path, key)]
    if not made:
        raise BackupUnusable("it is empty")
    return made[0]


def _put(file: BinaryIO, sealed: bytes) -> None:
    file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)


def _info(id: bytes, number: int) -> bytes:
    return b"helpline backup 1|" + id + number.to_bytes(8, "big")
