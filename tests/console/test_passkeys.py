"""Passkeys by a software authenticator: the counter of a key that devices share says nothing."""

import hashlib
import json

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from bot.access.accounts import Passkey
from bot.access.passkeys import PasskeyRefused, verified_login

HOST, ORIGIN, CHALLENGE = "helpline.example", "https://helpline.example", b"c" * 32
PRESENT_AND_VERIFIED, MAY_BE_BACKED_UP, BACKED_UP = 0x05, 0x08, 0x10
KEY = ec.generate_private_key(ec.SECP256R1())


def kept(count: int) -> Passkey:
    """The key as it is stored, after `count` signatures."""
    numbers = KEY.public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    return Passkey(b"id of the key", cbor2.dumps(cose), count, 0)


def answer(flags: int, count: int, signed_flags: int | None = None) -> str:
    """What a device sends. signed_flags: those it really signed."""
    client = json.dumps(
        {"type": "webauthn.get", "challenge": bytes_to_base64url(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
    ).encode()

    def data(flags: int) -> bytes:
        return hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    signed = data(flags if signed_flags is None else signed_flags) + hashlib.sha256(client).digest()
    response = {
        "clientDataJSON": bytes_to_base64url(client),
        "authenticatorData": bytes_to_base64url(data(flags)),
        "signature": bytes_to_base64url(KEY.sign(signed, ec.ECDSA(SHA256()))),
    }
    name = bytes_to_base64url(b"id of the key")
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


@pytest.mark.parametrize("count", [0, 3, 7])
def test_a_key_that_devices_share_may_count_as_it_likes(count: int) -> None:
    flags = PRESENT_AND_VERIFIED | MAY_BE_BACKED_UP | BACKED_UP
    assert verified_login(answer(flags, count), CHALLENGE, HOST, ORIGIN, kept(7)) == count


@pytest.mark.parametrize("flags", [PRESENT_AND_VERIFIED, PRESENT_AND_VERIFIED | MAY_BE_BACKED_UP])
def test_a_key_of_one_device_that_counts_backwards_is_refused(flags: int) -> None:
    assert verified_login(answer(flags, 8), CHALLENGE, HOST, ORIGIN, kept(7)) == 8
    with pytest.raises(PasskeyRefused):
        verified_login(answer(flags, 7), CHALLENGE, HOST, ORIGIN, kept(7))


def test_a_flag_that_was_not_signed_does_not_help() -> None:
    flags = PRESENT_AND_VERIFIED | MAY_BE_BACKED_UP | BACKED_UP
    with pytest.raises(PasskeyRefused):
        verified_login(answer(flags, 7, PRESENT_AND_VERIFIED), CHALLENGE, HOST, ORIGIN, kept(7))
