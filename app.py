"""The web application: builds the parts and joins them. The only file that knows every ring."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from bot import logs, metrics
from bot.channels import health, webhooks
from bot.console.blueprint import make_blueprint as make_console
from bot.console.entry import Door
from bot.console.parts import Parts
from bot.content.catalogs import SOURCE
from bot.content.library import Library, build_delivery, build_engine, read_library
from bot.content.models import how_messages_are_read, read_encoder
from bot.rendering.texts import last_words
from bot.services.delivery import Receipts
from bot.services.desk import Desk
from bot.services.live import Live
from bot.services.ports import StorageUnavailable
from bot.services.runner import Runner
from bot.settings import TWILIO_API, Settings, SettingsError, read_settings
from bot.simulator.views import make_blueprint as make_simulator
from bot.storage.identity import Identity
from bot.storage.outbox import RedisOutbox
from bot.storage.redis import RedisStorage, connect
from bot.storage.sealing import Sealer
from bot.storage.spool import FileSpool

ROOT = Path(__file__).parent


def create_app(
    settings: Settings | None = None,
    *,
    library: Library | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    door: Door | None = None,
) -> Flask:
    """The application. Raises SettingsError, content ContentError or SpoolFull: then nothing starts."""
    logs.set_up()
    settings = settings or read_settings(os.environ)
    library = library or read_library(ROOT, now().date())
    encoder = read_encoder() if settings.meaning else None
    engine = build_engine(library, encoder)
    identity = Identity(settings.peppers)
    client, sealer = connect(settings.redis_url), Sealer(settings.data_keys)
    storage = RedisStorage(client, sealer)
    spool = FileSpool(settings.spool_dir, settings.spool_public_key)
    spool.check()
    refuse_lost_keys(storage, identity)
    runner = Runner(engine, storage, spool, now, metrics.report)
    outbox = RedisOutbox(client, sealer)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhooks.MAX_BODY + 1  # one more, to see that a chunked body is too long
    app.log_exception = _log_exception  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, _plain_error)
    app.context_processor(_page_language(library))
    app.register_blueprint(
        webhooks.make_blueprint(
            runner,
            Receipts(outbox, library.content.delivery, metrics.report),
            webhooks.SignatureGate(settings.public_url, settings.auth_tokens),
            identity.contacts,
            last_words(engine.books.values()),
        )
    )
    app.register_blueprint(
        health.make_blueprint(
            [
                ("redis", storage.ping),
                ("spool", spool.check),
                ("texts", lambda: f"{len(engine.books)} languages"),
                ("understanding", lambda: how_messages_are_read(settings.meaning)),
            ],
            settings.metrics_token,
        )
    )
    if door:
        books = engine.books
        app.register_blueprint(
            make_console(
                Parts(
                    desk=Desk(runner, storage, outbox, library.content.zones, now),
                    live=Live(storage),
                    door=door,
                    texts={lang: library.catalogs.get(lang, {}) for lang in books},
                    problems={lang: build_delivery(library, lang) for lang in books},
                    titles={lang: book.titles for lang, book in books.items()},
                    country_names={lang: book.countries for lang, book in books.items()},
                    now=now,
                )
            )
        )
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


def _page_language(library: Library) -> Callable[[], dict[str, object]]:
    """`_`, `lang` and `dir` for every page: the browser's language where it is live, else Dutch."""

    def context() -> dict[str, object]:
        lang = request.accept_languages.best_match(library.languages.live) or SOURCE
        catalog = library.catalogs.get(lang, {})
        direction = Locale.parse(lang).text_direction
        return {"_": lambda text: catalog.get(("", text), text), "lang": lang, "dir": direction}

    return context


def refuse_lost_keys(storage: RedisStorage, identity: Identity) -> None:
    """Refuse to start when PEPPERS or DATA_KEYS lack the one this Redis was filled with: every open conversation
    would silently begin anew. A Redis that is away cannot be asked; the answers without it need no keys."""
    try:
        lost = storage.lost_keys(identity.fingerprints())
    except StorageUnavailable as error:
        metrics.report("storage_away", cause=str(error))
        return
    if lost:
        raise SettingsError(f"Cannot start: {' and '.join(lost)} lack what this Redis was filled with.")


def _plain_error(error: HTTPException) -> Response:
    """An error page without a reason."""
    status = error.code or 500
    metrics.webhook(f"refused_{status}")
    return Response(f"{status}\n", status=status, mimetype="text/plain")


def _log_exception(exc_info: object) -> None:
    """Flask would log a traceback with the exception's own words. Class and place only."""
    error = sys.exception()
    if error is not None:
        metrics.report("webhook_failed", fault=type(error).__name__, error=error)
