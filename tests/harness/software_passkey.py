"""A passkey made of software, as a device would hold it."""

import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from bot.access.accounts import Passkey
from tests.harness.fixed import HOST, PUBLIC_URL

PRESENT_AND_VERIFIED = 0x05


class SoftwarePasskey:
    """One key of one device."""

    def __init__(self) -> None:
        self.id = secrets.token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._count = 0

    def kept(self) -> Passkey:
        """The key as it is stored."""
        numbers = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return Passkey(self.id, cbor2.dumps(cose), 0, 0)

    def answer(self, challenge: str, origin: str = PUBLIC_URL) -> str:
        """What the browser sends for this challenge, as it came."""
        self._count += 1
        client = json.dumps(
            {"type": "webauthn.get", "challenge": challenge, "origin": origin, "crossOrigin": False}
        ).encode()
        data = hashlib.sha256(HOST.encode()).digest() + bytes([PRESENT_AND_VERIFIED]) + self._count.to_bytes(4, "big")
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
        }
        name = bytes_to_base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
