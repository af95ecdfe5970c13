"""Work that is due now and then, in a loop that always runs."""

from collections.abc import Callable
from datetime import datetime, timedelta


class Every:
    """Says when the next time is due; the first is due at once. A clock that was set back does not delay it."""

    def __init__(self, pause: timedelta, now: Callable[[], datetime]) -> None:
        self._pause = pause
        self._now = now
        self._next: datetime | None = None

    def is_due(self) -> bool:
        """Whether it is due now; True once in each pause."""
        now = self._now()
        if self._next is not None and now < self._next <= now + self._pause:
            return False
        self._next = now + self._pause
        return True
