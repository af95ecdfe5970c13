"""What is said instead of a text that the person has just read. Pure."""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Conversation, Place, Status
from bot.dialogue.states import CRISES, SharedText, StateName
from bot.dialogue.turn import Say, Turn

A_FEW_WORDS = 4
"""Fewer words may ask for what was just said."""


def deeper(ctx: Context, shown: str) -> str:
    """The first state of the same topic that its answer leads to and that was not shown yet, unless that answer asked
    something itself."""
    state, flow = ctx.rules.states.get(shown), shown.partition(".")[0]
    if state is None or flow not in ctx.rules.topics or state.say.endswith("?"):
        return ""
    seen = {shown, ctx.state, *ctx.conversation.position.history}
    leads = (ctx.rules.machines.targets[state.name, choice.id] for choice in state.visible(ctx.conversation))
    return next((target for target in leads if target.partition(".")[0] == flow and target not in seen), "")


def only_numbers(ctx: Context, turn: Turn) -> Turn:
    """A turn that says where somebody is now and gives the numbers for it, where its text would be the one they have
    read; with the list, where that asks for the country."""
    say, before, told = turn.say, ctx.conversation.told, turn.conversation.told
    state = ctx.rules.states.get(say.state) if say else None
    seen = (ctx.state, *ctx.conversation.position.history)
    if say is None or state is None or state.name not in seen or state.neutral or told.crisis:
        return turn
    asks = told.place is Place.ABROAD and not told.country
    if told.place is Place.UNKNOWN or asks or state.text(told.place) != state.text(before.place):
        return turn
    said = SharedText.PLACE_SAID if told.country else SharedText.PLACE_SAID_NL
    prefix = say.prefix if ctx.stated_country else (*say.prefix, said)
    waits = turn.conversation.handling.status is not Status.BOT
    footer = SharedText.FOOTER_WAITING if waits else SharedText.FOOTER_OFFER if state.offer else SharedText.FOOTER
    return replace(turn, say=Say(prefix=prefix, numbers=True, closing=(footer,), emergency_line=True))


def instead_of(ctx: Context, conversation: Conversation, target: str) -> str:
    """The state to show where a question leads to the one that was just shown: one that says more, or that there is no
    more. `target` itself in a crisis, after a new place, and where the same words or very few ask for it again."""
    before, told = ctx.conversation.told, conversation.told
    moved = (told.place, told.country, told.role) != (before.place, before.country, before.role)
    again = ctx.conversation.pace.same > 1 or len(ctx.message.text.split()) < A_FEW_WORDS
    if target != ctx.state or moved or again or target.partition(".")[0] in CRISES:
        return target
    first = target in ctx.rules.topics.values()
    return (deeper(ctx, target) if first else "") or StateName.NO_MORE
