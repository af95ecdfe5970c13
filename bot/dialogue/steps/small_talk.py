"""A greeting, thanks, yes and no where nothing was asked, and subjects that are not ours."""

from msgspec.structs import replace

from bot.dialogue import listening
from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.moving import go
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.steps import not_understood
from bot.dialogue.turn import Say, Turn

SURELY_NOT_OURS = 0.9
"""With less confidence than this, what seems to be no subject of ours may be more of what was being told."""

A_FEW_WORDS = 5
"""A question of at most so many words may be one about the matter at hand."""

A_SENTENCE = 3
"""A "no" of at least so many words tells something."""


def step(ctx: Context) -> Turn | None:
    """An answer in kind; the same twice is answered as not understood."""
    conversation, events = ctx.draft
    topic, line, state = ctx.understood.topic, ctx.understood.emergency_line, conversation.position.state
    if conversation.handling.status is Status.WAITING and topic == "greeting" and state:
        turn = go(ctx, conversation, StateName.HANDOFF, events)
        waits = turn.say is not None and turn.say.state and not turn.say.prefix
        return replace(turn, say=Say(prefix=(SharedText.FOOTER_WAITING,), emergency_line=True)) if waits else turn
    if topic == "greeting" or not state:
        if conversation.told.safe and state:
            return go(ctx, conversation, StateName.MENU, events, emergency_line=line)
        return go(ctx, conversation, StateName.OPENER, events)
    if topic == "thanks":
        return go(ctx, conversation, StateName.THANKS, events, emergency_line=line)
    if topic == "out_of_scope":
        perhaps_ours = ctx.status is Status.BOT and ctx.understood.confidence < SURELY_NOT_OURS
        if perhaps_ours and listening.tells_on(ctx, conversation):
            return listening.listening(ctx, conversation, events)
        few = ctx.status is Status.BOT and len(ctx.message.text.split()) <= A_FEW_WORDS
        if (perhaps_ours or few) and listening.asks_on(ctx, conversation):
            return listening.passed_on(ctx, conversation, events)
        if state == StateName.OTHER:
            return not_understood.answer(ctx, conversation.with_position(fallback_count=1), events)
        return go(ctx, conversation, StateName.OTHER, events, emergency_line=True)
    if len(ctx.message.text.split()) >= A_SENTENCE and listening.tells_on(ctx, conversation):
        return listening.listening(ctx, conversation, events)
    if conversation.handling.status is Status.WAITING:
        return Turn(conversation, events, Say(prefix=(SharedText.FOOTER_WAITING,), emergency_line=True))
    return Turn(conversation, events, Say(state, (SharedText.CHOOSE_NUMBER,), emergency_line=True))
