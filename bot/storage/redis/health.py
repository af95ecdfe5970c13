"""Does Redis answer, take writes, and know our keys?"""

import re
from collections.abc import Sequence

from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.sealing import Sealer

_MARK = re.compile(rb"[\w=-]+")


def ping(connection: Connection) -> str:
    """ "" when Redis answers and takes writes; else raises StorageUnavailable."""
    connection.ask("SET", keys.PING, b"1", "EX", 60)
    return ""


def lost_keys(connection: Connection, sealer: Sealer, peppers: Sequence[str]) -> list[str]:
    """Which of PEPPERS and DATA_KEYS lack the one this Redis was filled with; [] when all is well.

    With a pepper or key gone every conversation would silently start over, so the caller refuses to start. A damaged
    mark says nothing.
    """
    marks = _marks(sealer, peppers)
    stored = connection.together([("HGET", keys.FINGERPRINTS, name) for name in marks])
    filled_with = zip(marks.items(), stored, strict=True)
    return [
        name for (name, known), mark in filled_with if mark and _MARK.fullmatch(mark) and mark.decode() not in known
    ]


def remember_keys(connection: Connection, sealer: Sealer, peppers: Sequence[str]) -> None:
    """Keep what this Redis is filled with from now on: the newest key and pepper, by marks that reveal neither."""
    marks = _marks(sealer, peppers)
    connection.together([("HSET", keys.FINGERPRINTS, name, known[0]) for name, known in marks.items()])


def _marks(sealer: Sealer, peppers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The marks of all keys and peppers by the name of their setting, newest first."""
    return {"PEPPERS": tuple(peppers), "DATA_KEYS": sealer.marks()}
