"""Who may enter which page. A view that does not say so is open to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from flask import Blueprint, Response, abort, current_app, g, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from bot.services.accounts import Role
from bot.services.desk import Advisor

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
    """Knows who is at the door of this request, and who works here."""

    def visitor(self) -> Visitor | None:
        """Who is logged in with this request; None: nobody."""
        ...

    def colleagues(self) -> list[Visitor]:
        """Everybody who may log in, by name."""
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
    return Markup("")


def guard(blueprint: Blueprint, door: Door) -> None:
    """Let nobody into a view of `blueprint` but those it names."""

    @blueprint.before_request
    def check() -> BaseResponse | None:
        if request.endpoint == f"{blueprint.name}.static":
            return None  # style and scripts, the same for everybody
        roles: frozenset[Role] | None = getattr(current_app.view_functions[request.endpoint or ""], "entry", None)
        if roles is None:
            abort(403)
        g.visitor = door.visitor()
        if roles is ANYONE or (g.visitor is not None and g.visitor.role in roles):
            return None
        if g.visitor is not None or request.method != "GET":
            abort(403)
        return redirect(url_for("console.login"))

    @blueprint.context_processor
    def page() -> dict[str, object]:
        return {"visitor": g.get("visitor"), "may": may, "csrf": csrf, "csrf_token_value": lambda: ""}

    @blueprint.after_request
    def headers(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response
