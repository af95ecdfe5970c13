"""The web application: builds the parts and joins them. The only file that knows every ring."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, Response, request
from gevent.threadpool import ThreadPool
from werkzeug.exceptions import HTTPException

from bot import logs, metrics, startup
from bot.access.accounts import Accounts
from bot.access.authenticator import Authenticator
from bot.access.enrolment import Enrolment
from bot.access.sessions import Sessions
from bot.advisors.desk import Desk
from bot.advisors.live import Live
from bot.channels import health, webhooks
from bot.console.blueprint import make_blueprint as make_console
from bot.console.headers import set_headers
from bot.console.page_context import GivenNumber, LocalNumber, PageContext
from bot.content.building import build_engine
from bot.content.library import Library, read_library
from bot.content.localizing import localize_desk, localize_problems
from bot.content.models import how_messages_are_read, read_encoder
from bot.content.translation.catalogs import SOURCE
from bot.dialogue.localized_content import LocalizedContent
from bot.messaging.receipts import Receipts
from bot.messaging.runner import Runner
from bot.rendering.review import is_neutral
from bot.rendering.texts import last_words
from bot.settings import TWILIO_API, Settings
from bot.simulator.views import make_blueprint as make_simulator
from bot.storage.identity import Identity
from bot.storage.redis.accounts import RedisAccounts
from bot.storage.redis.audit import RedisAuditLog
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.health import ping
from bot.storage.redis.sessions import RedisSessions
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from bot.storage.spool import FileSpool

ROOT = Path(__file__).parent


def create_app(
    settings: Settings | None = None,
    *,
    library: Library | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The application. Without `settings`: from the environment, with what the master of the web server has loaded.

    Raises StartError: then nothing starts.
    """
    logs.set_up()
    if settings is None:
        ready = startup.loaded(os.environ)
        settings, library, engine = ready.settings, ready.library, ready.engine
    else:
        library = library or read_library(ROOT, now().date())
        engine = build_engine(library, read_encoder() if settings.meaning else None)
    identity = Identity(settings.peppers)
    connection, sealer = connect(settings.redis_url), Sealer(settings.data_keys)
    storage = redis_storage(connection, sealer)
    spool = FileSpool(settings.spool_dir, settings.spool_public_key)
    runner = Runner(engine, storage, spool, now, metrics.report)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhooks.MAX_BODY + 1  # one more, to see that a chunked body is too long
    app.log_exception = _log_exception  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, _plain_error)
    app.context_processor(_page_language(library))
    app.register_blueprint(
        webhooks.make_blueprint(
            runner,
            Receipts(storage.outbox, library.content.delivery, metrics.report),
            webhooks.SignatureGate(settings.public_url, settings.auth_tokens),
            identity.contacts,
            last_words(engine.contents.values()),
        )
    )
    app.register_blueprint(
        health.make_blueprint(
            [
                ("redis", lambda: ping(connection)),
                ("spool", spool.check),
                ("texts", lambda: f"{len(engine.contents)} languages"),
                ("understanding", lambda: how_messages_are_read(settings.meaning)),
            ],
            settings.metrics_token,
        )
    )
    subject = [word for words in library.content.neutral.values() for word in words]
    desk = Desk(
        runner,
        storage,
        library.content.zones,
        now,
        lambda text: is_neutral(text, library.content.desk, subject),
    )
    _add_console(app, settings, library, engine.contents, desk, Live(storage), connection, sealer, now)
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


def _add_console(
    app: Flask,
    settings: Settings,
    library: Library,
    books: Mapping[str, LocalizedContent],
    desk: Desk,
    live: Live,
    connection: Connection,
    sealer: Sealer,
    now: Callable[[], datetime],
) -> None:
    """The advisors' pages and what guards them."""
    https = settings.public_url.startswith("https:") and not settings.simulator
    app.secret_key = HKDF(SHA256(), 32, salt=None, info=b"console cookie").derive(settings.secret_key.encode())
    app.config.update(
        SESSION_COOKIE_NAME="console",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_SAMESITE="Lax",  # not Strict: who comes from the identity provider, or a bookmark, is in
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,  # the form of a session lives as long as the session
    )
    set_headers(app, https)
    accounts = Accounts(RedisAccounts(connection, sealer), now)
    sessions = RedisSessions(connection, sealer)
    # argon2 takes a tenth of a second of computing: in a thread of its own, so that no webhook waits for a login.
    offload = ThreadPool(2).apply
    organisation = None
    if settings.oidc_issuer:
        from bot.console.signin.organisation import Organisation  # noqa: PLC0415 - slow to load, and rarely wanted

        organisation = Organisation(app, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    page_context = PageContext(
        desk=desk,
        live=live,
        accounts=accounts,
        sessions=Sessions(accounts, sessions, now),
        authenticator=Authenticator(accounts, sessions, now, offload),
        enrolment=Enrolment(accounts, sessions, now, offload),
        audit=RedisAuditLog(connection),
        organisation=organisation,
        catalogs={lang: library.catalogs.get(lang, {}) for lang in books},
        problems={lang: localize_problems(library, lang) for lang in books},
        topic_titles={lang: book.titles for lang, book in books.items()},
        country_names={lang: book.countries for lang, book in books.items()},
        desk_texts={lang: localize_desk(library, lang) for lang in books},
        numbers=[
            GivenNumber(each.text, each.names, "abroad" in each.reachable_from)
            for each in library.content.referrals.values()
            if each.sayable
        ],
        local_numbers={
            each.country: LocalNumber(each.number, each.shown) for each in library.content.local_numbers.values()
        },
        week=library.content.hours.week,
        code_words=frozenset(word for book in books.values() for word in book.code_words),
        advisor_languages=tuple(library.content.vocabularies),
        public_url="" if settings.simulator else settings.public_url,
        second_factor_optional=settings.simulator,
        now=now,
    )
    app.register_blueprint(make_console(page_context))


def _page_language(library: Library) -> Callable[[], dict[str, object]]:
    """`_`, `lang` and `dir` for every page: the browser's language where it is live, else Dutch."""

    def context() -> dict[str, object]:
        lang = request.accept_languages.best_match(library.languages.live) or SOURCE
        catalog = library.catalogs.get(lang, {})
        direction = Locale.parse(lang).text_direction
        return {"_": lambda text: catalog.get(("", text), text), "lang": lang, "dir": direction}

    return context


def _plain_error(error: HTTPException) -> Response:
    """An error page without a reason."""
    status = error.code or 500
    metrics.webhook_counter(f"refused_{status}")()
    return Response(f"{status}\n", status=status, mimetype="text/plain")


def _log_exception(exc_info: object) -> None:
    """Flask would log a traceback with the exception's own words. Class and place only."""
    error = sys.exception()
    if error is not None:
        metrics.report("webhook_failed", fault=type(error).__name__, error=error)
