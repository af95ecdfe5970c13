"""The one door through which a conversation changes: open, decide, render, commit."""

import dataclasses
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from bot.dialogue.case_code import RANDOM_BITS
from bot.dialogue.changes import request_advisor
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.engine import NO_OVERRIDES, Engine
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    Answers,
    AnyEvent,
    CameLate,
    CodeMade,
    ErasureRequested,
    Informed,
    PersonLeft,
    Replied,
    Said,
    Stopped,
)
from bot.dialogue.overrides import Overrides
from bot.dialogue.states import SharedText
from bot.dialogue.turn import Circumstances, Message, Turn
from bot.handoff.acts import Move, Reason, Refused
from bot.messages import MAX_TEXT, Inbound, Outgoing
from bot.ports.case_codes import TooManyTries
from bot.ports.conversations import Act, Opened
from bot.ports.outbox import new_outgoing_id
from bot.ports.spool import Spool, Spooled, SpoolFull
from bot.ports.storage import Storage
from bot.ports.unavailable import StorageUnavailable
from bot.rendering.texts import clean, render

DECIDE_AGAIN_SECONDS = 1.5
"""How long a turn may be decided anew because other messages of the same person came in between. Each conflict
means that another one was committed, so this drains."""

QUEUE_SECONDS = 0.5
"""How long a message waits for the one before it of the same person."""

Decide = Callable[[Conversation, int], Move]
"""(conversation, minute) -> what an advisor does with it, or time. Raises Refused."""

unpredictable_bits = partial(secrets.randbits, RANDOM_BITS)
"""A new random number at each call."""

Report = Callable[..., None]
"""report(what, **fields): count and log. Only names, counts and opaque ids go in."""


