"""Everything in Redis that a backup holds, and back into an empty Redis.

Not held: what only means something while it runs (sessions, leases, presence, tries, the feed, case codes, what stands
ready to be sent). Everything comes back with the moment at which it would have expired.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from bot.access.accounts import Account
from bot.handoff.delivery import UNREPORTED, DeliveryState
from bot.storage.backup import Piece, StoredKey
from bot.storage.journal import Outlived
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.node import Command
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.scripts import READ_SHARD
from bot.storage.sealing import SealBroken, Sealer, place

BATCH = 500
RESTORING = "helpline:restoring"
"""Stands while a restore is at work: what an interrupted one has left may be dropped by the next."""

_PERSON = re.compile(r"helpline:\{(\d\d)\}:([\w-]{22}):([\w-]+)")
_SHARD = re.compile(r"helpline:\{\d\d\}:(waiting|held|check-ins|erased|counts:[\d-]+|sent:.+)")
_OF_A_PERSON = frozenset({"conversation", "turns", "address", "our-number", "outgoing"})
_ALONE = frozenset({keys.OVERRIDES, keys.BLOCKS, keys.LAST_RECONCILED, keys.ACCOUNTS, keys.AUDIT, keys.LAYOUT})
_ALONE_BEGIN = ("helpline:erased:", "helpline:blocked:", keys.FINGERPRINTS)
_AT_START = (keys.LAYOUT, keys.FINGERPRINTS)
"""What a process writes when it starts on an empty Redis."""

_REVISION_BYTES = 8
_account = msgspec.msgpack.Decoder(Account)
_UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNSURE)


class NotEmpty(Exception):
    """There is something in this Redis already."""


def pieces(connection: Connection) -> Iterator[Piece]:
    """What a backup holds, one shard after the other, each as it is in one moment. Raises StorageUnavailable."""
    by_shard: dict[str, list[str]] = {}
    for name in _names(connection):
        if _is_held(name):
            by_shard.setdefault(name[: len(keys.ALL_SHARDS[0])] if "{" in name else "", []).append(name)
    yield Piece(made=_now(connection))
    for names in by_shard.values():
        found = connection.together([READ_SHARD(names, {})])[0]
        now = _now(connection)
        yield Piece(keys=tuple(_stored(now, *each) for each in found))


def restore(connection: Connection, sealer: Sealer, found: Iterable[Piece], made: int, outlived: Outlived) -> int:
    """Put it back; returns how many people are not, because they were erased since. made: the minute of the backup.

    found: verified before. Raises NotEmpty before anything is written, and StorageUnavailable: then it must be done
    again from the beginning.
    """
    left = [name for name in _names(connection) if _is_held(name) and name not in _AT_START]
    if left and not connection.ask("EXISTS", RESTORING):
        raise NotEmpty
    connection.ask("SET", RESTORING, "1")
    for start in range(0, len(left), BATCH):
        connection.together([("DEL", name) for name in left[start : start + BATCH]])
    back = _Back(sealer, made, outlived, _now(connection))
    for piece in found:
        commands = [command for key in piece.keys for command in back.commands(key)]
        for start in range(0, len(commands), BATCH):
            connection.together(commands[start : start + BATCH])
    marks: list[Command] = [
        ("SET", keys.erased(mark), minute, "EX", keys.BOT_LIFE)
        for mark, minute in outlived.erased.items()
        if minute >= made
    ]
    connection.together([*marks, ("DEL", RESTORING)])
    return len(back.erased)


class _Back:
    """The commands that bring keys back, without what must stay away."""

    def __init__(self, sealer: Sealer, made: int, outlived: Outlived, now: int) -> None:
        self._sealer = sealer
        self._made = made
        self._outlived = outlived
        self._now = now
        self.erased: set[str] = set()

    def commands(self, key: StoredKey) -> list[Command]:
        """None for a key that has expired or that belongs to somebody who was erased."""
        if key.expires and key.expires <= self._now:
            return []
        person, shared = _PERSON.fullmatch(key.name), _SHARD.fullmatch(key.name)
        if person is not None:
            if self._is_erased(person[2]):
                return []
            if person[3] == "outgoing":
                return self._written(key, _flat([*_settled(_pairs(key.value))]))
        elif shared is not None:
            if key.kind == "string" and self._is_erased(_text(key.value)):
                return []
            if shared[1] in ("waiting", "check-ins"):
                return self._written(key, _flat([pair for pair in _pairs(key.value) if not self._is_erased(pair[0])]))
            if shared[1] == "held":
                return self._written(key, [each for each in _list(key.value) if not self._is_erased(each)])
        elif key.name == keys.ACCOUNTS:
            return self._written(key, _flat([(id, self._account(id, stored)) for id, stored in _pairs(key.value)]))
        return self._written(key, key.value)

    def _written(self, key: StoredKey, value: object) -> list[Command]:
        if not value:
            return []
        if key.kind == "stream":
            found: list[Command] = [("XADD", key.name, entry, *fields) for entry, fields in _pairs_of(value)]
        elif key.kind == "zset":
            found = [("ZADD", key.name, *_flat([(score, member) for member, score in _pairs(value)]))]
        else:
            command = {"string": "SET", "hash": "HSET", "set": "SADD", "list": "RPUSH"}[key.kind]
            found = [(command, key.name, *([value] if isinstance(value, bytes) else _list(value)))]
        return [*found, ("PEXPIREAT", key.name, key.expires)] if key.expires else found

    def _is_erased(self, contact: bytes | str) -> bool:
        name = contact.decode() if isinstance(contact, bytes) else contact
        minutes = self._outlived.erased
        # In the minute of the backup nobody knows which came first; the erasure has it.
        if any(minutes.get(mark, -1) >= self._made for mark in self._sealer.named("erased", name)):
            self.erased.add(name)
        return name in self.erased

    def _account(self, id: bytes, stored: bytes) -> bytes:
        """Disabled again where it was disabled since; its key is gone where it does not open, and nobody gets in."""
        if id.decode() not in self._outlived.disabled:
            return stored
        where = place("account", id.decode())
        try:
            account = _account.decode(self._sealer.open(stored[_REVISION_BYTES:], where))
        except (SealBroken, msgspec.DecodeError):
            return stored
        closed = replace(account, disabled=True, epoch=account.epoch + 1)
        return stored[:_REVISION_BYTES] + self._sealer.seal(msgspec.msgpack.encode(closed), where)


def _settled(outgoing: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """What was on its way may have gone since: it is not sent again, and the advisor sees that nobody knows."""
    for name, value in outgoing:
        if name.endswith(b":s"):
            state, _code, *rest = value.decode().split(" ")
            if state in _UNSETTLED:
                value = " ".join((DeliveryState.FAILED, UNREPORTED, *rest[:-1], "-")).encode()
        yield name, value


def _is_held(name: str) -> bool:
    if person := _PERSON.fullmatch(name):
        return person[3] in _OF_A_PERSON
    return bool(_SHARD.fullmatch(name)) or name in _ALONE or name.startswith(_ALONE_BEGIN)


def _names(connection: Connection) -> list[str]:
    cursor, found = b"0", set[str]()
    while True:
        cursor, names = connection.ask("SCAN", cursor, "MATCH", "helpline:*", "COUNT", BATCH)
        found |= {name.decode() for name in names}
        if cursor == b"0":
            return sorted(found)


def _now(connection: Connection) -> int:
    return milliseconds(connection.ask("TIME"))


def _stored(now: int, name: bytes, kind: bytes, life: int, value: object) -> StoredKey:
    return StoredKey(name.decode(), kind.decode(), now + life if life >= 0 else 0, value)  # type: ignore[arg-type]


def _list(value: object) -> list[bytes]:
    assert isinstance(value, list)  # noqa: S101 - as the script reads this kind
    return value


def _text(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _pairs(value: object) -> list[tuple[bytes, bytes]]:
    flat = _list(value)
    return list(zip(flat[::2], flat[1::2], strict=True))


def _pairs_of(value: object) -> list[tuple[bytes, list[bytes]]]:
    return [(entry, fields) for entry, fields in _list(value)]  # type: ignore[misc]


def _flat(pairs: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    return [each for pair in pairs for each in pair]
