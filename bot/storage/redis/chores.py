"""What the worker remembers and clears away, in Redis."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from bot.storage.redis import keys
from bot.storage.redis.connection import Connection, blob
from bot.storage.redis.overrides import WHERE
from bot.storage.redis.reading import number, text
from bot.storage.redis.scripts import REPLACE, REPLACE_FIELD
from bot.storage.sealing import SealBroken, Sealer, place

_REVISION_BYTES = 8


class RedisChores:
    """`ports.chores.Chores` on Redis. tidies: what each part clears away of its own."""

    def __init__(self, connection: Connection, sealer: Sealer, tidies: Sequence[Callable[[], object]]) -> None:
        self._connection = connection
        self._sealer = sealer
        self._tidies = tidies

    def last_reconciled(self) -> datetime | None:
        """See `Chores.last_reconciled`."""
        stored = self._connection.ask("GET", keys.LAST_RECONCILED)
        return datetime.fromtimestamp(number(stored), UTC) if stored else None

    def set_last_reconciled(self, at: datetime) -> None:
        """See `Chores.set_last_reconciled`."""
        self._connection.ask("SET", keys.LAST_RECONCILED, int(at.timestamp()))

    def report_spool(self, id: str, clear_until: datetime, unreadable: Collection[int] = ()) -> None:
        """See `Chores.report_spool`. What is unreadable first: whoever sees a spool clear must know of it."""
        if unreadable:
            self._connection.ask("HSET", keys.UNREADABLE, id, " ".join(map(str, sorted(unreadable))))
        else:
            self._connection.ask("HDEL", keys.UNREADABLE, id)
        self._connection.ask("HSET", keys.SPOOLS, id, int(clear_until.timestamp()))

    def spools(self) -> Mapping[str, datetime]:
        """See `Chores.spools`."""
        flat = self._connection.ask("HGETALL", keys.SPOOLS)
        return {
            text(id): datetime.fromtimestamp(int(at), UTC)
            for id, at in zip(flat[::2], flat[1::2], strict=True)
            if at.isdigit()
        }

    def unreadable_minutes(self) -> frozenset[int]:
        """See `Chores.unreadable_minutes`."""
        listed = self._connection.ask("HVALS", keys.UNREADABLE)
        return frozenset(int(minute) for each in listed for minute in each.split() if minute.isdigit())

    def forget_spool(self, id: str) -> None:
        """See `Chores.forget_spool`."""
        self._connection.together([("HDEL", keys.SPOOLS, id), ("HDEL", keys.UNREADABLE, id)])

    def tidy(self) -> None:
        """See `Chores.tidy`. Keys of one person expire by themselves; this is for the lists that name many."""
        for tidy in self._tidies:
            tidy()
        self._reseal()

    def _reseal(self) -> None:
        """Seal with the newest key what lives long and is seldom written, so that an older key can go in a week."""
        for shard in keys.ALL_SHARDS:
            self._reseal_fields(f"{shard}check-ins", "checkin", 0)
        self._reseal_fields(keys.ACCOUNTS, "account", _REVISION_BYTES)
        overrides = self._connection.ask("GET", keys.OVERRIDES)
        newer = self._resealed(overrides, WHERE) if overrides else b""
        if newer:
            self._connection.together([REPLACE([keys.OVERRIDES], {"old": blob(overrides), "new": blob(newer)})])

    def _reseal_fields(self, key: str, what: str, head: int) -> None:
        """head: bytes in front of what is sealed."""
        flat = self._connection.ask("HGETALL", key)
        for field, raw in zip(flat[::2], flat[1::2], strict=True):
            newer = self._resealed(raw[head:], place(what, text(field)))
            if newer:
                change = {"field": field.decode(), "old": blob(raw), "new": blob(raw[:head] + newer)}
                self._connection.together([REPLACE_FIELD([key], change)])

    def _resealed(self, sealed: bytes, where: bytes) -> bytes:
        """The same under the newest key; empty where that is not needed or not possible."""
        if self._sealer.is_newest(sealed):
            return b""
        try:
            return self._sealer.seal(self._sealer.open(sealed, where), where)
        except SealBroken:
            return b""
