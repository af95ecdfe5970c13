"""The network has answered STOP, START or HELP itself; a second answer would only be refused or confuse."""

from bot.dialogue.changes import leave_advisors
from bot.dialogue.context import Context
from bot.dialogue.events import Stopped
from bot.dialogue.turn import Turn

STAYING = frozenset({"start", "unstop", "yes", "help", "info"})
"""Words the network answers that do not mean "no more messages"."""


def step(ctx: Context) -> Turn | None:
    """Silence; with a word that means "no more messages" the person leaves."""
    if ctx.message.text in STAYING:
        return Turn(ctx.conversation, (), None)
    conversation, events = leave_advisors(ctx.conversation)
    return Turn(conversation.without_context(), (*events, Stopped()), None)
