"""When one sender writes more than a person types: another machine that answers ours, or somebody who means harm. Pure.

The bot then falls silent but for the emergency numbers, which nothing holds back: for every message that names danger,
at the moment the limit is passed, and now and then after it. Leaving, erasing and asking for a person go on working.
"""

import hashlib

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Pace

WINDOW_MINUTES = 10
MOST = 120
"""Messages in that time that are answered in full: one every five seconds, more than anybody writes who is afraid."""

MOST_SAME = 30
"""The same message so often in a row comes from a machine."""

MOST_A_DAY = 400
"""And in a day. What an advisor is told goes on, whatever its number: this is about answers of the bot."""

REMIND_EVERY = 20
_DAY = 24 * 60


def counted(conversation: Conversation, text: str, minute: int, *, blocked: bool = False) -> Conversation:
    """The conversation with this message counted. minute: since 1970. blocked: by an advisor."""
    pace = conversation.pace
    mark = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest() if text else ""
    same = pace.same + 1 if mark and mark == pace.mark else 1
    fresh = minute - pace.minute >= WINDOW_MINUTES
    since, count = (minute, 1) if fresh else (pace.minute, pace.count + 1)
    today = pace.today + 1 if pace.day == minute // _DAY else 1
    return replace(
        conversation, pace=Pace(since, count, mark, same, pace.answered, pace.heard, minute // _DAY, today, blocked)
    )


def is_flooding(conversation: Conversation) -> bool:
    """Is this more than a person types, or somebody who is blocked?"""
    return conversation.pace.blocked or _over(conversation) > 0


def reminds(conversation: Conversation) -> bool:
    """Is it time to give the numbers once more?"""
    if conversation.pace.blocked:
        return conversation.pace.count % REMIND_EVERY == 1
    over = _over(conversation)
    return over == 1 or over % REMIND_EVERY == 0


def _over(conversation: Conversation) -> int:
    """By how many messages the limit is passed."""
    pace = conversation.pace
    return max(pace.count - MOST, pace.same - MOST_SAME, pace.today - MOST_A_DAY)
