"""What the pages are made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.console.entry import Door
from bot.dialogue.delivery import Problem
from bot.services.desk import Desk
from bot.services.live import Live


@dataclass(frozen=True, slots=True)
class Parts:
    """desk: the only way to a conversation. live: news for open pages. door: who enters. texts: language -> the words
    of the pages, by (context, Dutch). problems: language -> words for what goes wrong with a message. titles:
    language -> topic -> what it is about. country_names: language -> ISO 3166 code -> name. now: the clock."""

    desk: Desk
    live: Live
    door: Door
    texts: Mapping[str, Mapping[tuple[str, str], str]]
    problems: Mapping[str, Mapping[str, Problem]]
    titles: Mapping[str, Mapping[str, str]]
    country_names: Mapping[str, Mapping[str, str]]
    now: Callable[[], datetime]
