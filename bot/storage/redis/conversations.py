"""Conversations in Redis. Two round trips a turn: one to open, one to commit; each atomic for one person."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from bot.dialogue.conversation import GRACE_MINUTES, Conversation, Handling, Status, Urgency
from bot.dialogue.events import CodeBrought, CodeMade, ErasureRequested, Stopped
from bot.dialogue.overrides import Overrides
from bot.handoff.counting import counted, day_of
from bot.messages import Inbound, Outgoing
from bot.ports.conversations import Act, Cause, Committed, Decision, Entry, LeaseAlive, Opened
from bot.storage import codec
from bot.storage.redis import addresses, damage, keys
from bot.storage.redis.case_codes import RedisCaseCodes
from bot.storage.redis.connection import Connection, blob
from bot.storage.redis.node import Command
from bot.storage.redis.overrides import RedisOverrides
from bot.storage.redis.presence import milliseconds
from bot.storage.redis.reading import text
from bot.storage.redis.scripts import COMMIT
from bot.storage.sealing import SealBroken, Sealer, place

_REVISION_BYTES = 8
_NO_OVERRIDES = Overrides()
_DONE, _ANSWERED, _CONFLICT, _LEASE_ALIVE = 0, -1, -2, -3
"""What lua/commit.lua answers."""


class RedisConversations:
    """`ports.conversations.Conversations` on Redis."""

    def __init__(
        self,
        connection: Connection,
        sealer: Sealer,
        overrides: RedisOverrides,
        case_codes: RedisCaseCodes,
        on_erased: Callable[[str, int], None] = lambda _mark, _at: None,
    ) -> None:
        """on_erased: gets the keyed hash of who is being erased, and the moment (milliseconds since 1970), before it
        is done."""
        self._connection = connection
        self._sealer = sealer
        self._overrides = overrides
        self._case_codes = case_codes
        self._on_erased = on_erased

    def open(self, cause: Cause) -> Opened:
        """See `Conversations.open`."""
        contacts = (cause.contact, *cause.former)
        mark = _mark(cause.message_id)
        commands: list[Command] = [("GET", keys.OVERRIDES)]
        for contact in contacts:
            person = keys.person(contact)
            commands += [("HGET", f"{person}turns", mark), ("GET", f"{person}conversation")]
            commands += [("EXISTS", keys.blocked(name)) for name in self._sealer.named("block", contact)]
        answers = self._connection.together(commands)
        overrides = self._overrides.opened(answers[0]) if answers[0] else _NO_OVERRIDES
        each = (len(answers) - 1) // len(contacts)
        found = [answers[1 + each * number : 1 + each * (number + 1)] for number in range(len(contacts))]
        blocked = any(any(rest) for _turn, _conversation, *rest in found)
        for contact, (turn, conversation, *_blocks) in zip(contacts, found, strict=True):
            if turn or conversation:
                return self._opened(contact, mark, conversation, turn, overrides, blocked=blocked)
        return Opened(cause.contact, Conversation(), 0, overrides=overrides, blocked=blocked)

    def commit(self, cause: Cause, opened: Opened, decision: Decision) -> Committed | Opened:
        """See `Conversations.commit`."""
        conversation, events, reply = decision.conversation, decision.events, decision.reply
        outgoing, lease = decision.outgoing, decision.lease
        contact, before, revision = opened.contact, opened.conversation, opened.revision + 1
        mark = _mark(cause.message_id)
        minute = cause.minute if isinstance(cause, Act) else conversation.heard_minute
        kinds = {type(event) for event in events}
        erased = ErasureRequested in kinds
        code = next((event for event in events if isinstance(event, CodeMade | CodeBrought)), None)
        turn = codec.encode_turn(reply, () if erased else events, minute)
        head = _revision(revision)
        options: dict[str, object] = {
            "contact": contact,
            "message": mark,
            "expected": blob(_revision(opened.revision) if opened.revision else b""),
            "turn": blob(head + self._sealer.seal(turn, place("turn", contact, mark))),
            "life": keys.BOT_LIFE,
            "counted": counted(before, conversation, events, minute),
            "counts_life": keys.COUNTS_LIFE,
        }
        if conversation.handling.status in (Status.ADVISOR, Status.CLOSED):
            options["life"] = keys.ADVISOR_LIFE
        if conversation.handling.status is Status.WAITING and not erased:
            options["waiting"] = (
                conversation.handling.urgency * keys.URGENCY_STEP + conversation.handling.waiting_minute
            )
        elif before.handling.status is Status.WAITING:
            options["leaves_queue"] = True
        if revision % keys.TRIM_EVERY == 0 and revision > keys.TURNS_KEPT:
            options["drop_before"] = blob(_revision(revision - keys.TURNS_KEPT))
        if erased:
            # The same message may come again; nothing else stays.
            options |= {"erase": True, "life": keys.IN_FLIGHT_LIFE, "erased_life": keys.ERASED_LIFE}
        else:
            where = place("conversation", contact, str(revision))
            sealed = self._sealer.seal(codec.encode_conversation(conversation), where)
            options["conversation"] = blob(head + sealed)
        shard = keys.shard(contact)
        person = f"{shard}{contact}:"
        names = [f"{person}conversation", f"{person}turns", f"{shard}waiting", f"{shard}counts:{day_of(minute)}"]
        bots = before.handling.status is Status.BOT and conversation.handling.status is Status.BOT
        hides = conversation.privacy.observed and not before.privacy.observed
        if not bots or outgoing or erased or code or hides:
            left = erased or Stopped in kinds
            names += [
                f"{person}address", f"{person}queue", f"{person}outgoing", f"{person}lease", f"{person}offer",
                f"{person}code", f"{person}our-number", f"{shard}held", f"{shard}outbox", f"{shard}feed",
                f"{shard}erased-messages", f"{shard}check-ins", f"{shard}stale-codes",
                *[keys.sent(each.id) for each in outgoing],
            ]  # fmt: skip
            options["handoff"] = {
                "events": ",".join(type(event).__name__ for event in events),
                "feed_length": keys.FEED_LENGTH,
                "holder": "" if erased else conversation.handling.advisor,
                "lease": lease,
                "lease_ms": keys.LEASE_MS,
                "offer_ms": keys.OFFER_MS,
                "take_back": left or hides,
                "outgoing": [[each.id, self._sealed_text(contact, each)] for each in outgoing],
                **self._address(cause, opened, conversation, left=left, sends=bool(outgoing)),
            }
            erased_at = (decision.at or minute * 60_000) if erased else None
            newer = self._commit_handoff(opened, names, options, code, erased_at)
            return Committed(decision) if newer is None else newer
        answer = self._connection.together([COMMIT(names, options)], confirmed=True)[0]
        return self._refused(opened, mark, answer) if answer[0] else Committed(decision)

    def _commit_handoff(
        self,
        opened: Opened,
        names: list[str],
        options: dict[str, Any],
        code: CodeMade | CodeBrought | None,
        erased_at: int | None,
    ) -> Opened | None:
        """What lies in other shards, before and after the one step that is atomic. erased_at: None = it is not."""
        contact, mark = opened.contact, options["message"]
        if erased_at is not None:
            names += self._before_erasing(contact, erased_at)
        if isinstance(code, CodeBrought) and not self._case_codes.claim(code.words, contact):
            return self._read_again(contact)
        if isinstance(code, CodeMade):
            options["handoff"] |= {"code": self._case_codes.put(code), "code_life": keys.CODE_LIFE}
        commands: list[Command] = [COMMIT(names, options)]
        if options["handoff"]["outgoing"]:
            commands += [("LPUSH", keys.DOORBELL, b"1"), ("LTRIM", keys.DOORBELL, 0, 0)]
        answer = self._connection.together(commands, confirmed=True)[0]
        if answer[0]:
            if isinstance(code, CodeMade):
                self._case_codes.drop([options["handoff"]["code"]])
            return self._refused(opened, mark, answer)
        if answer[1]:
            self._case_codes.drop_stale(keys.shard(contact), [answer[1]])
        if isinstance(code, CodeBrought):
            self._case_codes.drop(self._case_codes.marks(code.words))
        return None

    def _before_erasing(self, contact: str, at: int) -> list[str]:
        """Should the commit then fail, only what came before this moment stays away. Returns the keys under which
        callbacks of earlier messages find this person."""
        name = self._sealer.named("erased", contact)[0]
        self._on_erased(name, at)
        mark, person = keys.erased(name), keys.person(contact)
        damaged = [damage.aside(f"{person}{what}") for what in keys.OF_A_PERSON]
        _set, _gone, fields = self._connection.together(
            [("SET", mark, at, "EX", keys.BOT_LIFE), ("DEL", *damaged), ("HKEYS", f"{person}outgoing")],
            confirmed=True,
        )
        ids = [text(field) for field in fields if b":" not in field]
        before_shards = [keys.sent(id) for id in ids if "." not in id]
        if before_shards:
            self._connection.together([("DEL", name) for name in before_shards])
        return [keys.sent(id) for id in ids if "." in id]

    def _sealed_text(self, contact: str, message: Outgoing) -> msgspec.Raw:
        return blob(self._sealer.seal(message.text.encode(), place("outgoing", contact, message.id)))

    def _address(
        self, cause: Cause, opened: Opened, after: Conversation, *, left: bool, sends: bool
    ) -> dict[str, object]:
        """What lua/commit.lua does with the address, and for how many seconds it then stays. It is kept while somebody
        waits or talks with an advisor; a while after that, as long as a last message may be on its way."""
        if left:
            return {"forget_address": True}
        status = after.handling.status
        sealed = {}
        if isinstance(cause, Inbound) and cause.address:
            sealed["address"] = blob(self._sealer.seal(addresses.written(cause), place("address", opened.contact)))
            if cause.our_number:
                ours = self._sealer.seal(cause.our_number.encode(), place("our number", opened.contact))
                sealed["our_number"] = blob(ours)
        if status is Status.ADVISOR:
            return {**sealed, "address_life": keys.ADVISOR_LIFE}
        if status is Status.WAITING:
            return {**sealed, "address_life": keys.BOT_LIFE}
        if status is Status.CLOSED:
            return {**sealed, "address_life": GRACE_MINUTES * 60}
        if sends:
            return {**sealed, "address_life": keys.IN_FLIGHT_LIFE}
        if opened.conversation.handling.status is Status.ADVISOR:
            return {"address_life": keys.IN_FLIGHT_LIFE}
        return {"forget_address": True}

    def _refused(self, opened: Opened, mark: str, answer: list[Any]) -> Opened:
        if answer[0] == _LEASE_ALIVE:
            raise LeaseAlive
        if answer[0] == _ANSWERED:
            return self._opened(opened.contact, mark, answer[2], answer[1])
        return self._opened(opened.contact, mark, answer[1], None)

    def confirm(self, contact: str) -> None:
        """See `Conversations.confirm`. What was written to this person before has reached whoever has this."""
        if self._connection.waits_for_replicas:
            self._connection.together([("SET", f"{keys.shard(contact)}confirm", b"1", "EX", 60)], confirmed=True)

    def _read_again(self, contact: str) -> Opened:
        return self._opened(contact, "", self._connection.ask("GET", f"{keys.person(contact)}conversation"), None)

    def read(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """See `Conversations.read`."""
        if not contacts:
            return {}
        shards = keys.by_shard(contacts)
        stored = self._connection.together(
            [("MGET", *(f"{keys.person(each)}conversation" for each in shard)) for shard in shards]
        )
        found = {
            contact: data
            for shard, records in zip(shards, stored, strict=True)
            for contact, data in zip(shard, records, strict=True)
            if data
        }
        return {each: self._opened(each, "", found[each], None).conversation for each in contacts if each in found}

    def transcript(self, contact: str) -> list[Entry]:
        """See `Conversations.transcript`."""
        flat = self._connection.ask("HGETALL", f"{keys.person(contact)}turns")
        in_order = sorted(zip(flat[::2], flat[1::2], strict=True), key=lambda item: item[1][:_REVISION_BYTES])
        entries: list[Entry] = []
        for mark, turn in in_order:
            with suppress(SealBroken):  # under a key that is gone; the other turns can still be read
                entries += codec.decode_turn(self._turn(contact, text(mark), turn))
        return entries

    def tidy(self) -> None:
        """Drop the marks of messages that were erased so long ago that nothing can bring them back."""
        oldest = milliseconds(self._connection.ask("TIME")) - keys.ERASED_LIFE * 1000
        self._connection.together(
            [("ZREMRANGEBYSCORE", f"{shard}erased-messages", "-inf", oldest) for shard in keys.ALL_SHARDS]
        )

    def was_erased(self, cause: Cause, at: int) -> bool:
        """See `Conversations.was_erased`."""
        contacts = (cause.contact, *cause.former)
        mark = _mark(cause.message_id)
        marks = [("ZSCORE", f"{keys.shard(each)}erased-messages", mark) for each in contacts]
        if any(self._connection.together(marks)):
            return True
        names = [keys.erased(name) for contact in contacts for name in self._sealer.named("erased", contact)]
        erased = self._connection.together([("GET", name) for name in names])
        return any(codec.decode_erased(when) > at for when in erased if when)

    def _opened(
        self,
        contact: str,
        mark: str,
        stored: bytes | None,
        turn: bytes | None,
        overrides: Overrides = Overrides(),  # noqa: B008 - frozen
        *,
        blocked: bool = False,
    ) -> Opened:
        conversation, revision = Conversation(), 0
        head = stored[:_REVISION_BYTES] if stored else b""
        # Did we write this? A first byte of zero is a number no conversation outgrows. lua/commit.lua asks the same.
        if stored and len(head) == _REVISION_BYTES and head[0] == 0 and any(head):
            revision = int.from_bytes(head, "big")
            where = place("conversation", contact, str(revision))
            try:
                conversation = codec.decode_conversation(self._sealer.open(stored[_REVISION_BYTES:], where))
            except SealBroken:
                # A lost data key must not lock a person out: they start over, the old bytes are overwritten.
                conversation = self._rebuilt(contact, stored)
        elif stored:
            conversation = self._rebuilt(contact, stored)
        answered = None
        if turn:
            try:
                answered = codec.decode_reply(self._turn(contact, mark, turn))
            except SealBroken:
                answered = ""  # it was answered, in words nobody can read any more; not twice
        return Opened(contact, conversation, revision, answered, overrides, blocked)

    def _rebuilt(self, contact: str, stored: bytes) -> Conversation:
        """Of somebody whose conversation cannot be read: only who has it, from what stands beside it. Nobody who waits
        for an advisor may fall out of the queue, and no advisor lose a conversation. What is stored is put aside,
        because the next turn overwrites it."""
        person, shard = keys.person(contact), keys.shard(contact)
        aside = damage.aside(f"{person}conversation")
        score, held, lease, way_back, _aside = self._connection.together(
            [
                ("ZSCORE", f"{shard}waiting", contact), ("SISMEMBER", f"{shard}held", contact),
                ("GET", f"{person}lease"), ("GET", f"{person}address"),
                ("SET", aside, stored, "EX", keys.BOT_LIFE),
            ]
        )  # fmt: skip
        channel = ""
        with suppress(SealBroken):
            channel, _address = addresses.read(self._sealer.open(way_back or b"", place("address", contact)).decode())
        if held and lease:
            return Conversation(handling=Handling(status=Status.ADVISOR, channel=channel, advisor=text(lease)))
        if not held and score is None:
            return Conversation()
        urgency, minute = divmod(int(float(score or 0)), keys.URGENCY_STEP)
        danger = score is not None and urgency <= Urgency.DANGER
        waiting = Handling(status=Status.WAITING, channel=channel, danger=danger, requeued=True, waiting_minute=minute)
        return Conversation(handling=waiting)

    def _turn(self, contact: str, mark: str, turn: bytes) -> bytes:
        return self._sealer.open(turn[_REVISION_BYTES:], place("turn", contact, mark))


def _revision(number: int) -> bytes:
    return number.to_bytes(_REVISION_BYTES, "big")


def _mark(message_id: str) -> str:
    """The message in the hash of turns. The provider's id alone would lead to the message at the provider."""
    return hashlib.blake2b(message_id.encode(), digest_size=12).hexdigest()
