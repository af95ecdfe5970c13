"""Four words from our lists: what they lead to goes to the advisor and is not said here, because whoever holds this
phone may have found the words on another one."""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.events import CodeBrought
from bot.dialogue.moving import go
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn


def step(ctx: Context) -> Turn | None:
    """To an advisor with it; or the truth that these words lead nowhere."""
    conversation, brought = ctx.conversation, ctx.circumstances.brought
    events = (CodeBrought(ctx.message.case_code, brought),) if brought is not None else ()
    if conversation.handling.status is Status.ADVISOR:
        return Turn(conversation, events, None)
    if brought is not None:
        conversation = replace(conversation, locale=conversation.locale or brought.language)
        return go(ctx, conversation, StateName.CODE_BROUGHT, events)
    conversation, chosen = ctx.default_language
    begin = "" if conversation.position.state else StateName.OPENER
    say = Say(begin, (SharedText.CODE_UNKNOWN,), emergency_line=True)
    return Turn(conversation.with_position(state=conversation.position.state or begin), chosen, say)
