"""What people say after an answer ("and now", "which number", "ok", "bye") is answered from the topic at hand and the
place that is known; never with the whole answer again."""

from collections.abc import Mapping, Sequence

from bot.dialogue.changes import Events
from bot.dialogue.context import FOLLOW, Context, topic_at_hand
from bot.dialogue.conversation import Conversation
from bot.dialogue.listening import listening
from bot.dialogue.moving import go, show_topic
from bot.dialogue.repeating import deeper
from bot.dialogue.states import CRISES, StateName
from bot.dialogue.turn import Say, Turn

ASKS_TOPIC = {"cost": "cost", "when": "opening_hours", "number": "contact"}
"""Remark -> the topic that answers it where the topic at hand does not."""

FOLLOW_UPS = (
    "again", "shorter", "explain", "why", "next", "fails", "number", "when", "cost", "who", "for_other", "talk",
    "cannot_call", "unsure", "angry", "ok", "thanks", "bye",
)  # fmt: skip
"""Remarks that must have an answer after every answer."""

ANSWERED_HERE = frozenset({"again", "for_other", "thanks"})
"""Those for which `step` itself knows where they lead."""

COURTESIES = frozenset({"ok", "thanks", "bye", "yes", "no", "will_do", "parting", "agree"})
"""Remarks that ask for nothing; others in the same message count before them."""

SURELY_MEANT = frozenset({"thanks", "will_do", "parting"})
"""Courtesies that count in a longer message as well."""

VAGUE = COURTESIES - {"will_do", "parting", "agree"} | {"unsure", "cannot_call"}
"""Remarks that count only where the message is about no topic: "I have no credit" asks about that."""

LAST_WORDS: Mapping[str, frozenset[str]] = {
    StateName.HEARD: frozenset({"ok", "yes", "no", "will_do", "agree"}),
    StateName.THANKS: COURTESIES - {"bye", "parting"},
    StateName.GOODBYE: COURTESIES,
}
"""State that said a last word -> remarks to which nothing more is said after it."""

A_QUESTION = 6
"""A message of at least so many words that is surely about a topic asks about that."""

SURELY_ABOUT = 0.9


def is_answered(
    answers: Mapping[tuple[str, str], Sequence[str]], topics: Mapping[str, str], topic: str, remark: str
) -> bool:
    """Is there an answer to a remark that is made after an answer of `topic`? answers: those of `Rules`."""
    if remark in ANSWERED_HERE or answers.get((topic, remark)) or answers.get((FOLLOW, remark)):
        return True
    return ASKS_TOPIC.get(remark) in topics


def step(ctx: Context) -> Turn | None:
    """The answer to the surest remark that has one; silence where the last word was said already."""
    conversation, events = ctx.draft
    said, words = ctx.written_remarks, len(ctx.message.text.split())
    topic = ctx.understood.topic
    about = topic in ctx.rules.topics and ctx.understood.confidence >= SURELY_ABOUT
    at_hand = topic_at_hand(ctx.state, conversation).partition(".")[0]
    asks_more = words >= A_QUESTION and topic != at_hand
    if not said or (asks_more and about and "angry" not in said):
        return None
    if LAST_WORDS.get(ctx.state, frozenset()).issuperset(said):
        return Turn(conversation, events, None)
    told_place = (ctx.understood.place or ctx.understood.country) is not None
    for remark in sorted(said, key=COURTESIES.__contains__):
        if remark in COURTESIES and (told_place or (words >= A_QUESTION and remark not in SURELY_MEANT)):
            continue  # "no, I am abroad" says more than no
        thanks = remark == "thanks" and not about and not ctx.asks
        leaves = (remark == "bye" or thanks) and words < A_QUESTION
        if remark == "talk" and ctx.understood.wants_advisor:
            continue  # "can I talk to someone"
        if (
            remark in VAGUE
            and not leaves
            and ((topic in ctx.rules.topics and topic != at_hand) or ctx.understood.wants_advisor)
        ):
            continue
        if remark == "talk" and ctx.understood.wants_advisor:
            continue
        turn = _answered(ctx, conversation, events, remark)
        if turn is not None:
            return turn
    return None


def _answered(ctx: Context, conversation: Conversation, events: Events, remark: str) -> Turn | None:
    answers, line = ctx.rules.answers, ctx.understood.emergency_line
    shown = topic_at_hand(ctx.state, ctx.conversation)
    flow = shown.partition(".")[0]
    own = () if flow in CRISES else answers.get((flow, remark), ())  # it is over; "ok" does not open it again
    if own:
        return go(ctx, conversation, own[0], events, emergency_line=line)
    if remark == "again":
        return Turn(conversation.with_position(state=shown), events, Say(shown, emergency_line=line))
    if remark == "day":
        return listening(ctx, conversation, events)
    if remark == "for_other":
        state = ctx.rules.topics["bystander"]
        target = (deeper(ctx, state) or state) if state == shown else state
        return go(ctx, conversation.with_told(role="other"), target, events, emergency_line=line)
    if remark == "thanks":
        return go(ctx, conversation, StateName.THANKS, events, emergency_line=line)
    if remark in ASKS_TOPIC:
        return show_topic(ctx, conversation, ASKS_TOPIC[remark], events, emergency_line=line)
    further = deeper(ctx, shown) if remark == "explain" else ""
    target = further or next(iter(answers.get((FOLLOW, remark), ())), "")
    if target == ctx.state and remark == "explain":
        target = StateName.NO_MORE  # asked twice what it means
    if not target or target == ctx.state:
        return None
    return go(ctx, conversation, target, events, emergency_line=line and remark not in COURTESIES)
