"""Somebody tells more about the matter at hand: a line that it is read, never the same one twice in a row."""

from bot.dialogue.changes import Events
from bot.dialogue.context import Context, topic_at_hand
from bot.dialogue.conversation import Conversation
from bot.dialogue.moving import go
from bot.dialogue.states import CRISES, StateName
from bot.dialogue.turn import Turn

LINES = (StateName.LISTENING, StateName.LISTENING_ON, StateName.LISTENING_STILL)

LEAST_WORDS = 2
"""Fewer words tell nothing by themselves, nor do as many where nobody speaks in them."""

LEAST_WORDS_AT_MENU = 4
"""The same where no topic is at hand yet, of what may be danger; one more of anything else."""

UNCLEAR = StateName.CANDIDATES.partition(".")[0]
"""The flow of what is said when nothing was understood: whoever writes on after that is heard."""

AT_MENU = (StateName.MENU, StateName.ABROAD)


def tells_on(ctx: Context, conversation: Conversation) -> bool:
    """Is a message that was not understood more of what is being told, and no question?"""
    topic = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    told = conversation.told
    if topic in CRISES or told.crisis or not told.subject_disclosed:
        return False
    words = len(ctx.message.text.split())
    if topic_at_hand(ctx.state, ctx.conversation) in AT_MENU:
        tells = ctx.understood.danger != "none" or (words > LEAST_WORDS_AT_MENU and ctx.understood.who is not None)
        return words >= LEAST_WORDS_AT_MENU and tells and not ctx.asks
    if topic not in ctx.rules.topics and topic != UNCLEAR:
        return False
    return (words > LEAST_WORDS or (words == LEAST_WORDS and ctx.understood.who is not None)) and not ctx.asks


def asks_on(ctx: Context, conversation: Conversation) -> bool:
    """Is it a question about the matter at hand that nothing here answers?"""
    topic = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    told = conversation.told
    if topic not in ctx.rules.topics or topic in CRISES or told.crisis or not told.subject_disclosed:
        return False
    return len(ctx.message.text.split()) >= LEAST_WORDS and ctx.asks


def passed_on(ctx: Context, conversation: Conversation, events: Events) -> Turn:
    """Who can answer such a question; another line when that was just said."""
    target = StateName.NO_MORE if ctx.state == StateName.PASSED_ON else StateName.PASSED_ON
    return go(ctx, conversation, target, events, emergency_line=ctx.understood.emergency_line)


def listening(ctx: Context, conversation: Conversation, events: Events, *, emergency_line: bool = True) -> Turn:
    """The next of the lines; the topic at hand stays. What may be danger brings the numbers first."""
    times = conversation.position.listened
    if ctx.understood.danger != "none" and not times:
        moved = conversation.with_position(listened=1)
        return go(ctx, moved, StateName.WORRIED, events, emergency_line=True)
    line = LINES[times % len(LINES)]
    return go(ctx, conversation.with_position(listened=times + 1), line, events, emergency_line=emergency_line)