class Runner:
    """Answers messages. Thread- and greenlet-safe; holds no conversation of its own.

    now: the clock, with a time zone. random_bits: unpredictable numbers of `case_code.RANDOM_BITS`. on_turn: is told
    every turn that was decided for a message, before it is committed.
    """

    def __init__(
        self,
        engine: Engine,
        storage: Storage,
        spool: Spool,
        now: Callable[[], datetime],
        report: Report,
        random_bits: Callable[[], int] = unpredictable_bits,
        on_turn: Callable[[Turn], None] | None = None,
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._spool = spool
        self._now = now
        self._report = report
        self._random_bits = random_bits
        self._on_turn = on_turn
        self._queues = _Queues()

    def receive(self, inbound: Inbound) -> str:
        """The answer to one message, "" for silence. The same message always gets the same answer.

        Committed before it is returned. While the storage is away the answer comes without it, numbers first, and
        the message is spooled. Never raises for a message: the worst answer is the numbers.
        """
        now = self._now()
        try:
            with self._queues.turn_of(inbound.contact):
                return self._answered(inbound, self._storage.conversations.open(inbound), now)
        except StorageUnavailable as error:
            self._report("storage_away", cause=str(error))
            circumstances = Circumstances(now, self._random_bits())
            turn, _reply = self._decided(Conversation(), self._engine.read(inbound), circumstances)
            return self._kept(inbound, turn, None)

    def act(self, act: Act, decide: Decide) -> Conversation:
        """Do what an advisor asks, or what time brings, and return the conversation as it then is. The same act is
        done once; its text is queued in the same commit.

        Raises Refused (nothing has changed), LeaseAlive and StorageUnavailable.
        """
        deadline = time.monotonic() + DECIDE_AGAIN_SECONDS
        opened: Opened | None = self._storage.conversations.open(act)
        while opened is not None:
            if opened.reply is not None:
                return opened.conversation
            act = dataclasses.replace(act, minute=int(self._now().timestamp()) // 60)
            move = decide(opened.conversation, act.minute)
            outgoing, told = self._outgoing(move, opened.contact)
            events = (*move.events, *told)
            if time.monotonic() > deadline:
                raise Refused(Reason.BUSY)
            opened = self._storage.conversations.commit(
                act, opened, move.conversation, events, "", outgoing, move.lease
            )
            if opened is None:
                self._count(events)
        return move.conversation

    def _outgoing(self, move: Move, contact: str) -> tuple[tuple[Outgoing, ...], tuple[AnyEvent, ...]]:
        """The one message a move sends, and what the transcript says of it. Raises Refused when it does not fit."""
        if move.say is None and move.reply is None:
            return (), ()
        book = self._engine.content(move.conversation.locale)
        above = render(move.say, move.conversation, book) if move.say else ""
        sent = new_outgoing_id(contact)
        if move.reply is None:
            return (Outgoing(sent, above),), (Informed(above, sent),)
        words = clean(move.reply.text)
        limit = MAX_TEXT - len(above) - bool(above)
        if not words.strip():
            raise Refused(Reason.EMPTY)
        if len(move.reply.text) > limit:
            raise Refused(Reason.TOO_LONG, limit=limit)
        text = f"{above}\n{words}" if above else words
        return (Outgoing(sent, text),), (Replied(move.reply.advisor, text, sent),)

    def replay(self, spooled: Spooled) -> bool:
        """Store a spooled turn now that the storage is back. False: it had been stored after all, or its sender has
        erased everything since.

        What the person read then counts as shown, what they asked for is done; what happened since stays.
        Raises StorageUnavailable.
        """
        deadline = time.monotonic() + DECIDE_AGAIN_SECONDS
        first = self._storage.conversations.open(spooled.inbound)
        opened: Opened | None = first
        while opened is not None:
            if opened.reply is not None:
                return False
            if time.monotonic() > deadline:
                raise StorageUnavailable("busy")
            if self._storage.conversations.was_erased(spooled.inbound, spooled.conversation.heard_minute):
                self._report("spool_dropped", cause="erased")
                return False
            same = spooled.revision == opened.revision
            conversation = spooled.conversation if same else _rejoined(opened.conversation, spooled)
            events = (*spooled.events, Said(spooled.reply)) if spooled.reply else spooled.events
            if (
                first.blocked and conversation.handling.status is Status.WAITING
            ):  # decided where nobody knew of the block
                conversation = conversation.with_status(Status.BOT)
                events = tuple(event for event in events if not isinstance(event, AdvisorRequested))
            opened = self._storage.conversations.commit(spooled.inbound, opened, conversation, events, spooled.reply)
        self._report("replayed")
        return True

    def recover(self, inbound: Inbound, sent: datetime, *, late: bool) -> bool:
        """Answer a message whose webhook never came; False: it was answered after all. Raises StorageUnavailable.

        sent: when its sender sent it. late: too long ago to answer, the phone may be in other hands. Then nothing is
        sent, and an advisor is asked to look.
        """
        deadline = time.monotonic() + DECIDE_AGAIN_SECONDS
        first = self._storage.conversations.open(inbound)
        message = self._engine.read(inbound)
        opened: Opened | None = first
        while opened is not None:
            if opened.reply is not None:
                return False
            if time.monotonic() > deadline:
                raise StorageUnavailable("busy")
            heard = datetime.fromtimestamp(opened.conversation.heard_minute * 60, UTC)
            brought = None if late else self._brought(message, opened.contact)
            circumstances = self._circumstances(first, max(sent, heard), brought)
            turn, reply = self._decided(opened.conversation, message, circumstances)
            conversation = turn.conversation.with_handling(channel=str(inbound.channel))
            events = turn.events
            outgoing: tuple[Outgoing, ...] = ()
            if late:
                reply = ""
                leaves = any(isinstance(event, ErasureRequested | Stopped) for event in events) or first.blocked
                conversation, asked = (conversation, ()) if leaves else request_advisor(conversation)
                conversation = conversation.with_position(state="", history=(), candidates=())
                # A code nobody has read must not take away the one they have.
                told = (event for event in events if not isinstance(event, CodeMade))
                events = (*told, *asked, CameLate())
            elif reply:
                events, outgoing = (*events, Said(reply)), (Outgoing(new_outgoing_id(opened.contact), reply),)
            opened = self._storage.conversations.commit(inbound, opened, conversation, events, reply, outgoing)
        self._count(events)
        return True

    def _answered(self, inbound: Inbound, opened: Opened, now: datetime) -> str:
        deadline = time.monotonic() + DECIDE_AGAIN_SECONDS
        if opened.reply is not None:
            self._report("repeated")
            return opened.reply
        first, message = opened, self._engine.read(inbound)
        while opened.reply is None:
            circumstances = self._circumstances(first, now, self._brought(message, opened.contact))
            turn, reply = self._decided(opened.conversation, message, circumstances)
            events = (*turn.events, Said(reply)) if reply else turn.events
            try:
                newer = self._storage.conversations.commit(inbound, opened, turn.conversation, events, reply)
                if newer is not None and time.monotonic() > deadline:
                    raise StorageUnavailable("busy")
            except StorageUnavailable as error:
                self._report("storage_away", cause=str(error))
                if error.refused:
                    return self._kept(inbound, turn, opened.revision)
                # It may have been stored or not: the very answer that would have been stored, so that a repeat of
                # the message gets the same.
                return self._spooled(inbound, turn, reply, opened.revision)
            if newer is None:
                self._count(events)
                return reply
            opened = newer
        self._report("repeated")
        return opened.reply

    def _circumstances(self, opened: Opened, now: datetime, brought: Answers | None) -> Circumstances:
        return Circumstances(now, self._random_bits(), brought, opened.overrides, opened.blocked)

    def _brought(self, message: Message, contact: str) -> Answers | None:
        """What stands behind the case code that a message is; None when it is none, or too many were tried."""
        if not message.case_code:
            return None
        try:
            return self._storage.case_codes.look_up(message.case_code, contact)
        except TooManyTries:
            self._report("codes_guessed")
        except StorageUnavailable as error:  # the commit will meet it as well, and keep the message
            self._report("storage_away", cause=str(error))
        return None

    def _decided(self, conversation: Conversation, message: Message, circumstances: Circumstances) -> tuple[Turn, str]:
        """The turn and its text; after a bug the turn that keeps the message, gives the numbers, asks for a person."""
        try:
            turn = self._engine.advance(conversation, message, circumstances)
            reply = self._rendered(turn, circumstances.overrides)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets the numbers
            self._report("engine_failed", fault=type(error).__name__, error=error)
            turn = self._engine.failed(conversation, message.inbound, circumstances.now, type(error).__name__)
            reply = self._rendered(turn, circumstances.overrides)
        if self._on_turn is not None:
            self._on_turn(turn)
        return turn, reply

    def _rendered(self, turn: Turn, overrides: Overrides = NO_OVERRIDES) -> str:
        if turn.say is None:
            return ""
        return render(turn.say, turn.conversation, self._engine.content(turn.conversation.locale, overrides))

    def _kept(self, inbound: Inbound, turn: Turn, revision: int | None) -> str:
        """The answer while the storage is away, numbers first; the turn goes, sealed, to the spool."""
        return self._spooled(inbound, turn, self._away(turn, SharedText.OUTAGE if revision is None else ""), revision)

    def _spooled(self, inbound: Inbound, turn: Turn, reply: str, revision: int | None) -> str:
        """Keep a turn for later; returns its answer, which says so when it cannot be kept."""
        if turn.conversation.handling.status is Status.BOT:
            inbound = replace(inbound, address="")  # only advisors will need it
        try:
            self._spool.add(Spooled(inbound, turn.conversation, turn.events, reply, revision))
        except SpoolFull as error:
            self._report("spool_full", cause=str(error))
            return self._away(turn, SharedText.OUTAGE_LOST)
        self._report("spooled")
        return reply

    def _away(self, turn: Turn, above: str) -> str:
        if turn.say is None:
            return ""
        say = replace(turn.say, numbers=True, prefix=(*filter(None, [above]), *turn.say.prefix))
        return self._rendered(replace(turn, say=say))

    def _count(self, events: tuple[AnyEvent, ...]) -> None:
        for event in events:
            self._report("event", event=type(event).__name__)


def _rejoined(stored: Conversation, spooled: Spooled) -> Conversation:
    """The stored conversation after a turn that was decided without it: the later of the two is what the person
    sees, requests of both count, and an advisor who has the conversation keeps it."""
    shown, asked = spooled.conversation, {type(event) for event in spooled.events}
    if stored.handling.status is Status.BOT and AdvisorRequested in asked:
        stored = stored.with_handling(status=Status.WAITING, waiting_minute=shown.handling.waiting_minute)
    if asked & {AdvisorCancelled, PersonLeft, Stopped} and stored.handling.status in (Status.WAITING, Status.ADVISOR):
        stored = stored.with_status(Status.BOT)
    stored = stored.with_handling(
        danger=stored.handling.danger or shown.handling.danger,
        urgent=stored.handling.urgent or shown.handling.urgent,
    )
    observed = stored.privacy.observed or shown.privacy.observed
    stored = stored.with_privacy(observed=observed)
    if stored.heard_minute > shown.heard_minute:
        return stored
    theirs = shown.handling
    handling = replace(stored.handling, channel=theirs.channel, pending_notice=theirs.pending_notice)
    return replace(shown.with_privacy(observed=observed), locale=stored.locale or shown.locale, handling=handling)


class _Queues:
    """One message of one person at a time within this process. Only makes bursts cheap; the commit is the guarantee."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def turn_of(self, contact: str) -> Iterator[None]:
        with self._guard:
            lock, users = self._locks.get(contact) or (threading.Lock(), 0)
            self._locks[contact] = (lock, users + 1)
        # A hung storage must not make the whole queue wait in line: without the lock the commit still guards.
        held = lock.acquire(timeout=QUEUE_SECONDS)
        try:
            yield
        finally:
            if held:
                lock.release()
            with self._guard:
                lock, users = self._locks[contact]
                if users == 1:
                    del self._locks[contact]
                else:
                    self._locks[contact] = (lock, users - 1)
