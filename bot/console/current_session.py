"""Who is at the door of this request: the cookie holds a token and nothing else, the rest is on the server."""

from flask import g, request, session

from bot.access.accounts import Account, Accounts
from bot.access.authenticator import Authenticator, Session, Stage
from bot.console.permissions import Visitor

BACKGROUND = "X-Background"
"""Header of what pages ask by themselves: it does not count as an act of hers."""


class Door:
    """Reads and writes the session of the request that is being answered."""

    def __init__(self, accounts: Accounts, entrance: Authenticator) -> None:
        self._accounts = accounts
        self._entrance = entrance

    def visitor(self) -> Visitor | None:
        """Who is in; None: nobody, or the pages are locked."""
        found = self._found()
        if found is None or found[1].stage is not Stage.IN or self._entrance.is_locked(found[1]):
            return None
        if not (request.headers.get(BACKGROUND) or request.endpoint in ("console.events", "console.beat")):
            self._entrance.active(self._token(), found[1])
        return _visitor(found[0])

    def account(self) -> Account:
        """The account of who is in."""
        found = self._found()
        assert found is not None  # noqa: S101 - only for views that let nobody else in
        return found[0]

    def half_way(self, stage: Stage) -> Account | None:
        """Who has come as far as `stage`, but not in."""
        found = self._found()
        return found[0] if found and found[1].stage is stage else None

    def locked(self) -> Account | None:
        """Who was in, but has not done anything for a while."""
        found = self._found()
        is_locked = found and found[1].stage is Stage.IN and self._entrance.is_locked(found[1])
        return found[0] if found and is_locked else None

    def unlock(self) -> None:
        """She has proved that it is her."""
        found = self._found()
        if found:
            self._entrance.active(self._token(), found[1])

    def let_in(self, account: Account, stage: Stage) -> None:
        """Begin a session under a new token; the old one ends."""
        self.leave()
        session["token"] = self._entrance.begin(account, stage)

    def leave(self) -> None:
        """End the session. What was signed for it is void as well."""
        self._entrance.end(self._token())
        session.clear()
        g.pop("who", None)
        g.pop("csrf_token", None)  # Flask-WTF keeps the token of this request there

    def colleagues(self) -> list[Visitor]:
        """Everybody who may log in, by name."""
        if "colleagues" not in g:  # a page asks several times
            g.colleagues = [_visitor(account) for account in self._accounts.everybody() if not account.disabled]
        found: list[Visitor] = g.colleagues
        return found

    @staticmethod
    def _token() -> str:
        return str(session.get("token", ""))

    def _found(self) -> tuple[Account, Session] | None:
        if "who" not in g:
            g.who = self._entrance.who(self._token())
        found: tuple[Account, Session] | None = g.who
        return found


def _visitor(account: Account) -> Visitor:
    return Visitor(account.id, account.name, account.role, account.languages)
