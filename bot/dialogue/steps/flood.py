"""More messages than a person types, or a blocked sender: only the numbers are sent. Commands always work.

It is read by letters alone, so that ten thousand messages of one sender take no time from others.
"""

from bot.dialogue.context import Context
from bot.dialogue.events import DangerSeen
from bot.dialogue.pace import reminds
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.steps.with_advisor import LEAVING
from bot.dialogue.turn import Say, Turn

WITHOUT_ADVISOR = (*LEAVING, "card")
"""What somebody who is blocked may still do: leave, erase, get the numbers; not ask for an advisor."""


def step(ctx: Context) -> Turn | None:
    """Silence but for the numbers; None for a command."""
    conversation, understood = ctx.conversation, ctx.cheap_understanding
    hidden = conversation.position.state == StateName.DECOY
    if _confirms_erasing(ctx) or (understood.command in WITHOUT_ADVISOR and not hidden):
        return None
    if understood.command and not hidden and not conversation.pace.blocked:
        return None
    numbers = Say(prefix=(SharedText.EMERGENCY_LINE,))
    if understood.danger == "red":
        return Turn(conversation.with_handling(danger=True), (DangerSeen(),), numbers)
    return Turn(conversation, (), numbers if reminds(conversation.pace) and not hidden else None)


def _confirms_erasing(ctx: Context) -> bool:
    """Is this a yes or a no to "erase everything"?"""
    if ctx.state != StateName.CONFIRM_ERASE:
        return False
    return ctx.message.number in ("1", "2") or ctx.named_choice(ctx.conversation)[1] is not None
