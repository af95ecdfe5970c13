"""Sessions of the console, and what a login leaves behind, in Redis. A token is kept as its hash only."""

import hashlib

import msgspec

from bot.access.sessions import Session
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.scripts import COUNT_TRY
from bot.storage.sealing import SealBroken, Sealer, place

_session = msgspec.msgpack.Decoder(Session)


class RedisSessions:
    """`access.sessions.SessionStore` on Redis."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def begin(self, token: str, session: Session, seconds: int) -> None:
        """See `SessionStore.begin`."""
        name = _hash(token)
        self._connection.ask("SET", keys.session(name), self._sealed(name, session), "EX", seconds)

    def session(self, token: str) -> Session | None:
        """See `SessionStore.session`."""
        name = _hash(token)
        stored = self._connection.ask("GET", keys.session(name))
        try:
            return _session.decode(self._sealer.open(stored, place("session", name))) if stored else None
        except (SealBroken, msgspec.DecodeError):
            return None

    def renew(self, token: str, session: Session) -> None:
        """See `SessionStore.renew`."""
        name = _hash(token)
        self._connection.ask("SET", keys.session(name), self._sealed(name, session), "XX", "KEEPTTL")

    def end(self, token: str) -> None:
        """See `SessionStore.end`."""
        self._connection.ask("DEL", keys.session(_hash(token)))

    def tries(self, what: str, seconds: int) -> int:
        """See `SessionStore.tries`."""
        return int(self._connection.together([COUNT_TRY([_login("tries", what)], {"seconds": seconds})])[0])

    def forget_tries(self, what: str) -> None:
        """See `SessionStore.forget_tries`."""
        self._connection.ask("DEL", _login("tries", what))

    def claim_once(self, what: str, seconds: int) -> bool:
        """See `SessionStore.claim_once`."""
        return bool(self._connection.ask("SET", _login("once", what), b"", "NX", "EX", seconds))

    def put(self, what: str, value: bytes, seconds: int) -> None:
        """See `SessionStore.put`."""
        self._connection.ask("SET", _login("kept", what), value, "EX", seconds)

    def pop(self, what: str) -> bytes | None:
        """See `SessionStore.pop`."""
        found: bytes | None = self._connection.ask("GETDEL", _login("kept", what))
        return found

    def _sealed(self, name: str, session: Session) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(session), place("session", name))


def _hash(token: str) -> str:
    return hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=20).hexdigest()


def _login(kind: str, what: str) -> str:
    return keys.login(f"{kind}:{_hash(what)}")
