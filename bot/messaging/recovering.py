"""A message whose webhook never came, found in the provider's list. Pure."""

from datetime import UTC, datetime

from bot.dialogue import own_words
from bot.dialogue.changes import request_advisor
from bot.dialogue.conversation import Conversation
from bot.dialogue.events import (
    AdvisorRequested,
    AnyEvent,
    CameLate,
    CodeMade,
    ErasureRequested,
    Heard,
    Said,
    Stopped,
)
from bot.dialogue.turn import Turn
from bot.messages import Channel, Outgoing
from bot.ports.conversations import Decision
from bot.ports.outbox import new_outgoing_id

ANSWERING = frozenset({"menu_number", "small_talk", "not_understood"})
"""Steps that answer a message which means something only after what was asked."""


def moment(sent: datetime, conversation: Conversation) -> datetime:
    """When a message counts as heard that was sent then: never before what was heard already."""
    return max(sent, datetime.fromtimestamp(conversation.heard_minute * 60, UTC))


def is_overtaken(sent: datetime, conversation: Conversation) -> bool:
    """Was something of theirs answered since they sent it? Then what it may have answered was another question."""
    return conversation.pace.answered > sent.timestamp()


def is_pointless(turn: Turn) -> bool:
    """Does an overtaken message say nothing without what it answered? A number, "yes", what is not understood."""
    about = turn.understood
    asked = any(isinstance(event, AdvisorRequested) for event in turn.events)
    return turn.answered_by in ANSWERING and not asked and (about is None or about.danger == "none")


def only_heard(turn: Turn, before: Conversation) -> Decision:
    """It is kept for whoever reads along, and moves nothing."""
    return Decision(before, tuple(event for event in turn.events if isinstance(event, Heard)))


def by_sending(turn: Turn, channel: Channel, reply: str, contact: str) -> Decision:
    """Its answer is sent over `channel`, because there is no webhook to answer any more."""
    conversation = turn.conversation.with_handling(channel=str(channel))
    if not reply:
        return Decision(conversation, turn.events)
    outgoing = (Outgoing(new_outgoing_id(contact), reply),)
    return Decision(conversation, (*turn.events, Said(reply)), reply, outgoing)


def too_late(turn: Turn, channel: Channel, *, blocked: bool, maybe_answered: bool = False) -> Decision:
    """Nothing is sent: the phone may be in other hands, or have the answer already. An advisor is asked to look."""
    conversation = turn.conversation.with_handling(channel=str(channel))
    asked: tuple[AnyEvent, ...] = ()
    leaves = any(isinstance(event, ErasureRequested | Stopped) for event in turn.events)
    if not leaves and not blocked:
        conversation, asked = request_advisor(conversation)
    fresh = conversation.with_position(state="", history=(), candidates=())
    conversation = own_words.still_hidden(conversation, fresh)
    # A code nobody has read must not take away the one they have.
    told = (event for event in turn.events if not isinstance(event, CodeMade))
    return Decision(conversation, (*told, *asked, CameLate(maybe_answered)))
