"""Somebody with the phone for a moment writes one thought in several messages, seconds apart. Pure.

Each is read, for danger too, and each is kept for the advisor in its order. But while an answer has just gone out, the
next message gets one of its own only when that says something new: who is interrupted must not have to scroll back
through four times "I do not understand" to find the number. The list on the screen stays the one that counts.
"""

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import DangerSeen, TopicShown
from bot.dialogue.turn import Turn

SECONDS = 10
"""So soon after an answer a message was being written before that answer could be read."""

CLARIFYING = frozenset({"unclear.candidates", "unclear.other", "unclear.person"})
"""States that only ask what was meant."""

DANGER = ("danger.", "suicide.")
"""States whose answer stays the last on the screen for a moment."""


def is_it(conversation: Conversation, second: int) -> bool:
    """Was an answer given just now? second: since 1970."""
    return 0 <= second - conversation.pace.answered <= SECONDS


def answered(conversation: Conversation, second: int) -> Conversation:
    """The conversation after an answer at this moment."""
    return replace(conversation, pace=replace(conversation.pace, answered=second))


def adds_nothing(before: Conversation, turn: Turn) -> bool:
    """Would the answer only repeat what is on the screen, or ask what was meant? Or push away the numbers that danger
    has just brought?"""
    if turn.say is None or any(not isinstance(event, DangerSeen | TopicShown) for event in turn.events):
        return False
    state = turn.conversation.state
    return bool(before.state) and (state == before.state or state in CLARIFYING or before.state.startswith(DANGER))


def silent(before: Conversation, turn: Turn) -> Turn:
    """The same turn without an answer: what it learned stays, and so does the list the person sees."""
    same = {name: getattr(before, name) for name in ("state", "trail", "candidates", "misses", "asked")}
    events = tuple(event for event in turn.events if not isinstance(event, TopicShown))
    return Turn(replace(turn.conversation, **same), events, None)
