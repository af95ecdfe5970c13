"""Somebody says how old they are, or how old another person is. Only somebody who is younger than 18 themselves is
given the children's line; the age of somebody else changes neither the topic nor who writes."""

from bot.dialogue.context import Context
from bot.dialogue.listening import listening
from bot.dialogue.moving import go, show_topic
from bot.dialogue.states import UNDER_18, StateName
from bot.dialogue.turn import Turn

OF_AGE = 18

MORE_THAN_AN_AGE = 7
"""A message of at least so many words about another topic is answered as that."""


def step(ctx: Context) -> Turn | None:
    """The numbers for that age; None where the message is about more than an age, or comes first."""
    conversation, events = ctx.draft
    topic = ctx.understood.topic
    about_more = topic in ctx.rules.topics and topic != UNDER_18
    if about_more and len(ctx.message.text.split()) >= MORE_THAN_AN_AGE:
        return None
    line = ctx.understood.emergency_line
    own, grown = ctx.own_age, ctx.is_grown
    if own is not None and own < OF_AGE:
        return None if about_more else show_topic(ctx, conversation, UNDER_18, events, emergency_line=line)
    if not conversation.told.subject_disclosed:
        return go(ctx, conversation, StateName.OPENER, events) if topic == UNDER_18 else None
    if (own is not None or grown) and ctx.state != StateName.OF_AGE:
        return go(ctx, conversation, StateName.OF_AGE, events, emergency_line=line)
    return listening(ctx, conversation, events, emergency_line=line)
