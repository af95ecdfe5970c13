"""What never changes between test runs: the day, the clock, made-up secrets and numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The repository."""
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOST = "helpline.example"
PUBLIC_URL = f"https://{HOST}"
ACCOUNT = f"AC{'ab' * 16}"
TOKEN = "t" * 32
OURS = "+3197010000000"
"""The number of the helpline for SMS."""
OURS_ON_WHATSAPP = "+3197010000001"
ENVIRONMENT = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "SMS_NUMBER": OURS,
    "WHATSAPP_NUMBER": OURS_ON_WHATSAPP,
    "PUBLIC_URL": PUBLIC_URL,
    "SECRET_KEY": "a secret of thirty-two characters",
    "DATA_KEYS": "11" * 32,
    "PEPPERS": "pepper of thirty-two characters!",
    "MEANING": "0",
}
"""The settings of a bot under test, but for where its Redis and its spool are. It reads by letters only: fast, and
the same answers everywhere."""


@dataclass
class Clock:
    """A clock that only the test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **step: int) -> None:
        self.now += timedelta(**step)
