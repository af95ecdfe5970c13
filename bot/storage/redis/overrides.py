"""The overrides in Redis: one sealed value."""

import msgspec

from bot.dialogue.overrides import Overrides
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.sealing import SealBroken, Sealer, place

WHERE = place("steering", "")


class RedisOverrides:
    """`ports.overrides.OverridesStore` on Redis."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self._last: tuple[bytes | None, Overrides] = (None, Overrides())

    def read(self) -> Overrides:
        """See `OverridesStore.read`."""
        return self.opened(self._connection.ask("GET", keys.OVERRIDES))

    def write(self, overrides: Overrides) -> None:
        """See `OverridesStore.write`."""
        self._connection.ask("SET", keys.OVERRIDES, self._sealer.seal(msgspec.msgpack.encode(overrides), WHERE))

    def opened(self, stored: bytes | None) -> Overrides:
        """What the stored value says. Opened once for as long as it is the same: nearly always it is empty."""
        if stored != self._last[0]:
            try:
                opened = self._sealer.open(stored or b"", WHERE)
                self._last = (stored, msgspec.msgpack.decode(opened, type=Overrides))
            except (SealBroken, msgspec.DecodeError):
                self._last = (stored, Overrides())
        return self._last[1]
