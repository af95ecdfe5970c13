"""Does Redis answer, take writes, and know our keys?"""

from collections.abc import Sequence

from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.sealing import Sealer


def ping(connection: Connection) -> str:
    """ "" when Redis answers and takes writes; else raises StorageUnavailable."""
    connection.ask("SET", keys.PING, b"1", "EX", 60)
    return ""


def lost_keys(connection: Connection, sealer: Sealer, peppers: Sequence[str]) -> list[str]:
    """Which of PEPPERS and DATA_KEYS lack the one this Redis was filled with; [] when all is well.

    With a pepper or key gone every conversation would silently start over, so the caller refuses to start.
    """
    lost = []
    for name, marks in (("PEPPERS", list(peppers)), ("DATA_KEYS", list(sealer.marks()))):
        stored = connection.ask("HGET", keys.FINGERPRINTS, name)
        if stored is not None and stored.decode() not in marks:
            lost.append(name)
        else:
            connection.ask("HSET", keys.FINGERPRINTS, name, marks[0])
    return lost
