"""What a log line may hold: names and counts of ours, never anybody's words."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot import logs, metrics
from bot.errors import StartError
from bot.logs import FIELDS, PlainFormatter, log

CANARY = "kanarievogel +31612345678"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is logged, as it would stand on standard error."""
    root, helpline = logging.getLogger(), logging.getLogger("helpline")
    before = (root.handlers[:], root.level, helpline.level)
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.set_up()
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    helpline.setLevel(before[2])


def test_a_line_is_what_happened_and_its_fields(lines: io.StringIO) -> None:
    log("spooled", count=3, cause="TimeoutError")
    assert lines.getvalue() == "INFO what=spooled count=3 cause=TimeoutError\n"


@pytest.mark.parametrize("field", ["text", "body", "number", "contact", "name", "sender", "message", "error"])
def test_a_field_that_may_hold_a_person_is_refused(lines: io.StringIO, field: str) -> None:
    assert field not in FIELDS
    with pytest.raises(ValueError, match=field):
        log("x", **{field: CANARY})  # type: ignore[arg-type]
    assert lines.getvalue() == ""


@pytest.mark.parametrize("value", ["a\nERROR what=forged", "a b", "a\x1b[31m", "a\tb", "a\N{RIGHT-TO-LEFT OVERRIDE}b"])
def test_a_value_cannot_make_a_line_of_its_own(lines: io.StringIO, value: str) -> None:
    log("x", cause=value)
    text = lines.getvalue()
    assert text.count("\n") == 1
    assert text.startswith("INFO what=x cause=a")
    assert len(text.split(" ")) == 3
    assert text.rstrip("\n").isprintable()


def fail(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as inner:
        raise ValueError(f"about {text}") from inner


def test_an_exception_is_its_class_and_where_it_went(lines: io.StringIO) -> None:
    try:
        fail(CANARY)
    except ValueError:
        logging.getLogger("helpline").exception("broken")
        logging.getLogger("somebody.else").exception("broken too", stack_info=True)
    text = lines.getvalue()
    assert "exception=ValueError at=" in text
    assert "test_logs.py:" in text
    assert "kanarie" not in text
    assert "Traceback" not in text


def test_our_own_reason_not_to_start_is_shown() -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "boot", None, None)
    try:
        raise StartError("Cannot start: PORT is missing.")
    except StartError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    assert "Cannot start: PORT is missing." in PlainFormatter().format(record)


def test_an_engine_failure_is_reported_without_its_words(lines: io.StringIO) -> None:
    try:
        fail(CANARY)
    except ValueError as error:
        metrics.report("engine_failed", fault=type(error).__name__, error=error)
    text = lines.getvalue()
    assert text.startswith("ERROR what=engine_failed fault=ValueError at=")
    assert "kanarie" not in text


@pytest.mark.parametrize("what", ["event", "repeated"])
def test_the_ordinary_is_counted_and_not_logged(lines: io.StringIO, what: str) -> None:
    metrics.report(what, event="Heard")
    assert lines.getvalue() == ""


@pytest.mark.parametrize("name", ["twilio.http_client", "transitions", "urllib3", "werkzeug", "redis"])
def test_libraries_say_nothing_below_an_error(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).warning("from %s", CANARY)
    logging.getLogger(name).info("from %s", CANARY)
    assert lines.getvalue() == ""


def test_counts_hold_names_only() -> None:
    metrics.report("storage_away", cause="TimeoutError")
    metrics.webhook_counter("answered")()
    text = metrics.exposition().decode()
    assert 'helpline_incidents_total{cause="TimeoutError",kind="storage_away"}' in text
    assert "kanarie" not in text
