"""Case codes in Redis: each a key of its own, by a keyed hash of its words. It names nobody."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from bot.dialogue.events import Answers, CodeMade
from bot.ports.case_codes import TooManyTries
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.reading import text
from bot.storage.redis.scripts import CLAIM_CODE, COUNT_TRY
from bot.storage.sealing import SealBroken, Sealer, place

_CLAIMED = b"claimed "
_CLAIM_LENGTH = len(_CLAIMED) + 22
"""What stands in front of the answers once a message has claimed the code: by a hash of whom."""


class RedisCaseCodes:
    """`ports.case_codes.CaseCodes` on Redis, and what a commit needs of it."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def look_up(self, words: str, who: str) -> Answers | None:
        """See `CaseCodes.look_up`."""
        # Counted before it is looked for, so that many at once do not slip through; one that is there is no guess.
        limits = {keys.tries(self._sealer.named("tries", who)[0]): keys.TRIES, keys.tries("all"): keys.TRIES_ALL}
        counts = self._connection.together([COUNT_TRY([key], {"seconds": keys.TRIES_LIFE}) for key in limits])
        if any(count > most for count, most in zip(counts, limits.values(), strict=True)):
            raise TooManyTries
        for mark in self.marks(words):
            stored = self._connection.ask("GET", keys.code(mark))
            if stored and not (stored.startswith(_CLAIMED) and stored[:_CLAIM_LENGTH] != self._claim(who)):
                self._connection.together([("DECR", key) for key in limits])
                with suppress(SealBroken, msgspec.DecodeError):
                    sealed = stored[_CLAIM_LENGTH:] if stored.startswith(_CLAIMED) else stored
                    opened = self._sealer.open(sealed, place("code", mark))
                    return msgspec.msgpack.decode(opened, type=Answers)
        return None

    def pop(self, words: str, who: str) -> Answers | None:
        """See `CaseCodes.pop`."""
        found = self.look_up(words, who)
        return found if found and self.claim(words, who) and self.drop(self.marks(words)) else None

    # -- for a commit ------------------------------------------------------------------------------------------------

    def marks(self, words: str) -> tuple[str, ...]:
        """What a code may stand under, one for each data key, newest first."""
        return self._sealer.named("code", words)

    def put(self, made: CodeMade) -> str:
        """Keep a new code; returns its mark. Before the commit: what a person was told must lead somewhere."""
        mark = self.marks(made.words)[0]
        sealed = self._sealer.seal(msgspec.msgpack.encode(made.answers), place("code", mark))
        self._connection.ask("SET", keys.code(mark), sealed, "EX", keys.CODE_LIFE)
        return mark

    def claim(self, words: str, who: str) -> bool:
        """Claim a code for whoever brings it; the same person may claim it again. False: it is gone."""
        options = {"claim": self._claim(who).decode()}
        return any(self._connection.together([CLAIM_CODE([keys.code(mark)], options) for mark in self.marks(words)]))

    def drop(self, marks: Sequence[str]) -> bool:
        """Take codes away. False: there were none."""
        return any(self._connection.together([("DEL", keys.code(mark)) for mark in marks]))

    def drop_stale(self, shard: str, marks: Sequence[bytes]) -> None:
        """Take codes away that a commit has noted in its shard as nobody's."""
        self.drop([text(mark) for mark in marks])
        self._connection.ask("SREM", f"{shard}stale-codes", *marks)

    def tidy(self) -> None:
        """Take away those whose owner has a newer one, or is erased, and that nobody could take away just then."""
        noted = self._connection.together([("SMEMBERS", f"{shard}stale-codes") for shard in keys.ALL_SHARDS])
        for shard, marks in zip(keys.ALL_SHARDS, noted, strict=True):
            if marks:
                self.drop_stale(shard, marks)

    def _claim(self, who: str) -> bytes:
        return _CLAIMED + self._sealer.named("tries", who)[0].encode()
