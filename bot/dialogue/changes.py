"""How a conversation changes: what a choice sets, what is told in passing, asking for a person and taking it back.

Each function returns the new conversation and the events of the change.
"""

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.events import (
    AdvisorCancelled,
    AdvisorRequested,
    Answered,
    AnyEvent,
    LanguageChosen,
    PersonLeft,
    PlaceTold,
)
from bot.dialogue.flow import Choice
from bot.nlu.understanding import Understanding

Events = tuple[AnyEvent, ...]

ANSWERS = ("safe", "phone", "role")
"""What a choice can tell of the person, for the advisor's card."""


def told_place(conversation: Conversation, understood: Understanding) -> tuple[Conversation, Events]:
    """The place when the person says in so many words where they are. Abroad is believed at once; "in the
    Netherlands" is asked for once they have said abroad, because it takes the numbers that work there away; and so is
    a country by name, which may be where they were or where they fear to go."""
    if understood.country not in (None, "NL"):
        return conversation, ()
    if understood.place == "abroad" and conversation.place is not Place.ABROAD:
        place = Place.ABROAD
    elif understood.place == "nl" and conversation.place is Place.UNKNOWN:
        place = Place.NETHERLANDS
    else:
        return conversation, ()
    return replace(conversation, place=place, country=""), (PlaceTold(place, ""),)


def apply(conversation: Conversation, choice: Choice, next_locale: str) -> tuple[Conversation, Events]:
    """The conversation after the `set` of a choice."""
    if not choice.sets:
        return conversation, ()
    sets = dict(choice.sets)
    if sets.get("locale") == "next":
        sets["locale"] = next_locale
    if sets.get("country") == "mentioned":
        sets["country"] = conversation.asked_country
    if "place" in sets:
        sets["place"] = Place(str(sets["place"]))
        sets.setdefault("country", "")
        if sets["place"] is Place.NETHERLANDS or sets["country"]:
            sets["asked_country"] = ""
    if sets.get("country") == "NL":
        sets |= {"place": Place.NETHERLANDS, "country": ""}
    if sets.get("safe") is True:
        sets |= {"open": True, "maybe_read": False}  # a fresh answer to "can you type safely"
    conversation = replace(conversation, **sets)
    events: Events = tuple(Answered(name, _word(sets[name])) for name in ANSWERS if name in sets)
    if "place" in sets:
        events = (*events, PlaceTold(conversation.place, conversation.country))
    if "locale" in sets:
        events = (*events, LanguageChosen(conversation.locale))
    return conversation, events


def request_advisor(conversation: Conversation) -> tuple[Conversation, Events]:
    """Put the person in the queue. One whom an advisor has just said goodbye to stands at its front."""
    if conversation.status in (Status.WAITING, Status.ADVISOR):
        return conversation, ()
    returned = conversation.status is Status.CLOSED
    waiting = replace(conversation.passed(Status.WAITING), returned=returned, waiting_minute=conversation.heard_minute)
    return waiting, (AdvisorRequested(),)


def leave_advisors(conversation: Conversation) -> tuple[Conversation, Events]:
    """Out of the queue, or away from the advisor who has the conversation: it is the bot's again."""
    event: AnyEvent
    if conversation.status is Status.WAITING:
        event = AdvisorCancelled()
    elif conversation.status is Status.ADVISOR:
        event = PersonLeft()
    else:
        return conversation.passed(Status.BOT), ()
    return conversation.passed(Status.BOT), (event,)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
