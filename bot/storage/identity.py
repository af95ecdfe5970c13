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
        digests = [hmac.digest(pepper, message, "sha256")[:16] for pepper in self._peppers]
        return tuple(urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests)

    def fingerprints(self) -> tuple[str, ...]:
        """One short mark per pepper, to notice that a pepper was lost. Reveals nothing about it."""
        digests = [hmac.digest(pepper, b"fingerprint", "sha256") for pepper in self._peppers]
        return tuple(urlsafe_b64encode(digest).decode()[:8] for digest in digests)
