"""A request for an advisor resembles some topics, so it is looked for before them."""

from bot.dialogue.context import Context
from bot.dialogue.moving import go
from bot.dialogue.states import NEITHER
from bot.dialogue.turn import Turn

AROUND_A_PERSON = (None, *NEITHER, "about_bot", "contact")
"""What a request for a person may be taken for."""


ONLY_A_PERSON = 9
"""A message of at most so many words, of which only a general topic was guessed, asks for a person and nothing else."""


def step(ctx: Context) -> Turn | None:
    """The queue; None when a topic stands beside the request: then `topic` answers both."""
    alone = ctx.understood.topic in ctx.content.general and len(ctx.message.text.split()) <= ONLY_A_PERSON
    if ctx.understood.topic not in AROUND_A_PERSON and not alone:
        return None
    conversation, events = ctx.draft
    return go(ctx, conversation, ctx.rules.commands["advisor"], events)
