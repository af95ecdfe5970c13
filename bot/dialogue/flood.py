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

REMIND_EVERY = 20


def counted(conversation: Conversation, text: str, minute: int) -> Conversation:
    """The conversation with this message counted. minute: since 1970."""
    pace = conversation.pace
    mark = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest() if text else ""
    same = pace.same + 1 if mark and mark == pace.mark else 1
    fresh = minute - pace.minute >= WINDOW_MINUTES
    minute, count = (minute, 1) if fresh else (pace.minute, pace.count + 1)
    return replace(conversation, pace=Pace(minute, count, mark, same, pace.answered))


def is_one(conversation: Conversation) -> bool:
    """Is this more than a person types?"""
    return conversation.pace.count > MOST or conversation.pace.same > MOST_SAME


def reminds(conversation: Conversation) -> bool:
    """Is it time to give the numbers once more?"""
    over = max(conversation.pace.count - MOST, conversation.pace.same - MOST_SAME)
    return over == 1 or over % REMIND_EVERY == 0
