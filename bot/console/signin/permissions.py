"""Which role a view requires. A view that does not say so is open to nobody."""

from collections.abc import Callable
from typing import TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from bot.access.accounts import Role
from bot.console.signin.current_session import CurrentSession
from bot.console.signin.visitor import Visitor

View = TypeVar("View", bound=Callable[..., object])

ANYONE: frozenset[Role] = frozenset()
EVERYBODY = frozenset(Role)
"""Whoever is logged in."""

SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def requires_role(roles: frozenset[Role] = EVERYBODY) -> Callable[[View], View]:
    """Say which roles may use the view that follows; ANYONE includes those who are not logged in."""

    def mark(view: View) -> View:
        view.requires_role = roles  # type: ignore[attr-defined]
        return view

    return mark


def visitor() -> Visitor:
    """Who is logged in. Only in a view that is not open to anyone."""
    return cast(Visitor, g.visitor)


def may(endpoint: str) -> bool:
    """Is there such a view, and may the visitor of this request use it?"""
    roles = _required_roles(endpoint)
    who: Visitor | None = g.get("visitor")
    return roles is not None and who is not None and (roles is ANYONE or who.role in roles)


def csrf() -> Markup:
    """The hidden field every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def guard(
    blueprint: Blueprint,
    current_session: CurrentSession,
    public_url: str = "",
    on_refusal: Callable[[Visitor], None] = lambda _visitor: None,
) -> None:
    """Refuse requests to views of `blueprint` from roles they do not name, and forms from other sites.

    public_url: where browsers find us, which counts as our site whatever Host a proxy names. on_refusal: is told who
    asked for what is not for their role.
    """

    @blueprint.before_request
    def check() -> BaseResponse | tuple[str, int] | None:
        if request.endpoint == f"{blueprint.name}.static":
            return None  # style and scripts, the same for everybody
        roles: frozenset[Role] | None = getattr(
            current_app.view_functions[request.endpoint or ""], "requires_role", None
        )
        if roles is None:
            abort(403)
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if changes and not _is_same_origin(public_url):
            abort(403)
        g.visitor = current_session.visitor()
        if roles is not ANYONE and g.visitor is None:
            return _not_logged_in(changes)
        if roles is not ANYONE and g.visitor.role not in roles:
            on_refusal(g.visitor)
            abort(403)
        if changes:
            try:
                validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
            except ValidationError:
                return _session_over(400)
        return None

    @blueprint.context_processor
    def page() -> dict[str, object]:
        return {"visitor": g.get("visitor"), "may": may, "csrf": csrf, "csrf_token_value": generate_csrf}

    @blueprint.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        g.without_news = (error.code or 500) >= 500
        return render_template("console/refused.html", status=error.code), error.code or 500


def _required_roles(endpoint: str | None) -> frozenset[Role] | None:
    """The roles that `requires_role` gave this view; None where it has none or does not exist."""
    found: frozenset[Role] | None = getattr(current_app.view_functions.get(endpoint or ""), "requires_role", None)
    return found


def _is_same_origin(public_url: str) -> bool:
    """Does the browser say that a page of ours sent this? Browsers that say nothing have only the form's token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = urlsplit(public_url)
    return urlsplit(origin).netloc == request.host or bool(public_url) and origin == f"{ours.scheme}://{ours.netloc}"


def _not_logged_in(changes: bool) -> BaseResponse | tuple[str, int]:
    """Nobody is logged in. What was typed is given back; a page leads to the login and from there back to itself."""
    if request.headers.get("X-Requested-With") or request.endpoint == "console.events":
        return "", 401
    if changes:
        return _session_over(401)
    return redirect(url_for("console.login", next=request.path))


def _session_over(status: int) -> tuple[str, int]:
    """The session is over, or another one started: nothing was done, and nothing typed is lost."""
    return render_template("console/session_over.html", typed=request.form.get("text", "")), status
