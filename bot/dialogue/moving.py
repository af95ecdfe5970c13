"""Moving to a state: what a choice sets, what entering causes, and the way back."""

from datetime import UTC, datetime

from msgspec.structs import replace

from bot.dialogue import crisis, own_words
from bot.dialogue.changes import Events, leave_advisors, request_advisor
from bot.dialogue.context import Context, Draft
from bot.dialogue.conversation import HISTORY_LENGTH, Conversation, Place, Status
from bot.dialogue.events import (
    Answered,
    CodeAsked,
    DecoyStarted,
    ErasureRequested,
    LanguageChosen,
    PlaceTold,
    Stopped,
    TopicShown,
)
from bot.dialogue.flow import BACK, Choice
from bot.dialogue.repeating import only_numbers
from bot.dialogue.states import ANNOUNCEMENT, CRISES, SharedText, StateName
from bot.dialogue.turn import Say, Turn

ANSWERS = ("safe", "phone", "role")
"""What a choice can tell of the person, for the advisor's card."""

STILL_WAITING = (SharedText.FOOTER_WAITING, SharedText.WAIT_UNKNOWN, SharedText.KEPT_FOR_ADVISOR)
"""What is said by turns to somebody who asks again while they wait."""

_WORDS: dict[object, str] = {True: "yes", False: "no"}

LONG_WAIT_MINUTES = 15
"""Somebody who writes after so long in the queue is told that it takes long, and what they can do meanwhile."""


def go(
    ctx: Context, conversation: Conversation, target: str, events: Events = (), *, emergency_line: bool = False
) -> Turn:
    """Move to `target`, do what entering it causes, and show it. events: what has happened already."""
    here, states = conversation.position, ctx.rules.states
    history = here.history
    if target == BACK:
        target, history = (history[-1], history[:-1]) if history else (_beginning(conversation), ())
    elif here.state and target != here.state and here.state in states and not states[here.state].passing:
        history = (*history, here.state)[-HISTORY_LENGTH:]
    position = replace(here, state=target, history=history, fallback_count=0, candidates=())
    conversation = replace(conversation, position=position)
    topic = target.partition(".")[0]
    if topic in ctx.rules.topics:
        if topic in ctx.content.urgent and not conversation.handling.urgent:
            conversation = conversation.with_handling(urgent=True)
        events = (*events, TopicShown(target))
    does = states[target].does
    if does:
        conversation, caused = enter(conversation, does)
        events = (*events, *caused)
    prefix = _how_long(ctx, conversation) if target == StateName.HANDOFF else ()
    say = Say(target, prefix, emergency_line=emergency_line or conversation.told.crisis != "")
    if target == ctx.state == StateName.HANDOFF and not prefix and _told_nothing(ctx, conversation):
        times = conversation.position.listened
        conversation = conversation.with_position(listened=times + 1)
        say = Say(prefix=(STILL_WAITING[times % len(STILL_WAITING)],), emergency_line=True)
    if topic in CRISES and does != crisis.ENDS:
        conversation, asked = crisis.opened(conversation, topic, asks=ctx.rules.crisis_asks)
        if asked:
            say = replace(say, closing=(*crisis.asked_in_words(conversation, ctx.content_for(conversation)),))
            events = (*events, *asked)
    return Turn(conversation, events, say)


def _told_nothing(ctx: Context, conversation: Conversation) -> bool:
    """Do they wait for an advisor already, and have they told no place that changes the numbers?"""
    before, told = ctx.conversation.told, conversation.told
    return ctx.status is Status.WAITING and (told.place, told.country) == (before.place, before.country)


def choose(ctx: Context, conversation: Conversation, choice: Choice, events: Events) -> Turn:
    """Follow a choice of the state that was shown."""
    target = ctx.rules.machines.targets[conversation.position.state, choice.id]
    here = conversation.position
    conversation, told = after_choice(ctx, conversation, choice)
    if target == BACK and "no" in choice.means and here.history:
        turn = go(ctx, conversation, BACK, (*events, *told))
        return replace(turn, say=Say(prefix=(SharedText.GO_ON,), emergency_line=True))
    deferred = conversation.position.deferred_topic
    if target == StateName.MENU and deferred and conversation.told.subject_disclosed:
        return show_topic(ctx, conversation.with_position(deferred_topic=""), deferred, (*events, *told))
    if target == StateName.MENU and choice.sets.get("safe") and conversation.told.place is Place.ABROAD:
        target = StateName.ABROAD
    turn = go(ctx, conversation, target, (*events, *told))
    return only_numbers(ctx, turn) if "place" in choice.sets and target == here.state else turn


