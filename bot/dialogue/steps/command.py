"""A command works everywhere, by its words; in a sentence of other words too, where leaving is asked about first."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.flow import BACK
from bot.dialogue.moving import go
from bot.dialogue.states import StateName
from bot.dialogue.steps import looking
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """Where the command leads."""
    conversation, events = ctx.draft
    command = ctx.understood.command or ctx.free_command or ""
    language = ctx.understood.switch_to
    if not ctx.understood.command and command == looking.DECOY:
        return None  # whether it hides has been decided already
    if conversation.handling.status is Status.CLOSED and command != "advisor":
        conversation = conversation.with_status(Status.BOT)
    if not ctx.understood.command and not (command == "language" and language):
        # It may be something else: the emergency line goes with it, and leaving is asked about first.
        target = {"stop": StateName.CONFIRM_STOP, "back": BACK}.get(command) or ctx.rules.commands[command]
        return go(ctx, conversation, target, events, emergency_line=ctx.understood.emergency_line)
    if command == "language" and language in ctx.rules.contents:
        # The person asked for this very language: show what they were looking at in it.
        state = conversation.position.state or StateName.OPENER
        return Turn(conversation.with_position(state=state), events, Say(state))
    if command == "language" and language:
        return go(ctx, conversation, StateName.OTHER_LANGUAGE, events)
    return go(ctx, conversation, BACK if command == "back" else ctx.rules.commands[command], events)
