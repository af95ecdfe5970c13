"""From an address to an opaque id. A bare hash of a phone number is undone in seconds; a keyed one is not."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence


class Identity:
    """Keyed hashes of addresses and message ids, under several peppers while rotating, newest first."""

    def __init__(self, peppers: Sequence[str]) -> None:
        self._peppers = [pepper.encode() for pepper in peppers]

    def contacts(self, channel: str, address: str) -> tuple[str, ...]:
        """The ids of one person on one channel, under every pepper, newest first (22 characters each)."""
        message = f"{channel}:{address}".encode()
        return tuple(_keyed(pepper, message) for pepper in self._peppers)

    def fingerprints(self) -> tuple[str, ...]:
        """One short mark per pepper, to notice that a pepper was lost. Reveals nothing about it."""
        return tuple(_keyed(pepper, b"fingerprint")[:8] for pepper in self._peppers)


def _keyed(pepper: bytes, message: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(pepper, message, "sha256")[:16]).rstrip(b"=").decode()
