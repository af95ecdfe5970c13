"""Passwords: hashed with argon2id, and what a chosen one must be like."""

import secrets
import unicodedata
from functools import cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.access.accounts import Account

MIN_PASSWORD = 12
MAX_PASSWORD = 200

_MIN_DISTINCT = 5

_EASY = 10
"""As a power of ten: what is guessed with fewer attempts than this is too easy."""

_LONG_ENOUGH = 72
"""Characters looked at for how easily they are guessed; the rest makes a password only better."""

OUR_WORDS = (
    "helpline", "console", "veilig", "thuis", "veiligthuis", "achterlating", "achtergelaten", "buitenland", "hulplijn",
    "medewerker", "leiding", "beheer", "beheerder", "advisor", "supervisor", "administrator", "wachtwoord", "welkom",
)  # fmt: skip
"""Words that somebody who knows what this is for would try first, besides the name of the account."""
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to keep. Slow on purpose."""
    return _hasher.hash(_normalised(password))


def matches(hashed: str, password: str) -> bool:
    """Is `hashed` of this password? Slow on purpose."""
    try:
        return _hasher.verify(hashed, _normalised(password))
    except (Argon2Error, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Was it hashed with weaker parameters than today's?"""
    return _hasher.check_needs_rehash(hashed)


@cache
def decoy_hash() -> str:
    """Checked where there is no such name, so that this takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe())


def with_password(account: Account, hashed: str) -> Account:
    """`account` with a password its owner chose; all its sessions end."""
    return msgspec.structs.replace(account, password=hashed, one_time_until=0, epoch=account.epoch + 1)


def password_fault(password: str, name: str) -> str:
    """What is wrong with a chosen password: "short", "long", "name" or "common"; "" where nothing is.

    There is no rule about kinds of characters: length is what counts (NIST SP 800-63B), and that it is not among what
    is tried first: common passwords, names, dates, rows of keys, our own words, and what is made of them.
    Slow for a strange one.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a second to load, and are rarely wanted

    plain = _normalised(password)
    if len(plain) < MIN_PASSWORD or len(set(plain)) < _MIN_DISTINCT:
        return "short"
    if len(plain) > MAX_PASSWORD:
        return "long"
    if name.casefold() in plain.casefold() and len(plain) < len(name) + MIN_PASSWORD:
        return "name"
    found = zxcvbn(plain[:_LONG_ENOUGH], user_inputs=[name, *OUR_WORDS])
    return "common" if found["guesses"] < 10**_EASY else ""


def _normalised(password: str) -> str:
    """The same password from every keyboard; a huge one costs no more than a long one."""
    return unicodedata.normalize("NFC", password)[: MAX_PASSWORD + 1]
