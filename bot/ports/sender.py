"""The way to a person's phone."""

from collections.abc import Collection
from typing import Protocol


class SendFailed(Exception):
    """The provider refused the message, and says why with a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSent(Exception):
    """The provider certainly does not have it (no connection, too many requests). To be tried again."""


class AnswerLost(Exception):
    """The provider may have it or not."""


class Sender(Protocol):
    """Sends, and finds what was sent."""

    def send(self, channel: str, address: str, text: str, id: str, seconds: int, our_number: str = "") -> str:
        """Send; returns the provider's id. It must arrive within `seconds` or not at all. our_number: which of ours it
        comes from; the first of the channel where that is "" or not ours any more.

        Raises SendFailed, NotSent or AnswerLost.
        """
        ...

    def find(self, channel: str, address: str, text: str, known: Collection[str], minutes: int) -> str | None:
        """The provider's id of a message with this text sent in the last `minutes` that is not one of `known`; None
        when there is none. Raises NotSent when the provider cannot be asked."""
        ...
