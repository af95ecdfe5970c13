"""A command works everywhere, by its words."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.flow import BACK
from bot.dialogue.moving import go
from bot.dialogue.states import StateName
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """Where the command leads."""
    conversation, events = ctx.draft
    command, language = ctx.understood.command or "", ctx.understood.switch_to
    if conversation.handling.status is Status.CLOSED and command != "advisor":
        conversation = conversation.with_status(Status.BOT)
    if command == "language" and language in ctx.rules.contents:
        # The person asked for this very language: show what they were looking at in it.
        state = conversation.position.state or StateName.OPENER
        return Turn(conversation.with_position(state=state), events, Say(state))
    if command == "language" and language:
        return go(ctx, conversation, StateName.OTHER_LANGUAGE, events)
    return go(ctx, conversation, BACK if command == "back" else ctx.rules.commands[command], events)
