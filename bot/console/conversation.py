"""One conversation: what was said, what is known, what an advisor can do with it.

Every act is a form with an id of its own, so that one sent twice acts once; with other contents it is another act. All
of them post to the address of the page: after an act the browser goes on with a GET, and a refusal shows the same page,
at the same address, with the reason and with what was typed.
"""

import hashlib
import hmac
import json
import secrets

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.advisors import board
from bot.console.acts import ACTS, typed
from bot.console.board import board_of
from bot.console.codenames import codename
from bot.console.language import language
from bot.console.page_context import GivenNumber, PageContext
from bot.console.signin.current_session import is_automatic
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.console.signin.visitor import colleagues
from bot.console.transcript import lines
from bot.dialogue.conversation import Place
from bot.handoff.refusals import SURE, Refused
from bot.messages import Channel
from bot.rendering.review import Finding, review, without_strays

Page = BaseResponse | tuple[str, int]


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/c/<contact> and its acts."""

    @blueprint.get("/c/<contact>")
    @requires_role(EVERYBODY)
    def conversation(contact: str) -> tuple[str, int]:
        shown = _page(context, contact)
        if shown[1] == 200 and not is_automatic():
            context.audit.write(visitor().id, "opened", codename(contact))
        return shown

    @blueprint.post("/c/<contact>")
    @requires_role(EVERYBODY)
    def act(contact: str) -> Page:
        """Every form of the page posts to the page's own address, so that it stays there whatever comes of it."""
        name = request.form.getlist("do")[-1:]  # the button comes after the field of its form
        if name == ["check"]:
            return _page(context, contact, text=typed())
        if name == ["plain"]:
            return _page(context, contact, text=without_strays(typed()))
        if not name or name[0] not in ACTS:
            abort(400)
        return _act(context, contact, name[0])


def _act(context: PageContext, contact: str, name: str) -> Page:
    """Do it and go on with a GET; where it is refused, the page again with the reason and what was typed."""
    who = visitor()
    try:
        ACTS[name].do(context, who.advisor, contact, _act_id())
    except Refused as refused:
        return _page(context, contact, refused, act=name)
    context.audit.write(who.id, name, codename(contact))
    if ACTS[name].stays:
        return redirect(url_for("console.conversation", contact=contact), 303)
    return redirect(url_for("console.board"), 303)


def _act_id() -> str:
    """The id of the form with a digest of what it says. Where the answer to a form was lost, it is still on the screen:
    sent again it has acted already, but with another text it must not count as sent. Keyed, because ids are stored in
    the clear."""
    given = request.form.get("act")
    if not given:
        return secrets.token_urlsafe(9)
    fields = [field for field in request.form.items(multi=True) if field[0] not in ("act", "csrf_token", "sure")]
    key = current_app.secret_key or b""
    key = key if isinstance(key, bytes) else key.encode()
    return f"{given}-{hmac.digest(key, json.dumps(fields).encode(), 'sha256').hex()[:24]}"


def _page(
    context: PageContext, contact: str, refused: Refused | None = None, *, act: str = "", text: str = ""
) -> tuple[str, int]:
    """The page of a conversation the visitor has, is offered, or may claim, else why not; and its status.

    `act` is what was refused; its form stands on the page as it was sent. `text` stands in the reply.
    """
    lang = language(context)
    around = board_of(context) | {
        "topic_titles": lambda: context.topic_titles[lang],
        "contact": contact,
        "new_act": lambda: secrets.token_urlsafe(9),
        "refused": refused,
        "sure": refused is not None and refused.reason in SURE,
        "refused_act": act,
        "form": request.form if refused else {},
        "typed": typed() if refused else text,
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
        begun=_begun(page),
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
            (colleague, colleague.id in here, page.conversation.heard_language in colleague.languages)
            for colleague in colleagues(context.accounts)
            if colleague.id != visitor().id
        ],
        **around,
    ), 200 if refused is None else 409


def _findings(context: PageContext, page: board.Page, text: str) -> list[Finding]:
    return review(
        text,
        context.desk_texts[context.source_language],
        numbers=[each.text for each in context.numbers],
        names=[colleague.name for colleague in colleagues(context.accounts)],
        sms=page.conversation.handling.channel == Channel.SMS,
        at_home=page.card.place == Place.NETHERLANDS,
    )


def _begun(page: board.Page) -> str:
    """Tells this conversation from one that the same person begins after erasing everything: what was typed in one must
    not stand in the other."""
    return hashlib.sha256(repr(page.transcript[:1]).encode()).hexdigest()[:16]


def _reaches(number: GivenNumber, page: board.Page) -> bool:
    """Does it work where the person said they are? Where that is not known, all are shown."""
    return number.abroad or page.card.place != Place.ABROAD


def _from_outside(context: PageContext, contact: str, refused: Refused, around: dict[str, object]) -> tuple[str, int]:
    """The page of a conversation the visitor does not have: the card of somebody who waits, else only who has it."""
    row = context.desk.row(visitor().advisor, contact)
    if row is not None:
        status = 200 if request.method == "GET" else 409
        return render_template("console/waiting.html", row=row, card=context.desk.card(contact), **around), status
    around["refused"] = refused
    if refused.holder and not is_automatic():
        context.audit.write(visitor().id, "open_refused", codename(contact))
    return render_template("console/not_yours.html", **around), 403 if refused.holder else 404
