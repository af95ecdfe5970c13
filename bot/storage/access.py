"""Accounts, sessions and the audit in Redis. Accounts and sessions are sealed; a token is kept as its hash only."""

import hashlib

import msgspec
import redis

from bot.access.accounts import Account
from bot.access.sessions import Session
from bot.advisors.audit import Line
from bot.storage import keys
from bot.storage.redis import asked
from bot.storage.sealing import SealBroken, Sealer, place

_REVISION_BYTES = 8
_SAVE = b"""
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if (stored and string.sub(stored, 1, 8) or ARGV[4]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""
"""One account, if its revision is still the one the change was made on."""

_TRIES = b"""
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""

_account = msgspec.msgpack.Decoder(Account)
_session = msgspec.msgpack.Decoder(Session)


class RedisAccess:
    """`access.accounts.Directory`, `access.sessions.SessionStore` and `advisors.audit.AuditLog` on Redis >= 6.2."""

    def __init__(self, client: redis.Redis, sealer: Sealer) -> None:
        self._redis = client
        self._sealer = sealer

    # -- accounts ----------------------------------------------------------------------------------------------------

    def accounts(self) -> list[Account]:
        """See `Directory.accounts`."""
        stored = asked(self._redis.hgetall, keys.ACCOUNTS)
        found = [self._account(account_id.decode(), value) for account_id, value in stored.items()]
        return [account for account in found if account is not None]

    def account(self, account_id: str) -> Account | None:
        """See `Directory.account`."""
        stored = asked(self._redis.hget, keys.ACCOUNTS, account_id)
        return self._account(account_id, stored) if stored else None

    def save(self, account: Account) -> bool:
        """See `Directory.save`."""
        before, after = (_revision(account.revision + step) for step in (0, 1))
        newer = msgspec.structs.replace(account, revision=account.revision + 1)
        sealed = self._sealer.seal(msgspec.msgpack.encode(newer), place("account", account.id))
        return bool(asked(self._redis.eval, _SAVE, 1, keys.ACCOUNTS, account.id, before, after + sealed, _revision(0)))

    def _account(self, account_id: str, stored: bytes) -> Account | None:
        try:
            return _account.decode(self._sealer.open(stored[_REVISION_BYTES:], place("account", account_id)))
        except (SealBroken, msgspec.DecodeError):
            return None  # its key is gone: an administrator makes it anew

    # -- sessions ----------------------------------------------------------------------------------------------------

    def begin(self, token: str, session: Session, seconds: int) -> None:
        """See `SessionStore.begin`."""
        name = _hash(token)
        asked(self._redis.set, keys.session(name), self._sealed(name, session), ex=seconds)

    def session(self, token: str) -> Session | None:
        """See `SessionStore.session`."""
        name = _hash(token)
        stored = asked(self._redis.get, keys.session(name))
        try:
            return _session.decode(self._sealer.open(stored, place("session", name))) if stored else None
        except (SealBroken, msgspec.DecodeError):
            return None

    def renew(self, token: str, session: Session) -> None:
        """See `SessionStore.renew`."""
        name = _hash(token)
        asked(self._redis.set, keys.session(name), self._sealed(name, session), xx=True, keepttl=True)

    def end(self, token: str) -> None:
        """See `SessionStore.end`."""
        asked(self._redis.delete, keys.session(_hash(token)))

    def _sealed(self, name: str, session: Session) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(session), place("session", name))

    # -- at the door -------------------------------------------------------------------------------------------------

    def tries(self, what: str, seconds: int) -> int:
        """See `SessionStore.tries`."""
        return int(asked(self._redis.eval, _TRIES, 1, _door("tries", what), seconds))

    def forget_tries(self, what: str) -> None:
        """See `SessionStore.forget_tries`."""
        asked(self._redis.delete, _door("tries", what))

    def claim_once(self, what: str, seconds: int) -> bool:
        """See `SessionStore.claim_once`."""
        return bool(asked(self._redis.set, _door("once", what), b"", nx=True, ex=seconds))

    def put(self, what: str, value: bytes, seconds: int) -> None:
        """See `SessionStore.put`."""
        asked(self._redis.set, _door("kept", what), value, ex=seconds)

    def pop(self, what: str) -> bytes | None:
        """See `SessionStore.pop`."""
        found: bytes | None = asked(self._redis.getdel, _door("kept", what))
        return found

    # -- audit -------------------------------------------------------------------------------------------------------

    def write(self, who: str, what: str, on: str = "") -> None:
        """See `AuditLog.write`."""
        seconds, micros = asked(self._redis.time)
        oldest = seconds * 1000 + micros // 1000 - keys.AUDIT_LIFE_MS
        asked(self._redis.xadd, keys.AUDIT, {"w": who, "d": what, "o": on}, minid=max(0, oldest), approximate=True)

    def lines(self, before: str = "", most: int = 100) -> list[Line]:
        """See `AuditLog.lines`."""
        rows = asked(self._redis.xrevrange, keys.AUDIT, f"({before}" if before else "+", "-", count=most)
        return [
            Line(id.decode(), int(id.split(b"-")[0]) // 60_000, *(fields[name].decode() for name in (b"w", b"d", b"o")))
            for id, fields in rows
        ]


def _revision(number: int) -> bytes:
    return number.to_bytes(_REVISION_BYTES, "big")


def _hash(token: str) -> str:
    return hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=20).hexdigest()


def _door(kind: str, what: str) -> str:
    return keys.door(f"{kind}:{_hash(what)}")
