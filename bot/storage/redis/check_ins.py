"""Check-ins in Redis: sealed, in a hash of each shard."""

from contextlib import suppress

import msgspec

from bot.handoff.check_in import CheckIn
from bot.ports.conversations import Conversations
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection, blob
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.reading import text
from bot.storage.redis.scripts import REPLACE_FIELD
from bot.storage.sealing import SealBroken, Sealer, place


class RedisCheckIns:
    """`ports.check_ins.CheckIns` on Redis."""

    def __init__(self, connection: Connection, sealer: Sealer, conversations: Conversations) -> None:
        self._connection = connection
        self._sealer = sealer
        self._conversations = conversations

    def agreed(self) -> list[CheckIn]:
        """See `CheckIns.agreed`."""
        return sorted((each for each, _raw in self._all()), key=lambda each: (each.due_minute, each.contact))

    def put(self, check_in: CheckIn) -> None:
        """See `CheckIns.put`."""
        self._connection.ask("HSET", _key(check_in.contact), check_in.contact, self._sealed(check_in))

    def end(self, contact: str) -> bool:
        """See `CheckIns.end`."""
        return bool(self._connection.ask("HDEL", _key(contact), contact))

    def tidy(self, minute: int = 0) -> None:
        """Drop those that are over, and note beside the others when the person last wrote. minute: of now, since 1970;
        0 = that of Redis' clock."""
        minute = minute or milliseconds(self._connection.ask("TIME")) // 60_000
        kept = self._all()
        found = self._conversations.read([check_in.contact for check_in, _raw in kept])
        for check_in, raw in kept:
            heard = found[check_in.contact].heard_minute if check_in.contact in found else 0
            if check_in.is_over(minute):
                self.end(check_in.contact)
            elif heard > check_in.heard_minute:
                newer = self._sealed(msgspec.structs.replace(check_in, heard_minute=heard))
                options = {"field": check_in.contact, "old": blob(raw), "new": blob(newer)}
                self._connection.together([REPLACE_FIELD([_key(check_in.contact)], options)])

    def _all(self) -> list[tuple[CheckIn, bytes]]:
        found = []
        for flat in self._connection.together([("HGETALL", f"{shard}check-ins") for shard in keys.ALL_SHARDS]):
            for contact, raw in zip(flat[::2], flat[1::2], strict=True):
                with suppress(SealBroken, msgspec.DecodeError):
                    opened = self._sealer.open(raw, place("checkin", text(contact)))
                    found.append((msgspec.msgpack.decode(opened, type=CheckIn), raw))
        return found

    def _sealed(self, check_in: CheckIn) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(check_in), place("checkin", check_in.contact))


def _key(contact: str) -> str:
    return f"{keys.shard(contact)}check-ins"
