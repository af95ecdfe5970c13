"""A question in words that has an answer of its own ("why do they take the papers") gets that one, not the first of its
topic; in the topic at hand the words need not name the subject ("does that cost money")."""

from bot.dialogue.context import Context
from bot.dialogue.moving import after_the_opener, go, show_topic, with_advisor_asked
from bot.dialogue.repeating import instead_of
from bot.dialogue.turn import Turn

ASKS_MORE = 9
"""A message of at least so many words may ask a question and for a person besides."""

A_STORY = 12
"""A message of at least so many words tells more than it asks."""

ABOUT_REACHING = ("contact",)
"""Flows that say how to reach those who help."""

SURELY_ABOUT = 0.8


def step(ctx: Context) -> Turn | None:
    """The state that answers it; with the emergency numbers where the first answer of something urgent, which has them
    on top, was not seen yet. A question that anybody may ask waits for the opener before a word on the subject has
    fallen."""
    state, understood = ctx.asked_state, ctx.understood
    flow = state.partition(".")[0]
    if not state:
        return None
    if understood.wants_advisor and flow in ABOUT_REACHING and understood.topic in (None, *ABOUT_REACHING):
        return None  # "can I just talk to someone" asks for a person, not for our numbers
    surely = understood.topic in ctx.rules.topics and understood.confidence >= SURELY_ABOUT
    words = [word for word in ctx.message.text.split() if not word.isdigit()]  # a number has four
    if surely and understood.topic != flow and len(words) >= A_STORY:
        return None  # so many words say what it is about better than the few that were found in them
    conversation, events = ctx.draft
    if flow in ctx.content.general and not conversation.told.subject_disclosed:
        tells = understood.topic in ctx.rules.topics and understood.topic not in ctx.content.general
        if tells or understood.wants_advisor:
            return None  # what else the message says is answered at once
        if not ctx.waits_here:
            return after_the_opener(ctx, conversation, state, events)
    other = instead_of(ctx, conversation, state)
    if other != state:
        return go(ctx, conversation, other, events, emergency_line=understood.emergency_line)
    topic = flow if ctx.rules.topics.get(flow) == state else state
    first = ctx.rules.topics.get(flow, "")
    unseen = flow in ctx.content.urgent and first not in (ctx.state, *conversation.position.history)
    line = understood.emergency_line or unseen
    turn = show_topic(ctx, conversation, topic, events, emergency_line=line)
    asks = understood.wants_advisor and len(words) >= ASKS_MORE and "number" not in ctx.written_remarks
    return with_advisor_asked(turn) if asks else turn
