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
    """One card. "" and None mean that nobody said it.

    safe: "yes" or "no", the last answer to "can you type safely". place: "nl" or "abroad". country: ISO 3166 code,
    confirmed by the person. phone: who reads it, "mine" or "shared". observed: a decoy word was used.
    role: for whom, "self", "other" or "work". young: they asked about being under 18. documents: which papers they
    asked about. travel: the topic about leaving they asked about. topics: all they were told about, in order.
    """

    danger: bool
    urgent: bool
    observed: bool
    no_call: bool
    language: str
    safe: str = ""
    place: str = ""
    country: str = ""
    phone: str = ""
    role: str = ""
    young: bool = False
    documents: tuple[str, ...] = ()
    travel: str = ""
    topics: tuple[str, ...] = ()


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
