"""A few words that name a country resemble some topics, but only say where somebody is.

Of nearly everybody who writes "I am in Morocco" the topic is guessed at once; but the country is worth asking back
first.
"""

from bot.dialogue.context import FRAGMENT_WORDS, Context
from bot.dialogue.steps import place
from bot.dialogue.turn import Turn

NAMED_BY_A_PLACE = frozenset({"left_behind", "someone_abroad", "number_from_abroad", "local_emergency_number"})
"""Topics that the mere name of a country sounds like."""

STATED_WORDS = 7
"""A message of at most so many words that says which country its writer is in says no more than that."""


def step(ctx: Context) -> Turn | None:
    """As `place`, when it is no more than that."""
    understood = ctx.understood
    if understood.topic not in NAMED_BY_A_PLACE or understood.wants_advisor or ctx.discloses:
        return None
    most = STATED_WORDS if ctx.stated_country else FRAGMENT_WORDS
    return place.step(ctx) if len(ctx.message.text.split()) <= most else None
