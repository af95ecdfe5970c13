"""Texts advisors have at hand, and what theirs are looked through for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Prepared:
    """title: what advisors see. say: what a person would read, "" where nothing is said."""

    title: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class DeskTexts:
    """quick: id -> a text to begin from. wrap_up: id -> how a conversation can end. announcement: id -> what can be
    said to everybody who asks for an advisor. organisations, promises: words an advisor is asked to look at once more.
    """

    quick: Mapping[str, Prepared] = field(default_factory=dict)
    wrap_up: Mapping[str, Prepared] = field(default_factory=dict)
    announcement: Mapping[str, Prepared] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
