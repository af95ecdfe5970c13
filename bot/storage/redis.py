"""Conversations in Redis. Two round trips a turn: one to open, one to commit; each a Lua script, so atomic."""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from bot.dialogue.conversation import GRACE_MINUTES, Conversation, Status, Urgency
from bot.dialogue.events import Answers, AnyEvent, CodeBrought, CodeMade, ErasureRequested, Stopped
from bot.dialogue.overrides import Overrides
from bot.handoff.acts import Lease
from bot.handoff.check_in import CheckIn
from bot.handoff.counting import counted, day_of
from bot.messages import Outgoing
from bot.ports.everything import (
    Act,
    Block,
    Cause,
    Change,
    Entry,
    Held,
    LeaseAlive,
    Opened,
    StorageUnavailable,
    TooManyTries,
    Waiting,
)
from bot.storage import codec, keys
from bot.storage.sealing import SealBroken, Sealer, place

CONNECT_SECONDS = 0.4
ANSWER_SECONDS = 0.8
"""redis-py waits 5 s and tries 10 times by default: 59 s with a hung Redis, four times what Twilio waits, and a
repeated EVAL may run 11 times (reliability.md 2.10). These keep a whole turn under 2 s."""

FAILURES_TO_OPEN = 3
REST_SECONDS = 1.0
"""After three failures in a row nobody asks Redis for a second: answers without it stay fast."""

_RENEW = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
# Unless it was ended, erased or replaced meanwhile.
_SWAP = b"""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
"""
_SWAP_VALUE = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
_REVISION_BYTES = 8
_NEW = b""
Command = tuple[bytes | str | int, ...]
_HERE = Path(__file__).parent


def connect(url: str) -> redis.Redis:
    """A client with our time-outs and no retries of its own."""
    return redis.Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=0,
        protocol=2,
    )


