"""Every change of a conversation: open, decide, commit. One loop for messages, advisors' acts, replay and recovery."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

import msgspec

from bot.dialogue import own_words
from bot.dialogue.case_code import RANDOM_BITS
from bot.dialogue.conversation import Conversation
from bot.dialogue.engine import Engine
from bot.dialogue.events import Answers, AnyEvent, Said
from bot.dialogue.turn import Circumstances, Memory, Message, Turn
from bot.handoff.moves import Move
from bot.handoff.refusals import Reason, Refused
from bot.messages import Inbound
from bot.messaging import moves, recovering, replaying
from bot.messaging.outage import Outage, Undone
from bot.ports.case_codes import TooManyTries
from bot.ports.conversations import Act, Cause, Committed, Decision, Opened
from bot.ports.spool import NOTHING_GIVEN, Given, Spool, Spooled
from bot.ports.storage import Storage
from bot.ports.unavailable import StorageUnavailable
from bot.rendering.texts import render

DECIDE_AGAIN_SECONDS = 1.5
"""How long a turn may be decided again because other messages of the same person came in between. Each conflict
means that another one was committed, so this drains."""

QUEUE_SECONDS = 0.5
"""How long a message waits for the one before it of the same person. Without it the commit still guards."""

Report = Callable[..., None]
"""report(what, **fields): count and log. Only names, counts and opaque ids go in."""

unpredictable_bits = partial(secrets.randbits, RANDOM_BITS)
"""A new random number at each call."""


class Busy(StorageUnavailable):
    """Others were faster for too long. Nothing was stored."""

    def __init__(self) -> None:
        super().__init__("busy")


class _Given(Exception):
    """It was answered while the storage was away, and waits in the spool."""

    def __init__(self, reply: str) -> None:
        super().__init__()
        self.reply = reply


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The same cause was stored before."""

    reply: str
    conversation: Conversation


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
        self._outage = Outage(spool, engine, report)
        self._now = now
        self._report = report
        self._random_bits = random_bits
        self._on_turn = on_turn
        self._guard = threading.Lock()
        # One message of one person at a time within this process; a lock goes with the last message that holds it.
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def receive(self, inbound: Inbound) -> str:
        """The answer to one message, "" for silence. The same message always gets the same answer.

        Committed before it is returned. While the storage is away the answer comes without it, numbers first, and
        the message is spooled. Never raises for a message: the worst answer is the numbers.
        """
        now = self._now()
        at = _milliseconds(now)
        undone: Undone | None = None
        given = NOTHING_GIVEN
        message: Message | None = None

        def decide(opened: Opened) -> Decision:
            nonlocal message, undone, given
            given = self._spool.given(inbound)
            if given.reply is not None:
                raise _Given(given.reply)
            message = message or self._engine.read(inbound)
            turn, reply = self._answer(message, opened, now, given)
            undone = Undone(turn, reply, opened.revision, opened.conversation, at)
            return Decision(turn.conversation, (*turn.events, Said(reply)) if reply else turn.events, reply)

        with self._guard:
            lock = self._locks.setdefault(inbound.contact, threading.Lock())
        held = lock.acquire(timeout=QUEUE_SECONDS)
        try:
            outcome = self._apply(inbound, at, decide)
        except _Given as again:
            self._report("repeated")
            return again.reply
        except StorageUnavailable as error:
            self._report("storage_away", cause=str(error))
            if undone is None:
                given = self._spool.given(inbound)
                if given.reply is not None:
                    return given.reply
                nothing = Opened(inbound.contact, Conversation(), 0)
                turn, reply = self._answer(self._engine.read(inbound), nothing, now, given, known=False)
                undone = Undone(turn, reply, None, nothing.conversation, at)
            return self._outage.answer(inbound, undone, refused=error.refused)
        finally:
            if held:
                lock.release()
        if isinstance(outcome, AlreadyAnswered):
            self._report("repeated")
            return outcome.reply
        if given.behind:
            self._spool.caught_up(inbound)
        self._count(outcome.decision.events)
        return outcome.decision.reply

    def act(self, act: Act, decide: Callable[[Conversation, int], Move]) -> Conversation:
        """Do what an advisor asks, or what time brings, and return the conversation as it then is. The same act is
        done once; its text is queued in the same commit.

        decide: from the conversation and the minute to what is done with it; may raise Refused.
        Raises Refused (nothing has changed), LeaseAlive and StorageUnavailable.
        """
        at = _milliseconds(self._now())
        act = replace(act, minute=at // 60_000)
        try:
            outcome = self._apply(
                act, at, lambda opened: moves.decision(decide(opened.conversation, act.minute), opened, self._engine)
            )
        except Busy:
            raise Refused(Reason.BUSY) from None
        if isinstance(outcome, AlreadyAnswered):
            self._storage.conversations.confirm(act.contact)
            return outcome.conversation
        self._count(outcome.decision.events)
        return outcome.decision.conversation

    def replay(self, spooled: Spooled) -> bool:
        """Store a spooled turn now that the storage is back. False: it had been stored after all, or its sender has
        erased everything since.

        What the person read then counts as shown, what they asked for is done; what happened since stays.
        Raises StorageUnavailable.
        """

        def decide(opened: Opened) -> Decision:
            if self._storage.conversations.was_erased(spooled.inbound, spooled.came):
                raise replaying.Erased
            return replaying.decision(spooled, opened)

        try:
            outcome = self._apply(spooled.inbound, spooled.came, decide)
        except replaying.Erased:
            self._report("spool_dropped", cause="erased")
            return False
        if isinstance(outcome, AlreadyAnswered):
            self._storage.conversations.confirm(spooled.inbound.contact)
            return False
        self._report("replayed")
        return True

    def recover(self, inbound: Inbound, sent: datetime, *, late: bool, maybe_answered: bool = False) -> bool:
        """Answer a message whose webhook never came; False: it was answered after all. Raises StorageUnavailable.

        It answers no question that was asked after it was sent: a lost "yes" must not erase what "erase" asks about.

        sent: when its sender sent it. late: too long ago to answer, the phone may be in other hands. maybe_answered: it
        may be one whose turn lies in the spool and cannot be read. In both cases nothing is sent, and an advisor is
        asked to look.
        """
        silent = late or maybe_answered
        message = self._engine.read(inbound)

        def decide(opened: Opened) -> Decision:
            given = self._spool.given(inbound)
            if given.reply is not None:
                raise _Given("")
            moment = recovering.moment(sent, opened.conversation)
            overtaken = recovering.is_overtaken(sent, opened.conversation)
            given = msgspec.structs.replace(given, behind=given.behind or overtaken)
            turn, reply = self._answer(message, opened, moment, given, look_up=not silent)
            if overtaken and not silent and recovering.is_pointless(turn):
                return recovering.only_heard(turn, opened.conversation)
            if silent:
                blocked = opened.blocked
                return recovering.too_late(turn, inbound.channel, blocked=blocked, maybe_answered=maybe_answered)
            return recovering.by_sending(turn, inbound.channel, reply, opened.contact)

        try:
            outcome = self._apply(inbound, _milliseconds(sent), decide)
        except _Given:
            return False
        if isinstance(outcome, AlreadyAnswered):
            return False
        self._count(outcome.decision.events)
        return True

    def _apply(self, cause: Cause, at: int, decide: Callable[[Opened], Decision]) -> Committed | AlreadyAnswered:
        """Decide on the newest state and store it, once for each cause, which came at this moment (milliseconds since
        1970). Raises Busy and StorageUnavailable, and what `decide` raises."""
        conversations, deadline = self._storage.conversations, time.monotonic() + DECIDE_AGAIN_SECONDS
        first = opened = conversations.open(cause)
        while opened.reply is None:
            decision = replace(decide(opened), at=at)
            outcome = conversations.commit(cause, opened, decision)
            if isinstance(outcome, Committed):
                return outcome
            if time.monotonic() > deadline:
                raise Busy
            opened = replace(outcome, overrides=first.overrides, blocked=first.blocked)
        return AlreadyAnswered(opened.reply, opened.conversation)

    def _answer(
        self, message: Message, opened: Opened, now: datetime, given: Given, *, look_up: bool = True, known: bool = True
    ) -> tuple[Turn, str]:
        """The turn and its text; after a bug the turn that keeps the message, gives the numbers, asks for a person.

        known: the conversation is what is stored; otherwise it is out of reach.
        """
        look_up &= known
        memory = Memory.NONE if not known else Memory.BEHIND if given.behind else Memory.STORED
        engine, overrides = self._engine, opened.overrides
        brought = self._brought(message.case_code, opened.contact) if look_up and message.case_code else None
        circumstances = Circumstances(
            now, self._random_bits(), brought, overrides, opened.blocked, memory, given.hidden
        )
        try:
            turn = engine.advance(opened.conversation, message, circumstances)
            content = engine.content(turn.conversation.locale, overrides)
            reply = render(turn.say, turn.conversation, content, message.inbound.channel) if turn.say else ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets the numbers
            self._report("engine_failed", fault=type(error).__name__, error=error)
            before = own_words.hidden(opened.conversation) if given.hidden else opened.conversation
            turn = engine.failed(before, message.inbound, now, type(error).__name__)
            content = engine.content(turn.conversation.locale, overrides)
            reply = render(turn.say, turn.conversation, content) if turn.say else ""
        if self._on_turn is not None:
            self._on_turn(turn)
        return turn, reply

    def _brought(self, case_code: str, contact: str) -> Answers | None:
        """What stands behind a case code; None when it leads nowhere, or too many were tried."""
        try:
            return self._storage.case_codes.look_up(case_code, contact)
        except TooManyTries:
            self._report("codes_guessed")
        except StorageUnavailable as error:  # the commit will meet it as well, and keep the message
            self._report("storage_away", cause=str(error))
        return None

    def _count(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            self._report("event", event=type(event).__name__)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
