"""What the pages are made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.console.entry import Door
from bot.dialogue.delivery import Problem
from bot.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Parts:
    """desk: the only way to a conversation. door: who enters. problems: language -> words for what goes wrong with a
    message. country_names: language -> ISO 3166 code -> name. now: the clock."""

    desk: Desk
    door: Door
    problems: Mapping[str, Mapping[str, Problem]]
    country_names: Mapping[str, Mapping[str, str]]
    now: Callable[[], datetime]
