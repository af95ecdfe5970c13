"""A case code that somebody says on the phone: the answers behind it, once."""

from flask import Blueprint, render_template, request

from bot.console.language import language
from bot.console.page_context import PageContext
from bot.console.permissions import EVERYBODY, entry, visitor
from bot.dialogue import case_code
from bot.handoff.card import of_answers
from bot.ports.everything import TooManyTries


def add_routes(blueprint: Blueprint, parts: PageContext) -> None:
    """/console/words."""

    def page(fault: str = "", wrong: list[str] | None = None, **more: object) -> str:
        titles = parts.titles[language(parts.texts)]
        return render_template("console/words.html", fault=fault, wrong=wrong, topic_titles=lambda: titles, **more)

    @blueprint.get("/words", endpoint="words")
    @entry(EVERYBODY)
    def ask() -> str:
        return page()

    @blueprint.post("/words")
    @entry(EVERYBODY)
    def open_words() -> tuple[str, int]:
        """What stands behind the words is shown once, and then gone; that it was opened is kept, nothing else."""
        typed = request.form.get("words", "")
        words = case_code.read(typed, parts.code_words)
        if not words:
            return page("unread", case_code.misheard(typed, parts.code_words), typed=typed), 409
        try:
            found = parts.desk.code(visitor().advisor, words)
        except TooManyTries:
            parts.audit.write(visitor().id, "words_refused")
            return page("tries"), 429
        parts.audit.write(visitor().id, "words_opened" if found else "words_unknown")
        if found is None:
            return page("unknown", typed=typed), 404
        return page(card=of_answers(found)), 200
