"""The handoff card: what the bot knows already when an advisor opens a conversation. Every item may be absent.

The bot itself asks only for safety, place, phone and language.
"""

from collections.abc import Sequence

import msgspec

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import Answered, Answers, AnyEvent, PlaceTold, TopicShown

DOCUMENTS = "documents_taken"
TRAVEL = ("leaving_now", "trip_planned", "prepare_trip")
YOUNG = "under_18"


class Card(msgspec.Struct, frozen=True):
    """One card. "" and False mean that nobody said it."""

    danger: bool
    urgent: bool
    observed: bool
    """A decoy word was used: somebody may read along."""
    no_call: bool
    language: str
    crisis: str = ""
    """The topic they are in a crisis about at this moment."""
    safe: str = ""
    """ "yes" or "no": the last answer to "can you type safely"."""
    place: str = ""
    """ "nl" or "abroad"."""
    country: str = ""
    """ISO 3166 code, confirmed by the person."""
    phone: str = ""
    """Who reads it: "mine" or "shared"."""
    role: str = ""
    """For whom: "self", "other" or "work"."""
    young: bool = False
    """They asked about being under 18."""
    documents: tuple[str, ...] = ()
    """Which papers they asked about."""
    travel: str = ""
    """The topic about leaving they asked about."""
    topics: tuple[str, ...] = ()
    """All they were told about, in order."""


def of_answers(answers: Answers) -> Card:
    """The card of a case code: less is known of who brings one."""
    safe = "" if answers.safe is None else "yes" if answers.safe else "no"
    return Card(
        danger=answers.danger,
        urgent=False,
        observed=False,
        no_call=answers.no_call,
        language=answers.language,
        safe=safe,
        place=answers.place,
        country=answers.country,
        phone=answers.phone,
        role=answers.role,
        young=YOUNG in answers.topics,
        travel=next((topic for topic in TRAVEL if topic in answers.topics), ""),
        topics=answers.topics,
    )


def card(conversation: Conversation, transcript: Sequence[AnyEvent]) -> Card:
    """The card of a conversation, from everything that was ever told in it: what the bot has put away after a
    silence is still known here."""
    answers = {event.field: event.value for event in transcript if isinstance(event, Answered)}
    places = [event for event in transcript if isinstance(event, PlaceTold)]
    shown = [event.state.partition(".") for event in transcript if isinstance(event, TopicShown)]
    topics = tuple(dict.fromkeys(topic for topic, _dot, _state in shown))
    papers = (state for topic, _dot, state in shown if topic == DOCUMENTS and state != "answer")
    return Card(
        danger=conversation.handling.danger,
        urgent=conversation.handling.urgent,
        observed=conversation.privacy.observed,
        no_call=conversation.told.no_call,
        language=conversation.heard_language,
        crisis=conversation.told.crisis,
        safe=answers.get("safe", ""),
        place=places[-1].place if places and places[-1].place != "unknown" else "",
        country=places[-1].country if places else "",
        phone=answers.get("phone", ""),
        role=answers.get("role", ""),
        young=any(YOUNG in (topic, state) for topic, _dot, state in shown),
        documents=tuple(dict.fromkeys(papers)),
        travel=next((topic for topic in TRAVEL if topic in topics), ""),
        topics=topics,
    )
