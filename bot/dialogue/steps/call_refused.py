"""Somebody only says that they do not want to be called: that is noted, and nothing else was asked."""

from bot.dialogue.context import Context
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """What was shown last."""
    conversation, events = ctx.draft
    return Turn(conversation, events, Say(conversation.position.state, emergency_line=True))
