"""Somebody only says that they do not want to be called: that is noted, and nothing else was asked."""

from bot.dialogue.context import Context
from bot.dialogue.states import SharedText
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """That it is noted, see `Engine`; what was shown last stands on the screen still."""
    conversation, events = ctx.draft
    return Turn(conversation, events, Say(prefix=(SharedText.GO_ON,), emergency_line=True))
