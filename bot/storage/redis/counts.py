"""What was counted, in Redis: a hash for each day in each shard."""

from collections import Counter
from collections.abc import Sequence

from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.reading import number, text


class RedisCounts:
    """`ports.counts.Counts` on Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """See `Counts.of`."""
        found = iter(
            self._connection.together(
                [("HGETALL", f"{shard}counts:{day}") for day in days for shard in keys.ALL_SHARDS]
            )
        )
        totals: dict[str, Counter[str]] = {day: Counter() for day in days}
        for day in days:
            for _shard, flat in zip(keys.ALL_SHARDS, found, strict=False):
                for name, count in zip(flat[::2], flat[1::2], strict=True):
                    totals[day][text(name)] += number(count)
        return {day: dict(total) for day, total in totals.items()}
