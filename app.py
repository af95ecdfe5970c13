"""The web application: the webhooks, and mounted beside them the console and the simulator's pages."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from gevent.threadpool import ThreadPool
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot import logs, startup
from bot.access.authenticator import Authenticator
from bot.access.enrolment import Enrolment
from bot.access.sessions import Sessions
from bot.assembly import Assembly, utc_now
from bot.channels import health, webhooks
from bot.console.app import new_console, page_language
from bot.console.blueprint import make_blueprint as make_console
from bot.console.page_context import GivenNumber, PageContext, PoliceNumber
from bot.content.library import Library
from bot.content.localizing import localize, localize_desk, localize_problems
from bot.content.models import how_messages_are_read
from bot.encoder.priority import come_in_at_once
from bot.encoder.thread import ThreadedEncoder
from bot.nlu.embedding import Encoder
from bot.rendering.texts import last_words
from bot.settings import TWILIO_API, Settings
from bot.simulator.views import make_blueprint as make_simulator
from bot.storage.redis.health import ping
from bot.web import new_app

_preloaded: list[Flask] = []
"""The application of this web server, where its main process has built it."""


def preload() -> None:
    """Build the application in the main process of the web server, for all its workers. Raises StartError."""
    ready = startup.load(os.environ, forks=True)
    if isinstance(ready.encoder, ThreadedEncoder):
        ready.encoder.network.share()
    _preloaded[:] = [_served(ready)]


def begin_worker() -> None:
    """Make what a worker does not share with the main process that built its application, before its first request."""
    come_in_at_once()
    encoder: Encoder | None = _preloaded[0].extensions["encoder"]
    if encoder:
        encoder.network.prepare()


def create_app(
    settings: Settings | None = None, *, library: Library | None = None, now: Callable[[], datetime] = utc_now
) -> Flask:
    """The application. Without `settings`: that of this server, else one from the environment.

    Raises StartError: then nothing starts.
    """
    if settings is None:
        return _preloaded[0] if _preloaded else _served(startup.load(os.environ))
    return _built(Assembly(settings, library=library, now=now))


def _served(ready: startup.Loaded) -> Flask:
    return _built(Assembly(ready.settings, library=ready.library, encoder=ready.encoder, engine=ready.engine))


def _built(parts: Assembly) -> Flask:
    logs.set_up()
    app, console = _webhooks(parts), _console(parts)
    app.extensions["console"] = console
    pages = _at_root(console)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/console": pages, "/simulator": pages})  # type: ignore[method-assign]
    return app


def _webhooks(parts: Assembly) -> Flask:
    """Twilio's endpoints and the health of the process: no session, no pages."""
    app, settings = new_app("webhooks"), parts.settings
    gate = webhooks.SignatureGate(settings.public_url, settings.auth_tokens)
    contacts = parts.identity.contacts
    said = last_words(parts.engine.contents.values())
    ours = frozenset((*settings.sms_numbers, *settings.whatsapp_numbers))
    app.register_blueprint(
        webhooks.make_blueprint(parts.runner, parts.receipts, gate, settings.account_sid, contacts, said, ours)
    )
    checks: list[tuple[str, Callable[[], str]]] = [
        ("redis", lambda: ping(parts.connection)),
        ("spool", parts.spool.check),
        ("texts", lambda: f"{len(parts.engine.contents)} languages"),
        ("understanding", lambda: how_messages_are_read(settings.meaning, parts.encoder)),
    ]
    app.register_blueprint(health.make_blueprint(checks, settings.metrics_token))
    app.extensions["encoder"] = parts.encoder
    return app


def _console(parts: Assembly) -> Flask:
    """The advisors' pages; with SIMULATOR=1 the telephones too."""
    settings, library = parts.settings, parts.library
    app = new_console(settings.secret_key, https=settings.public_url.startswith("https:") and not settings.simulator)
    app.context_processor(page_language(library.languages.console, library.console_catalogs, library.languages.source))
    app.register_blueprint(make_console(_page_context(parts, app)))
    if settings.simulator:
        app.register_blueprint(
            make_simulator(
                sms_number=settings.sms_number,
                whatsapp_number=settings.whatsapp_number,
                account_sid=settings.account_sid,
                auth_token=settings.auth_tokens[0],
                public_url=settings.public_url,
                local_url=f"http://127.0.0.1:{settings.port}",
                twilio_url=settings.api_url if settings.api_url != TWILIO_API else None,
            )
        )
    return app


def _page_context(parts: Assembly, app: Flask) -> PageContext:
    settings, library, contents = parts.settings, parts.library, parts.engine.contents
    # argon2 takes a tenth of a second of computing: in a thread of its own, so that no webhook waits for a login.
    threads = cache(partial(ThreadPool, 2))  # made by the process that uses them, not by the main one

    def offload(work: Callable[[], object]) -> object:
        return threads().apply(work)

    organisation = None
    if settings.oidc_issuer:
        from bot.console.signin.organisation import Organisation  # noqa: PLC0415 - slow to load, and rarely wanted

        organisation = Organisation(app, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    languages = library.languages.console
    read_by_advisors = {lang: contents.get(lang) or localize(library, lang) for lang in languages}
    return PageContext(
        desk=parts.desk,
        live=parts.live,
        accounts=parts.accounts,
        sessions=Sessions(parts.accounts, parts.session_store, parts.now),
        authenticator=Authenticator(parts.accounts, parts.session_store, parts.now, offload),
        enrolment=Enrolment(parts.accounts, parts.session_store, parts.now, offload),
        audit=parts.audit,
        organisation=organisation,
        source_language=library.languages.source,
        catalogs={lang: library.console_catalogs.get(lang, {}) for lang in languages},
        problems={lang: localize_problems(library, lang) for lang in languages},
        topic_titles={lang: each.titles for lang, each in read_by_advisors.items()},
        country_names={lang: each.countries for lang, each in read_by_advisors.items()},
        desk_texts={lang: localize_desk(library, lang) for lang in {*contents, *languages}},
        numbers=[
            GivenNumber(each.text, each.names, "abroad" in each.reachable_from)
            for each in library.content.referrals.values()
            if each.sayable
        ],
        local_numbers={
            each.country: PoliceNumber(each.number, each.shown) for each in library.content.local_numbers.values()
        },
        week=library.content.hours.week,
        code_words=frozenset(word for each in contents.values() for word in each.code_words),
        advisor_languages=tuple(library.content.vocabularies),
        unicode_languages={
            code: words.unicode for code, words in library.content.vocabularies.items() if words.unicode
        },
        public_url="" if settings.simulator else settings.public_url,
        trusted_proxies=settings.trusted_proxies,
        second_factor_optional=settings.simulator,
        now=parts.now,
    )


def _at_root(app: WSGIApplication) -> WSGIApplication:
    """`app` as it would be without the dispatcher, which takes the prefix off the path."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
        environ["SCRIPT_NAME"] = ""
        return app(environ, start_response)

    return call
