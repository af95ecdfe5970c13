"""A message on its way out, in memory."""

from dataclasses import dataclass


@dataclass
class OutboxMessage:
    """See `ports.outbox.Attempt` and `Record`; moments are seconds of `time.monotonic`."""

    contact: str
    id: str
    text: str
    written: float
    changed: float
    state: str = "queued"
    code: str = ""
    attempts: int = 0
    provider_id: str = ""
    maybe_duplicate: bool = False
    is_queued: bool = True
    """It stands in the queue of its person."""
    not_before: float = 0.0
    worker: str = ""
    """Who has it in hand."""
    ask_at: float | None = None
    """When the provider is asked what became of it; None: not at all."""
    unknown: str = ""
