"""Somebody who must learn nothing may be holding the phone: only dull answers, whatever is written.

Red danger still gets the two bare numbers: the opener already left them in this thread, so they tell a reader nothing
new, and may be the one thing that is needed. Who says that it is safe again is asked the neutral question; where the
person has chosen a word to come back with, only that leads back.
"""

from bot.dialogue.context import Context
from bot.dialogue.events import DangerSeen
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn

SAFE_AGAIN = frozenset({"safe", "alone", "returns"})
"""Remarks that say that nobody is looking any more."""

OF_A_STRANGER = frozenset({"stranger", "pries", "general", "missing"})
"""Remarks that are made about the person: "my daughter left home" does not lead back."""


def step(ctx: Context) -> Turn | None:
    """The answer of somebody who was called by mistake."""
    sentence = len(ctx.message.text.split()) > 1
    red = ctx.understanding.danger == "red" and sentence
    conversation = ctx.conversation.with_handling(danger=True) if red else ctx.conversation
    events = (DangerSeen(),) if red else ()
    own_way_back = ctx.conversation.privacy.return_word != ""
    said = ctx.written_remarks
    safe = not SAFE_AGAIN.isdisjoint(said) and OF_A_STRANGER.isdisjoint(said) and "?" not in ctx.message.inbound.text
    if not own_way_back and sentence and safe:
        # The neutral question has both numbers in it.
        return Turn(conversation.with_position(state=StateName.OPENER), events, Say(StateName.OPENER))
    if red:
        return Turn(conversation, events, Say(prefix=(SharedText.EMERGENCY_LINE,)))
    return Turn(ctx.conversation, (), Say(StateName.DECOY))
