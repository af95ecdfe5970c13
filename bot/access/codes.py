"""The second factor: six digits of an authenticator app (RFC 6238), and recovery codes that stand in for them."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

import pyotp

from bot.access.accounts import Account
from bot.access.sessions import SESSION_LIFE, SessionStore

_STEP = 30
_RECOVERY_CODES = 8


class AppCodes:
    """Checks the digits of authenticator apps; each serves once."""

    def __init__(self, store: SessionStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def accepts(self, account_id: str, secret: str, typed: str) -> bool:
        """Does the app with this secret show `typed` now?"""
        step = int(self._now().timestamp()) // _STEP
        for counter in (step, step - 1, step + 1):  # a clock that is half a minute off
            right = pyotp.TOTP(secret).generate_otp(counter)
            if typed.isascii() and hmac.compare_digest(right, typed):
                return self._store.claim_once(f"digits {account_id} {counter}", 4 * _STEP)
        return False


def new_recovery_codes() -> tuple[list[str], tuple[str, ...]]:
    """Fresh recovery codes to show once, and their hashes to keep."""
    codes = [_new_recovery_code() for _code in range(_RECOVERY_CODES)]
    return codes, tuple(digest(code.replace("-", "")) for code in codes)


def _new_recovery_code() -> str:
    """112 random bits, so that a fast hash is enough to keep it; in four groups, to be typed."""
    letters = secrets.token_hex(14)
    return "-".join(letters[place : place + 7] for place in range(0, len(letters), 7))


def claim_recovery_code(store: SessionStore, account: Account, typed: str) -> str:
    """The hash of the recovery code that was typed, claimed by this browser alone; "" where it is not valid."""
    used = digest(typed)
    is_valid = used in account.recovery and store.claim_once(f"recovery {account.id} {used}", SESSION_LIFE)
    return used if is_valid else ""


def app_uri(account: Account, secret: str) -> str:
    """What an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name="Console")


def digest(text: str) -> str:
    """A short hash under which a code or a name is kept."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
