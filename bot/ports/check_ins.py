"""Check-ins. They outlive the conversation, and go when the person has everything erased."""

from typing import Protocol

from bot.handoff.check_in import CheckIn


class CheckIns(Protocol):
    """One a person. Every method may raise StorageUnavailable."""

    def agreed(self) -> list[CheckIn]:
        """All of them, the earliest first."""
        ...

    def put(self, check_in: CheckIn) -> None:
        """Keep one; an earlier one of the same person is replaced."""
        ...

    def end(self, contact: str) -> bool:
        """Drop it. False: there is none."""
        ...
