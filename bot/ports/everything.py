"""What the services need from the outside, as interfaces. `bot.storage` and `bot.channels` fulfil them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from bot.dialogue.conversation import Conversation, Urgency
from bot.dialogue.events import Answers, AnyEvent
from bot.dialogue.overrides import Overrides
from bot.handoff.acts import Lease
from bot.handoff.check_in import CheckIn
from bot.handoff.delivery import State
from bot.messages import Inbound, Outgoing


class StorageUnavailable(Exception):
    """The storage does not answer, or answers that it cannot. Carries the class name of the cause, nothing else.

    refused: it answered no, so nothing was stored; otherwise what was asked may have been done.
    """

    def __init__(self, cause: str, *, refused: bool = False) -> None:
        super().__init__(cause)
        self.refused = refused


class TooManyTries(Exception):
    """Somebody guesses case codes, or all together do."""


class LeaseAlive(Exception):
    """A change for a lost lease (or a lapsed offer), but the lease is there after all. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Act:
    """What changes a conversation without a message: an advisor's act or a lapse of time.

    message_id: id of the act; the same id is the same act and is done once. minute: when, since 1970 (UTC).
    """

    message_id: str
    contact: str
    former: tuple[str, ...] = ()
    address: str = ""
    minute: int = 0


Cause = Inbound | Act


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage knows when a message arrives.

    contact: the id this person stands under. While peppers rotate an open conversation stays under its old id.
    reply: the text that was answered to this very message before ("" = silence), None for a new message.
    revision: number of commits so far, 0 for a person not known; a commit must name it.
    overrides: current overrides. blocked: an advisor blocked this sender. Only `open` tells these.
    """

    contact: str
    conversation: Conversation
    revision: int
    reply: str | None = None
    overrides: Overrides = Overrides()
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript: what happened, and in which minute (since 1970, UTC; 0 = not known)."""

    minute: int
    event: AnyEvent


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the waiting list: opaque contact id, its class, and the minute (since 1970, UTC) they asked."""

    contact: str
    minute: int
    urgency: Urgency = Urgency.ORDINARY


@dataclass(frozen=True, slots=True)
class Held:
    """One conversation an advisor has. leased: their console has been heard of within the lease. offered: an offer to
    a colleague still stands."""

    contact: str
    leased: bool
    offered: bool


class Block(msgspec.Struct, frozen=True):
    """One blocked sender. id: what it is ended by. until_minute: since 1970."""

    id: str
    contact: str
    advisor: str
    until_minute: int


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the feed of what happened: where it stands in the feed, to whom, and the names of the events."""

    id: str
    contact: str
    what: tuple[str, ...]


