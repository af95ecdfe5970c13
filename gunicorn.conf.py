"""The web server. gevent, because idle event streams of the console must not stop webhooks (docs/performance.md)."""

import gc
import os
import resource
import shutil
import sys
import tempfile
import time
import warnings

from gevent import monkey

_everywhere = "127.0.0.1" if os.environ.get("SIMULATOR", "").strip() == "1" else "0.0.0.0"  # noqa: S104 - behind a proxy
bind = f"{os.environ.get('BIND') or _everywhere}:{os.environ.get('PORT', '8000')}"
_wanted = os.environ.get("WEB_WORKERS", "").strip() or "2"
workers = int(_wanted) if _wanted.isdecimal() else 1  # anything else is refused below, in our own words
worker_class = "bot.channels.slow_clients.BoundedWorker"
worker_connections = 1000  # of each worker; whoever keeps one waiting longest makes room for the next
limit_request_fields = 40
limit_request_field_size = 24 * 1024  # room for 1,600 letters of any script, should Twilio copy them into a header
http_parser = "python"  # the one that `accept_odd_bytes` is about
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = "bot.channels.server.QuietLogger"
graceful_timeout = 10
timeout = 30
keepalive = 30
preload_app = False  # `on_starting` does that: it refuses in our words
control_socket_disable = True

BOOT_AGAIN_SECONDS = 1  # between two tries to replace a worker

# One thread a process for the sums of the sentence encoder: more only wait for each other. Before numpy is read.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A connection is an open file: as many as the operating system lets us have.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_files, min(_most_files, 4 * worker_connections)), _most_files))

# Counts of all web processes are read together; the folder must be new at every start.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="helpline-metrics-")


def on_starting(_server):  # type: ignore[no-untyped-def]
    """Refuse a bad setting, flow, locale, spool or key here, once, before any worker is made; build what they share."""
    # Before anything is imported that waits. Forking and signals stay as gunicorn has them in the main process.
    monkey.patch_all(os=False, signal=False)
    warnings.filterwarnings("ignore", category=monkey.MonkeyPatchWarning)  # each worker patches these too
    gc.disable()  # what is loaded now stays: looking for rubbish in it takes a fifth of the start
    from app import preload  # noqa: PLC0415 - after patching
    from bot.channels.server import accept_odd_bytes, give_back_memory  # noqa: PLC0415 - after patching
    from bot.errors import StartError  # noqa: PLC0415 - after patching

    accept_odd_bytes()
    try:
        preload()
    except StartError as error:
        sys.exit(str(error))
    gc.collect()
    give_back_memory()
    gc.freeze()  # the collector need not walk through it during a turn, and its pages stay shared with the workers
    gc.enable()


def post_worker_init(_worker):  # type: ignore[no-untyped-def]
    from app import begin_worker  # noqa: PLC0415 - read only when a server starts
    from bot.logs import log  # noqa: PLC0415 - read only when a server starts

    begin_worker()
    log("web_ready")  # a restart without a pause waits for it: docs/operations.md


def worker_exit(server, worker):  # type: ignore[no-untyped-def]
    """A replacement that cannot start must not end the server: gunicorn stops everything on its exit status.

    With another status gunicorn only starts the next one. The first workers still stop a start that cannot work.
    """
    is_replacement = worker.age > server.num_workers
    if is_replacement and not worker.booted:
        time.sleep(BOOT_AGAIN_SECONDS)
        os._exit(1)


def child_exit(_server, worker):  # type: ignore[no-untyped-def]
    """Forget the live gauges of a worker that is gone."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - only after the folder is set

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server):  # type: ignore[no-untyped-def]
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
