"""The text names one of the choices that were shown: it answers our own question, before it is read as anything else.

Red danger goes first, unless the choice leads where the numbers stand on top: then it is as good an answer as any.
"""

from bot.dialogue.context import Context
from bot.dialogue.moving import choose
from bot.dialogue.turn import Turn


def step(ctx: Context) -> Turn | None:
    """Where the choice leads."""
    (conversation, events), choice = ctx.spoken
    if choice is None:
        return None
    if ctx.understood.danger == "red":
        target = ctx.rules.states.get(ctx.rules.machines.targets[conversation.position.state, choice.id])
        if target is None or not target.numbers:
            return None
    return choose(ctx, conversation, choice, events)
