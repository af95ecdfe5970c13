"""One conversation: what was said, what is known, what an advisor can do with it.

Every act is a form with an id of its own, so that one sent twice acts once; after it the browser goes on with a GET.
An act that is refused shows the page again with the reason and with what was typed.
"""

import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.advisors.desk import Advisor, Desk, Page
from bot.console.board import board_of
from bot.console.codenames import codename
from bot.console.language import language
from bot.console.page_context import GivenNumber, PageContext
from bot.console.signin.current_session import BACKGROUND
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.console.signin.visitor import colleagues
from bot.console.transcript import lines
from bot.dialogue.conversation import Agreement, Place, Status
from bot.dialogue.hours import read_shift
from bot.handoff.acts import SURE, Reason, Refused
from bot.handoff.counting import HOME
from bot.messages import Channel
from bot.rendering.review import Finding, review, without_strays

Act = Callable[[Desk, Advisor, str, str], object]
"""(desk, who, contact, id of the act): does it or raises Refused."""


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/c/<contact> and its acts."""

    @blueprint.get("/c/<contact>")
    @requires_role(EVERYBODY)
    def conversation(contact: str) -> tuple[str, int]:
        shown = _page(context, contact)
        if shown[1] == 200 and not request.headers.get(BACKGROUND):
            context.audit.write(visitor().id, "opened", codename(contact))
        return shown

    def act(name: str, do: Act, *, stays: bool = True) -> None:
        def view(contact: str) -> BaseResponse | tuple[str, int]:
            try:
                do(context.desk, visitor().advisor, contact, request.form.get("act") or secrets.token_urlsafe(9))
            except Refused as refused:
                return _page(context, contact, refused)
            context.audit.write(visitor().id, name, codename(contact))
            where = url_for("console.conversation", contact=contact) if stays else url_for("console.board")
            return redirect(where, 303)

        blueprint.add_url_rule(f"/c/<contact>/{name}", name, requires_role(EVERYBODY)(view), methods=["POST"])

    @blueprint.post("/c/<contact>/check")
    @requires_role(EVERYBODY)
    def check(contact: str) -> tuple[str, int]:
        """Review a text before it is sent. Changes nothing; `plain` replaces characters outside the GSM alphabet."""
        return _page(context, contact, typed=without_strays(_typed()) if "plain" in request.form else _typed())

    act("claim", Desk.claim)
    act("reply", lambda desk, who, contact, id: desk.reply(who, contact, _typed(), id, sure="sure" in request.form))
    act("agree", lambda desk, who, contact, id: desk.agree(who, contact, _agreement(), id))
    act("check-in", lambda desk, who, contact, _id: desk.check_in(who, contact, _day("by"), _action()))
    act("note", lambda desk, who, contact, id: desk.note(who, contact, _typed(), id))
    act("transfer", lambda desk, who, contact, id: desk.transfer(who, contact, request.form.get("to", ""), id))
    act("decline", Desk.decline, stays=False)
    act("erase", Desk.erase, stays=False)
    act("block", Desk.block, stays=False)
    act("hand-back", Desk.hand_back, stays=False)
    act(
        "close",
        lambda desk, who, contact, id: desk.close(who, contact, id, _outcome(context)),
        stays=False,
    )


def _action() -> str:
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


def _outcome(context: PageContext) -> str:
    chosen = request.form.get("outcome", "")
    return chosen if chosen in context.desk_texts[context.source_language].wrap_up else ""


def _typed() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _page(context: PageContext, contact: str, refused: Refused | None = None, typed: str = "") -> tuple[str, int]:
    """The page of a conversation the visitor has, is offered, or may claim, else why not; and its status."""
    lang = language(context)
    around = board_of(context) | {
        "topic_titles": lambda: context.topic_titles[lang],
        "contact": contact,
        "new_act": lambda: secrets.token_urlsafe(9),
        "refused": refused,
        "sure": refused is not None and refused.reason in SURE,
        "typed_action": request.form.get("deed", "") if refused else "",
        "typed": _typed() if refused else typed,
        "typed_note": refused is not None and request.endpoint == "console.note",
    }
    try:
        page = context.desk.open(visitor().advisor, contact)
    except Refused as closed:
        return _from_outside(context, contact, refused or closed, around)
    here = context.desk.on_duty()
    talk = lines(page.transcript, page.sent, context.problems[lang])
    texts = context.desk_texts.get(page.conversation.locale, context.desk_texts[context.source_language])
    again, quick = request.args.get("again"), texts.quick.get(request.args.get("quick", ""))
    if again and not refused:
        around["typed"] = next((line.text for line in talk if line.sent == again), "")
    elif quick and not refused:
        around["typed"] = quick.say
    return render_template(
        "console/conversation.html",
        page=page,
        lines=talk,
        findings=_findings(context, page, str(around["typed"])),
        quick_texts=[
            (name, context.desk_texts[lang].quick[name].title, each.say) for name, each in texts.quick.items()
        ],
        numbers=[
            (each.names.get(lang, each.names[context.source_language]), each.text)
            for each in context.numbers
            if _reaches(each, page)
        ],
        local_number=context.local_numbers.get(page.card.country),
        wrap_up=context.desk_texts[lang].wrap_up,
        colleagues=[
            (colleague, colleague.id in here, page.conversation.locale in colleague.languages)
            for colleague in colleagues(context.accounts)
            if colleague.id != visitor().id
        ],
        **around,
    ), 200 if refused is None else 409


def _findings(context: PageContext, page: Page, text: str) -> list[Finding]:
    return review(
        text,
        context.desk_texts[context.source_language],
        numbers=[each.text for each in context.numbers],
        names=[colleague.name for colleague in colleagues(context.accounts)],
        sms=page.conversation.handling.channel == Channel.SMS,
        at_home=page.card.place == Place.NETHERLANDS,
    )


def _reaches(number: GivenNumber, page: Page) -> bool:
    """Does it work where the person said they are? Where that is not known, all are shown."""
    return number.abroad or page.card.place != Place.ABROAD


def _from_outside(context: PageContext, contact: str, refused: Refused, around: dict[str, object]) -> tuple[str, int]:
    """The page of a conversation the visitor does not have: the card of somebody who waits, else only who has it."""
    row = next((row for row in context.desk.board(visitor().advisor) if row.contact == contact), None)
    if row is not None and row.status is Status.WAITING:
        status = 200 if request.method == "GET" else 409
        return render_template("console/waiting.html", row=row, card=context.desk.card(contact), **around), status
    around["refused"] = refused
    if refused.holder:
        context.audit.write(visitor().id, "open_refused", codename(contact))
    return render_template("console/not_yours.html", **around), 403 if refused.holder else 404
