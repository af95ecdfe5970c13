"""An advisor has the conversation, so the bot is silent. Danger words still bring the numbers, and the person can
still leave, erase, or start the decoy."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Conversation
from bot.dialogue.events import DangerSeen
from bot.dialogue.moving import go
from bot.dialogue.states import DANGER, SUICIDE, SharedText, StateName
from bot.dialogue.steps import looking
from bot.dialogue.turn import Say, Turn

LEAVING = ("stop", "erase", "decoy")
"""What a person may always do, with an advisor too."""


def step(ctx: Context) -> Turn:
    """Silence, or the one thing that cannot wait for the advisor."""
    if ctx.state == StateName.CONFIRM_ERASE:
        return _confirmed(ctx)
    return _read(ctx, ctx.state)


def _confirmed(ctx: Context) -> Turn:
    """The answer to "erase everything". Whatever it is, the question is asked once."""
    readable, number = ctx.message.readable, ctx.message.number
    choice = ctx.named_choice(ctx.conversation)[1] if readable else None
    confirmed = choice.id == "erase" if choice else number == "1" and readable
    if confirmed:
        return go(ctx, ctx.conversation, StateName.ERASED)
    if choice or (number and readable):
        return Turn(ctx.conversation.with_position(state=""), (), None)
    return _read(ctx, "")


def _read(ctx: Context, state: str) -> Turn:
    if not ctx.message.readable:
        return Turn(ctx.conversation.with_position(state=state), (), None)
    conversation: Conversation = ctx.heard.with_position(state=state)
    understood = ctx.understood
    if understood.danger == "red" or ctx.is_suicidal:
        say = Say(prefix=(SharedText.DANGER_WITH_ADVISOR,), numbers=True)
        # It is still a crisis when they hand back.
        crisis = conversation.told.crisis or (SUICIDE if ctx.is_suicidal else DANGER)
        marked = conversation.with_handling(danger=True).with_told(crisis=crisis)
        return Turn(marked, (DangerSeen(),), say)
    hides = looking.step(ctx)
    if hides is not None:
        return hides
    if understood.command in LEAVING:
        return go(ctx, conversation, ctx.rules.commands[understood.command])
    if ctx.free_command == "erase":
        return go(ctx, conversation, StateName.CONFIRM_ERASE)
    return Turn(conversation, (), None)
