"""A crisis: from danger now, or not wanting to live, until the person says that it is over. Pure.

Every message in it is answered in it; an advisor is asked for once, and the person can take that back. It also ends
when an advisor closes it, and after a silence, as everything that was told does.
"""

from datetime import UTC, datetime

from bot.dialogue.changes import Events, request_advisor
from bot.dialogue.conversation import Conversation
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.states import ANNOUNCEMENT, SharedText

ENDS = "end_crisis"
"""What entering a state does that ends it."""

DYING = "dying"
"""The remark that somebody does not want to live, in so many words: it counts before any other topic of the message."""

SURELY_SUICIDE = 0.72
"""With less confidence than this somebody is asked what fits them, with the numbers on top, and not taken for suicidal.
Chosen by reading all shared messages between 0.3 and 0.97: measure it again whenever the model is trained."""

OWN_LIFE = frozenset({"plan", "hurt"})
"""Remarks about one's own life: they count before other danger that they name."""

BEFORE_ANSWERS = OWN_LIFE | {"no_advisor"}
"""Remarks that count before a yes or a no in the same message."""


def opened(conversation: Conversation, topic: str, *, asks: bool) -> tuple[Conversation, Events]:
    """The conversation in a crisis about `topic`, and the request for an advisor, if one is made now."""
    conversation = conversation.with_handling(danger=True).with_told(crisis=topic)
    if not asks or conversation.told.advisor_declined:
        return conversation, ()
    return request_advisor(conversation)


def ended(conversation: Conversation) -> Conversation:
    """The conversation out of it. An advisor who was asked for is still asked for."""
    return conversation.with_told(crisis="", advisor_declined=False)


def declined(conversation: Conversation) -> Conversation:
    """The conversation of somebody who takes the request back: in this crisis none is made again."""
    return conversation.with_told(advisor_declined=True) if conversation.told.crisis else conversation


def asked_in_words(conversation: Conversation, content: LocalizedContent) -> tuple[str, ...]:
    """Ids of the shared texts that say truthfully that an advisor was asked for, and how to take it back."""
    now = datetime.fromtimestamp(conversation.heard_minute * 60, UTC)
    announced = (ANNOUNCEMENT,) if content.shared.get(ANNOUNCEMENT) else ()
    if content.hours.is_open(now, content.locale):
        said = SharedText.CRISIS_ASKED
    else:
        said = SharedText.CLOSED_NOW if content.hours.next_opening(now, content.locale) else SharedText.CLOSED_LONG
    return (said, *announced, SharedText.CRISIS_DECLINE)
