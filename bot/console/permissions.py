"""Who may enter which page. A view that does not say so is open to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from bot.access.accounts import Role
from bot.advisors.desk import Advisor

View = TypeVar("View", bound=Callable[..., object])

ANYONE: frozenset[Role] = frozenset()
EVERYBODY = frozenset(Role)
"""Whoever is logged in."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in. id is opaque; name is shown to colleagues, never to people who write to us."""

    id: str
    name: str
    role: Role
    languages: tuple[str, ...] = ("nl",)

    @property
    def advisor(self) -> Advisor:
        """The same person as the desk knows her."""
        return Advisor(self.id, self.languages)


class Door(Protocol):
    """Knows who is at the door of this request; see `console.door`."""

    def visitor(self) -> Visitor | None:
        """Who is logged in with this request; None: nobody."""
        ...


def entry(roles: frozenset[Role] = EVERYBODY) -> Callable[[View], View]:
    """Say who may enter the view that follows; ANYONE also lets in those who are not logged in."""

    def mark(view: View) -> View:
        view.entry = roles  # type: ignore[attr-defined]
        return view

    return mark


def visitor() -> Visitor:
    """Who is logged in. Only in a view that is not open to anyone."""
    return cast(Visitor, g.visitor)


def may(endpoint: str) -> bool:
    """Is there such a view, and may the visitor of this request enter it?"""
    roles: frozenset[Role] | None = getattr(current_app.view_functions.get(endpoint), "entry", None)
    who: Visitor | None = g.get("visitor")
    return roles is not None and who is not None and (roles is ANYONE or who.role in roles)


def csrf() -> Markup:
    """The hidden field every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def guard(blueprint: Blueprint, door: Door) -> None:
    """Let nobody into a view of `blueprint` but those it names, and take no form from another site."""

    @blueprint.before_request
    def check() -> BaseResponse | tuple[str, int] | None:
        if request.endpoint == f"{blueprint.name}.static":
            return None  # style and scripts, the same for everybody
        roles: frozenset[Role] | None = getattr(current_app.view_functions[request.endpoint or ""], "entry", None)
        if roles is None:
            abort(403)
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if changes and not _from_here():
            abort(403)
        g.visitor = door.visitor()
        if roles is not ANYONE and g.visitor is None:
            return _not_in(changes)
        if roles is not ANYONE and g.visitor.role not in roles:
            abort(403)
        if changes:
            try:
                validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
            except ValidationError:
                return _lapsed(400)
        return None

    @blueprint.context_processor
    def page() -> dict[str, object]:
        return {"visitor": g.get("visitor"), "may": may, "csrf": csrf, "csrf_token_value": generate_csrf}

    @blueprint.errorhandler(HTTPException)
    def shut(error: HTTPException) -> tuple[str, int]:
        return render_template("console/shut.html", status=error.code), error.code or 500


def _from_here() -> bool:
    """Does the browser say that a page of ours sent this? Browsers that say nothing have the form's token only."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _not_in(changes: bool) -> BaseResponse | tuple[str, int]:
    """Nobody is logged in. What was typed is given back; a page goes to the login and from there to where it was."""
    if request.headers.get("X-Requested-With") or request.endpoint == "console.events":
        return "", 401
    if changes:
        return _lapsed(401)
    return redirect(url_for("console.login", next=request.path))


def _lapsed(status: int) -> tuple[str, int]:
    """The session is over, or another one began: nothing was done, and nothing typed is lost."""
    return render_template("console/lapsed.html", typed=request.form.get("text", "")), status
