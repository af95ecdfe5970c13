"""What an advisor can do with a conversation, read from the form of its page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import request

from bot.advisors.board import Advisor
from bot.console.page_context import PageContext
from bot.dialogue.conversation import Agreement
from bot.dialogue.hours import read_shift
from bot.handoff.counting import HOME
from bot.handoff.refusals import Reason, Refused


@dataclass(frozen=True, slots=True)
class FormAct:
    """One act of an advisor."""

    do: Callable[[PageContext, Advisor, str, str], object]
    """(context, advisor, contact, id of the act): does it or raises Refused."""

    stays: bool = True
    """Does the advisor still have the conversation afterwards?"""


def typed() -> str:
    """The text of a reply or a note."""
    return request.form.get("text", "").replace("\r\n", "\n")


def _check_in_action() -> str:
    return request.form.get("deed", "").replace("\r\n", "\n")


def _day(field: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        return None


def _agreement() -> Agreement:
    """As typed. Raises Refused where it cannot be read."""
    try:
        day = date.fromisoformat(request.form.get("until", ""))
        until = datetime.combine(day + timedelta(days=1), time(), HOME)
        shift = read_shift(f"{request.form.get('opens', '')}-{request.form.get('closes', '')}")
    except (ValueError, OverflowError):
        shift = None
    if shift is None:
        raise Refused(Reason.AGREEMENT)
    return Agreement(int(until.timestamp()) // 60, shift.opens, shift.closes)


def _to() -> str:
    return request.form.get("to", "")


def _outcome(context: PageContext) -> str:
    chosen = request.form.get("outcome", "")
    return chosen if chosen in context.desk_texts[context.source_language].wrap_up else ""


def _reply(context: PageContext, advisor: Advisor, contact: str, id: str) -> None:
    context.desk.reply(advisor, contact, typed(), id, sure="sure" in request.form)


def _check_in(context: PageContext, advisor: Advisor, contact: str, _id: str) -> None:
    context.desk.check_in(advisor, contact, _day("by"), _check_in_action())


ACTS = {
    "claim": FormAct(lambda context, who, contact, id: context.desk.claim(who, contact, id)),
    "reply": FormAct(_reply),
    "agree": FormAct(lambda context, who, contact, id: context.desk.agree(who, contact, _agreement(), id)),
    "check-in": FormAct(_check_in),
    "note": FormAct(lambda context, who, contact, id: context.desk.note(who, contact, typed(), id)),
    "transfer": FormAct(lambda context, who, contact, id: context.desk.transfer(who, contact, _to(), id)),
    "decline": FormAct(lambda context, who, contact, id: context.desk.decline(who, contact, id), stays=False),
    "erase": FormAct(lambda context, who, contact, id: context.desk.erase(who, contact, id), stays=False),
    "block": FormAct(lambda context, who, contact, id: context.desk.block(who, contact, id), stays=False),
    "hand-back": FormAct(lambda context, who, contact, id: context.desk.hand_back(who, contact, id), stays=False),
    "close": FormAct(
        lambda context, who, contact, id: context.desk.close(who, contact, id, _outcome(context)), stays=False
    ),
}
"""By the value of the form field "do". The audit log has the same names."""
