"""Somebody who is logged in."""

from dataclasses import dataclass

from flask import g

from bot.access.accounts import Account, Accounts, Role
from bot.access.login_changes import LoginChange
from bot.advisors.board import Advisor


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in, as pages know them."""

    id: str
    """Opaque."""

    name: str
    """Shown to colleagues, never to people who write to us."""

    role: Role
    languages: tuple[str, ...] = ()
    login_changes: tuple[LoginChange, ...] = ()
    """What they have not yet seen of changes in how they, or for administrators others, log in."""

    @property
    def advisor(self) -> Advisor:
        """The same person as the desk knows them."""
        return Advisor(self.id, self.languages)


def visitor_of(account: Account) -> Visitor:
    """The visitor who logged in with this account."""
    return Visitor(account.id, account.name, account.role, account.languages, account.login_changes)


def colleagues(accounts: Accounts) -> list[Visitor]:
    """Everybody who may log in, by name. Read once a request: a page asks several times."""
    if "colleagues" not in g:
        g.colleagues = [visitor_of(account) for account in accounts.everybody() if not account.disabled]
    found: list[Visitor] = g.colleagues
    return found
