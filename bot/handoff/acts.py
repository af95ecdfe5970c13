"""What an advisor may do with a conversation, and what time does to one. Pure: conversation in, `Move` out.

Every function raises `Refused` when it may not be done; then nothing changes and nothing is sent.
`minute` is minutes since 1970 (UTC), `advisor` the opaque id of an account.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.dialogue.conversation import GRACE_MINUTES, Conversation, Status
from bot.dialogue.crisis import ended
from bot.dialogue.events import (
    AnyEvent,
    Assigned,
    Blocked,
    Claimed,
    Closed,
    ErasureRequested,
    HandedBack,
    LeaseLost,
    Noted,
    Offered,
    OfferEnded,
)
from bot.dialogue.own_words import still_hidden
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say
from bot.handoff.agreements import check_agreed
from bot.handoff.moves import Lease, Move, Reply
from bot.handoff.refusals import Reason, Refused, check_holds
from bot.messages import MAX_TEXT, Channel

FRESH_MINUTES = 15
"""A message sent longer after theirs may meet another reader: the bot sends none, an advisor is asked to be sure."""

WINDOW_MINUTES = 24 * 60 - 5
"""WhatsApp takes free text until 24 hours after the person's last message; five minutes are for the way there."""


def claim(conversation: Conversation, advisor: str, minute: int) -> Move:
    """Take a person who waits, one closed a moment ago, or one that a colleague offers. Again: renews the lease."""
    if conversation.handling.status is Status.ADVISOR:
        if conversation.handling.advisor == advisor:
            return Move(conversation, lease=Lease.TAKE)
        if conversation.handling.offered != advisor:
            raise Refused(Reason.TAKEN, holder=conversation.handling.advisor)
        # A transfer is no new beginning: the person is not greeted again.
        taken = conversation.with_handling(advisor=advisor, offered="")
        return Move(taken, (Claimed(advisor, conversation.handling.advisor),), lease=Lease.TAKE)
    handling = conversation.handling
    over = handling.status is Status.CLOSED and minute - handling.closed_minute > GRACE_MINUTES
    if over or handling.status is Status.BOT:
        raise Refused(Reason.NOT_ASKED if conversation.heard_minute else Reason.UNKNOWN)
    return Move(_taken(conversation, advisor), (Claimed(advisor),), lease=Lease.TAKE)


def reply(
    conversation: Conversation,
    advisor: str,
    text: str,
    minute: int,
    *,
    sure: bool = False,
    clocks: Callable[[], Sequence[int]] = tuple,
    is_neutral: Callable[[str], bool] = lambda _text: True,
) -> Move:
    """Write to the person; the first message takes the conversation. `sure`: the advisor knows that their last
    message is more than FRESH_MINUTES old and sends it all the same. Where somebody may read along nothing goes out.

    Once their messages are answered and FRESH_MINUTES have passed, writing again would be writing first: that needs an
    agreement, and only then `clocks` and `is_neutral` are asked. clocks: minutes of the day where they are, one or the
    earliest and the latest. is_neutral: does a text name no subject, organisation, name or place?
    """
    if not text.strip():
        raise Refused(Reason.EMPTY)
    if conversation.handling.offered == advisor:
        raise Refused(
            Reason.TAKEN, holder=conversation.handling.advisor
        )  # an offer is taken by claiming it, not by accident
    taken = claim(conversation, advisor, minute)
    mine = taken.conversation
    since = minute - mine.heard_minute
    if mine.handling.channel == Channel.WHATSAPP and since >= WINDOW_MINUTES:
        raise Refused(Reason.WINDOW)
    if mine.privacy.observed:
        raise Refused(Reason.OBSERVED)  # until the person's own word, or a fresh "yes, I can type safely"
    if since > FRESH_MINUTES:
        if not mine.handling.pending_minute:
            check_agreed(mine.privacy.agreement, minute, clocks(), neutral=is_neutral(text))
        if not sure:
            raise Refused(Reason.LATE)
    say = None if mine.handling.introduced else Say(prefix=(SharedText.ADVISOR_HERE,))
    return Move(
        mine.with_handling(introduced=True, pending_notice="", pending_minute=0),
        taken.events,
        say,
        Reply(advisor, text),
        Lease.TAKE,
    )


def note(conversation: Conversation, advisor: str, text: str) -> Move:
    """Keep words for colleagues. Nothing of it can be sent: a Move with a note has no `say` and no `reply`."""
    check_holds(conversation, advisor)
    if not text.strip():
        raise Refused(Reason.EMPTY)
    if len(text) > MAX_TEXT:
        raise Refused(Reason.TOO_LONG, limit=MAX_TEXT)
    return Move(conversation, (Noted(advisor, text),), lease=Lease.TAKE)


