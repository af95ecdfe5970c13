"""What no figure may fall below, or rise above where it counts mistakes. `make evaluate` and the tests fail then.

A little under what was measured when the model was last built, so that chance alone does not trip them.
"""

from collections.abc import Mapping

from bot.nlu_training.evaluate import Share
from bot.nlu_training.sets import BLIND, TUNING

GATES: Mapping[tuple[str, str], Mapping[str, float]] = {
    (TUNING, "letters only"): {},
    (TUNING, "letters and meaning"): {},
    (BLIND, "letters only"): {},
    (BLIND, "letters and meaning"): {},
}
"""(set, what reads) -> figure -> percent: the least, or the most for what is named in MISTAKES."""

MISTAKES = frozenset(
    (
        "danger without the emergency line", "red on harmless messages", "person wanted: false alarms",
        "country: false hits",
    )
)  # fmt: skip


def fallen(figures: Mapping[str, Share], which: str, tier: str) -> list[str]:
    """The figures that are worse than they may be, each with what it is and what it may be."""
    found = []
    for name, limit in GATES[which, tier].items():
        if name not in figures:
            continue
        part = 100 * figures[name].part
        if part > limit if name in MISTAKES else part < limit:
            found.append(f"{name}: {part:.1f} % {'>' if name in MISTAKES else '<'} {limit} %")
    return found
