"""Our secret keys at work: what is stored is sealed, and people are known by keyed hashes of their addresses.

Sealed is with AES-256-GCM, the key's mark in front, so that keys rotate by list:
mark (4 bytes of SHA-256 of the key) | nonce (12 random bytes) | ciphertext and tag.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
MOST_TOLD = 1000
"""So many records that do not open are told of by one process; a lost key would fill the log."""

_MARK = 4
_NONCE = 12


class SealBroken(Exception):
    """Not sealed by any of our keys for this place: a key was lost, or somebody moved or changed the bytes."""


class Sealer:
    """Seals with the newest key, opens with any. `place` binds the bytes to where they belong (associated data)."""

    def __init__(self, keys: Sequence[bytes], report: Callable[..., None] = lambda _what, **_fields: None) -> None:
        """report: is told of what does not open, once for each place."""
        self._report = report
        self._told: set[bytes] = set()
        self._keys = {hashlib.sha256(key).digest()[:_MARK]: AESGCM(key) for key in keys}
        # Not the sealing key itself: one derived from it, so that no key has two uses.
        self._naming = [hmac.digest(key, b"helpline names", "sha256") for key in keys]
        self._mark = next(iter(self._keys))
        self._newest = self._keys[self._mark]

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Ciphertext for `plain` that opens only with the same `place`."""
        nonce = os.urandom(_NONCE)
        return self._mark + nonce + self._newest.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The plain bytes. Raises SealBroken."""
        key = self._keys.get(sealed[:_MARK])
        if key is not None:
            with suppress(InvalidTag, ValueError):
                return key.decrypt(sealed[_MARK : _MARK + _NONCE], sealed[_MARK + _NONCE :], place)
        if sealed and place not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(place)
            self._report("record_unreadable", cause=place.partition(b"|")[0].decode().replace(" ", "_"))
        raise SealBroken

    def is_newest(self, sealed: bytes) -> bool:
        """Was it sealed with the key that seals now? When all is, older keys may go."""
        return sealed[:_MARK] == self._mark

    def named(self, what: str, text: str) -> tuple[str, ...]:
        """Keyed hashes to store something under, one for each key, newest first (22 characters each)."""
        message = f"{what}|{text}".encode()
        return tuple(
            urlsafe_b64encode(hmac.digest(key, message, "sha256")[:16]).rstrip(b"=").decode() for key in self._naming
        )

    def marks(self) -> tuple[str, ...]:
        """The marks of all keys, newest first, to notice that a key was lost."""
        return tuple(mark.hex() for mark in self._keys)


class Identity:
    """From an address to an opaque id. A bare hash of a phone number is undone in seconds; a keyed one is not.

    Keyed hashes of addresses and message ids, under several peppers while rotating, newest first."""

    def __init__(self, peppers: Sequence[str]) -> None:
        self._peppers = [pepper.encode() for pepper in peppers]

    def contacts(self, channel: str, address: str) -> tuple[str, ...]:
        """The ids of one person on one channel, under every pepper, newest first (22 characters each)."""
        message = f"{channel}:{address}".encode()
        digests = [hmac.digest(pepper, message, "sha256")[:16] for pepper in self._peppers]
        return tuple(urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests)

    def fingerprints(self) -> tuple[str, ...]:
        """One short mark per pepper, to notice that a pepper was lost. Reveals nothing about it."""
        digests = [hmac.digest(pepper, b"fingerprint", "sha256") for pepper in self._peppers]
        return tuple(urlsafe_b64encode(digest).decode()[:8] for digest in digests)


def place(what: str, contact: str, detail: str = "") -> bytes:
    """Where sealed bytes belong: they open nowhere else."""
    return f"{what}|{contact}|{detail}".encode()
