"""Somebody who must learn nothing may be holding the phone: only dull answers, whatever is written.

Red danger still gets the two bare numbers: the opener already left them in this thread, so they tell a reader nothing
new, and may be the one thing that is needed. Who says that it is safe again is asked the neutral question; where the
person has chosen a word to come back with, only that leads back.
"""

from bot.dialogue.context import Context
from bot.dialogue.events import DangerSeen
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn

SAFE_AGAIN = frozenset({"safe", "alone"})
"""Remarks that say that nobody is looking any more."""


def step(ctx: Context) -> Turn | None:
    """The answer of somebody who was called by mistake."""
    sentence = len(ctx.message.text.split()) > 1
    if ctx.understanding.danger == "red" and sentence:
        conversation = ctx.conversation.with_handling(danger=True)
        return Turn(conversation, (DangerSeen(),), Say(prefix=(SharedText.EMERGENCY_LINE,)))
    own_way_back = ctx.conversation.privacy.return_word != ""
    if not own_way_back and sentence and not SAFE_AGAIN.isdisjoint(ctx.written_remarks):
        return Turn(ctx.conversation.with_position(state=StateName.OPENER), (), Say(StateName.OPENER))
    return Turn(ctx.conversation, (), Say(StateName.DECOY))
