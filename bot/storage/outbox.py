"""What is to be sent, in Redis: a lane a person, and a stream with one entry for every lane that has something to do.

The stream has a consumer group: an entry belongs to one worker until it is settled, and to another once that worker has
been silent for RECLAIM_MS. So the messages of one person go in order, those of many side by side.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import redis
from redis.exceptions import ResponseError

from bot.handoff.delivery import State
from bot.ports.everything import Attempt, Record, StorageUnavailable
from bot.storage import keys
from bot.storage.redis import Script, Wire, asked
from bot.storage.sealing import SealBroken, Sealer, place

RECLAIM_MS = 15_000
"""A worker that has not settled an entry for so long is dead: an attempt takes at most 6 s."""

ORDER_MS = 5_000
"""How long the next message waits for the one before it to be on its way."""

_HERE = Path(__file__).parent


class RedisOutbox:
    """`ports.everything.Outbox` on Redis >= 6.2."""

    def __init__(
        self, client: redis.Redis, sealer: Sealer, *, reclaim_ms: int = RECLAIM_MS, order_ms: int = ORDER_MS
    ) -> None:
        self._redis = client
        self._sealer = sealer
        self._reclaim_ms = reclaim_ms
        self._order_ms = order_ms
        wire = Wire(client)
        self._begin, self._settle, self._due = (
            Script(wire, (_HERE / f"{name}.lua").read_bytes()) for name in ("begin", "settle", "due")
        )

    def take(self, worker: str, most: int, wait: float) -> list[Attempt]:
        """See `Outbox.take`."""
        asked(self._due, [keys.LATER, keys.OUTBOX], [])
        entries = self._entries(worker, most, wait)
        found = [self._begun(entry, fields) for entry, fields in entries]
        return [attempt for attempt in found if attempt is not None]

    def _entries(self, worker: str, most: int, wait: float) -> list[tuple[bytes, dict[bytes, bytes]]]:
        for attempt in (1, 2):
            try:
                claimed: Any = asked(
                    self._redis.xautoclaim, keys.OUTBOX, keys.GROUP, worker, self._reclaim_ms, count=most
                )
                entries = [entry for entry in claimed[1] if entry[1]]
                if len(entries) < most:
                    read: Any = asked(
                        self._redis.xreadgroup,
                        keys.GROUP,
                        worker,
                        {keys.OUTBOX: ">"},
                        count=most - len(entries),
                        block=None if entries or not wait else max(1, int(wait * 1000)),
                    )
                    entries += read[0][1] if read else []
                return entries
            except StorageUnavailable as error:
                if attempt == 2 or not error.refused:
                    raise
                self._make_group()
        return []

    def _make_group(self) -> None:
        """The group, at first start or after Redis was emptied."""

        def make() -> None:
            try:
                self._redis.xgroup_create(keys.OUTBOX, keys.GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

        asked(make)

    def _begun(self, entry: bytes, fields: dict[bytes, bytes]) -> Attempt | None:
        contact = fields[b"c"].decode()
        found = asked(
            self._begin,
            [keys.lane(contact), keys.outgoing(contact), keys.address(contact), keys.OUTBOX],
            [entry, keys.GROUP],
        )
        if found[0] == b"none":
            return None
        what, raw_id, text, address, number, age, tried = found
        id = raw_id.decode()
        return Attempt(
            entry=entry.decode(),
            contact=contact,
            id=id,
            text=self._open(text, "outgoing", contact, id),
            address=self._open(address, "address", contact),
            unsure=what == b"unsure",
            number=int(number),
            age=int(age) / 1000,
            tried=int(tried) / 1000,
        )

    def settle(
        self,
        attempt: Attempt,
        state: State,
        code: str = "",
        *,
        provider_id: str = "",
        after: float = 0,
        twice: bool = False,
    ) -> None:
        """See `Outbox.settle`. A callback that was parked under the provider's id is applied now."""
        self._moved(attempt.entry, attempt.contact, attempt.id, state, code, provider_id, after, twice=twice)
        if not provider_id:
            return
        parked: Any = asked(self._redis.getdel, keys.parked(_hash(provider_id)))
        if parked:
            came, _space, why = parked.decode().partition(" ")
            self._moved("", attempt.contact, attempt.id, State(came), why, provider_id, 0)

    def report(self, id: str, state: State, code: str, provider_id: str) -> str:
        """See `Outbox.report`."""
        contact = self.contact_of(id)
        if contact:
            known = self.records(contact).get(id)
            if known and state is State.FAILED and known.provider_id not in ("", provider_id):
                return "old"  # of an earlier attempt; a later one was accepted
            return self._moved("", contact, id, state, code, provider_id, 0)
        if provider_id:
            mark = f"{state} {code}".strip()
            asked(self._redis.set, keys.parked(_hash(provider_id)), mark, ex=keys.PARKED_LIFE)
        return "unknown"

    def again(self, id: str, code: str, after: float) -> bool:
        """See `Outbox.again`."""
        contact = self.contact_of(id)
        return bool(contact) and self._moved("", contact, id, State.QUEUED, code, "", after) != "busy"

    def contact_of(self, id: str) -> str:
        """See `Outbox.contact_of`."""
        found: Any = asked(self._redis.get, keys.sent(id)) if id else None
        return found.decode() if found else ""

    def records(self, contact: str) -> Mapping[str, Record]:
        """See `Outbox.records`."""
        fields: dict[bytes, bytes] = asked(self._redis.hgetall, keys.outgoing(contact))
        found = {}
        for name, value in fields.items():
            id, _colon, kind = name.decode().partition(":")
            if kind != "s":
                continue
            state, code, attempts, *_times = value.decode().split(" ")
            found[id] = Record(
                state=state,
                code="" if code == "-" else code,
                attempts=int(attempts),
                twice=f"{id}:d".encode() in fields,
                provider_id=self._open(fields.get(f"{id}:m".encode()), "provider id", contact, id),
            )
        return found

    def _moved(
        self,
        entry: str,
        contact: str,
        id: str,
        state: State,
        code: str,
        provider_id: str,
        after: float,
        *,
        twice: bool = False,
    ) -> str:
        sealed = self._sealer.seal(provider_id.encode(), place("provider id", contact, id)) if provider_id else b""
        names = [keys.lane(contact), keys.outgoing(contact), keys.OUTBOX, keys.LATER, keys.FEED]
        values: Sequence[bytes | str | int] = [
            entry, keys.GROUP, id, str(state), code or "-", sealed, int(after * 1000), self._order_ms, contact,
            keys.FEED_LENGTH, "1" if twice else "", keys.ADVISOR_LIFE,
        ]  # fmt: skip
        return str(asked(self._settle, names, values)[0].decode())

    def _open(self, sealed: bytes | None, what: str, contact: str, detail: str = "") -> str:
        """The text, "" when it is gone or sealed with a key that is gone."""
        if not sealed:
            return ""
        try:
            return self._sealer.open(sealed, place(what, contact, detail)).decode()
        except SealBroken:
            return ""


def _hash(provider_id: str) -> str:
    return hashlib.blake2b(provider_id.encode(), digest_size=12).hexdigest()
