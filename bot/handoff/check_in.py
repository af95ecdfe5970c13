"""A check-in that was agreed: "if I do not text by 12 August, do this". Pure.

Advisors keep it and act on it. Nothing is ever sent because of it: whoever holds the phone then must not learn of it.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

MOST_DAYS = 366
KEPT_DAYS = 30
"""So long after its day an agreement nobody has ended is kept."""

MAX_ACTION = 500
"""Characters."""


class CheckIn(msgspec.Struct, frozen=True):
    """One agreement; one a person. Minutes are since 1970 (UTC).

    due_minute: when the day is over where they are. action: what the advisors then do, as agreed. advisor: who wrote
    it down. heard_minute: of the last message we know of, also when the conversation is long gone.
    """

    contact: str
    due_minute: int
    action: str
    advisor: str
    made_minute: int
    heard_minute: int

    def is_overdue(self, minute: int) -> bool:
        """Has the day passed? Whether a message came meanwhile is for the advisor to weigh: it is shown beside it."""
        return minute >= self.due_minute

    def is_over(self, minute: int) -> bool:
        """Is it so long ago that it is dropped?"""
        return minute >= self.due_minute + KEPT_DAYS * 24 * 60


def end_of(day: date, zones: Collection[tzinfo]) -> int:
    """The minute since 1970 at which `day` is over in all of `zones`."""
    return max(int(datetime.combine(day + timedelta(days=1), time(), zone).timestamp()) // 60 for zone in zones)
