"""Somebody who must learn nothing may be holding the phone: only dull answers, whatever is written.

Red danger still gets the two bare numbers: the opener already left them in this thread, so they tell a reader nothing
new, and may be the one thing that is needed.
"""

from bot.dialogue.context import Context
from bot.dialogue.events import DangerSeen
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """The answer of somebody who was called by mistake."""
    if ctx.understanding.danger == "red" and len(ctx.message.text.split()) > 1:
        conversation = ctx.conversation.with_handling(danger=True)
        return Turn(conversation, (DangerSeen(),), Say(prefix=(SharedText.EMERGENCY_LINE,)))
    return Turn(ctx.conversation, (), Say(StateName.DECOY))
