"""Words that mean danger now bring the numbers, whatever else the text says."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.events import DangerSeen
from bot.dialogue.moving import go, with_advisor_asked
from bot.dialogue.states import DANGER, SUICIDE
from bot.dialogue.turn import Turn


def step(ctx: Context) -> Turn | None:
    """The answer to danger. "Help" says nothing of the subject: then it names neither that nor an organisation."""
    conversation, events = ctx.draft
    closed = conversation.handling.status is Status.CLOSED
    topic = SUICIDE if ctx.understood.topic == SUICIDE else DANGER
    target = ctx.rules.topics[topic]
    turn = go(ctx, conversation.with_handling(danger=True), target, (*events, DangerSeen()))
    return with_advisor_asked(turn) if ctx.understood.wants_advisor or closed else turn
