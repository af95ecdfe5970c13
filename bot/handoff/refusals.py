"""Why an act is refused. Pure."""

from enum import StrEnum

from bot.dialogue.conversation import Conversation, Status


class Reason(StrEnum):
    """Why something is refused. `SURE` ones go through when the advisor confirms them."""

    UNKNOWN = "unknown"
    TAKEN = "taken"
    NOT_ASKED = "not_asked"
    NOT_YOURS = "not_yours"
    NOT_OFFERED = "not_offered"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    WINDOW = "window"
    NO_ADDRESS = "no_address"
    BUSY = "busy"
    LATE = "late"
    OBSERVED = "observed"
    NOT_AGREED = "not_agreed"
    NOT_NOW = "not_now"
    NOT_NEUTRAL = "not_neutral"
    AGREEMENT = "agreement"
    AWAY = "away"
    CHECK_IN = "check_in"


SURE = frozenset({Reason.LATE})


class Refused(Exception):
    """It may not be done."""

    def __init__(self, reason: Reason, *, holder: str = "", limit: int = 0) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.holder = holder
        """Id of the colleague who has the conversation, where that is why."""
        self.limit = limit
        """Characters that fit, where a text is too long."""


def check_holds(conversation: Conversation, advisor: str) -> None:
    """Raises Refused unless this advisor has it."""
    if conversation.handling.status is not Status.ADVISOR or conversation.handling.advisor != advisor:
        raise Refused(Reason.NOT_YOURS, holder=conversation.handling.advisor)
