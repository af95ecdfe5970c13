"""A message that resembles nothing still gets an answer, and never the same one twice in a row."""

from bot.dialogue import listening
from bot.dialogue.changes import Events
from bot.dialogue.context import Context, topic_at_hand
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.moving import go
from bot.dialogue.states import NEVER_GUESSED, SharedText, StateName
from bot.dialogue.turn import Say, Turn

FALLBACK_TOPICS = ("left_behind", "trip_planned", "contact")
"""Offered when a message resembles nothing at all."""

NEAR_TOPIC = 0.35
"""From this probability on the nearest topic is offered even to somebody who may be in danger."""

ANOTHER_TOPIC = 0.3
"""From this probability on the nearest topic is offered to somebody who may only tell more."""


def step(ctx: Context) -> Turn:
    """First the three nearest topics, then a person and the numbers, then where it began."""
    conversation, events = ctx.draft
    return answer(ctx, conversation, events)


def answer(ctx: Context, conversation: Conversation, events: Events) -> Turn:
    """The same for a conversation in which so many messages in a row were not understood as it says."""
    state = conversation.position.state
    worried_again = ctx.understood.danger == "amber" and state == StateName.WORRIED
    told = ctx.status is Status.BOT and not worried_again and listening.tells_on(ctx, conversation)
    if told and not _may_ask_of_another(ctx, conversation):
        return listening.listening(ctx, conversation, events)
    if ctx.understood.danger == "amber" and not _near_topic(ctx, conversation):
        target = StateName.PERSON if state == StateName.AFRAID else StateName.AFRAID
        if state or "angry" not in ctx.written_remarks:  # who begins with anger is asked in as anybody
            return go(ctx, conversation, target, events, emergency_line=True)
    if not state:
        return go(ctx, conversation, StateName.OPENER, events)
    if conversation.handling.status is Status.WAITING:
        return Turn(conversation, events, Say(state, (SharedText.KEPT_FOR_ADVISOR,), emergency_line=True))
    fallbacks = conversation.position.fallback_count + 1
    if ctx.expects == "country" and fallbacks == 1:
        say = Say(state, (SharedText.COUNTRY_UNKNOWN,), emergency_line=True)
        return Turn(conversation.with_position(fallback_count=fallbacks), events, say)
    if state.startswith(("danger.", "suicide.")):
        fallbacks = max(fallbacks, 2)
    disclosed = conversation.told.subject_disclosed
    if fallbacks > 1 or not disclosed:
        begin = StateName.MENU if disclosed else StateName.OPENER
        target, prefix = (begin, (SharedText.NOT_UNDERSTOOD,)) if fallbacks % 2 else (StateName.PERSON, ())
        turn = go(ctx, conversation, target, events)
        moved = turn.conversation.with_position(fallback_count=fallbacks)
        return Turn(moved, turn.events, Say(target, prefix, emergency_line=True))
    named = [each.topic for each in ctx.understood.candidates if each.topic not in NEVER_GUESSED]
    nearest = tuple(dict.fromkeys([*named, *FALLBACK_TOPICS]))[:3]
    turn = go(ctx, conversation, StateName.CANDIDATES, events, emergency_line=True)
    offered = turn.conversation.with_position(fallback_count=fallbacks, candidates=nearest)
    return Turn(offered, turn.events, turn.say)


def _may_ask_of_another(ctx: Context, conversation: Conversation) -> bool:
    """Is another topic than the one at hand so near that the message may rather be about it?"""
    at_hand = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    first = next(iter(ctx.understood.candidates), None)
    if first is None or first.topic in NEVER_GUESSED or conversation.position.fallback_count:
        return False
    return first.topic != at_hand and first.confidence >= ANOTHER_TOPIC


def _near_topic(ctx: Context, conversation: Conversation) -> bool:
    """Is one topic so near that what may be danger is more likely about it? It is offered then, with the numbers."""
    position = conversation.position
    calm = position.state not in ("", StateName.AFRAID) and not position.state.startswith(("danger.", "suicide."))
    first = next(iter(ctx.understood.candidates), None)
    if first is None or not calm or position.fallback_count or not conversation.told.subject_disclosed:
        return False
    return first.topic not in NEVER_GUESSED and first.confidence >= NEAR_TOPIC
