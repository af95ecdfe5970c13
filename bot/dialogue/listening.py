"""Somebody tells more about the matter at hand: a line that it is read, never the same one twice in a row."""

from bot.dialogue.changes import Events
from bot.dialogue.context import Context, topic_at_hand
from bot.dialogue.conversation import Conversation
from bot.dialogue.moving import go
from bot.dialogue.states import CRISES, StateName
from bot.dialogue.turn import Turn

LINES = (StateName.LISTENING, StateName.LISTENING_ON, StateName.LISTENING_STILL)

LEAST_WORDS = 3
"""Fewer words tell nothing by themselves."""


def tells_on(ctx: Context, conversation: Conversation) -> bool:
    """Is a message that was not understood more of what is being told, and no question?"""
    topic = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    told = conversation.told
    if topic not in ctx.rules.topics or topic in CRISES or told.crisis or not told.subject_disclosed:
        return False
    message = ctx.message
    return len(message.text.split()) >= LEAST_WORDS and not ctx.rules.asked.asks(message.inbound.text)


def listening(ctx: Context, conversation: Conversation, events: Events, *, emergency_line: bool = True) -> Turn:
    """The next of the lines; the topic at hand stays. What may be danger brings the numbers first."""
    if ctx.understood.danger != "none" and ctx.state != StateName.WORRIED:
        return go(ctx, conversation, StateName.WORRIED, events, emergency_line=True)
    times = conversation.position.listened
    line = LINES[times % len(LINES)]
    return go(ctx, conversation.with_position(listened=times + 1), line, events, emergency_line=emergency_line)
