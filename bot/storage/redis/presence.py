"""Which advisors are there, and who is typing, in Redis."""

from collections.abc import Sequence

from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.reading import text

FORGET_MS = 24 * 3600 * 1000
"""Milliseconds after which somebody who was there is dropped from the list."""


class RedisPresence:
    """`ports.presence.Presence` on Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark_present(self, advisor: str, languages: Sequence[str]) -> None:
        """See `Presence.mark_present`."""
        until = milliseconds(self._connection.ask("TIME")) + keys.LEASE_MS
        self._connection.ask("HSET", keys.DUTY, advisor, f"{until} {' '.join(languages)}")

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """See `Presence.on_duty`."""
        now, rows = self._rows()
        return {advisor: tuple(languages) for advisor, (until, *languages) in rows.items() if int(until) > now}

    def set_typing(self, contact: str, advisor: str) -> None:
        """See `Presence.set_typing`."""
        self._connection.ask("SET", f"{keys.person(contact)}typing", advisor, "PX", keys.TYPING_MS)

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """See `Presence.typing`."""
        if not contacts:
            return {}
        found = self._connection.together([("GET", f"{keys.person(contact)}typing") for contact in contacts])
        return {contact: text(name) for contact, name in zip(contacts, found, strict=True) if name}

    def tidy(self) -> None:
        """Drop those who have not been there for a day."""
        now, rows = self._rows()
        gone = [advisor for advisor, (until, *_languages) in rows.items() if int(until) < now - FORGET_MS]
        if gone:
            self._connection.ask("HDEL", keys.DUTY, *gone)

    def _rows(self) -> tuple[int, dict[str, list[str]]]:
        time, flat = self._connection.together([("TIME",), ("HGETALL", keys.DUTY)])
        rows = {text(advisor): text(value).split() for advisor, value in zip(flat[::2], flat[1::2], strict=True)}
        return milliseconds(time), {advisor: row for advisor, row in rows.items() if row and row[0].isdecimal()}


def milliseconds(time: Sequence[bytes]) -> int:
    """Redis' clock, from its answer to TIME: durations do not depend on ours."""
    return int(time[0]) * 1000 + int(time[1]) // 1000
