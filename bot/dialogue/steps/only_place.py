"""A few words that name a country resemble some topics, but only say where somebody is.

Of nearly everybody who writes "I am in Morocco" the topic is guessed at once; but the country is worth asking back
first.
"""

from bot.dialogue.context import FRAGMENT_WORDS, Context
from bot.dialogue.conversation import Place
from bot.dialogue.listening import listening
from bot.dialogue.steps import place
from bot.dialogue.turn import Turn

NAMED_BY_A_PLACE = frozenset({"left_behind", "someone_abroad", "number_from_abroad", "local_emergency_number"})
"""Topics that the mere name of a country sounds like."""

TOLD_WORDS = 14
"""One of at most so many words that names a country its writer is not in tells of their life, and asks nothing."""

STATED_WORDS = 7
"""A message of at most so many words that says which country its writer is in says no more than that."""


def step(ctx: Context) -> Turn | None:
    """As `place`, when it is no more than that."""
    understood = ctx.understood
    if understood.topic not in NAMED_BY_A_PLACE or understood.wants_advisor or ctx.discloses:
        return None
    words = len(ctx.message.text.split())
    if "not_here" in ctx.written_remarks and words <= TOLD_WORDS and not ctx.stated_country:
        conversation, events = ctx.draft
        return listening(ctx, conversation, events)
    at_home = understood.place == Place.NETHERLANDS
    if understood.country is None and not at_home:
        return None
    most = STATED_WORDS if ctx.stated_country or at_home else FRAGMENT_WORDS
    return place.step(ctx) if words <= most else None