class RedisStorage:
    """`ports.everything.Storage` on Redis >= 6.2."""

    def __init__(self, client: redis.Redis, sealer: Sealer) -> None:
        self._redis = client
        self._sealer = sealer
        self._wire = Wire(client)
        self._commit = Script(self._wire, (_HERE / "commit.lua").read_bytes())
        self._renew = Script(self._wire, _RENEW)
        self._swap = Script(self._wire, _SWAP)
        self._swap_value = Script(self._wire, _SWAP_VALUE)
        self._breaker = _Breaker()
        self._switched: tuple[bytes | None, Overrides] = (None, Overrides())

    def open(self, cause: Cause) -> Opened:
        """See `Storage.open`."""
        contacts = (cause.contact, *cause.former)
        field = _field(cause.message_id)
        found = self._ask(self._wire.together, [
            question
            for contact in contacts
            for question in (("HGET", keys.turns(contact), field), ("GET", keys.conversation(contact)))
        ] + [("GET", keys.OVERRIDES), ("EXISTS", *self._blocks(contacts))])  # fmt: skip
        blocked = bool(found.pop())
        overrides = self._overrides(found.pop())
        for contact, turn, conversation in zip(contacts, found[::2], found[1::2], strict=True):
            if turn or conversation:
                return self._opened(contact, field, conversation, turn, overrides, blocked=blocked)
        return Opened(cause.contact, Conversation(), 0, overrides=overrides, blocked=blocked)

    def commit(
        self,
        cause: Cause,
        opened: Opened,
        conversation: Conversation,
        events: Sequence[AnyEvent],
        reply: str,
        outgoing: Sequence[Outgoing] = (),
        lease: Lease = Lease.KEEP,
    ) -> Opened | None:
        """See `Storage.commit`."""
        contact, field, revision = opened.contact, _field(cause.message_id), opened.revision + 1
        before = opened.conversation
        erased = any(isinstance(event, ErasureRequested) for event in events)
        minute = cause.minute if isinstance(cause, Act) else conversation.heard_minute
        turn = codec.encode_turn(reply, () if erased else events, minute)
        trims = revision % keys.TRIM_EVERY == 0 and revision > keys.TURNS_KEPT
        life = keys.ADVISOR_LIFE if conversation.handling.status in (Status.ADVISOR, Status.CLOSED) else keys.BOT_LIFE
        if erased:
            life = keys.IN_FLIGHT_LIFE  # long enough for the same message to come again
        names = [keys.conversation(contact), keys.turns(contact), keys.WAITING, keys.counts(day_of(minute))]
        values: list[bytes | str | int] = [
            _revision(opened.revision) if opened.revision else _NEW,
            b"" if erased else self._conversation(contact, revision, conversation),
            life,
            field,
            _revision(revision) + self._sealer.seal(turn, place("turn", contact, field)),
            _waiting(before, conversation, erased=erased),
            contact,
            _revision(revision - keys.TURNS_KEPT) if trims else b"",
            " ".join(counted(before, conversation, events, minute)),
        ]
        bots = before.handling.status is Status.BOT and conversation.handling.status is Status.BOT
        code = next((event for event in events if isinstance(event, CodeMade | CodeBrought)), None)
        if erased:
            # Before the commit: should that fail, only what is older than this minute stays away.
            mark = keys.erased(self._sealer.named("erased", contact)[0])
            self._ask(self._redis.set, mark, minute, ex=keys.BOT_LIFE)
        if bots and not outgoing and not erased and not code:
            outcome = self._ask(self._commit, names, [*values, b""])
        else:
            left = erased or any(isinstance(event, Stopped) for event in events)
            names += [
                keys.address(contact), keys.lane(contact), keys.outgoing(contact), keys.lease(contact),
                keys.offer(contact), keys.HELD, keys.OUTBOX, keys.FEED, keys.coded(contact),
                *(keys.sent(each.id) for each in outgoing),
            ]  # fmt: skip
            address, address_life = self._address(cause, opened, conversation, left=left, sends=bool(outgoing))
            values += [
                "1", ",".join(type(event).__name__ for event in events), address, address_life,
                "" if erased else conversation.handling.advisor, str(lease), keys.LEASE_MS, keys.OFFER_MS,
                "1" if left else "",
                keys.FEED_LENGTH, *self._code(code),
            ]  # fmt: skip
            for each in outgoing:
                values += [each.id, self._sealer.seal(each.text.encode(), place("outgoing", contact, each.id))]
            outcome = self._ask(self._commit, names, values)
        if outcome[0] == b"alive":
            raise LeaseAlive
        if outcome[0] == b"repeat":
            return self._opened(contact, field, outcome[2], outcome[1])
        if outcome[0] == b"conflict":
            return self._opened(contact, field, outcome[1], None)
        return None

    def _address(
        self, cause: Cause, opened: Opened, after: Conversation, *, left: bool, sends: bool
    ) -> tuple[bytes | str, int | str]:
        """What commit.lua does with the address, and for how many seconds it then stays. It is kept while somebody
        waits or talks with an advisor; a while after that, as long as a last message may be on its way."""
        if left:
            return "-", ""
        kept = self._sealer.seal(cause.address.encode(), place("address", opened.contact)) if cause.address else ""
        if after.handling.status in (Status.WAITING, Status.ADVISOR):
            return kept, keys.ADVISOR_LIFE if after.handling.status is Status.ADVISOR else keys.BOT_LIFE
        if after.handling.status is Status.CLOSED:
            return kept, GRACE_MINUTES * 60
        if sends or opened.conversation.handling.status is Status.ADVISOR:
            return kept if sends else "", keys.IN_FLIGHT_LIFE
        return "-", ""

    def _code(self, event: CodeMade | CodeBrought | None) -> tuple[bytes | str | int, ...]:
        """What commit.lua does with a case code."""
        if event is None:
            return "", b"", 0, ""
        names = self._sealer.named("code", event.words)
        if isinstance(event, CodeMade):
            sealed = self._sealer.seal(msgspec.msgpack.encode(event.answers), place("code", names[0]))
            return names[0], sealed, keys.CODE_LIFE, ""
        return "", b"", 0, " ".join(names)

    def code(self, words: str, who: str, *, take: bool = False) -> Answers | None:
        """See `Storage.code`."""
        # Counted before it is looked for, so that many at once do not slip through; one that is there is no guess.
        limits = {keys.tries(self._sealer.named("tries", who)[0]): keys.TRIES, keys.tries("all"): keys.TRIES_ALL}
        questions: list[Command] = []
        for key in limits:
            questions += [("SET", key, 0, "NX", "EX", keys.TRIES_LIFE), ("INCR", key)]
        counted_now = self._ask(self._wire.together, questions)[1::2]
        if any(count > most for count, most in zip(counted_now, limits.values(), strict=True)):
            raise TooManyTries
        for name in self._sealer.named("code", words):
            sealed = self._ask(self._redis.getdel if take else self._redis.get, keys.code(name))
            if sealed:
                self._ask(self._wire.together, [("DECR", key) for key in limits])
                with suppress(SealBroken, msgspec.DecodeError):
                    opened = self._sealer.open(sealed, place("code", name))
                    return msgspec.msgpack.decode(opened, type=Answers)
        return None

    def transcript(self, contact: str) -> list[AnyEvent]:
        """See `Storage.transcript`."""
        return [entry.event for entry in self.history(contact)]

    def history(self, contact: str) -> list[Entry]:
        """See `Storage.history`."""
        turns = self._ask(self._redis.hgetall, keys.turns(contact))
        in_order = sorted(turns.items(), key=lambda item: item[1][:_REVISION_BYTES])
        entries: list[Entry] = []
        for field, turn in in_order:
            with suppress(SealBroken):  # under a key that is gone; the other turns can still be read
                entries += codec.decode_turn(self._turn(contact, field, turn))
        return entries

    def conversations(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """See `Storage.conversations`."""
        if not contacts:
            return {}
        stored = self._ask(self._wire.together, [("GET", keys.conversation(contact)) for contact in contacts])
        found = zip(contacts, stored, strict=True)
        return {contact: self._opened(contact, "", data, None).conversation for contact, data in found if data}

    def _blocks(self, contacts: Sequence[str]) -> list[str]:
        return [keys.blocked(name) for contact in contacts for name in self._sealer.named("block", contact)]

    def block(self, contact: str, advisor: str) -> None:
        """See `Storage.block`."""
        name = self._sealer.named("block", contact)[0]
        until = (self._milliseconds() // 1000 + keys.BLOCK_LIFE) // 60
        sealed = self._sealer.seal(msgspec.msgpack.encode(Block(name, contact, advisor, until)), place("block", name))
        self._ask(self._redis.set, keys.blocked(name), sealed, ex=keys.BLOCK_LIFE)

    def blocks(self) -> list[Block]:
        """See `Storage.blocks`."""
        names = [name.decode() for name in self._ask(lambda: list(self._redis.scan_iter(keys.blocked("*"))))]
        found = []
        for key, sealed in zip(names, self._ask(self._redis.mget, names) if names else (), strict=True):
            with suppress(SealBroken, msgspec.DecodeError):
                plain = self._sealer.open(sealed or b"", place("block", key.rpartition(":")[2]))
                found.append(msgspec.msgpack.decode(plain, type=Block))
        return sorted(found, key=lambda each: (each.until_minute, each.id))

    def unblock(self, id: str) -> bool:
        """See `Storage.unblock`."""
        return bool(self._ask(self._redis.delete, keys.blocked(id)))

    def check_ins(self) -> list[CheckIn]:
        """See `Storage.check_ins`."""
        return sorted((check_in for check_in, _raw in self._check_ins()), key=_due)

    def _check_ins(self) -> list[tuple[CheckIn, bytes]]:
        found = []
        for contact, raw in self._ask(self._redis.hgetall, keys.CHECK_INS).items():
            with suppress(SealBroken, msgspec.DecodeError):
                opened = self._sealer.open(raw, place("checkin", contact.decode()))
                found.append((msgspec.msgpack.decode(opened, type=CheckIn), raw))
        return found

    def _check_in(self, check_in: CheckIn) -> bytes:
        return self._sealer.seal(msgspec.msgpack.encode(check_in), place("checkin", check_in.contact))

    def keep_check_in(self, check_in: CheckIn) -> None:
        """See `Storage.keep_check_in`."""
        self._ask(self._redis.hset, keys.CHECK_INS, check_in.contact, self._check_in(check_in))

    def end_check_in(self, contact: str) -> bool:
        """See `Storage.end_check_in`."""
        return bool(self._ask(self._redis.hdel, keys.CHECK_INS, contact))

    def overrides(self) -> Overrides:
        """See `Storage.overrides`."""
        return self._overrides(self._ask(self._redis.get, keys.OVERRIDES))

    def set_overrides(self, overrides: Overrides) -> None:
        """See `Storage.set_overrides`."""
        sealed = self._sealer.seal(msgspec.msgpack.encode(overrides), place("steering", ""))
        self._ask(self._redis.set, keys.OVERRIDES, sealed)

    def counts(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """See `Storage.counts`."""
        found = self._ask(self._wire.together, [("HGETALL", keys.counts(day)) for day in days])
        pairs = (zip(row[::2], row[1::2], strict=True) for row in found)
        return {
            day: {name.decode(): int(number) for name, number in each} for day, each in zip(days, pairs, strict=True)
        }

    def waiting(self) -> list[Waiting]:
        """See `Storage.waiting`. People whose conversation has expired are dropped from the list on the way."""
        rows = self._ask(self._redis.zrange, keys.WAITING, 0, -1, withscores=True)
        found = []
        for member, score in rows:
            contact = member.decode()
            urgency, minute = divmod(int(score), keys.URGENCY_STEP)
            if self._ask(self._redis.exists, keys.conversation(contact)):
                found.append(Waiting(contact, minute, Urgency(urgency)))
            else:
                self._ask(self._redis.zrem, keys.WAITING, member)
        return found

    def held(self) -> list[Held]:
        """See `Storage.held`. Those whose conversation has expired are dropped from the set on the way."""
        contacts = sorted(member.decode() for member in self._ask(self._redis.smembers, keys.HELD))
        if not contacts:
            return []
        questions: list[Command] = []
        for contact in contacts:
            questions += [
                ("EXISTS", keys.lease(contact)),
                ("EXISTS", keys.offer(contact)),
                ("EXISTS", keys.conversation(contact)),
            ]
        answers = iter(self._ask(self._wire.together, questions))
        found = []
        for contact, leased, offered, exists in zip(contacts, answers, answers, answers, strict=True):
            if exists:
                found.append(Held(contact, bool(leased), bool(offered)))
            else:
                self._ask(self._redis.srem, keys.HELD, contact)
        return found

    def renew(self, contact: str, advisor: str) -> bool:
        """See `Storage.renew`."""
        return bool(self._ask(self._renew, [keys.lease(contact)], [advisor, keys.LEASE_MS]))

    def types(self, contact: str, advisor: str) -> None:
        """See `Storage.types`."""
        self._ask(self._redis.set, keys.typing(contact), advisor, px=keys.TYPING_MS)

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """See `Storage.typing`."""
        if not contacts:
            return {}
        found = self._ask(self._wire.together, [("GET", keys.typing(contact)) for contact in contacts])
        return {contact: name.decode() for contact, name in zip(contacts, found, strict=True) if name}

    def looked(self, at: datetime | None = None) -> datetime | None:
        """See `Storage.looked`."""
        if at is not None:
            self._ask(self._redis.set, keys.LOOKED, int(at.timestamp()))
            return at
        stored = self._ask(self._redis.get, keys.LOOKED)
        return datetime.fromtimestamp(int(stored), UTC) if stored else None

    def forgotten(self, cause: Cause, minute: int | None = None) -> bool:
        """See `Storage.forgotten`."""
        if self._ask(self._redis.sismember, keys.ERASED, _field(cause.message_id)):
            return True
        if minute is None:
            return False
        contacts = (cause.contact, *cause.former)
        names = [keys.erased(name) for contact in contacts for name in self._sealer.named("erased", contact)]
        return any(int(when) > minute for when in self._ask(self._redis.mget, names) if when)

    def present(self, advisor: str, languages: Sequence[str]) -> None:
        """See `Storage.present`."""
        until = self._milliseconds() + keys.LEASE_MS
        self._ask(self._redis.hset, keys.DUTY, advisor, f"{until} {' '.join(languages)}")

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """See `Storage.on_duty`."""
        rows = {
            name.decode(): value.decode().split() for name, value in self._ask(self._redis.hgetall, keys.DUTY).items()
        }
        now = self._milliseconds() if rows else 0
        return {advisor: tuple(languages) for advisor, (until, *languages) in rows.items() if int(until) > now}

    def _milliseconds(self) -> int:
        """Redis' clock: durations do not depend on ours."""
        seconds, micros = self._ask(self._redis.time)
        return int(seconds) * 1000 + int(micros) // 1000

    def feed(self, after: str, most: int = 500) -> list[Change]:
        """See `Storage.feed`."""
        if not after:
            return []
        rows = self._ask(self._redis.xrange, keys.FEED, f"({after}", "+", count=most)
        return [
            Change(id.decode(), fields[b"c"].decode(), tuple(filter(None, fields[b"w"].decode().split(","))))
            for id, fields in rows
        ]

    def tidy(self) -> None:
        """See `Storage.tidy`. Keys of one person expire; this is for the lists that name many."""
        oldest = max(0, self._milliseconds() - keys.FEED_LIFE_MS)
        self._ask(self._redis.xtrim, keys.FEED, minid=oldest, approximate=False)
        self.waiting()
        self.held()
        self._tidy_check_ins(self._milliseconds() // 60_000)
        self._reseal()
        for advisor, value in self._ask(self._redis.hgetall, keys.DUTY).items():
            if int(value.split()[0]) < oldest:
                self._ask(self._redis.hdel, keys.DUTY, advisor)

    def _tidy_check_ins(self, minute: int) -> None:
        kept = self._check_ins()
        found = self.conversations([check_in.contact for check_in, _raw in kept])
        for check_in, raw in kept:
            heard = found[check_in.contact].heard_minute if check_in.contact in found else 0
            if check_in.is_over(minute):
                self.end_check_in(check_in.contact)
            elif heard > check_in.heard_minute:
                newer = self._check_in(msgspec.structs.replace(check_in, heard_minute=heard))
                self._ask(self._swap, [keys.CHECK_INS], [check_in.contact, raw, newer])

    def _reseal(self) -> None:
        """Seal with the newest key what lives long and is seldom written, so that an older key can go in a week."""
        for key, what, head in ((keys.CHECK_INS, "checkin", 0), (keys.ACCOUNTS, "account", _REVISION_BYTES)):
            for field, raw in self._ask(self._redis.hgetall, key).items():
                newer = self._resealed(raw[head:], place(what, field.decode()))
                if newer:
                    self._ask(self._swap, [key], [field, raw, raw[:head] + newer])
        overrides = self._ask(self._redis.get, keys.OVERRIDES)
        newer = self._resealed(overrides, place("steering", "")) if overrides else b""
        if newer:
            self._ask(self._swap_value, [keys.OVERRIDES], [overrides, newer])

    def _resealed(self, sealed: bytes, where: bytes) -> bytes:
        """The same under the newest key; empty where that is not needed or not possible."""
        if self._sealer.is_newest(sealed):
            return b""
        try:
            return self._sealer.seal(self._sealer.open(sealed, where), where)
        except SealBroken:
            return b""

    def newest(self) -> str:
        """See `Storage.newest`."""
        rows = self._ask(self._redis.xrevrange, keys.FEED, count=1)
        return rows[0][0].decode() if rows else "0-0"

    def ping(self) -> str:
        """ "" when Redis answers and takes writes; else raises StorageUnavailable."""
        self._ask(self._redis.set, "helpline:ping", b"1", ex=60)
        return ""

    def lost_keys(self, peppers: Sequence[str]) -> list[str]:
        """Which of PEPPERS and DATA_KEYS lack the one this Redis was filled with; [] when all is well.

        With a pepper or key gone every conversation would silently start anew, so the caller refuses to start.
        """
        lost = []
        for name, marks in (("PEPPERS", list(peppers)), ("DATA_KEYS", list(self._sealer.marks()))):
            stored = self._ask(self._redis.hget, keys.FINGERPRINTS, name)
            if stored is not None and stored.decode() not in marks:
                lost.append(name)
            else:
                self._ask(self._redis.hset, keys.FINGERPRINTS, name, marks[0])
        return lost

    # -- inside --------------------------------------------------------------------------------------------------

    def _overrides(self, stored: bytes | None) -> Overrides:
        """Opened once for as long as it is the same: nearly always it is empty."""
        if stored != self._switched[0]:
            try:
                opened = self._sealer.open(stored or b"", place("steering", ""))
                self._switched = (stored, msgspec.msgpack.decode(opened, type=Overrides))
            except (SealBroken, msgspec.DecodeError):
                self._switched = (stored, Overrides())
        return self._switched[1]

    def _opened(
        self,
        contact: str,
        field: str,
        stored: bytes | None,
        turn: bytes | None,
        overrides: Overrides = Overrides(),  # noqa: B008 - frozen
        *,
        blocked: bool = False,
    ) -> Opened:
        conversation, revision = Conversation(), 0
        if stored and _is_revision(stored[:_REVISION_BYTES]):
            revision = int.from_bytes(stored[:_REVISION_BYTES], "big")
            where = place("conversation", contact, str(revision))
            try:
                conversation = codec.decode_conversation(self._sealer.open(stored[_REVISION_BYTES:], where))
            except SealBroken:
                # A lost data key must not lock a person out: they start anew, the old bytes are overwritten.
                conversation = Conversation()
        answered = None
        if turn:
            try:
                answered = codec.decode_reply(self._turn(contact, field, turn))
            except SealBroken:
                answered = ""  # it was answered, in words nobody can read any more; not twice
        return Opened(contact, conversation, revision, answered, overrides, blocked)

    def _turn(self, contact: str, field: str | bytes, turn: bytes) -> bytes:
        name = field if isinstance(field, str) else field.decode()
        return self._sealer.open(turn[_REVISION_BYTES:], place("turn", contact, name))

    def _conversation(self, contact: str, revision: int, conversation: Conversation) -> bytes:
        where = place("conversation", contact, str(revision))
        return _revision(revision) + self._sealer.seal(codec.encode_conversation(conversation), where)

    def _ask(self, question: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Ask Redis, through the breaker. A broken connection is tried once more on a new one: all we ask may be
        asked twice (a commit is keyed by its message). A time-out is not: it has cost what we may spend."""
        self._breaker.check()
        try:
            try:
                result = question(*arguments, **options)
            except RedisTimeoutError:
                raise
            except RedisConnectionError:
                result = question(*arguments, **options)
        except (RedisError, OSError) as error:
            self._breaker.failed()
            raise StorageUnavailable(type(error).__name__, refused=isinstance(error, ResponseError)) from None
        self._breaker.worked()
        return result


class Wire:
    """Commands straight on connections of redis-py, past the client's layers above them (retries, events, tracing,
    a pool that looks at the socket twice), none of which we use: they cost a third of a round trip
    (docs/performance.md). A connection that died while idle fails its next command; `RedisStorage._ask` repeats it.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._pool = client.connection_pool
        self._idle: list[Any] = []

    def together(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to several commands, in one round trip. Raises what redis-py raises."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._pool.make_connection()
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            answers = [connection.read_response() for _command in commands]
        except ResponseError:
            # Refused, not broken: but answers to later commands may still be on the way.
            connection.disconnect()
            raise
        except BaseException:
            connection.disconnect()
            self._idle.clear()
            raise
        self._idle.append(connection)
        return answers


class Script:
    """A Lua script called by its hash, loaded again when a restarted Redis has forgotten it."""

    def __init__(self, wire: Wire, source: bytes) -> None:
        self._wire = wire
        self._source = source
        self._sha = hashlib.sha1(source, usedforsecurity=False).hexdigest()

    def __call__(self, names: Sequence[str], arguments: Sequence[bytes | str | int]) -> Any:
        try:
            return self._wire.together([("EVALSHA", self._sha, len(names), *names, *arguments)])[0]
        except NoScriptError:
            return self._wire.together([("EVAL", self._source, len(names), *names, *arguments)])[0]


def asked(question: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Ask Redis outside of a turn (no breaker: the worker may wait). Raises StorageUnavailable."""
    try:
        return question(*arguments, **options)
    except (RedisError, OSError) as error:
        raise StorageUnavailable(type(error).__name__, refused=isinstance(error, ResponseError)) from None


class _Breaker:
    """Stops asking for a moment after several failures in a row."""

    def __init__(self) -> None:
        self._failures = 0
        self._rest_until = 0.0

    def check(self) -> None:
        if self._failures >= FAILURES_TO_OPEN and time.monotonic() < self._rest_until:
            raise StorageUnavailable("resting")

    def failed(self) -> None:
        self._failures += 1
        self._rest_until = time.monotonic() + REST_SECONDS

    def worked(self) -> None:
        self._failures = 0


def _waiting(before: Conversation, after: Conversation, *, erased: bool) -> int | str:
    """What commit.lua does to the waiting list: the place in it, "" to leave it, "-" for neither."""
    if after.handling.status is Status.WAITING and not erased:
        return after.handling.urgency * keys.URGENCY_STEP + after.handling.waiting_minute
    return "" if before.handling.status is Status.WAITING else "-"


def _due(check_in: CheckIn) -> tuple[int, str]:
    return (check_in.due_minute, check_in.contact)


def _is_revision(mark: bytes) -> bool:
    """Did we write this? A first byte of zero is a number no conversation outgrows. commit.lua looks the same way."""
    return len(mark) == _REVISION_BYTES and mark[0] == 0 and any(mark)


def _revision(number: int) -> bytes:
    return number.to_bytes(_REVISION_BYTES, "big")


def _field(message_id: str) -> str:
    """The message in the hash of replies. The provider's id alone would lead to the message at the provider."""
    return hashlib.blake2b(message_id.encode(), digest_size=12).hexdigest()
