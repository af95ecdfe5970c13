"""Answers while the storage is away. Pure.

Who writes may be hidden: then whoever reads must learn nothing. Without their conversation nobody knows, so only what
their own message speaks of is spoken of; else they get the bare numbers and neutral sentences. No list is shown,
because nobody would know it when its number comes.
"""

from msgspec.structs import replace

from bot.dialogue import own_words
from bot.dialogue.context import Context
from bot.dialogue.conversation import Conversation, Position
from bot.dialogue.events import AdvisorRequested, AnyEvent, CodeAsked, ErasureRequested, TopicShown
from bot.dialogue.states import SharedText, StateName
from bot.dialogue.turn import Circumstances, Memory, Say, Turn

ERASING = (StateName.CONFIRM_ERASE, StateName.ERASED)

NEVER_ANSWERED = ("opt_out", "flood")
"""Steps whose silence is meant for the network or for a machine."""


def continued(conversation: Conversation, circumstances: Circumstances) -> Conversation:
    """The conversation as it may be continued. Where the last answer is not in it, the list in it is not the one that
    the person sees: no list counts. What was hidden stays hidden."""
    if circumstances.hidden:
        return own_words.hidden(conversation)
    if circumstances.memory is Memory.STORED or is_hidden(conversation):
        return conversation
    return replace(conversation, position=Position())


def without_memory(ctx: Context, turn: Turn) -> Turn:
    """The turn of somebody whose conversation is out of reach."""
    after, say = turn.conversation, turn.say
    if say is None or is_hidden(after):
        return turn
    state = ctx.rules.states.get(say.state)
    bare = state is not None and bool(state.command) and state.neutral and not state.choices
    asks_code = any(isinstance(event, CodeAsked) for event in turn.events)
    if say.state not in ERASING and not asks_code and (bare or _speaks(ctx)):
        said = replace(say, numbers=True, prefix=(SharedText.OUTAGE, *say.prefix), plain=True)
        return replace(turn, conversation=replace(after, position=Position()), say=said)
    gone = (CodeAsked, TopicShown)
    events = tuple(event for event in turn.events if not isinstance(event, gone))
    after = replace(after.with_told(subject_disclosed=False), position=Position())
    prefix = (SharedText.EMERGENCY_LINE, SharedText.OUTAGE, *_neutral(ctx, say, events))
    return Turn(after, events, Say(prefix=prefix), turn.answered_by)


def refused(turn: Turn) -> Turn:
    """A turn that was decided and is certainly not stored: the numbers first, and nothing is said to be erased."""
    if turn.say is None or is_hidden(turn.conversation):
        return turn
    if any(isinstance(event, ErasureRequested) for event in turn.events):
        return replace(turn, say=Say(prefix=(SharedText.OUTAGE_ERASES_LATER,), numbers=True))
    if turn.say.state in ERASING:
        conversation = replace(turn.conversation, position=Position())
        return replace(turn, conversation=conversation, say=Say(prefix=(SharedText.OUTAGE_ERASE,), numbers=True))
    return replace(turn, say=replace(turn.say, numbers=True))


def lost(turn: Turn) -> Turn:
    """A turn that is not even kept: said also where the bot would be silent, because then an advisor was meant."""
    if is_hidden(turn.conversation) or (turn.say is None and turn.answered_by in NEVER_ANSWERED):
        return turn
    say = turn.say or Say()
    if say.state in ERASING:
        say = Say()
    said = tuple(name for name in say.prefix if name not in (SharedText.OUTAGE, SharedText.EMERGENCY_LINE))
    return replace(turn, say=replace(say, numbers=True, prefix=(SharedText.OUTAGE_LOST, *said)))


def is_hidden(conversation: Conversation) -> bool:
    """Does the bot play a stranger?"""
    return conversation.position.state == StateName.DECOY


def _speaks(ctx: Context) -> bool:
    """Does the message itself speak of the subject, or of danger?"""
    if not ctx.message.readable or ctx.message.number is not None:
        return False
    return ctx.discloses or ctx.understanding.danger == "red"


def _neutral(ctx: Context, say: Say, events: tuple[AnyEvent, ...]) -> tuple[str, ...]:
    """What is said instead of the answer."""
    if say.state in ERASING:
        return (SharedText.OUTAGE_ERASE,)
    said = tuple(name for name in say.prefix if name.startswith("unreadable_") or name == SharedText.NO_CALL)
    if any(isinstance(event, AdvisorRequested) for event in events):
        return (*said, SharedText.ADVISOR_ASKED)
    return (*said, SharedText.OUTAGE_NUMBER if ctx.message.number is not None else SharedText.OUTAGE_WORDS)
