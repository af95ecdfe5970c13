"""What the pages are made with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.access.accounts import Accounts
from bot.access.authenticator import Authenticator
from bot.access.enrolment import Enrolment
from bot.access.sessions import Sessions
from bot.advisors.audit import AuditLog
from bot.advisors.desk import Desk
from bot.advisors.live import Live
from bot.console.signin.current_session import CurrentSession
from bot.dialogue.hours import Week
from bot.handoff.delivery import Problem
from bot.handoff.desk_texts import DeskTexts

if TYPE_CHECKING:  # its library takes a fifth of a second to load, and most installations have no provider
    from bot.console.signin.organisation import Organisation


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A number or address of the registry that may be given."""

    text: str
    names: Mapping[str, str]
    """Language -> whose it is."""

    abroad: bool
    """Does it work from abroad?"""


@dataclass(frozen=True, slots=True)
class PoliceNumber:
    """The police of a country."""

    number: str
    checked: bool
    """Somebody has confirmed it, so the bot says it as well."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The services and texts that views use."""

    desk: Desk
    """The only way to a conversation."""

    live: Live
    """News for open pages."""

    accounts: Accounts
    sessions: Sessions
    authenticator: Authenticator
    enrolment: Enrolment
    audit: AuditLog
    organisation: "Organisation | None"
    """The identity provider, where there is one."""

    source_language: str
    """The language the pages are written in."""

    catalogs: Mapping[str, Mapping[tuple[str, str], str]]
    """Language of the console -> the texts of the pages, by (context, source text)."""

    problems: Mapping[str, Mapping[str, Problem]]
    """Language -> what can go wrong with a message, in words."""

    topic_titles: Mapping[str, Mapping[str, str]]
    """Language -> topic -> what it is about."""

    country_names: Mapping[str, Mapping[str, str]]
    """Language -> ISO 3166 code -> name."""

    desk_texts: Mapping[str, DeskTexts]
    """Language -> prepared texts for advisors."""

    numbers: Sequence[GivenNumber]
    local_numbers: Mapping[str, PoliceNumber]
    """By ISO 3166 code."""

    week: Week
    """The regular opening hours."""

    code_words: frozenset[str]
    """The words case codes are made of."""

    advisor_languages: Sequence[str]
    """Languages an advisor can say they answer in."""

    unicode_languages: Mapping[str, str]
    """Language -> what Unicode calls it, where that is another code."""

    public_url: str
    """Where browsers find us, such as "https://helpline.example"; "" = as the browser says, on one's own machine."""

    trusted_proxies: int
    """How many proxies of ours stand between the web server and browsers."""

    second_factor_optional: bool
    """May the second factor wait? Only on one's own machine."""

    now: Callable[[], datetime]

    @property
    def current_session(self) -> CurrentSession:
        """The session of the request that is being answered."""
        return CurrentSession(self.sessions)
