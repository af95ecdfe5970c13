"""Somebody asks why the bot asks something: it says why, and the question stays as it was."""

from bot.dialogue.context import Context
from bot.dialogue.states import SharedText
from bot.dialogue.turn import Say, Turn

WHY_ASKED = "why_asked"


def step(ctx: Context) -> Turn | None:
    """The reason, with the emergency numbers; None in danger and for whoever has seen nothing of us yet."""
    if ctx.understood.danger == "red" or not ctx.state:
        return None
    conversation, events = ctx.draft
    return Turn(conversation, events, Say(prefix=(SharedText.WHY_ASKED,), emergency_line=True))
