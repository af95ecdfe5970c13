"""Accounts: who may log in, and with what. Proofs are checked in `authenticator`."""

import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec
from argon2 import PasswordHasher

from bot.access.login_changes import LoginChange, added, unseen

ONE_TIME_LIFE = 7 * 24 * 3600
"""Seconds in which a one-time password must be used."""

MAX_NAME = 40
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are easily confused (0 o, 1 l i)."""


class Role(StrEnum):
    """What an account may do."""

    ADVISOR = "advisor"
    """Talks with people."""

    SUPERVISOR = "supervisor"
    """Also sees all conversations at a glance, assigns them, reads figures and changes settings."""

    ADMINISTRATOR = "administrator"
    """Also manages accounts."""


class Passkey(msgspec.Struct, frozen=True):
    """A key in somebody's device."""

    id: bytes
    key: bytes
    """The public key."""

    count: int
    """How often it has signed, as far as it tells."""

    added: int
    """Seconds since 1970."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may log in."""

    id: str
    name: str
    """What they log in with and what colleagues see."""

    role: Role
    languages: tuple[str, ...] = ()
    """Those they can answer in."""

    password: str = ""
    """Its argon2id hash; "" where there is none."""

    one_time_until: int = 0
    """Seconds since 1970 until which the password serves, once; 0 for one the owner chose."""

    totp: str = ""
    """Secret of the authenticator app; "" where there is none."""

    recovery: tuple[str, ...] = ()
    """Hashes of recovery codes; each stands in for the app once."""

    passkeys: tuple[Passkey, ...] = ()
    subject: str = ""
    """Who they are at the identity provider."""

    disabled: bool = False
    login_changes: tuple[LoginChange, ...] = ()
    """Not yet seen by the owner of this account."""

    epoch: int = 0
    """Sessions that were started under another number are over."""

    revision: int = 0
    """Number of changes."""


class Directory(Protocol):
    """Keeps accounts. Every method may raise StorageUnavailable."""

    def accounts(self) -> list[Account]:
        """All of them."""
        ...

    def account(self, account_id: str) -> Account | None:
        """One of them."""
        ...

    def save(self, account: Account) -> bool:
        """Store a change made to the account's revision; 0 is a new account. False: another change came first."""
        ...


class NameRefused(Exception):
    """This name is taken, empty, too long, or has invisible characters."""


class Accounts:
    """The accounts in `directory`. `now` is the clock."""

    def __init__(self, directory: Directory, now: Callable[[], datetime]) -> None:
        self._directory = directory
        self._now = now

    def everybody(self) -> list[Account]:
        """All accounts by name, including disabled ones."""
        return sorted(self._directory.accounts(), key=lambda account: plain_name(account.name))

    def get(self, account_id: str) -> Account | None:
        """The account with this id."""
        return self._directory.account(account_id)

    def find(self, name: str) -> Account | None:
        """The account with this name, however it is spelled."""
        return next((each for each in self._directory.accounts() if plain_name(each.name) == plain_name(name)), None)

    def add(self, name: str, role: Role, languages: tuple[str, ...] = ()) -> tuple[Account, str]:
        """Make an account; returns it with its one-time password. Raises NameRefused."""
        name = " ".join(unicodedata.normalize("NFC", name).split())
        if not 0 < len(name) <= MAX_NAME or not name.isprintable() or self.find(name):
            raise NameRefused
        password, changes = self._one_time()
        fresh = Account(id=secrets.token_urlsafe(9), name=name, role=role, languages=languages, **changes)
        self._directory.save(fresh)
        self._tell_administrators(fresh, self._login_change(fresh, "person_added"))
        return fresh, password

    def reset(self, account_id: str) -> tuple[Account, str]:
        """Start over for somebody who lost their password or second factor: all proofs go, sessions end.

        Returns the account with its new one-time password.
        """
        password, changes = self._one_time()
        gone = {"totp": "", "recovery": (), "passkeys": (), "subject": "", "disabled": False}
        changed = self.change_login(
            account_id,
            "person_reset",
            lambda account: msgspec.structs.replace(account, epoch=account.epoch + 1, **gone, **changes),
        )
        return changed, password

    def disable(self, account_id: str) -> Account:
        """Nobody may log in with it any more; all its sessions end now."""
        return self.change_login(
            account_id,
            "person_disabled",
            lambda account: msgspec.structs.replace(account, disabled=True, epoch=account.epoch + 1),
        )

    def give_role(self, account_id: str, role: Role) -> Account:
        """Change the role, from the next request on."""
        return self.change(account_id, lambda account: msgspec.structs.replace(account, role=role))

    def change(self, account_id: str, how: Callable[[Account], Account]) -> Account:
        """Store what `how` makes of the account's newest revision. Raises KeyError where there is no such account."""
        while True:
            account = how(self._existing(account_id))
            if self._directory.save(account):
                return msgspec.structs.replace(account, revision=account.revision + 1)

    def change_login(self, account_id: str, what: str, how: Callable[[Account], Account]) -> Account:
        """Change how somebody logs in, as `change` does; its owner and the administrators are told.

        what: the change, as in the audit log.
        """
        told: list[LoginChange] = []

        def changed(newest: Account) -> Account:
            told[:] = [self._login_change(newest, what)]
            return _with_login_change(how(newest), told[0])

        account = self.change(account_id, changed)
        self._tell_administrators(account, told[0])
        return account

    def saw_login_changes(self, account_id: str, second: int) -> Account:
        """Its owner has seen the changes up to this second."""
        return self.change(
            account_id,
            lambda newest: msgspec.structs.replace(newest, login_changes=unseen(newest.login_changes, second)),
        )

    def _login_change(self, account: Account, what: str) -> LoginChange:
        return LoginChange(account.name, what, int(self._now().timestamp()))

    def _tell_administrators(self, changed: Account, change: LoginChange) -> None:
        """Tell every other administrator that `changed` logs in in another way from now on."""
        for each in self._directory.accounts():
            if each.role is Role.ADMINISTRATOR and not each.disabled and each.id != changed.id:
                self.change(each.id, lambda newest: _with_login_change(newest, change))

    def _existing(self, account_id: str) -> Account:
        account = self._directory.account(account_id)
        if account is None:
            raise KeyError
        return account

    def _one_time(self) -> tuple[str, dict[str, Any]]:
        """A one-time password, and the fields of the account that hold it."""
        password = "-".join("".join(secrets.choice(_ALPHABET) for _letter in range(5)) for _part in range(4))
        until = int(self._now().timestamp()) + ONE_TIME_LIFE
        return password, {"password": PasswordHasher().hash(password), "one_time_until": until}


def _with_login_change(account: Account, change: LoginChange) -> Account:
    return msgspec.structs.replace(account, login_changes=added(account.login_changes, change))


def plain_name(name: str) -> str:
    """The same for every spelling of a name that a keyboard may produce."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
