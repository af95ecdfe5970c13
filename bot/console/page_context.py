"""What the pages are made with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.access.accounts import Accounts
from bot.access.authenticator import Authenticator
from bot.advisors.audit import AuditLog
from bot.advisors.desk import Desk
from bot.advisors.live import Live
from bot.console.current_session import Door
from bot.dialogue.hours import Week
from bot.handoff.delivery import Problem
from bot.handoff.desk_texts import DeskTexts

if TYPE_CHECKING:  # its library takes a fifth of a second to load, and most installations have no provider
    from bot.console.organisation import Organisation


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A number or address of the registry that may be given. names: language -> whose it is."""

    text: str
    names: Mapping[str, str]
    abroad: bool


@dataclass(frozen=True, slots=True)
class LocalNumber:
    """Police of a country. checked: somebody has confirmed it, so the bot says it as well."""

    number: str
    checked: bool


@dataclass(frozen=True, slots=True)
class PageContext:
    """desk: the only way to a conversation. live: news for open pages. door, accounts, entrance: who enters, who may,
    and how it is proved. audit: who did what. organisation: its identity provider, None without one. texts: language
    -> the words of the pages, by (context, Dutch). problems: language -> words for what goes wrong with a message.
    titles: language -> topic -> what it is about. country_names: language -> ISO 3166 code -> name. at_hand: language
    -> texts for advisors. numbers: those that may be given. local_numbers: ISO code -> police there. week: the
    opening hours that were agreed. code_words: those case codes are made of.
    spoken: languages an advisor can say she answers in. address: where browsers find
    us, such as "https://helpline.example"; "" = as the browser says, on one's own machine. may_postpone: the second
    factor may wait, on one's own machine. now: the clock.
    """

    desk: Desk
    live: Live
    door: Door
    accounts: Accounts
    entrance: Authenticator
    audit: AuditLog
    organisation: "Organisation | None"
    texts: Mapping[str, Mapping[tuple[str, str], str]]
    problems: Mapping[str, Mapping[str, Problem]]
    titles: Mapping[str, Mapping[str, str]]
    country_names: Mapping[str, Mapping[str, str]]
    at_hand: Mapping[str, DeskTexts]
    numbers: Sequence[GivenNumber]
    local_numbers: Mapping[str, LocalNumber]
    week: Week
    code_words: frozenset[str]
    spoken: Sequence[str]
    address: str
    may_postpone: bool
    now: Callable[[], datetime]
