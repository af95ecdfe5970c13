"""The limits for each figure; `make evaluate` and the tests fail beyond them.

A little under what was measured when the model was last built, so that chance alone does not trip them.
"""

from collections.abc import Mapping

from bot.content.tables.scenarios import KINDS
from bot.nlu_training.conversation_figures import REPEATED
from bot.nlu_training.evaluate import Share
from bot.nlu_training.sets import BLIND, TUNING

_LETTERS = {
    "topic first, nl, en": 88,
    "topic among three, nl, en": 97,
    "topic first, tr, ar, fr": 84,
    "topic among three, tr, ar, fr": 94,
    "topic first, other languages, P0 topics": 84,
    "topic among three, other languages, P0 topics": 93,
    "answered rightly, of what is answered": 93,
    "danger, red or amber": 98,
    "danger without the emergency line": 0,
    "red on harmless messages": 10,
    "person wanted: heard": 90,
    "person wanted: false alarms": 4,
    "not to be called: heard": 83,
    "language, three words and more": 97.5,
    "country: found": 93,
    "country: false hits": 3,
    "command in free words: false": 1,
}
_BOTH = _LETTERS | {
    "topic first, nl, en": 93,
    "topic among three, nl, en": 98.5,
    "topic first, tr, ar, fr": 91,
    "topic among three, tr, ar, fr": 97,
    "topic first, other languages, P0 topics": 88,
    "topic among three, other languages, P0 topics": 95,
    "person wanted: heard": 92,
    "not to be called: heard": 92,
    "command in free words: heard": 79,
}
CONVERSATIONS = "conversations"
ENOUGH = 10
"""Of fewer conversations of a kind, one more or less is chance: no limit is held against them."""
_ALWAYS = ("answers", "crisis", "other_hands")
_CONVERSATIONS = {
    "conversations": 90,
    "conversations: turns": 95,
    **{f"conversations, {kind}": 95 if kind in _ALWAYS else 85 for kind in KINDS if kind != "long"},
    REPEATED: 2.5,
}
GATES: Mapping[tuple[str, str], Mapping[str, float]] = {
    (which, tier): limits
    for which in (TUNING, BLIND)
    for tier, limits in (("letters only", _LETTERS), ("letters and meaning", _BOTH))
} | {(CONVERSATIONS, ""): _CONVERSATIONS}
"""(set, tier) -> figure -> percent: a minimum, or a maximum for those in MISTAKES."""

MISTAKES = frozenset(
    (
        "danger without the emergency line", "red on harmless messages", "person wanted: false alarms",
        "country: false hits", "command in free words: false", REPEATED,
    )
)  # fmt: skip


def beyond_limits(figures: Mapping[str, Share], which: str, tier: str) -> list[str]:
    """The figures beyond their limit, each with its value and the limit."""
    found = []
    for name, limit in GATES[which, tier].items():
        if name not in figures or (which == CONVERSATIONS and figures[name].total < ENOUGH):
            continue
        part = 100 * figures[name].part
        if part > limit if name in MISTAKES else part < limit:
            found.append(f"{name}: {part:.1f} % {'>' if name in MISTAKES else '<'} {limit} %")
    return found
