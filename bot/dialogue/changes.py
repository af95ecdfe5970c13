"""How a conversation changes: what is told in passing, asking for a person and taking it back.

Each function returns the new conversation and the events of the change.
"""

from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    AnyEvent,
    PersonLeft,
    PlaceTold,
)
from bot.nlu.understanding import Understanding

Events = tuple[AnyEvent, ...]


def told_place(conversation: Conversation, understood: Understanding) -> tuple[Conversation, Events]:
    """The place when the person says in so many words where they are. Abroad is believed at once; "in the
    Netherlands" is asked for once they have said abroad, because it takes the numbers that work there away; and so is
    a country by name, which may be where they were or where they fear to go."""
    if understood.country not in (None, "NL"):
        return conversation, ()
    if understood.place == "abroad" and conversation.told.place is not Place.ABROAD:
        place = Place.ABROAD
    elif understood.place == Place.NETHERLANDS and conversation.told.place is Place.UNKNOWN:
        place = Place.NETHERLANDS
    else:
        return conversation, ()
    return conversation.with_told(place=place, country=""), (PlaceTold(place, ""),)


def noticed_in(
    conversation: Conversation, understood: Understanding, *, discloses: bool
) -> tuple[Conversation, Events]:
    """The conversation with what a message tells in passing. discloses: its writer knows the subject."""
    conversation, events = told_place(conversation, understood)
    changed: dict[str, object] = {}
    if discloses:
        changed["subject_disclosed"] = True
    if understood.country and understood.country != conversation.told.country:
        changed["mentioned_country"] = understood.country
    if changed:
        conversation = conversation.with_told(**changed)
    if understood.danger == "amber":
        conversation = conversation.with_handling(urgent=True)
    return conversation, events


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