class Storage(Protocol):
    """Conversations, transcripts and the answers given, by contact id. Every method may raise StorageUnavailable."""

    def open(self, cause: Cause) -> Opened:
        """All that is known for `cause`, in one round trip."""
        ...

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
        """Store the turn in one atomic step, or nothing at all: conversation, transcript, queue, address, lease, and
        what is to be sent.

        None: done. An Opened: not done; it says why: a `reply` when this message was answered meanwhile, else the
        newer revision to decide on again. An ErasureRequested among `events` removes everything but the reply; it
        and Stopped take back what has not been sent yet. Raises LeaseAlive.
        """
        ...

    def code(self, words: str, who: str, *, take: bool = False) -> Answers | None:
        """What stands behind a case code; None: nothing (any more). take: it is used up with this.

        who: whoever tries, an opaque id. Raises TooManyTries after a few in an hour that led nowhere. Codes come into
        being, and are used up by messages, in `commit`: by CodeMade and CodeBrought among the events.
        """
        ...

    def transcript(self, contact: str) -> list[AnyEvent]:
        """What was heard and said, oldest first."""
        ...

    def history(self, contact: str) -> list[Entry]:
        """The transcript with the time of each event."""
        ...

    def conversations(self, contacts: Sequence[str]) -> dict[str, Conversation]:
        """Those that exist, by contact id, in one round trip."""
        ...

    def block(self, contact: str, advisor: str) -> None:
        """Block a sender for a day; it outlives the conversation, also when that is erased."""
        ...

    def blocks(self) -> list[Block]:
        """Who is blocked, the next to end first."""
        ...

    def unblock(self, id: str) -> bool:
        """End one. False: there is none."""
        ...

    def check_ins(self) -> list[CheckIn]:
        """The signs of life that were agreed, the earliest first."""
        ...

    def keep_check_in(self, check_in: CheckIn) -> None:
        """Keep one; an earlier one of the same person is replaced. It outlives the conversation, and goes with
        ErasureRequested."""
        ...

    def end_check_in(self, contact: str) -> bool:
        """Drop it. False: there is none."""
        ...

    def overrides(self) -> Overrides:
        """What is switched by hand."""
        ...

    def set_overrides(self, overrides: Overrides) -> None:
        """Switch by hand, from the next message on."""
        ...

    def counts(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """Day, such as "2026-11-28" in the Netherlands -> what was counted on it (`dialogue.counting`)."""
        ...

    def waiting(self) -> list[Waiting]:
        """Who waits for an advisor, in the order in which they are to be helped."""
        ...

    def held(self) -> list[Held]:
        """The conversations that advisors have."""
        ...

    def renew(self, contact: str, advisor: str) -> bool:
        """Prolong the lease of this advisor. False: it is somebody else's or gone."""
        ...

    def types(self, contact: str, advisor: str) -> None:
        """This advisor is typing to this person; it counts for a few seconds."""
        ...

    def typing(self, contacts: Sequence[str]) -> dict[str, str]:
        """Which advisor is typing to whom, by contact id."""
        ...

    def looked(self, at: datetime | None = None) -> datetime | None:
        """When the provider's list was last looked through; `at` sets it. None: never."""
        ...

    def forgotten(self, cause: Cause, minute: int | None = None) -> bool:
        """Was this message erased by its sender's wish? Then it must not come back. minute: when it was written,
        since 1970; then also: has its sender erased everything after that?"""
        ...

    def present(self, advisor: str, languages: Sequence[str]) -> None:
        """This advisor looks at the queue now; it counts for a minute."""
        ...

    def on_duty(self) -> dict[str, tuple[str, ...]]:
        """Who looks at the queue, with their languages."""
        ...

    def feed(self, after: str, most: int = 500) -> list[Change]:
        """What happened since the change with id `after` ("" = only from now on: an empty list), oldest first."""
        ...

    def tidy(self) -> None:
        """Drop from lists what belongs to nobody any more, and news nobody can still want; note beside agreed signs of
        life when the person last wrote, before the conversation expires."""
        ...

    def newest(self) -> str:
        """The id of the newest change, to follow the feed from."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """The first message of a person's lane, in a worker's hands.

    entry: what the outbox knows it by. id: ours. address: "" when it is not kept any more. unsure: an attempt was
    begun before, and nobody knows whether the provider has it. number: of this attempt, from 1.
    age, tried: seconds since it was written, and since the last attempt began.
    """

    entry: str
    contact: str
    id: str
    text: str
    address: str
    unsure: bool
    number: int
    age: float
    tried: float


@dataclass(frozen=True, slots=True)
class Record:
    """How a message stands. code: why it failed ("" = it did not). twice: it was perhaps sent twice.
    provider_id: the provider's id, "" when not known."""

    state: str
    code: str = ""
    attempts: int = 0
    twice: bool = False
    provider_id: str = ""


class Outbox(Protocol):
    """What is to be sent, in order for each person. Every method may raise StorageUnavailable."""

    def take(self, worker: str, most: int, wait: float) -> list[Attempt]:
        """Up to `most` messages that may go now, those of dead workers first; waits at most `wait` seconds. No two
        of one person, and none that another worker has in its hands."""
        ...

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
        """What became of an attempt. QUEUED and UNSURE: look at it again `after` so many seconds."""
        ...

    def report(self, id: str, state: State, code: str, provider_id: str) -> str:
        """A status callback for our message `id`: "done", "old" (it is further already), or "unknown" (parked)."""
        ...

    def again(self, id: str, code: str, after: float) -> bool:
        """Send once more what the network could not deliver, unless something newer was written. False: not done."""
        ...

    def contact_of(self, id: str) -> str:
        """Whose message it is; "" when nobody knows it."""
        ...

    def records(self, contact: str) -> Mapping[str, Record]:
        """How this person's messages stand, by our id."""
        ...


class SendFailed(Exception):
    """The provider refused the message, and says why with a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSent(Exception):
    """The provider certainly does not have it (no connection, too many requests). To be tried again."""


class AnswerLost(Exception):
    """The provider may have it or not."""


class Sender(Protocol):
    """The way to a person's phone."""

    def send(self, channel: str, address: str, text: str, id: str, seconds: int) -> str:
        """Send; returns the provider's id. It must arrive within `seconds` or not at all.

        Raises SendFailed, NotSent or AnswerLost.
        """
        ...

    def find(self, channel: str, address: str, text: str, known: Collection[str], minutes: int) -> str | None:
        """The provider's id of a message with this text sent in the last `minutes` that is not one of `known`; None
        when there is none. Raises NotSent when the provider cannot be asked."""
        ...
