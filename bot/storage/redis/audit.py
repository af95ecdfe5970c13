"""The audit in Redis: one stream that is only ever added to."""

import time

from bot.advisors.audit import AuditLine
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.reading import text

_FIELDS = 6
"""Names and values of one line."""


class RedisAuditLog:
    """`advisors.audit.AuditLog` on Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, who: str, what: str, on: str = "") -> None:
        """See `AuditLog.write`."""
        oldest = max(0, int(time.time() * 1000) - keys.AUDIT_LIFE_MS)
        self._connection.ask("XADD", keys.AUDIT, "MINID", "~", oldest, "*", "w", who, "d", what, "o", on)

    def lines(self, before: str = "", most: int = 100) -> list[AuditLine]:
        """See `AuditLog.lines`."""
        rows = self._connection.ask("XREVRANGE", keys.AUDIT, f"({before}" if before else "+", "-", "COUNT", most)
        return [
            AuditLine(id.decode(), int(id.split(b"-")[0]) // 60_000, *(text(fields[at]) for at in (1, 3, 5)))
            for id, fields in rows
            if len(fields) == _FIELDS
        ]
