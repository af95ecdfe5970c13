"""How a conversation changes hands: asking for a person, and taking it back.

Each function returns the new conversation and the events of the change.
"""

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    AnyEvent,
    PersonLeft,
)

Events = tuple[AnyEvent, ...]


def request_advisor(conversation: Conversation) -> tuple[Conversation, Events]:
    """Put the person in the queue. One whom an advisor has just said goodbye to stands at its front."""
    if conversation.handling.status in (Status.WAITING, Status.ADVISOR):
        return conversation, ()
    returned = conversation.handling.status is Status.CLOSED
    waiting = conversation.with_status(Status.WAITING, requeued=returned, waiting_minute=conversation.heard_minute)
    return waiting, (AdvisorRequested(),)


def leave_advisors(conversation: Conversation) -> tuple[Conversation, Events]:
    """Out of the queue, or away from the advisor who has the conversation: it is the bot's again."""
    event: AnyEvent
    if conversation.handling.status is Status.WAITING:
        event = AdvisorCancelled()
    elif conversation.handling.status is Status.ADVISOR:
        event = PersonLeft()
    else:
        return conversation.with_status(Status.BOT), ()
    return conversation.with_status(Status.BOT), (event,)
