"""The network has answered STOP, START or HELP itself; a second answer would only be refused or confuse."""

from bot.dialogue import own_words
from bot.dialogue.changes import leave_advisors
from bot.dialogue.context import Context
from bot.dialogue.events import Stopped
from bot.dialogue.turn import Turn


def step(ctx: Context) -> Turn | None:
    """Silence. What the network took the word for decides, not the word: with STOP the person leaves."""
    if ctx.message.inbound.stays:
        return Turn(ctx.conversation, (), None)
    conversation, events = leave_advisors(ctx.conversation)
    left = own_words.still_hidden(conversation, conversation.without_context())
    return Turn(left, (*events, Stopped()), None)
