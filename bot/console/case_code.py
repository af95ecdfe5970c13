"""A case code that somebody says on the phone: shows the answers behind it, once."""

from flask import Blueprint, render_template, request

from bot.console.language import language
from bot.console.page_context import PageContext
from bot.console.signin.permissions import EVERYBODY, requires_role, visitor
from bot.dialogue import case_code
from bot.handoff.card import of_answers
from bot.ports.case_codes import TooManyTries


def add_routes(blueprint: Blueprint, context: PageContext) -> None:
    """/console/words."""

    def page(fault: str = "", wrong: list[str] | None = None, **more: object) -> str:
        titles = context.topic_titles[language(context)]
        return render_template("console/case_code.html", fault=fault, wrong=wrong, topic_titles=lambda: titles, **more)

    @blueprint.get("/words", endpoint="case_code")
    @requires_role(EVERYBODY)
    def ask() -> str:
        return page()

    @blueprint.post("/words")
    @requires_role(EVERYBODY)
    def open_case_code() -> tuple[str, int]:
        """What stands behind the words is shown once, and then gone; that it was opened is kept, nothing else."""
        typed = request.form.get("words", "")
        words = case_code.read(typed, context.code_words)
        if not words:
            return page("unread", case_code.misheard(typed, context.code_words), typed=typed), 409
        try:
            found = context.desk.code(visitor().advisor, words)
        except TooManyTries:
            context.audit.write(visitor().id, "words_refused")
            return page("tries"), 429
        context.audit.write(visitor().id, "words_opened" if found else "words_unknown")
        if found is None:
            return page("unknown", typed=typed), 404
        return page(card=of_answers(found)), 200
