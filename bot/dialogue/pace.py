"""How fast somebody writes. Pure.

One sender writes more than a person types: another machine that answers ours, or an abusive sender. The bot then falls
silent but for the emergency numbers, which nothing holds back: for every message that names danger, at the moment the
limit is passed, and now and then after it. Leaving, erasing and asking for a person go on working.

Somebody with the phone for a moment writes one thought in several messages, seconds apart. Each is read, for danger
too, and each is kept for the advisor in its order. But while the thought goes on, a message gets an answer of its own
only when that says something new: who is interrupted must not have to scroll back through four times "I do not
understand" to find the number. The list on the screen stays the one that counts.
"""

import hashlib

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Pace
from bot.dialogue.events import DangerSeen, TopicShown
from bot.dialogue.states import OFFERING, StateName
from bot.dialogue.turn import Turn

WINDOW_MINUTES = 10
MOST = 120
"""Messages in that time that are answered in full: one every five seconds, more than anybody writes who is afraid."""

MOST_SAME = 30
"""The same message so often in a row comes from a machine."""

MOST_A_DAY = 400
"""And in a day. What an advisor is told goes on, whatever its number: this is about answers of the bot."""

REMIND_EVERY = 20

CONTINUATION_SECONDS = 4
"""So soon after the message before, nobody has read the answer to that one and typed something new: it is the same
thought that goes on."""

ANSWER_SECONDS = 10
"""However it goes on, after so long it gets an answer again."""

CLARIFYING = OFFERING | {StateName.OTHER, StateName.PERSON}
"""States that only ask what was meant."""

DANGER = ("danger.", "suicide.")
"""States whose answer stays the last on the screen for a moment."""

_DAY = 24 * 60


def counted(pace: Pace, text: str, minute: int, *, blocked: bool = False) -> Pace:
    """The pace with this message counted. minute: since 1970. blocked: by an advisor."""
    mark = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest() if text else ""
    same = pace.same + 1 if mark and mark == pace.mark else 1
    fresh = minute - pace.minute >= WINDOW_MINUTES
    since, count = (minute, 1) if fresh else (pace.minute, pace.count + 1)
    today = pace.today + 1 if pace.day == minute // _DAY else 1
    return Pace(since, count, mark, same, pace.answered, pace.heard, minute // _DAY, today, blocked)


def is_flooding(pace: Pace) -> bool:
    """Is this more than a person types, or somebody who is blocked?"""
    return pace.blocked or pace.count > MOST or pace.same > MOST_SAME or pace.today > MOST_A_DAY


def reminds(pace: Pace) -> bool:
    """Is it time to give the numbers once more?"""
    if pace.blocked:
        return pace.count % REMIND_EVERY == 1
    over = max(pace.count - MOST, pace.same - MOST_SAME, pace.today - MOST_A_DAY)
    return over == 1 or over % REMIND_EVERY == 0


def is_continuation(pace: Pace, second: int) -> bool:
    """Does a message of this second (since 1970) go on with the one before, whose answer is on the screen?"""
    return 0 <= second - pace.heard <= CONTINUATION_SECONDS and second - pace.answered <= ANSWER_SECONDS


def adds_nothing(before: Conversation, turn: Turn) -> bool:
    """Would the answer only repeat what is on the screen, or ask what was meant? Or push away the numbers that danger
    has just brought?"""
    if turn.say is None or any(not isinstance(event, DangerSeen | TopicShown) for event in turn.events):
        return False
    state, shown = turn.conversation.position.state, before.position.state
    return bool(shown) and (state == shown or state in CLARIFYING or shown.startswith(DANGER))


def silenced(before: Conversation, turn: Turn) -> Turn:
    """The same turn without an answer: what it learned stays, and so does the list the person sees."""
    shown = replace(before.position, fragment=turn.conversation.position.fragment)
    events = tuple(event for event in turn.events if not isinstance(event, TopicShown))
    return replace(turn, conversation=replace(turn.conversation, position=shown), events=events, say=None)
