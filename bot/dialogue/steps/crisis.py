"""A crisis goes on: whatever else is written is answered in it, by what was just shown and by what the message says."""

from bot.dialogue.changes import Events
from bot.dialogue.context import FRAGMENT_WORDS, Context
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.moving import go, show_topic
from bot.dialogue.states import CRISES, SUICIDE, StateName
from bot.dialogue.turn import Turn

ANYTHING = "anything"

FIRST = ("hurt", "plan")
"""Remarks that are answered before others in the same message."""

LAST = ("yes", "no")
"""Those that are answered after all others: "no, I cannot call" says more than no."""

REPEATED = frozenset({"number", "again"})
"""Remarks that may get once more what was just shown."""

SURELY_ABOUT = 0.8
"""From this confidence on, another topic is answered in the middle of a crisis."""

ASKS_A_NUMBER = frozenset({"contact", "opening_hours", "number_from_abroad", "fier"})
"""Topics that are a question for a number: the crisis has its own answer to that."""

DOUBTS = frozenset({"am_i_exaggerating", "in_doubt", "my_choice"})
"""Topics of which the answer ("good that you ask") is none to somebody in a crisis."""

ABOUT_CALLING = frozenset({"cost", "anonymous"})
"""What somebody who does not want to live may ask before they call; else they hear only of what is urgent as well."""


def step(ctx: Context) -> Turn | None:
    """The state that fits; None where the message asks for an advisor, or names a country to be asked back."""
    conversation, events = ctx.draft
    return inside(ctx, conversation, events)


def inside(ctx: Context, conversation: Conversation, events: Events) -> Turn | None:
    """The same for a conversation and what has happened already."""
    said, understood = ctx.remarks, ctx.understood
    waits = conversation.handling.status is Status.WAITING
    if waits and ("no_advisor" in said or (_is_bare_no(ctx, conversation) and conversation.told.crisis != SUICIDE)):
        return go(ctx, conversation, StateName.CANCELLED, events)
    asks_number = waits and not {"number", "come"}.isdisjoint(said)  # that somebody comes is known
    if understood.wants_advisor and not asks_number:
        return None
    for remark in sorted(said, key=_urgency):
        target = _answering(ctx, conversation, remark)
        if target:
            return go(ctx, conversation, target, events)
    if understood.topic == SUICIDE != conversation.told.crisis and ctx.is_suicidal:
        return show_topic(ctx, conversation, SUICIDE, events)
    elsewhere = conversation.told.place != ctx.conversation.told.place
    if ctx.stated_country or elsewhere or (understood.place is not None and understood.country is None):
        return go(ctx, conversation, ctx.rules.topics[conversation.told.crisis], events)
    tells = conversation.told.crisis == SUICIDE and len(ctx.message.text.split()) > FRAGMENT_WORDS
    if understood.country is not None and ctx.asked_back is not None and not tells:
        return None
    topic = understood.topic or ""
    if topic in ctx.rules.topics and understood.confidence >= SURELY_ABOUT and understood.danger != "red":
        if topic in ASKS_A_NUMBER:
            return go(ctx, conversation, _answering(ctx, conversation, "number") or ctx.state, events)
        of_others = "other" in (understood.who, conversation.told.role) or understood.where == "others_place"
        urgent = topic in ctx.content.urgent and not of_others
        heard = conversation.told.crisis != SUICIDE or urgent or topic in ABOUT_CALLING
        if heard and topic not in CRISES and topic not in DOUBTS:
            return show_topic(ctx, conversation, topic, events, emergency_line=True)
    return go(ctx, conversation, _answering(ctx, conversation, ANYTHING) or ctx.state, events)


def _is_bare_no(ctx: Context, conversation: Conversation) -> bool:
    """Nothing but a listed "no", after the text that says that it takes the advisor back. After any other it answers
    that one; "no money", "no way" and a single letter say something else, or too little to lose a person by."""
    told_how = (ctx.rules.topics[conversation.told.crisis], StateName.HANDOFF)
    listed = ctx.understood.topic == "no" and not ctx.understood.candidates
    return listed and "no_way" not in ctx.written_remarks and ctx.state in told_how


def _urgency(remark: str) -> int:
    """What is answered first."""
    return FIRST.index(remark) if remark in FIRST else len(FIRST) + (remark in LAST)


def _answering(ctx: Context, conversation: Conversation, remark: str) -> str:
    """The state of this crisis that answers a remark; another than was just shown, if there is one."""
    states = ctx.rules.answers.get((conversation.told.crisis, remark), ())
    again = states if remark in REPEATED else ()
    return next((state for state in states if state != ctx.state), next(iter(again), ""))