def offer(conversation: Conversation, advisor: str, to: str) -> Move:
    """Offer the conversation to a colleague. The advisor keeps it until that one claims it."""
    check_holds(conversation, advisor)
    if to == advisor:
        raise Refused(Reason.TAKEN, holder=advisor)
    return Move(conversation.with_handling(offered=to), (Offered(advisor, to),), lease=Lease.OFFER)


def assign(conversation: Conversation, leader: str, to: str) -> Move:
    """Give the conversation of somebody who waits, or that a colleague has, to an advisor who is there."""
    if conversation.handling.status not in (Status.WAITING, Status.ADVISOR):
        raise Refused(Reason.NOT_ASKED)
    before = conversation.handling.advisor
    if before == to:
        raise Refused(Reason.TAKEN, holder=to)
    if conversation.handling.status is Status.ADVISOR:
        given = conversation.with_handling(advisor=to, offered="")
    else:
        given = _taken(conversation, to)
    return Move(given, (Assigned(leader, to, before),), lease=Lease.TAKE)


def decline(conversation: Conversation, to: str) -> Move:
    """The colleague says no; the conversation stays where it is."""
    if conversation.handling.status is not Status.ADVISOR or conversation.handling.offered != to:
        raise Refused(Reason.NOT_OFFERED)
    return Move(conversation.with_handling(offered=""), (OfferEnded(to, lapsed=False),))


def lapse(conversation: Conversation) -> Move:
    """The colleague did not react in time."""
    if conversation.handling.status is not Status.ADVISOR or not conversation.handling.offered:
        raise Refused(Reason.NOT_OFFERED)
    ended = OfferEnded(conversation.handling.offered, lapsed=True)
    return Move(conversation.with_handling(offered=""), (ended,), lease=Lease.LAPSED)


def hand_back(conversation: Conversation, advisor: str, minute: int) -> Move:
    """Give the conversation back to the bot and say so."""
    check_holds(conversation, advisor)
    free = conversation.with_status(Status.BOT)
    told = _told(free, (HandedBack(advisor),), SharedText.ADVISOR_LEFT, minute)
    if told.say is None:
        return told
    state = StateName.MENU if free.told.subject_disclosed else StateName.OPENER
    return replace(told, conversation=free.with_position(state=state), say=replace(told.say, state=state))


def close(conversation: Conversation, advisor: str, minute: int, outcome: str = "") -> Move:
    """End it, once, with one closing text. None is sent when the person has been silent: they may be gone, and who
    holds the phone now must not learn of it. outcome: how it ended, to be counted."""
    check_holds(conversation, advisor)
    closed = ended(conversation).with_status(Status.CLOSED, closed_minute=minute)
    if minute - conversation.heard_minute > FRESH_MINUTES or conversation.privacy.observed:
        return Move(closed, (Closed(advisor, outcome),))
    return Move(closed, (Closed(advisor, outcome),), Say(prefix=(SharedText.ADVISOR_CLOSED,), emergency_line=True))


def block(conversation: Conversation, advisor: str) -> Move:
    """An abusive sender is taken from the advisors, without a word; see `flood`."""
    check_holds(conversation, advisor)
    free = conversation.with_status(Status.BOT).with_position(state="", history=())
    return Move(still_hidden(conversation, free), (Blocked(advisor),))


def erase(_conversation: Conversation) -> Move:
    """Everything about this person goes; nothing is sent."""
    return Move(Conversation(), (ErasureRequested(),))


def lose_lease(conversation: Conversation, minute: int) -> Move:
    """The advisor's console is gone: the person stands at the front of the queue and is told."""
    if conversation.handling.status is not Status.ADVISOR:
        raise Refused(Reason.NOT_ASKED)
    waiting = conversation.with_status(Status.WAITING, requeued=True, waiting_minute=minute)
    return _told(waiting, (LeaseLost(conversation.handling.advisor),), SharedText.ADVISOR_GONE, minute, Lease.LOST)


def _taken(conversation: Conversation, advisor: str) -> Conversation:
    """In the hands of an advisor. No list the bot has shown counts any more: "1" is now said to a human being."""
    pending = conversation.heard_minute if conversation.handling.status is Status.WAITING else 0
    state = (
        StateName.DECOY if conversation.position.state == StateName.DECOY else ""
    )  # a stranger stays a stranger, whoever has it
    return conversation.with_status(Status.ADVISOR, advisor=advisor, pending_minute=pending).with_position(
        state=state, history=(), candidates=()
    )


def _told(
    conversation: Conversation, events: tuple[AnyEvent, ...], what: str, minute: int, lease: Lease = Lease.KEEP
) -> Move:
    """Tell the person now if they wrote a moment ago; otherwise at the beginning of the next answer. Where somebody
    may read along, never."""
    if conversation.privacy.observed:
        return Move(conversation, events, lease=lease)
    if minute - conversation.heard_minute > FRESH_MINUTES:
        return Move(conversation.with_handling(pending_notice=what), events, lease=lease)
    return Move(conversation, events, Say(prefix=(what,), emergency_line=True), lease=lease)
