"""Blocked senders in Redis: each a key that ends by itself, and a list of them for the page of supervisors."""

from contextlib import suppress

import msgspec

from bot.ports.blocks import Block
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.reading import text
from bot.storage.sealing import SealBroken, Sealer, place


class RedisBlocks:
    """`ports.blocks.Blocks` on Redis. `Conversations.open` asks for a block itself, in its one round trip."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def current(self) -> list[Block]:
        """See `Blocks.current`."""
        names = [text(name) for name in self._connection.ask("ZRANGE", keys.BLOCKS, 0, -1)]
        if not names:
            return []
        found = []
        stored = self._connection.together([("GET", keys.blocked(name)) for name in names])
        for name, sealed in zip(names, stored, strict=True):
            with suppress(SealBroken, msgspec.DecodeError):
                plain = self._sealer.open(sealed or b"", place("block", name))
                found.append(msgspec.msgpack.decode(plain, type=Block))
        return sorted(found, key=lambda each: (each.until_minute, each.id))

    def add(self, contact: str, advisor: str) -> None:
        """See `Blocks.add`."""
        name = self._sealer.named("block", contact)[0]
        until = int(self._connection.ask("TIME")[0]) + keys.BLOCK_LIFE
        block = Block(name, contact, advisor, until // 60)
        sealed = self._sealer.seal(msgspec.msgpack.encode(block), place("block", name))
        self._connection.together(
            [("SET", keys.blocked(name), sealed, "EX", keys.BLOCK_LIFE), ("ZADD", keys.BLOCKS, until, name)]
        )

    def end(self, id: str) -> bool:
        """See `Blocks.end`."""
        ended, _listed = self._connection.together([("DEL", keys.blocked(id)), ("ZREM", keys.BLOCKS, id)])
        return bool(ended)

    def tidy(self) -> None:
        """Drop from the list those that have ended by themselves."""
        now = self._connection.ask("TIME")[0].decode()
        self._connection.ask("ZREMRANGEBYSCORE", keys.BLOCKS, "-inf", f"({now}")
