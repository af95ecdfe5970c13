"""A question about a topic gets its answer."""

from bot.dialogue.context import Context
from bot.dialogue.conversation import Conversation
from bot.dialogue.listening import listening
from bot.dialogue.moving import after_the_opener, go, show_topic, with_advisor_asked
from bot.dialogue.repeating import A_FEW_WORDS, instead_of
from bot.dialogue.states import CRISES, SUICIDE, UNDER_18, StateName
from bot.dialogue.turn import Turn

INSTEAD = {"other": "bystander", "work": "professional"}
"""Role -> the topic that answers whoever writes about a child."""


def step(ctx: Context) -> Turn | None:
    """The answer. A general question before a word on the subject has fallen waits for the opener."""
    conversation, events = ctx.draft
    topic = ctx.understood.topic or ""
    if topic not in ctx.rules.topics:
        topic = ctx.topic_told
    if topic in ctx.content.general and not conversation.told.subject_disclosed and not ctx.waits_here:
        deferred = "" if "may_ask" in ctx.written_remarks else topic  # "may I ask something" asks nothing yet
        return after_the_opener(ctx, conversation, deferred, events)
    if topic == UNDER_18 and ctx.own_age is None and conversation.told.role in INSTEAD:
        topic = INSTEAD[conversation.told.role]  # the children's line is for a child who writes
    if topic == SUICIDE and not (ctx.is_suicidal or conversation.told.crisis):
        return go(ctx, conversation, StateName.AFRAID, events, emergency_line=True)
    if _tells_more(ctx, conversation, topic):
        return listening(ctx, conversation, events, emergency_line=ctx.understood.emergency_line)
    if ctx.rules.topics[topic] == ctx.state and not ctx.understood.wants_advisor:
        other = instead_of(ctx, conversation, ctx.state)
        if other != ctx.state:
            return go(ctx, conversation, other, events, emergency_line=ctx.understood.emergency_line)
    turn = show_topic(ctx, conversation, topic, events, emergency_line=ctx.understood.emergency_line)
    return with_advisor_asked(turn) if ctx.understood.wants_advisor else turn


def _tells_more(ctx: Context, conversation: Conversation, topic: str) -> bool:
    """Would the answer be the one that was just shown, to somebody who asks nothing and says nothing new of where they
    are? "?" alone says that it is a question."""
    before, text = ctx.conversation.told, ctx.message.inbound.text
    new_place = (conversation.told.place, conversation.told.country) != (before.place, before.country)
    asks = "?" in text or ctx.understood.wants_advisor or len(text.split()) < A_FEW_WORDS
    return ctx.rules.topics[topic] == ctx.state and not new_place and not asks and topic not in CRISES
