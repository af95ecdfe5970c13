"""A message that resembles nothing still gets an answer, and never the same one twice in a row."""

from bot.dialogue import listening
from bot.dialogue.changes import Events
from bot.dialogue.context import Context, topic_at_hand
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.moving import go, show_topic
from bot.dialogue.states import CRISES, NEVER_GUESSED, SharedText, StateName
from bot.dialogue.turn import Say, Turn
from bot.nlu.understanding import Candidate

FALLBACK_TOPICS = ("left_behind", "trip_planned", "contact")
"""Offered when a message resembles nothing at all."""

A_SENTENCE = 3
"""So many words say something, before the opener is answered."""

WHILE_WAITING = (SharedText.KEPT_FOR_ADVISOR, SharedText.FOOTER_WAITING)
"""What is said by turns to somebody who writes on while they wait for an advisor."""

NEAR_TOPIC = 0.35
"""From this probability on the nearest topic is offered even to somebody who may be in danger."""

RATHER = 0.55
"""From this probability on a question is answered from another topic than the one at hand,"""

MUCH_NEARER = 0.25
"""where the next one is so much less probable."""


def step(ctx: Context) -> Turn:
    """First the three nearest topics, then a person and the numbers, then where it began."""
    conversation, events = ctx.draft
    return answer(ctx, conversation, events)


def answer(ctx: Context, conversation: Conversation, events: Events) -> Turn:
    """The same for a conversation in which so many messages in a row were not understood as it says."""
    state, bot = conversation.position.state, ctx.status is Status.BOT
    worries = ctx.status is Status.WAITING and ctx.understood.danger == "amber"
    if (bot or worries) and listening.tells_on(ctx, conversation):
        return listening.listening(ctx, conversation, events)
    if bot and listening.asks_on(ctx, conversation):
        return _answered_or_passed_on(ctx, conversation, events)
    if ctx.understood.danger == "amber" and not _near_topic(ctx, conversation):
        target = StateName.PERSON if state == StateName.AFRAID else StateName.AFRAID
        if state or "angry" not in ctx.written_remarks:  # who begins with anger is asked in as anybody
            return go(ctx, conversation, target, events, emergency_line=True)
    if not state:
        return go(ctx, conversation, StateName.OPENER, events)
    if conversation.handling.status is Status.WAITING:
        times = conversation.position.listened
        kept = conversation.with_position(listened=times + 1)
        line = WHILE_WAITING[times % len(WHILE_WAITING)]
        return Turn(kept, events, Say(prefix=(line,), emergency_line=True))
    fallbacks = conversation.position.fallback_count + 1
    if ctx.expects == "country" and fallbacks == 1:
        say = Say(state, (SharedText.COUNTRY_UNKNOWN,), emergency_line=True)
        return Turn(conversation.with_position(fallback_count=fallbacks), events, say)
    if state.startswith(("danger.", "suicide.")):
        fallbacks = max(fallbacks, 2)
    disclosed = conversation.told.subject_disclosed
    if fallbacks > 1 or not disclosed:
        begin = StateName.MENU if disclosed else StateName.OPENER
        if begin == state == StateName.OPENER and fallbacks == 1 and len(ctx.message.text.split()) >= A_SENTENCE:
            say = Say(prefix=(SharedText.OPENER_FIRST,), emergency_line=True)
            return Turn(conversation.with_position(fallback_count=fallbacks), events, say)
        target, prefix = (begin, (SharedText.NOT_UNDERSTOOD,)) if fallbacks % 2 else (StateName.PERSON, ())
        turn = go(ctx, conversation, target, events)
        moved = turn.conversation.with_position(fallback_count=fallbacks)
        return Turn(moved, turn.events, Say(target, prefix, emergency_line=True))
    named = [each.topic for each in ctx.understood.candidates if each.topic not in NEVER_GUESSED]
    nearest = tuple(dict.fromkeys([*named, *FALLBACK_TOPICS]))[:3]
    turn = go(ctx, conversation, StateName.CANDIDATES, events, emergency_line=True)
    offered = turn.conversation.with_position(fallback_count=fallbacks, candidates=nearest)
    return Turn(offered, turn.events, turn.say)


def _answered_or_passed_on(ctx: Context, conversation: Conversation, events: Events) -> Turn:
    nearest = _nearest_answer(ctx)
    if nearest:
        return show_topic(ctx, conversation, nearest, events, emergency_line=ctx.understood.emergency_line)
    return listening.passed_on(ctx, conversation, events)


def _nearest_answer(ctx: Context) -> str:
    """The topic that a question in the middle of another one is rather about; "" where none is much nearer."""
    nothing = Candidate("", 0.0)
    first, second = [*ctx.understood.candidates, nothing, nothing][:2]
    at_hand = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    near = first.confidence >= RATHER and first.confidence - second.confidence >= MUCH_NEARER
    return first.topic if near and first.topic not in (*NEVER_GUESSED, *CRISES, at_hand) else ""


def _near_topic(ctx: Context, conversation: Conversation) -> bool:
    """Is one topic so near that what may be danger is more likely about it? It is offered then, with the numbers."""
    position = conversation.position
    calm = position.state not in ("", StateName.AFRAID) and not position.state.startswith(("danger.", "suicide."))
    first = next(iter(ctx.understood.candidates), None)
    if first is None or not calm or position.fallback_count or not conversation.told.subject_disclosed:
        return False
    return first.topic not in NEVER_GUESSED and first.confidence >= NEAR_TOPIC
