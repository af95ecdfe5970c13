"""An advisor has just closed the conversation: a "thank you" asks for nothing, anything else goes back to them."""

from bot.dialogue.context import Context
from bot.dialogue.moving import go
from bot.dialogue.states import StateName
from bot.dialogue.turn import Turn

GOODBYES = ("thanks", "yes", "no")


def step(ctx: Context) -> Turn | None:
    """Thanks, or the queue."""
    conversation, events = ctx.draft
    thanks = ctx.understood.topic in GOODBYES
    return go(ctx, conversation, StateName.THANKS if thanks else StateName.HANDOFF, events)
