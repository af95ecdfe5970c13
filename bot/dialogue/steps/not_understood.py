"""A message that resembles nothing still gets an answer, and never the same one twice in a row."""

from bot.dialogue import listening
from bot.dialogue.changes import Events
from bot.dialogue.context import AGES, Context, topic_at_hand
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

ANOTHER_TOPIC = 0.25
"""From this probability on the nearest topic is offered to somebody who may only tell more, or ask more."""

ANOTHER_IN_DANGER = 0.3
"""The same where it may be danger: the numbers and a question about it are worth more there."""

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
    state = conversation.position.state
    heard = _heard(ctx, conversation, events)
    if heard is not None:
        return heard
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
    return _offering(ctx, conversation, events, StateName.CANDIDATES)


def _heard(ctx: Context, conversation: Conversation, events: Events) -> Turn | None:
    """To more of a story, or one more question about it: what it may be about, that it is read, or who knows; None for
    anything else."""
    bot = ctx.status is Status.BOT
    worries = ctx.status is Status.WAITING and ctx.understood.danger == "amber"
    tells = (bot or worries) and listening.tells_on(ctx, conversation)
    asks = bot and not tells and listening.asks_on(ctx, conversation)
    nearest = _nearest_answer(ctx) if asks else ""
    if nearest:
        return show_topic(ctx, conversation, nearest, events, emergency_line=ctx.understood.emergency_line)
    if bot and (tells or asks) and _may_be_of_another(ctx, conversation):
        return _offering(ctx, conversation, events, StateName.ABOUT)
    if tells:
        return listening.listening(ctx, conversation, events)
    return listening.passed_on(ctx, conversation, events) if asks else None


def _offering(ctx: Context, conversation: Conversation, events: Events, target: StateName) -> Turn:
    """The three topics that it may be about."""
    named = [each.topic for each in ctx.understood.candidates if each.topic not in NEVER_GUESSED]
    nearest = tuple(dict.fromkeys([*named, *FALLBACK_TOPICS]))[:3]
    turn = go(ctx, conversation, target, events, emergency_line=True)
    times = conversation.position.fallback_count + 1
    return Turn(turn.conversation.with_position(fallback_count=times, candidates=nearest), turn.events, turn.say)


def _may_be_of_another(ctx: Context, conversation: Conversation) -> bool:
    """Is another topic than the one at hand so near that the message may rather be about it? It is offered then."""
    at_hand = topic_at_hand(ctx.state, ctx.conversation).partition(".")[0]
    first = next(iter(ctx.understood.candidates), None)
    if first is None or first.topic in (*NEVER_GUESSED, at_hand) or conversation.position.fallback_count:
        return False
    if ctx.stated_country or not AGES.isdisjoint(ctx.written_remarks):
        return False  # where somebody is, and how old, belongs to the matter at hand
    least = ANOTHER_TOPIC if ctx.understood.danger == "none" else ANOTHER_IN_DANGER
    return first.confidence >= least


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
