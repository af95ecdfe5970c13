"""The feed in Redis: a stream in each shard, read together in the order of Redis' clock.

A position is a millisecond, and the lines of that very millisecond that were already read: "1764500000123.07-0". A
line with an earlier time can never turn up later, because no line is read that is younger than the look began.
"""

from collections.abc import Sequence

from bot.ports.feed import Change, FeedSlice
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.reading import text

MOST = 500
"""Lines of one shard read at once; who has missed more looks at everything."""

_FIELDS = 4
"""Names and values of one line."""

_SHARD_NUMBERS = range(len(keys.ALL_SHARDS))
_Line = tuple[int, int, int, list[bytes]]
"""Millisecond, number within it, shard, fields."""


class RedisFeed:
    """`ports.feed.Feed` on Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def position(self) -> str:
        """See `Feed.position`."""
        time, *rows = self._connection.together(
            [("TIME",), *(("XREVRANGE", f"{shard}feed", "+", "-", "COUNT", 1) for shard in keys.ALL_SHARDS)]
        )
        return _position(_lines(rows, milliseconds(time)), str(milliseconds(time)))

    def since(self, position: str) -> FeedSlice:
        """See `Feed.since`."""
        start, *read = position.split(".")
        if not start.isdigit():
            return FeedSlice((), self.position(), is_whole=False)  # from before there were shards
        time, *rows = self._connection.together(
            [("TIME",), *(("XRANGE", f"{shard}feed", start, "+", "COUNT", MOST) for shard in keys.ALL_SHARDS)]
        )
        now = milliseconds(time)
        if int(start) < now - keys.FEED_LIFE_MS or any(len(row) == MOST for row in rows):
            return FeedSlice((), self.position(), is_whole=False)
        seen = {int(shard): int(number) for shard, number in (each.split("-") for each in read)}
        lines = [line for line in _lines(rows, now) if line[0] > int(start) or line[1] > seen.get(line[2], -1)]
        changes = tuple(
            Change(text(fields[1]), tuple(filter(None, text(fields[3]).split(","))))
            for _ms, _number, _shard, fields in lines
        )
        return FeedSlice(changes, _position(lines, position))

    def tidy(self) -> None:
        """Drop what nobody can still want."""
        oldest = max(0, milliseconds(self._connection.ask("TIME")) - keys.FEED_LIFE_MS)
        self._connection.together([("XTRIM", f"{shard}feed", "MINID", oldest) for shard in keys.ALL_SHARDS])


def _lines(rows: Sequence[Sequence[tuple[bytes, list[bytes]]]], now: int) -> list[_Line]:
    """Those that are not younger than the look, in order."""
    found = []
    for shard in _SHARD_NUMBERS:
        for id, fields in rows[shard]:
            ms, _dash, number = id.partition(b"-")
            if int(ms) <= now and len(fields) == _FIELDS:
                found.append((int(ms), int(number), shard, fields))
    return sorted(found, key=lambda line: line[:3])


def _position(lines: Sequence[_Line], otherwise: str) -> str:
    if not lines:
        return otherwise
    newest = lines[-1][0]
    last = {shard: number for ms, number, shard, _fields in lines if ms == newest}
    return str(newest) + "".join(f".{shard}-{number}" for shard, number in sorted(last.items()))
