"""What the topic of a line tells of who writes it, where they are and when; see `sources.BY_MEANING`."""

from collections.abc import Mapping, Sequence

from bot.dialogue.conversation import Place
from bot.dialogue.states import TOPICS

PERSONS = ("self", "other", "work")
"""Everybody but a stranger: whoever asks what we ask lines about is one of these."""

NOT_GONE = ("none", Place.NETHERLANDS, "others_place", "going")

INFORMATION = (
    "what_is", "how_it_happens", "why_families", "signs", "in_doubt", "contact", "opening_hours", "cost", "anonymous",
    "what_happens_when_i_call", "what_can_you_do", "will_you_act", "my_choice", "honour_team", "lkha", "fier",
    "reporting", "risk_factors", "about_bot", "local_emergency_number", "number_from_abroad", "embassy",
)  # fmt: skip
"""Topics of questions: they are about no time, and mostly about no place of the writer's."""

_LIVED = (*TOPICS, "greeting", "thanks", "yes", "no")

TOLD: Mapping[str, Mapping[str, Sequence[str]]] = {
    "who": dict.fromkeys(_LIVED, PERSONS)
    | {
        "bystander": ("other",),
        "someone_abroad": ("other",),
        "professional": ("work",),
        "risk_factors": ("work", "other"),
    },
    "where": dict.fromkeys(INFORMATION, (*NOT_GONE, "abroad"))
    | {
        "left_behind": ("abroad", "none"),
        "abroad_afraid": ("abroad", "none"),
        "trip_planned": (Place.NETHERLANDS, "going", "none"),
        "prepare_trip": (Place.NETHERLANDS, "going", "none"),
        "leaving_now": ("under_way", Place.NETHERLANDS, "going", "none"),
        "someone_abroad": ("others_place", "none"),
        "bystander": NOT_GONE,
        "cost": ("none",),
        "opening_hours": ("none",),
        "about_bot": ("none",),
    },
    "when": dict.fromkeys(INFORMATION, ("none",))
    | {
        "trip_planned": ("coming",),
        "prepare_trip": ("coming", "none"),
        "leaving_now": ("now", "coming"),
        "left_behind": ("past", "now"),
        "abroad_afraid": ("now", "coming"),
    },
}
"""Question -> topic -> the labels that may be right for a line about it."""


def told_by(question: str, topics: Sequence[str]) -> tuple[str, ...]:
    """The labels that may be right for a line about any of `topics`; () when that tells nothing."""
    of_topic = TOLD[question]
    if not topics or any(topic not in of_topic for topic in topics):
        return ()
    return tuple(dict.fromkeys(label for topic in topics for label in of_topic[topic]))
