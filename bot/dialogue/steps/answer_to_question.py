"""The text answers our own question: it names one of the choices that were shown, or means one ("sure", "not now").
That comes before it is read as anything else; what it says besides counts as well.

Red danger goes first, unless the label itself was typed, or the choice leads where the numbers stand on top: then it is
as good an answer as any.
"""

from msgspec.structs import replace

from bot.dialogue.context import Context
from bot.dialogue.conversation import Place, Status
from bot.dialogue.crisis import BEFORE_ANSWERS
from bot.dialogue.events import PlaceTold
from bot.dialogue.flow import BACK, Choice
from bot.dialogue.moving import after_choice, choose, go, show_topic
from bot.dialogue.states import NEVER_GUESSED, UNDER_18, SharedText, StateName
from bot.dialogue.turn import Turn
from bot.nlu.normalise import normalise

SAID_BESIDES = 4
"""A message of at least so many words may answer and say something else as well."""

SURELY_ABOUT = 0.9
"""From this confidence on it is about a topic, even without a word about the subject."""


def step(ctx: Context) -> Turn | None:
    """Where the choice leads; the queue after a yes to the offer of an advisor."""
    (conversation, events), choice = ctx.spoken
    if choice is None:
        return _offer(ctx)
    named = ctx.message.text in choice.keys or any(each in ctx.remarks for each in choice.means)
    if ctx.asked_state and not named and not conversation.told.crisis:
        return None  # "what must i pack for the trip" says more than the words of a choice in it
    if conversation.told.crisis and not BEFORE_ANSWERS.isdisjoint(ctx.written_remarks):
        return None  # "no, I will do it tonight" says more than no
    other = ctx.understood.country
    if conversation.position.state == StateName.CONFIRM_COUNTRY and choice.id == "no" and other:
        return _elsewhere(ctx, other)
    target = ctx.rules.machines.targets[conversation.position.state, choice.id]
    if ctx.understood.danger == "red" and ctx.message.text != normalise(choice.label):  # our own words are no danger
        shown = ctx.rules.states.get(target)
        if shown is None or not shown.numbers:
            return None
    if target == StateName.CANCELLED and ctx.asked_state and ctx.asks:
        cancelled = choose(ctx, conversation, choice, events)
        return show_topic(ctx, cancelled.conversation, ctx.asked_state, cancelled.events, emergency_line=True)
    says_more = len(ctx.message.text.split()) >= SAID_BESIDES
    if target == StateName.LATER and says_more and ctx.stated_country and "unsafe" not in ctx.written_remarks:
        return None  # "no, my sister is there, I am in Gouda" does not say that it is not safe
    if (says_more or ctx.stated_country) and target == StateName.MENU and choice.sets.get("safe"):
        return _safe_and_more(ctx, choice)
    return choose(ctx, conversation, choice, events)


def _safe_and_more(ctx: Context, choice: Choice) -> Turn:
    """It is safe, and the same message may say what it is about or where its writer is."""
    conversation, events = ctx.draft
    sure = ctx.discloses or ctx.understood.confidence >= SURELY_ABOUT
    topic = ctx.understood.topic or ""
    if ctx.asked_state:
        topic = ctx.asked_state
    elif not sure or topic not in ctx.rules.topics or topic in NEVER_GUESSED or _of_others(ctx, topic):
        return choose(ctx, conversation, choice, events)
    conversation, told = after_choice(ctx, conversation.with_position(deferred_topic=""), choice)
    return show_topic(ctx, conversation, topic, (*events, *told), emergency_line=ctx.understood.emergency_line)


def _of_others(ctx: Context, topic: str) -> bool:
    """ "The children are at school" tells nothing of how old the writer is."""
    return topic == UNDER_18 and ctx.own_age is None


def _elsewhere(ctx: Context, country: str) -> Turn:
    """ "No, in Spain": not where was asked, but there."""
    conversation, events = ctx.draft
    place, abroad = (Place.NETHERLANDS, "") if country == "NL" else (Place.ABROAD, country)
    conversation = conversation.with_told(place=place, country=abroad, mentioned_country="")
    turn = go(ctx, conversation, BACK, (*events, PlaceTold(place, abroad)))
    said = SharedText.PLACE_SAID if abroad else SharedText.PLACE_SAID_NL
    return turn if turn.say is None else replace(turn, say=replace(turn.say, prefix=(said, *turn.say.prefix)))


def _offer(ctx: Context) -> Turn | None:
    """The last answer ended with "do you want to talk with an advisor"; a yes is a request for one."""
    state = ctx.rules.states.get(ctx.state)
    waits = ctx.status is not Status.BOT
    if state is None or not state.offers or waits or ctx.understood.danger == "red" or ctx.understood.command:
        return None
    said = ctx.written_remarks
    if "agree" in said and "?" not in state.say:
        return None  # "that's right" says yes to what was told, not to an adviser
    if "yes" not in said or "ok" in said or "no" in said or ctx.understood.country:
        return None
    conversation, events = ctx.draft
    if ctx.understood.topic in ctx.rules.topics and ctx.understood.topic != ctx.state.partition(".")[0]:
        return None
    return go(ctx, conversation, ctx.rules.commands["advisor"], events)
