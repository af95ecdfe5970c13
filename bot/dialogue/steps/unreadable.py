"""A photo, a voice message, an empty text, only symbols: it never moves the dialogue. An empty one may be an alarm."""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.moving import go
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Say, Turn
from bot.messages import Kind


def step(ctx: Context) -> Turn | None:
    """Where it was, with the truth about what arrived."""
    conversation, events = ctx.default_language
    kind = ctx.message.inbound.kind
    name = SharedText.UNREADABLE_EMPTY if kind in (Kind.TEXT, Kind.BUTTON) else SharedText(f"unreadable_{kind}")
    if conversation.handling.status is Status.CLOSED:
        turn = go(ctx, conversation, StateName.HANDOFF, events)
        return replace(turn, say=turn.say and replace(turn.say, prefix=(name, *turn.say.prefix)))
    state = conversation.position.state or StateName.OPENER
    # What was shown is not said again: it still stands on the screen.
    shown = "" if conversation.position.state else state
    closing = (SharedText.FOOTER_WAITING,) if conversation.handling.status is Status.WAITING and not shown else ()
    say = Say(shown, (name,), emergency_line=True, closing=closing)
    return Turn(conversation.with_position(state=state), events, say)
