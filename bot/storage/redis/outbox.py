"""What is to be sent, in Redis: a queue a person, and in each shard a stream with one entry for every queue that has
something to do.

The streams have a consumer group: an entry belongs to one worker until it is settled, and to another once that worker
has been silent for RECLAIM_MS. So the messages of one person go in order, those of many side by side. Workers wait at
one doorbell for all shards; it is only a hint, what counts stands in the streams.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from bot.handoff.delivery import UNKNOWN, DeliveryState
from bot.ports.outbox import Attempt, Record, Unreported
from bot.storage.redis import addresses, keys
from bot.storage.redis.connection import Connection, blob
from bot.storage.redis.node import Command
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.scripts import BEGIN, KEEP_UNKNOWN, SETTLE, TAKE
from bot.storage.sealing import SealBroken, Sealer, place

RECLAIM_MS = 15_000
"""A worker that has not settled an entry for so long is dead: an attempt takes at most 6 s."""

ORDER_MS = 5_000
"""How long the next message waits for the one before it to be on its way."""

CONSUMER_LIFE_MS = 3600 * 1000
"""Milliseconds after which the name of a worker that is gone is dropped."""

_LINE = re.compile(rb"([a-z]+) ([!-~]+) (\d+) \d+ (\d+) [!-~]+")
"""How a message stands, see lua/include/delivery_state.lua."""


class RedisOutbox:
    """`ports.outbox.Outbox` on Redis."""

    def __init__(
        self,
        connection: Connection,
        sealer: Sealer,
        *,
        reclaim_ms: int = RECLAIM_MS,
        order_ms: int = ORDER_MS,
        ask_ms: int = keys.ASK_MS,
        report: Callable[..., None] = lambda _what, **_fields: None,
    ) -> None:
        """report: is told of messages whose state cannot be read."""
        self._report = report
        self._connection = connection
        self._sealer = sealer
        self._reclaim_ms = reclaim_ms
        self._order_ms = order_ms
        self._ask_ms = ask_ms
        self._looks = count()

    def take(self, worker: str, most: int, wait: float) -> list[Attempt]:
        """See `Outbox.take`."""
        entries = self._entries(worker, most)
        if not entries and wait:
            self._connection.ask("BLPOP", keys.DOORBELL, wait)
            entries = self._entries(worker, most)
        if not entries:
            return []
        begun = self._connection.together([self._begin(entry, contact) for entry, contact in entries])
        found = [self._attempt(*each, answer) for each, answer in zip(entries, begun, strict=True)]
        return [attempt for attempt in found if attempt is not None]

    def _entries(self, worker: str, most: int) -> list[tuple[str, str]]:
        """Entry and contact of up to `most` people."""
        found: list[tuple[str, str]] = []
        for shard in self._shards_with_work():
            options: dict[str, object] = {
                "group": keys.GROUP, "worker": worker, "most": most - len(found), "idle_ms": self._reclaim_ms,
            }  # fmt: skip
            taken = self._connection.together([TAKE([f"{shard}outbox", f"{shard}later"], options)])[0]
            found += self._of_people(shard, taken)
            if len(found) >= most:
                break
        return found

    def _of_people(self, shard: str, taken: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
        """Those entries that are about somebody of this shard. Others are damaged, and taken away."""
        people = [(entry.decode(), contact.decode()) for entry, contact in taken if contact.isascii()]
        good = [(entry, contact) for entry, contact in people if keys.shard(contact) == shard]
        kept = {entry for entry, _contact in good}
        gone = [entry.decode() for entry, _contact in taken if entry.decode() not in kept]
        if gone:
            self._report("record_unreadable", cause="outbox")
            name = f"{shard}outbox"
            self._connection.together([("XACK", name, keys.GROUP, *gone), ("XDEL", name, *gone)])
        return good

    def _shards_with_work(self) -> list[str]:
        """Those where something may be taken, each time beginning with another one."""
        first = next(self._looks) % len(keys.ALL_SHARDS)
        shards = [*keys.ALL_SHARDS[first:], *keys.ALL_SHARDS[:first]]
        commands: list[Command] = [("TIME",)]
        for shard in shards:
            commands += [("XLEN", f"{shard}outbox"), ("ZRANGE", f"{shard}later", 0, 0, "WITHSCORES")]
        time, *answers = self._connection.together(commands)
        now = milliseconds(time)
        return [
            shard
            for shard, entries, later in zip(shards, answers[::2], answers[1::2], strict=True)
            if entries or (later and float(later[1]) <= now)
        ]

    @staticmethod
    def _begin(entry: str, contact: str) -> tuple[bytes | str | int, ...]:
        person = keys.person(contact)
        names = [f"{person}{what}" for what in ("queue", "outgoing", "address", "our-number")]
        return BEGIN([*names, f"{keys.shard(contact)}outbox"], {"entry": entry, "group": keys.GROUP})

    def _attempt(self, entry: str, contact: str, answer: list[Any]) -> Attempt | None:
        if answer[0] == b"none":
            return None
        what, raw_id, sealed, record, number, age, tried, our_number = answer
        id = raw_id.decode(errors="replace")
        words = self._open(sealed, "outgoing", contact, id)
        if sealed and not words:  # damaged, or its key is gone: nobody can send it any more
            self._move(contact, id, DeliveryState.FAILED, UNKNOWN, "", entry=entry)
            return None
        channel, address = addresses.read(self._open(record, "address", contact))
        return Attempt(
            entry=entry,
            contact=contact,
            id=id,
            text=words,
            channel=channel,
            address=address,
            our_number=self._open(our_number, "our number", contact),
            unconfirmed=what == b"unsure",
            number=int(number),
            age=int(age) / 1000,
            tried=int(tried) / 1000,
        )

    def settle(
        self,
        attempt: Attempt,
        state: DeliveryState,
        code: str = "",
        *,
        provider_id: str = "",
        after: float = 0,
        maybe_duplicate: bool = False,
    ) -> None:
        """See `Outbox.settle`. A callback that was parked under the provider's id is applied now."""
        more: dict[str, object] = {"entry": attempt.entry, "maybe_duplicate": maybe_duplicate}
        self._move(attempt.contact, attempt.id, state, code, provider_id, after, **more)
        if not provider_id:
            return
        parked = self._connection.ask("GETDEL", keys.parked(_hash(provider_id)))
        if parked:
            came, _space, why = parked.decode(errors="replace").partition(" ")
            if came in list(DeliveryState):
                self._move(attempt.contact, attempt.id, DeliveryState(came), why, provider_id)

    def report(self, id: str, state: DeliveryState, code: str, provider_id: str) -> str:
        """See `Outbox.report`."""
        contact = self.contact_of(id)
        if contact:
            known = self.records(contact).get(id)
            if known and state is DeliveryState.FAILED and known.provider_id not in ("", provider_id):
                return "old"  # of an earlier attempt; a later one was accepted
            return self._move(contact, id, state, code, provider_id)
        if provider_id:
            mark = f"{state} {code}".strip()
            self._connection.ask("SET", keys.parked(_hash(provider_id)), mark, "EX", keys.PARKED_LIFE)
        return "unknown"

    def keep_unknown(self, id: str, said: str) -> None:
        """See `Outbox.keep_unknown`."""
        contact = self.contact_of(id)
        if contact:
            self._connection.together([KEEP_UNKNOWN([f"{keys.person(contact)}outgoing"], {"id": id, "said": said})])

    def send_again(self, id: str, code: str, after: float) -> bool:
        """See `Outbox.send_again`."""
        contact = self.contact_of(id)
        return bool(contact) and self._move(contact, id, DeliveryState.QUEUED, code, "", after) != "busy"

    def contact_of(self, id: str) -> str:
        """See `Outbox.contact_of`."""
        found = self._connection.ask("GET", keys.sent(id)) if id else None
        return found.decode(errors="replace") if found else ""

    def records(self, contact: str) -> Mapping[str, Record]:
        """See `Outbox.records`."""
        flat = self._connection.ask("HGETALL", f"{keys.person(contact)}outgoing")
        fields = {name.decode(errors="replace"): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
        found = {}
        for name, value in fields.items():
            id, _colon, kind = name.partition(":")
            if kind != "s":
                continue
            state, code, attempts = _stands(value)
            found[id] = Record(
                state=state,
                code=code,
                attempts=attempts,
                maybe_duplicate=f"{id}:d" in fields,
                provider_id=self._open(fields.get(f"{id}:m"), "provider id", contact, id),
                unknown=fields.get(f"{id}:u", b"").decode(errors="replace"),
            )
        return found

    def unreported(self, most: int) -> list[Unreported]:
        """See `Outbox.unreported`."""
        now = milliseconds(self._connection.ask("TIME"))
        due = self._connection.together(
            [
                ("ZRANGEBYSCORE", f"{shard}unreported", "-inf", now, "WITHSCORES", "LIMIT", 0, most)
                for shard in keys.ALL_SHARDS
            ]
        )
        found = [
            (float(when), id, shard)
            for shard, flat in zip(keys.ALL_SHARDS, due, strict=True)
            for id, when in zip(flat[::2], flat[1::2], strict=True)
        ]
        gone: list[Command] = [("ZREM", f"{shard}unreported", id) for _when, id, shard in found if not id.isascii()]
        if gone:
            self._report("record_unreadable", cause="unreported")
            self._connection.together(gone)
        waiting = [(when, id.decode()) for when, id, _shard in found if id.isascii()]
        return [self._unreported(id, now) for _when, id in sorted(waiting)[:most]]

    def _unreported(self, id: str, now: int) -> Unreported:
        contact = self.contact_of(id)
        if not contact:
            return Unreported(id)
        stands, sealed = self._connection.ask("HMGET", f"{keys.person(contact)}outgoing", f"{id}:s", f"{id}:m")
        line = _LINE.fullmatch(stands or b"")
        if line is None:
            return Unreported(id)
        provider_id = self._open(sealed, "provider id", contact, id)
        return Unreported(id, line[1].decode(), provider_id, (now - int(line[4])) / 1000)

    def ask_later(self, id: str, after: float) -> None:
        """See `Outbox.ask_later`. XX: a report that came meanwhile has taken it out."""
        when = milliseconds(self._connection.ask("TIME")) + int(after * 1000)
        self._connection.ask("ZADD", keys.unreported(id), "XX", when, id)

    def ask_no_more(self, id: str) -> None:
        """See `Outbox.ask_no_more`."""
        self._connection.ask("ZREM", keys.unreported(id), id)

    def tidy(self) -> None:
        """Drop the names of workers that are gone and have nothing in hand."""
        in_use = [
            shard
            for shard, exists in zip(
                keys.ALL_SHARDS,
                self._connection.together([("EXISTS", f"{shard}outbox") for shard in keys.ALL_SHARDS]),
                strict=True,
            )
            if exists
        ]
        for shard in in_use:
            for group in self._connection.ask("XINFO", "GROUPS", f"{shard}outbox"):
                name = _table(group)[b"name"]
                for consumer in map(_table, self._connection.ask("XINFO", "CONSUMERS", f"{shard}outbox", name)):
                    if not consumer[b"pending"] and int(consumer[b"idle"]) > CONSUMER_LIFE_MS:
                        self._connection.ask("XGROUP", "DELCONSUMER", f"{shard}outbox", name, consumer[b"name"])

    def _move(
        self, contact: str, id: str, state: DeliveryState, code: str, provider_id: str, after: float = 0, **more: object
    ) -> str:
        person, shard = keys.person(contact), keys.shard(contact)
        options: dict[str, object] = {
            "id": id,
            "contact": contact,
            "group": keys.GROUP,
            "state": state,
            "code": code or "-",
            "after_ms": int(after * 1000),
            "order_ms": self._order_ms,
            "ask_ms": self._ask_ms,
            "life": keys.ADVISOR_LIFE,
            "feed_length": keys.FEED_LENGTH,
            **more,
        }
        if provider_id:
            options["provider_id"] = blob(self._sealer.seal(provider_id.encode(), place("provider id", contact, id)))
        names = [f"{person}queue", f"{person}outgoing", f"{shard}outbox", f"{shard}later", f"{shard}feed"]
        names.append(f"{shard}unreported")
        return str(self._connection.together([SETTLE(names, options)])[0].decode())

    def _open(self, sealed: bytes | None, what: str, contact: str, detail: str = "") -> str:
        """The text, "" when it is gone or sealed with a key that is gone."""
        if not sealed:
            return ""
        try:
            return self._sealer.open(sealed, place(what, contact, detail)).decode()
        except SealBroken:
            return ""


def _stands(line: bytes) -> tuple[str, str, int]:
    """State, code ("" = none) and number of attempts. One whose line is damaged has failed, as in the scripts."""
    found = _LINE.fullmatch(line)
    if found is None:
        return DeliveryState.FAILED, UNKNOWN, 0
    code = found[2].decode()
    return found[1].decode(), "" if code == "-" else code, int(found[3])


def _hash(provider_id: str) -> str:
    return hashlib.blake2b(provider_id.encode(), digest_size=12).hexdigest()


def _table(flat: list[Any]) -> dict[bytes, Any]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