def after_choice(ctx: Context, conversation: Conversation, choice: Choice) -> Draft:
    """The conversation after the `set` of a choice."""
    if not choice.sets:
        return conversation, ()
    sets = dict(choice.sets)
    locale = sets.pop("locale", "")
    if sets.get("country") == "mentioned":
        sets["country"] = conversation.told.mentioned_country
    if "place" in sets:
        sets["place"] = Place(str(sets["place"]))
        sets.setdefault("country", "")
        if sets["place"] is Place.NETHERLANDS or sets["country"]:
            sets["mentioned_country"] = ""
    if sets.get("country") == "NL":
        sets |= {"place": Place.NETHERLANDS, "country": ""}
    events: Events = tuple(
        Answered(name, _WORDS.get(sets[name]) or str(sets[name])) for name in ANSWERS if name in sets
    )
    if sets.get("safe") is True:
        sets["subject_disclosed"] = True
        if conversation.privacy.observed:  # a fresh answer to "can you type safely": nobody reads along
            conversation = conversation.with_privacy(observed=False)
    conversation = replace(conversation, told=replace(conversation.told, **sets))
    if "place" in sets:
        events = (*events, PlaceTold(conversation.told.place, conversation.told.country))
    if locale:
        chosen = ctx.rules.languages.beside(ctx.content_for(conversation).locale) if locale == "next" else str(locale)
        conversation, events = replace(conversation, locale=chosen), (*events, LanguageChosen(chosen))
    return conversation, events


def show_topic(
    ctx: Context, conversation: Conversation, topic: str, events: Events, *, emergency_line: bool = False
) -> Turn:
    """Answer a topic, or show the state of one: from now on plain speech is fine."""
    conversation = conversation.with_told(subject_disclosed=True)
    states = ctx.rules.topics
    if conversation.told.role == "work":
        states = {**states, **ctx.rules.for_work}
    return go(ctx, conversation, states.get(topic, topic), events, emergency_line=emergency_line)


def after_the_opener(ctx: Context, conversation: Conversation, topic: str, events: Events) -> Turn:
    """Keep a question that anybody may ask until the opener is answered. Where that stands on the screen already, one
    neutral line says that it is heard."""
    turn = go(ctx, conversation.with_position(deferred_topic=topic), StateName.OPENER, events)
    if ctx.state != StateName.OPENER:
        return turn
    return replace(turn, say=Say(prefix=(SharedText.OPENER_FIRST,), emergency_line=True))


def with_advisor_asked(turn: Turn) -> Turn:
    """The message also asked for a person: put it in the queue beside the answer."""
    conversation, events = request_advisor(turn.conversation)
    if not events or turn.say is None:
        return turn
    say = replace(turn.say, prefix=(*turn.say.prefix, SharedText.ADVISOR_ASKED))
    return Turn(conversation, (*turn.events, *events), say)


def enter(conversation: Conversation, does: str) -> Draft:
    """What showing a state causes. does: as its content says it."""
    if does == "request_advisor":
        return request_advisor(conversation)
    if does == "cancel_advisor":
        return leave_advisors(crisis.declined(conversation))
    if does == "erase":
        _left, events = leave_advisors(conversation)
        # Nothing of it is stored; the minute says when it was.
        gone = Conversation(locale=conversation.locale, heard_minute=conversation.heard_minute)
        return gone, (*events, ErasureRequested())
    if does == crisis.ENDS:
        return crisis.ended(conversation), ()
    if does == "make_code":
        return conversation, (CodeAsked(),)
    if does == "stop":
        left, events = leave_advisors(conversation)
        return left.without_context().with_position(state=conversation.position.state), (*events, Stopped())
    if does == "decoy":
        history = conversation.position.history
        before = conversation.with_position(state=history[-1] if history else "", history=history[:-1])
        hidden = own_words.put_away(before).with_position(state=conversation.position.state)
        return hidden.with_privacy(observed=True), (DecoyStarted(),)
    return conversation, ()


def _how_long(ctx: Context, conversation: Conversation) -> tuple[str, ...]:
    """The truth about the wait, said only when the person writes: nobody is pinged."""
    now = datetime.fromtimestamp(conversation.heard_minute * 60, UTC)
    content = ctx.content_for(conversation)
    announced = (ANNOUNCEMENT,) if content.shared.get(ANNOUNCEMENT) else ()
    if not content.hours.is_open(now, content.locale):
        opens = content.hours.next_opening(now, content.locale)
        return (SharedText.CLOSED_NOW if opens else SharedText.CLOSED_LONG, *announced)
    waited = conversation.heard_minute - conversation.handling.waiting_minute
    long = conversation.handling.status is Status.WAITING and waited >= LONG_WAIT_MINUTES
    return (SharedText.LONG_WAIT, *announced) if long else announced


def _beginning(conversation: Conversation) -> str:
    """Where `back` leads when there is nothing to go back to."""
    if not conversation.position.state:
        return StateName.OPENER
    if conversation.handling.status is Status.WAITING:
        return StateName.HANDOFF
    if not conversation.told.subject_disclosed:
        return StateName.OPENER
    return StateName.ABROAD if conversation.told.place is Place.ABROAD else StateName.MENU
