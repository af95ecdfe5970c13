"""The queue and the leases in Redis. A commit writes them; here they are read and renewed."""

from bot.dialogue.conversation import Urgency
from bot.ports.queue import Held, Waiting
from bot.storage.redis import keys
from bot.storage.redis.connection import Connection
from bot.storage.redis.node import Command
from bot.storage.redis.reading import is_whole
from bot.storage.redis.scripts import RENEW_LEASE

_URGENCIES = tuple(Urgency)
"""By value: asking the enum for each of ten thousand people takes milliseconds."""
_LAST = len(_URGENCIES) - 1


class RedisQueue:
    """`ports.queue.Queue` on Redis."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self) -> list[Waiting]:
        """See `Queue.waiting`. Those whose conversation has expired are left out."""
        rows = self._rows()
        exist = self._exist([contact for contact, _score in rows])
        return [
            Waiting(contact, score % keys.URGENCY_STEP, _URGENCIES[min(score // keys.URGENCY_STEP, _LAST)])
            for (contact, score), exists in zip(rows, exist, strict=True)
            if exists
        ]

    def held(self) -> list[Held]:
        """See `Queue.held`. Those whose conversation has expired are left out."""
        contacts = self._contacts_held()
        if not contacts:
            return []
        commands: list[Command] = []
        for contact in contacts:
            person = keys.person(contact)
            commands += [("EXISTS", f"{person}{what}") for what in ("lease", "offer", "conversation")]
        answers = iter(self._connection.together(commands))
        return [
            Held(contact, bool(leased), bool(offered))
            for contact, leased, offered, exists in zip(contacts, answers, answers, answers, strict=True)
            if exists
        ]

    def renew_lease(self, contact: str, advisor: str) -> bool:
        """See `Queue.renew_lease`."""
        options = {"advisor": advisor, "lease_ms": keys.LEASE_MS}
        return bool(self._connection.together([RENEW_LEASE([f"{keys.person(contact)}lease"], options)])[0])

    def tidy(self) -> None:
        """Drop those whose conversation has expired."""
        self._drop_damaged()
        waiting, held = [contact for contact, _score in self._rows()], self._contacts_held()
        gone: list[Command] = [
            ("ZREM", f"{keys.shard(contact)}waiting", contact)
            for contact, exists in zip(waiting, self._exist(waiting), strict=True)
            if not exists
        ]
        gone += [
            ("SREM", f"{keys.shard(contact)}held", contact)
            for contact, exists in zip(held, self._exist(held), strict=True)
            if not exists
        ]
        if gone:
            self._connection.together(gone)

    def _rows(self) -> list[tuple[str, int]]:
        """Contact and place in the queue, in order."""
        found = self._connection.together(
            [("ZRANGE", f"{shard}waiting", 0, -1, "WITHSCORES") for shard in keys.ALL_SHARDS]
        )
        rows = [
            (contact.decode(), _place(float(score)))
            for row in found
            for contact, score in zip(row[::2], row[1::2], strict=True)
            if is_whole(contact)
        ]
        return sorted(rows, key=lambda row: (row[1], row[0]))

    def _contacts_held(self) -> list[str]:
        found = self._connection.together([("SMEMBERS", f"{shard}held") for shard in keys.ALL_SHARDS])
        return sorted(contact.decode() for row in found for contact in row if is_whole(contact))

    def _drop_damaged(self) -> None:
        """What can be nobody's id."""
        commands: list[Command] = []
        for shard in keys.ALL_SHARDS:
            commands += [("ZRANGE", f"{shard}waiting", 0, -1), ("SMEMBERS", f"{shard}held")]
        found = self._connection.together(commands)
        lists = zip(commands, ("ZREM", "SREM") * len(keys.ALL_SHARDS), found, strict=True)
        gone: list[Command] = [
            (remove, command[1], each) for command, remove, members in lists for each in members if not is_whole(each)
        ]
        if gone:
            self._connection.together(gone)

    def _exist(self, contacts: list[str]) -> list[bool]:
        """Nearly always all do: a shard is asked how many, and only where some are gone, which."""
        shards = keys.by_shard(contacts)
        together: list[Command] = []
        for shard in shards:
            prefix = keys.shard(shard[0])
            together.append(("EXISTS", *[f"{prefix}{each}:conversation" for each in shard]))
        counts = self._connection.together(together) if together else []
        whole = [shard for shard, count in zip(shards, counts, strict=True) if count == len(shard)]
        there = {contact for shard in whole for contact in shard}
        doubtful = [contact for contact in contacts if contact not in there]
        if doubtful:
            each = self._connection.together([("EXISTS", f"{keys.person(one)}conversation") for one in doubtful])
            there |= {contact for contact, exists in zip(doubtful, each, strict=True) if exists}
        return [contact in there for contact in contacts]


def _place(score: float) -> int:
    """A place in the queue. Whoever has a damaged one still stands in it: at the end, or at the front."""
    return int(min(max(score, 0), len(_URGENCIES) * keys.URGENCY_STEP))
