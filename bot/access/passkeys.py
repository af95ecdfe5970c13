"""Passkeys (WebAuthn): what the browser is asked, and whether its answer holds.

The device itself asks for a finger or a code (user verification), so a passkey is two factors in one.
"""

from collections.abc import Sequence

import webauthn
from webauthn.helpers import options_to_json, parse_authentication_credential_json, parse_authenticator_data
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.access.accounts import Account, Passkey

TITLE = "Console"
"""What the device shows. It names no organisation: others may see the screen too."""


class PasskeyRefused(Exception):
    """The answer is not from this key, not to this challenge, or not for this page."""


def registration(account: Account, challenge: bytes, host: str) -> str:
    """What navigator.credentials.create is asked, as JSON."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=host,
            rp_name=TITLE,
            user_id=account.id.encode(),
            user_name=account.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.id) for each in account.passkeys],
        )
    )


def login(challenge: bytes, host: str, passkeys: Sequence[Passkey] = ()) -> str:
    """What navigator.credentials.get is asked, as JSON. Without `passkeys` it names nobody: the device knows whose key
    it has. With them, one of these must answer."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each.id) for each in passkeys],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def verified_registration(answer: str, challenge: bytes, host: str, origin: str, second: int) -> Passkey:
    """The new key. `second`: now, since 1970. Raises PasskeyRefused."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    return Passkey(found.credential_id, found.credential_public_key, found.sign_count, second)


def signer(answer: str) -> bytes:
    """The id of the key that says it signed. Raises PasskeyRefused."""
    try:
        return parse_authentication_credential_json(answer).raw_id
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None


def verified_login(answer: str, challenge: bytes, host: str, origin: str, passkey: Passkey) -> int:
    """Check the answer; returns how often the key has signed by now. Raises PasskeyRefused."""
    counter = 0 if _is_backed_up(answer) else passkey.count
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=passkey.key,
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    return found.new_sign_count


def _is_backed_up(answer: str) -> bool:
    """Is the key one that several devices share? Each of them counts for itself, so the counter says nothing there
    (WebAuthn 3, 6.1.1). The flag is signed: `verify_authentication_response` has the last word on the answer."""
    try:
        data = parse_authentication_credential_json(answer).response.authenticator_data
        return parse_authenticator_data(data).flags.bs
    except (WebAuthnException, ValueError):
        return False
