"""The message says where somebody is. A stated place counts as told; a new country is asked back."""

from bot.dialogue.context import FRAGMENT_WORDS, Context, topic_at_hand
from bot.dialogue.conversation import Place
from bot.dialogue.moving import go
from bot.dialogue.repeating import only_numbers
from bot.dialogue.states import StateName
from bot.dialogue.turn import Say, Turn

STATED_WORDS = 7
"""So few words, where they say which country their writer is in."""

NEAR_TOPIC = 0.3
"""From this probability on a sentence that names a place is rather about the nearest topic."""


def step(ctx: Context) -> Turn | None:
    """Where they were, with the numbers for that place; None for a sentence that says more than where somebody is."""
    conversation, _events = ctx.draft
    nearest = next(iter(ctx.understood.candidates), None)
    says_more = len(ctx.message.text.split()) > most_words(ctx) and ctx.state and conversation.told.subject_disclosed
    if says_more and nearest is not None and nearest.confidence >= NEAR_TOPIC:
        return None
    return numbers(ctx)


def most_words(ctx: Context) -> int:
    """A message of at most so many words that names a place says no more than that."""
    at_home = ctx.understood.place == Place.NETHERLANDS
    return STATED_WORDS if ctx.stated_country or at_home else FRAGMENT_WORDS


def numbers(ctx: Context) -> Turn:
    """The answer to a message that says no more."""
    conversation, events = ctx.draft
    state, told, country = topic_at_hand(ctx.state, conversation), conversation.told, ctx.understood.country
    if state and country and country == told.mentioned_country:
        return go(ctx, conversation, StateName.CONFIRM_COUNTRY, events, emergency_line=True)
    if state == StateName.MENU and ctx.stated_country and told.place is Place.ABROAD:
        return go(ctx, conversation, StateName.ABROAD, events)
    if state == StateName.ABROAD and told.place is not Place.ABROAD:
        return go(ctx, conversation, StateName.MENU, events)
    begin = state or (StateName.ABROAD if told.place is Place.ABROAD else StateName.OPENER)
    return only_numbers(ctx, Turn(conversation.with_position(state=begin), events, Say(begin, emergency_line=True)))
