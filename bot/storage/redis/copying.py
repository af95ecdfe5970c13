"""Everything in Redis that a backup holds, and back into an empty Redis.

Not held: what only means something while it runs (sessions, leases, presence, tries, the feed, case codes, what stands
ready to be sent). Everything comes back with the moment at which it would have expired.
"""

import re
from collections.abc import Container, Iterable, Iterator

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
from bot.storage.redis.reading import text
from bot.storage.redis.scripts import READ_SHARD
from bot.storage.sealing import SealBroken, Sealer, place

BATCH = 500
PEOPLE_AT_ONCE = 20
"""While Redis reads so many it does nothing else. A flood of one person may be a megabyte."""

RESTORING = "helpline:restoring"
"""Stands while a restore is at work: what an interrupted one has left may be dropped by the next."""

_PERSON = re.compile(r"helpline:\{(\d\d)\}:([\w-]{22}):([\w-]+)")
_SHARD = re.compile(r"helpline:\{\d\d\}:(waiting|held|check-ins|erased-messages|unreported|counts:[\d-]+|sent:.+)")
_OF_MEMBERS = (":waiting", ":held")
_OF_A_PERSON = frozenset({"conversation", "turns", "address", "our-number", "outgoing"})
_ALONE = frozenset({keys.OVERRIDES, keys.BLOCKS, keys.LAST_RECONCILED, keys.ACCOUNTS, keys.AUDIT, keys.LAYOUT})
_ALONE_BEGIN = ("helpline:erased:", "helpline:blocked:", keys.FINGERPRINTS)
_AT_START = (keys.LAYOUT, keys.FINGERPRINTS)
"""What a process writes when it starts on an empty Redis."""

_REVISION_BYTES = 8
_account = msgspec.msgpack.Decoder(Account)
_UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNSURE)


_APART_MS = 5_000
"""So far the clocks of the host that notes an erasure and of the Redis that tells the moment of a backup may differ."""

_MOVING = re.compile(rb"\[\d+-[<>]-")
"""A slot that is on its way, in what CLUSTER NODES tells."""


class NotEmpty(Exception):
    """There is something in this Redis already."""


class Moving(Exception):
    """Another server became the master, or slots move: names of keys may have been missed."""


def pieces(connection: Connection) -> Iterator[Piece]:
    """What a backup holds: people, each in one moment with their place in the queue; then what they have in common.
    Raises Moving and StorageUnavailable."""
    before = _servers(connection)
    people: dict[str, dict[str, list[str]]] = {}
    others: list[str] = []
    for name in filter(_is_held, _names(connection)):
        if found := _PERSON.fullmatch(name):
            people.setdefault(name[: -len(f"{found[2]}:{found[3]}")], {}).setdefault(found[2], []).append(name)
        elif not name.endswith(_OF_MEMBERS):
            others.append(name)
    if _servers(connection) != before:
        raise Moving
    yield Piece(made=_now(connection))
    for shard, names in people.items():
        for contacts in _batches(list(names), PEOPLE_AT_ONCE):
            read = [f"{shard}waiting", f"{shard}held", *(name for contact in contacts for name in names[contact])]
            yield _piece(connection, [READ_SHARD(read, {"members": contacts})])
    for batch in _batches(others, BATCH):
        yield _piece(connection, [READ_SHARD([name], {}) for name in batch])


def _piece(connection: Connection, commands: list[Command]) -> Piece:
    answers = connection.together(commands)
    now = _now(connection)
    return Piece(keys=tuple(_stored(now, *each) for found in answers for each in found))


def _batches(names: list[str], size: int) -> Iterator[list[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _servers(connection: Connection) -> list[object]:
    """Which masters there are, each with the process it is, its part and whose slots it sees where. Replicas come and
    go, and hold no other names. Raises Moving."""
    commands: list[Command] = [("INFO",)]
    if connection.is_spread:
        commands += [("CLUSTER", "SLOTS"), ("CLUSTER", "NODES")]
    found: list[object] = []
    for told, *of_cluster in connection.everywhere(commands):
        if of_cluster and _MOVING.search(of_cluster.pop()):
            raise Moving
        masters = sorted((first, last, master[:3]) for slots in of_cluster for first, last, master, *_replicas in slots)
        found.append((re.findall(rb"^(?:run_id|role):\w+", told, re.MULTILINE), masters))
    return found


def restore(connection: Connection, sealer: Sealer, found: Iterable[Piece], made: int, outlived: Outlived) -> int:
    """Put it back; returns how many people are not, because they were erased since. made: the moment of the backup,
    in milliseconds since 1970.

    found: verified before. Raises NotEmpty before anything is written, and StorageUnavailable: then it must be done
    again from the beginning.
    """
    left = [name for name in _names(connection) if _is_held(name) and name not in _AT_START]
    if left and not connection.ask("EXISTS", RESTORING):
        raise NotEmpty
    connection.ask("SET", RESTORING, "1")
    for batch in _batches(left, BATCH):
        connection.together([("DEL", name) for name in batch])
    since = {mark: at for mark, at in outlived.erased.items() if at >= made - _APART_MS}
    back = _Back(sealer, since, outlived.disabled, _now(connection))
    for piece in found:
        commands = [command for key in piece.keys for command in back.commands(key)]
        for start in range(0, len(commands), BATCH):
            connection.together(commands[start : start + BATCH])
    marks: list[Command] = [("SET", keys.erased(mark), at, "EX", keys.BOT_LIFE) for mark, at in since.items()]
    connection.together([*marks, ("DEL", RESTORING)])
    return len(back.erased)


class _Back:
    """The commands that bring keys back, without what must stay away."""

    def __init__(self, sealer: Sealer, erased_since: Container[str], disabled: Container[str], now: int) -> None:
        self._sealer = sealer
        self._erased_since = erased_since
        self._disabled = disabled
        self._now = now
        self.erased: set[str] = set()

    def commands(self, key: StoredKey) -> list[Command]:
        """None for a key that has expired, that is damaged, or that belongs to somebody who was erased."""
        if (key.expires and key.expires <= self._now) or key.kind != keys.kind_of(key.name)[1]:
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
        name = text(contact) if isinstance(contact, bytes) else contact
        if any(mark in self._erased_since for mark in self._sealer.named("erased", name)):
            self.erased.add(name)
        return name in self.erased

    def _account(self, id: bytes, stored: bytes) -> bytes:
        """Disabled again where it was disabled since; its key is gone where it does not open, and nobody gets in."""
        if text(id) not in self._disabled:
            return stored
        where = place("account", text(id))
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
            state, *rest = text(value).split(" ")
            if state in _UNSETTLED:
                value = " ".join((DeliveryState.FAILED, UNREPORTED, *rest[1:-1], "-")).encode()
        yield name, value


def _is_held(name: str) -> bool:
    if person := _PERSON.fullmatch(name):
        return person[3] in _OF_A_PERSON
    return bool(_SHARD.fullmatch(name)) or name in _ALONE or name.startswith(_ALONE_BEGIN)


def _names(connection: Connection) -> list[str]:
    return sorted({name for names in connection.scan("helpline:*", BATCH) for name in names})


def _now(connection: Connection) -> int:
    return milliseconds(connection.ask("TIME"))


def _stored(now: int, name: bytes, kind: bytes, life: int, value: object) -> StoredKey:
    return StoredKey(text(name), kind.decode(), now + life if life >= 0 else 0, value)  # type: ignore[arg-type]


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
