"""That a person may be written to later, although they have not just written. Pure."""

from collections.abc import Sequence

from bot.dialogue.conversation import Agreement, Conversation
from bot.dialogue.events import Agreed
from bot.dialogue.hours import DAY
from bot.handoff.moves import Lease, Move
from bot.handoff.refusals import Reason, Refused, check_holds

LONGEST_AGREEMENT = 7 * DAY
"""Minutes: as long as a conversation an advisor holds is kept."""


def agree(conversation: Conversation, advisor: str, agreement: Agreement, minute: int) -> Move:
    """Record that the person said they may be written to later. At most LONGEST_AGREEMENT ahead."""
    check_holds(conversation, advisor)
    ahead = agreement.until_minute - minute
    if not 0 < ahead <= LONGEST_AGREEMENT or not 0 <= agreement.opens < agreement.closes <= DAY:
        raise Refused(Reason.AGREEMENT)
    return Move(
        conversation.with_privacy(agreement=agreement), (Agreed(advisor, agreement.until_minute),), lease=Lease.TAKE
    )


def check_agreed(agreement: Agreement | None, minute: int, clocks: Sequence[int], *, neutral: bool) -> None:
    """Raises Refused unless they may be written to now. clocks: as `acts.reply` has them. neutral: may anybody read
    the text over their shoulder?"""
    if agreement is None or minute > agreement.until_minute:
        raise Refused(Reason.NOT_AGREED)
    if not clocks or not all(agreement.opens <= clock < agreement.closes for clock in clocks):
        raise Refused(Reason.NOT_NOW)
    if not neutral:
        raise Refused(Reason.NOT_NEUTRAL)
