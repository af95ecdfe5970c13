"""Words that mean danger now bring the numbers, whatever else the text says. They open a crisis; inside one they are
answered as it stands."""

from msgspec.structs import replace

from bot.dialogue.context import SAFE_NOW, Context
from bot.dialogue.conversation import Status
from bot.dialogue.crisis import DYING, OWN_LIFE
from bot.dialogue.events import DangerSeen
from bot.dialogue.moving import go, show_topic, with_advisor_asked
from bot.dialogue.states import CRISES, DANGER, SUICIDE
from bot.dialogue.steps import crisis
from bot.dialogue.turn import Turn

A_QUESTION = 6
"""In so few words a question that is listed is nothing else."""

NAMED_FROM = 3
"""A message of at least so many words can name another danger than the one before."""

SURELY_DANGER = 0.95
"""Only from this confidence on is it another danger where somebody else does not want to live: "in the room upstairs"
tells of the same."""


HARMLESS = frozenset({"will_do", "leaves", "hides", "returns"})
"""Listed remarks that say in a few words what the message means, whatever was guessed of it outside a crisis."""

BESIDE = frozenset({"quit", "no", "ok", "yes"})
"""And what may be said with them."""


def _says_something_else(ctx: Context) -> bool:
    """ "Leave me alone from now on", "ok I will call": no danger, where it is not said that there is one."""
    said = ctx.written_remarks
    few = len(ctx.message.text.split()) <= A_QUESTION
    means = not HARMLESS.isdisjoint(said) and (HARMLESS | BESIDE).issuperset(said)
    return few and means and ctx.understood.topic not in CRISES and not ctx.conversation.told.crisis


def step(ctx: Context) -> Turn | None:
    """The answer to danger; None for a listed question. "Help" says nothing of the subject: then it names neither that
    nor an organisation."""
    listed = ctx.asked_state and len(ctx.message.text.split()) <= A_QUESTION
    if listed and ctx.understood.topic not in CRISES and DYING not in ctx.written_remarks:
        return None  # "can the embassy help me" is what it is, whatever was guessed of it; the line goes with it
    if _says_something_else(ctx):
        return None
    conversation, events = ctx.draft
    if ctx.understood.danger == "red":
        events = (*events, DangerSeen())
    closed = conversation.handling.status is Status.CLOSED
    before = conversation.told.crisis
    topic = SUICIDE if ctx.understood.topic == SUICIDE else DANGER
    # "Help" or "I do it now" is no other danger than the one they were in.
    goes_on = len(ctx.message.text.split()) < NAMED_FROM or not OWN_LIFE.isdisjoint(ctx.remarks)
    of_another = ctx.understood.who == "other" or conversation.told.role == "other"
    calm = of_another and not SAFE_NOW.isdisjoint(ctx.written_remarks)
    goes_on = goes_on or calm or (of_another and ctx.understood.confidence < SURELY_DANGER)
    if DYING in ctx.written_remarks or (before == SUICIDE and goes_on):
        topic = SUICIDE
    if before == topic:
        turn = crisis.inside(ctx, conversation, events)
        if turn is not None and turn.say is not None:
            return replace(turn, say=replace(turn.say, numbers=True))
    plain = DYING in ctx.written_remarks
    turn = (
        show_topic(ctx, conversation, topic, events)
        if plain
        else go(ctx, conversation, ctx.rules.topics[topic], events)
    )
    return with_advisor_asked(turn) if ctx.understood.wants_advisor or closed else turn
