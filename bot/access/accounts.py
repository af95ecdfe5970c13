"""Who may work here. Passwords, second factors and sessions are proved in `entrance`."""

import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec
from argon2 import PasswordHasher

ONE_TIME_LIFE = 7 * 24 * 3600
"""Seconds in which a one-time password must be used."""

MAX_NAME = 40
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that is taken for another (0 o, 1 l i)."""


class Role(StrEnum):
    """What somebody may do: talk with people; see and lead the whole; manage who may enter."""

    ADVISOR = "advisor"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Passkey(msgspec.Struct, frozen=True):
    """A key in somebody's device. count: how often it has signed, as far as it tells. added: seconds since 1970."""

    id: bytes
    key: bytes
    count: int
    added: int


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may log in.

    name: what she logs in with and what colleagues see. password: its argon2id hash. one_time_until: seconds since
    1970 until which the password serves, once; 0 for one she chose herself. totp: secret of the second factor, "" =
    none. recovery: hashes of codes that stand in for it once. subject: who she is at the identity provider.
    epoch: sessions begun under another number are over. revision: number of changes.
    """

    id: str
    name: str
    role: Role
    languages: tuple[str, ...] = ("nl",)
    password: str = ""
    one_time_until: int = 0
    totp: str = ""
    recovery: tuple[str, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    subject: str = ""
    disabled: bool = False
    epoch: int = 0
    revision: int = 0


class Directory(Protocol):
    """Keeps accounts. Every method may raise StorageUnavailable."""

    def accounts(self) -> list[Account]:
        """All of them."""
        ...

    def account(self, account_id: str) -> Account | None:
        """One of them."""
        ...

    def save(self, account: Account) -> bool:
        """Store a change made to the revision the account bears; 0 is a new one. False: somebody was first."""
        ...


class NameRefused(Exception):
    """This name is taken, empty, too long, or holds characters that are not seen."""


class Accounts:
    """The people who may log in. `now`: the clock."""

    def __init__(self, directory: Directory, now: Callable[[], datetime]) -> None:
        self._directory = directory
        self._now = now

    def everybody(self) -> list[Account]:
        """All accounts by name, disabled ones included."""
        return sorted(self._directory.accounts(), key=lambda account: _plain(account.name))

    def get(self, account_id: str) -> Account | None:
        """The account with this id."""
        return self._directory.account(account_id)

    def find(self, name: str) -> Account | None:
        """The account with this name, whatever its capitals."""
        return next((each for each in self._directory.accounts() if _plain(each.name) == _plain(name)), None)

    def add(self, name: str, role: Role, languages: tuple[str, ...] = ("nl",)) -> tuple[Account, str]:
        """Make an account; with it the password that lets in once. Raises NameRefused."""
        name = " ".join(unicodedata.normalize("NFC", name).split())
        if not 0 < len(name) <= MAX_NAME or not name.isprintable() or self.find(name):
            raise NameRefused
        password, changes = self._one_time()
        fresh = Account(id=secrets.token_urlsafe(9), name=name, role=role, languages=languages, **changes)
        self._directory.save(fresh)
        return fresh, password

    def reset(self, account_id: str) -> tuple[Account, str]:
        """Begin anew for somebody who lost her password or her second factor: all of it goes, sessions end."""
        password, changes = self._one_time()
        gone = {"totp": "", "recovery": (), "passkeys": (), "subject": "", "disabled": False}
        changed = self.change(
            account_id,
            lambda account: msgspec.structs.replace(account, epoch=account.epoch + 1, **gone, **changes),
        )
        return changed, password

    def disable(self, account_id: str) -> Account:
        """She may not log in any more; every session of hers ends now."""
        return self.change(
            account_id, lambda account: msgspec.structs.replace(account, disabled=True, epoch=account.epoch + 1)
        )

    def give_role(self, account_id: str, role: Role) -> Account:
        """What she may do from her next page on."""
        return self.change(account_id, lambda account: msgspec.structs.replace(account, role=role))

    def change(self, account_id: str, how: Callable[[Account], Account]) -> Account:
        """Store what `how` makes of an account, on its newest revision. Raises KeyError."""
        while True:
            account = how(self._existing(account_id))
            if self._directory.save(account):
                return msgspec.structs.replace(account, revision=account.revision + 1)

    def _existing(self, account_id: str) -> Account:
        account = self._directory.account(account_id)
        if account is None:
            raise KeyError
        return account

    def _one_time(self) -> tuple[str, dict[str, Any]]:
        """A password that lets in once, and the fields of the account that then say so."""
        password = "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(5)) for _part in range(4))
        until = int(self._now().timestamp()) + ONE_TIME_LIFE
        return password, {"password": PasswordHasher().hash(password), "one_time_until": until}


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
