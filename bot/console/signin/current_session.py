"""The session of the request that is being answered. The cookie holds a token and nothing else."""

from flask import g, request, session

from bot.access.accounts import Account
from bot.access.sessions import Session, Sessions, Stage
from bot.console.signin.visitor import Visitor, visitor_of

BACKGROUND = "X-Background"
"""Header of requests that scripts make by themselves: they do not postpone the lock."""

RELOADED = "reloaded"
"""The same for pages that reload themselves without scripts: a parameter of their address."""

_AUTOMATIC = frozenset({"console.events", "console.beat", "console.beating_page", "console.news_strip"})
"""Views that only pages ask for, never an advisor."""


class CurrentSession:
    """Reads and writes the session of the current request."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def visitor(self) -> Visitor | None:
        """Who is logged in; None where nobody is, or the pages are locked."""
        found = self._found()
        if found is None or found[1].stage is not Stage.IN or self._sessions.is_locked(found[1]):
            return None
        if not is_automatic():
            self._sessions.touch(self._token(), found[1])
        return visitor_of(found[0])

    def account(self) -> Account:
        """The account of who is logged in. Only for views that let nobody else in."""
        found = self._found()
        assert found is not None  # noqa: S101 - see above
        return found[0]

    def pending_login(self, stage: Stage) -> Account | None:
        """The account whose login has come as far as `stage`, and no further."""
        found = self._found()
        return found[0] if found and found[1].stage is stage else None

    def locked(self) -> Account | None:
        """The account that is logged in, but locked."""
        found = self._found()
        is_locked = found and found[1].stage is Stage.IN and self._sessions.is_locked(found[1])
        return found[0] if found and is_locked else None

    def unlock(self) -> None:
        """The owner of a locked session has proved who they are."""
        found = self._found()
        if found:
            self._sessions.touch(self._token(), found[1])

    def prove(self, *, with_password: bool) -> None:
        """Whoever is logged in has just proved again who they are."""
        found = self._found()
        if found:
            proved = self._sessions.prove(self._token(), found[1], with_password=with_password)
            g.found_session = (found[0], proved)

    def is_proved(self) -> bool:
        """Did whoever is logged in prove again who they are, a moment ago?"""
        found = self._found()
        return bool(found and self._sessions.is_proved(found[1]))

    def is_proved_without_password(self) -> bool:
        """Was it with a passkey or at the identity provider?"""
        found = self._found()
        return bool(found and self._sessions.is_proved(found[1]) and not found[1].proved_with_password)

    def start_session(self, account: Account, stage: Stage) -> None:
        """Start a session under a new token; the old one ends."""
        self.end_session()
        session["token"] = self._sessions.start(account, stage)

    def end_session(self) -> None:
        """End the session and everything that was signed for it."""
        self._sessions.end(self._token())
        session.clear()
        g.pop("found_session", None)
        g.pop("csrf_token", None)  # Flask-WTF keeps the token of this request there

    @staticmethod
    def _token() -> str:
        return str(session.get("token", ""))

    def _found(self) -> tuple[Account, Session] | None:
        if "found_session" not in g:
            g.found_session = self._sessions.find(self._token())
        found: tuple[Account, Session] | None = g.found_session
        return found


def is_automatic() -> bool:
    """Did a page make this request by itself? Then it is no act of the advisor."""
    marked = request.headers.get(BACKGROUND) or (request.method == "GET" and RELOADED in request.args)
    return bool(marked) or request.endpoint in _AUTOMATIC
