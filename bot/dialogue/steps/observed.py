"""An advisor has the conversation, and somebody may be reading along: the bot asks the neutral question, whatever is
written except danger and leaving. A "yes" says that it is safe, and the advisor may write again."""

from bot.dialogue.choosing import named
from bot.dialogue.context import Context
from bot.dialogue.flow import Choice
from bot.dialogue.moving import after_choice
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.steps import with_advisor
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """The neutral question, or what came of it."""
    choice = _answer(ctx)
    if choice is not None and choice.id == "safe":
        conversation, told = after_choice(ctx, ctx.conversation, choice)
        return Turn(conversation.with_position(state=""), told, Say(prefix=(SharedText.ADVISOR_AGAIN,)))
    turn = with_advisor.step(ctx)
    if turn.say is not None:
        return turn
    return Turn(turn.conversation.with_position(state=StateName.OPENER), turn.events, Say(StateName.OPENER))


def _answer(ctx: Context) -> Choice | None:
    """The choice of the neutral question that the message is, if it was the last thing shown."""
    if ctx.state != StateName.OPENER or not ctx.message.readable:
        return None
    choices = ctx.content.states[StateName.OPENER].visible(ctx.conversation)
    number = ctx.message.number
    if number is not None and 1 <= int(number) <= len(choices):
        return choices[int(number) - 1]
    return named(ctx.message.text, choices, ctx.conversation, ctx.content)
