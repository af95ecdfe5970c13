"""A word of the person's own must work before anything else is looked at: it hides everything, or brings it back."""

from bot.dialogue import own_words
from bot.dialogue.context import Context
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.events import KnownAgain
from bot.dialogue.moving import go
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """Hide, or go on where it was; None for any other text."""
    conversation, text = ctx.conversation, ctx.message.text
    if own_words.returns(conversation, text):
        return _known_again(own_words.resumed(conversation))
    hidden = conversation.position.state == StateName.DECOY
    if not hidden and own_words.hides(conversation, ctx.message.inbound.text, text):
        return go(ctx, conversation, StateName.DECOY)
    return None


def _known_again(conversation: Conversation) -> Turn:
    """It goes on where it was, and advisors may write again."""
    if conversation.handling.status is Status.ADVISOR:
        say = Say(prefix=(SharedText.ADVISOR_AGAIN,))
        return Turn(conversation.with_position(state=""), (KnownAgain(),), say)
    begin = StateName.MENU if conversation.told.subject_disclosed else StateName.OPENER
    state = conversation.position.state or begin
    return Turn(conversation.with_position(state=state), (KnownAgain(),), Say(state))
