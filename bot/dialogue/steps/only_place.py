"""A few words that name a country resemble some topics, but only say where somebody is.

Of nearly everybody who writes "I am in Morocco" the topic is guessed at once; but the country is worth asking back
first.
"""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Place
from bot.dialogue.listening import listening
from bot.dialogue.steps import place
from bot.dialogue.turn import Turn

NAMED_BY_A_PLACE = frozenset({"left_behind", "someone_abroad", "number_from_abroad", "local_emergency_number"})
"""Topics that the mere name of a country sounds like."""

TOLD_WORDS = 14
"""One of at most so many words that names a country its writer is not in tells of their life, and asks nothing."""


def step(ctx: Context) -> Turn | None:
    """As `place`, when it is no more than that."""
    understood = ctx.understood
    if ctx.takes_place_back:
        turn = place.numbers(ctx)
        return turn if turn.say is None else replace(turn, say=replace(turn.say, emergency_line=True))
    if understood.topic not in NAMED_BY_A_PLACE or understood.wants_advisor or ctx.discloses:
        return None
    words = len(ctx.message.text.split())
    if "not_here" in ctx.written_remarks and words <= TOLD_WORDS and not ctx.stated_country:
        conversation, events = ctx.draft
        return listening(ctx, conversation, events)
    if ctx.stated_country and understood.danger != "none" and understood.topic in ctx.rules.topics:
        return None  # "I am locked up in Morocco"
    at_home = understood.place == Place.NETHERLANDS
    if not at_home and (understood.country is None or ctx.asked_back is None):
        return None
    return place.numbers(ctx) if words <= place.most_words(ctx) else None
