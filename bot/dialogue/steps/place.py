"""The message says where somebody is. A stated place counts as told; a new country is asked back."""

from bot.dialogue.context import Context, topic_at_hand
from bot.dialogue.conversation import Place
from bot.dialogue.moving import go
from bot.dialogue.repeating import only_numbers
from bot.dialogue.states import StateName
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """Where they were, with the numbers for that place."""
    conversation, events = ctx.draft
    state, told, country = topic_at_hand(ctx.state, conversation), conversation.told, ctx.understood.country
    if state and country and country == told.mentioned_country:
        return go(ctx, conversation, StateName.CONFIRM_COUNTRY, events, emergency_line=True)
    if state == StateName.MENU and ctx.stated_country and told.place is Place.ABROAD:
        return go(ctx, conversation, StateName.ABROAD, events)
    if state == StateName.ABROAD and told.place is Place.NETHERLANDS:
        return go(ctx, conversation, StateName.MENU, events)
    begin = state or (StateName.ABROAD if told.place is Place.ABROAD else StateName.OPENER)
    return only_numbers(ctx, Turn(conversation.with_position(state=begin), events, Say(begin, emergency_line=True)))
