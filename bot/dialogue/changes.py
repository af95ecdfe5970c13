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
    if understood.place == "abroad" and conversation.told.place is not Place.ABROAD:
        place = Place.ABROAD
    elif understood.place == "nl" and conversation.told.place is Place.UNKNOWN:
        place = Place.NETHERLANDS
    else:
        return conversation, ()
    return conversation.with_told(place=place, country=""), (PlaceTold(place, ""),)


def apply(conversation: Conversation, choice: Choice, next_locale: str) -> tuple[Conversation, Events]:
    """The conversation after the `set` of a choice."""
    if not choice.sets:
        return conversation, ()
    sets = dict(choice.sets)
    locale = sets.pop("locale", conversation.locale)
    if sets.get("country") == "mentioned":
        sets["country"] = conversation.told.mentioned_country
    if "place" in sets:
        sets["place"] = Place(str(sets["place"]))
        sets.setdefault("country", "")
        if sets["place"] is Place.NETHERLANDS or sets["country"]:
            sets["mentioned_country"] = ""
    if sets.get("country") == "NL":
        sets |= {"place": Place.NETHERLANDS, "country": ""}
    if sets.get("safe") is True:
        sets["subject_disclosed"] = True  # a fresh answer to "can you type safely": nobody reads along
        conversation = conversation.with_privacy(observed=False)
    conversation = conversation.with_told(**sets)
    events: Events = tuple(Answered(name, _word(sets[name])) for name in ANSWERS if name in sets)
    if "place" in sets:
        events = (*events, PlaceTold(conversation.told.place, conversation.told.country))
    if "locale" in choice.sets:
        conversation = replace(conversation, locale=next_locale if locale == "next" else locale)
        events = (*events, LanguageChosen(conversation.locale))
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


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
