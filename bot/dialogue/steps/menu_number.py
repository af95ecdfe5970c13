"""A menu number counts in the state that was last shown. 9 and 0 mean an advisor and the menu, everywhere."""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Status
from bot.dialogue.moving import choose, go, show_topic
from bot.dialogue.states import OFFERING, SharedText, StateName
from bot.dialogue.steps import crisis
from bot.dialogue.turn import Memory, Say, Turn

DIGIT_ADVISOR = "9"
DIGIT_MENU = "0"


def step(ctx: Context) -> Turn | None:
    """Where the number leads; the same list once more when it leads nowhere."""
    digits, commands = ctx.message.number or "", ctx.rules.commands
    conversation, events = (ctx.conversation, ()) if ctx.conversation.locale else ctx.default_language
    if conversation.handling.status is Status.CLOSED and digits != DIGIT_ADVISOR:
        conversation = conversation.with_status(Status.BOT)
    here = replace(conversation.position, fragment="")
    states = ctx.rules.states
    state = states.get(here.state)
    if state is not None and state.passing and not state.choices and not here.candidates and here.history:
        # A text without a list (the card, thanks) was shown last: the number is meant for the list before it.
        state = states[here.history[-1]]
        here = replace(here, state=state.name, history=here.history[:-1])
    conversation = replace(conversation, position=here)
    if state is None:
        # After a silence or an outage no list counts any more; a person is meant by 9 whenever it comes.
        if ctx.circumstances.memory is Memory.BEHIND and digits not in (DIGIT_ADVISOR, DIGIT_MENU):
            return Turn(conversation, events, Say(prefix=(SharedText.OUTAGE_NUMBER,), emergency_line=True))
        return go(ctx, conversation, commands["advisor"] if digits == DIGIT_ADVISOR else StateName.OPENER, events)
    number = int(digits)
    offered = here.candidates if state.name in OFFERING else ()
    if 1 <= number <= len(offered):
        return show_topic(ctx, conversation, offered[number - 1], events)
    choices = state.visible(conversation) if state.conditional else state.choices
    if 1 <= number - len(offered) <= len(choices):
        return choose(ctx, conversation, choices[number - len(offered) - 1], events)
    if digits == DIGIT_ADVISOR:
        return go(ctx, conversation, commands["advisor"], events)
    if digits == DIGIT_MENU:
        return go(ctx, conversation, commands["menu"], events)
    if conversation.told.crisis:  # "20": how many, how old, which house
        turn = crisis.inside(ctx, conversation, events)
        if turn is not None:
            return turn
    if not ctx.message.text.isdigit():
        return None  # "I mean 19" is no choice from a list that has no nineteenth
    return Turn(conversation, events, Say(state.name, (SharedText.NO_SUCH_NUMBER,), emergency_line=True))
