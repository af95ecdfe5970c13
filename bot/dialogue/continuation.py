"""Somebody with the phone for a moment writes one thought in several messages, seconds apart. Pure.

Each is read, for danger too, and each is kept for the advisor in its order. But while the thought goes on, a message
gets an answer of its own only when that says something new: who is interrupted must not have to scroll back through
four times "I do not understand" to find the number. The list on the screen stays the one that counts.
"""

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation
from bot.dialogue.events import DangerSeen, TopicShown
from bot.dialogue.turn import Turn

SECONDS = 4
"""So soon after the message before, nobody has read the answer to that one and typed something new: it is the same
thought that goes on."""

ANSWER_SECONDS = 10
"""However it goes on, after so long it gets an answer again."""

CLARIFYING = frozenset({"unclear.candidates", "unclear.other", "unclear.person"})
"""States that only ask what was meant."""

DANGER = ("danger.", "suicide.")
"""States whose answer stays the last on the screen for a moment."""


def is_continuation(conversation: Conversation, second: int) -> bool:
    """Does a message of this second (since 1970) go on with the one before, whose answer is on the screen?"""
    pace = conversation.pace
    return 0 <= second - pace.heard <= SECONDS and second - pace.answered <= ANSWER_SECONDS


def written(conversation: Conversation, second: int, *, answered: bool) -> Conversation:
    """The conversation after a message of this second."""
    last = second if answered else conversation.pace.answered
    return replace(conversation, pace=replace(conversation.pace, heard=second, answered=last))


def adds_nothing(before: Conversation, turn: Turn) -> bool:
    """Would the answer only repeat what is on the screen, or ask what was meant? Or push away the numbers that danger
    has just brought?"""
    if turn.say is None or any(not isinstance(event, DangerSeen | TopicShown) for event in turn.events):
        return False
    state, shown = turn.conversation.position.state, before.position.state
    return bool(shown) and (state == shown or state in CLARIFYING or shown.startswith(DANGER))


def silent(before: Conversation, turn: Turn) -> Turn:
    """The same turn without an answer: what it learned stays, and so does the list the person sees."""
    shown = replace(before.position, fragment=turn.conversation.position.fragment)
    events = tuple(event for event in turn.events if not isinstance(event, TopicShown))
    return Turn(replace(turn.conversation, position=shown), events, None)
