"""The names that code and content share: states the engine goes to by itself, shared texts, topics.

Content without one of them is not started with: `check` reads these lists.
"""

from enum import StrEnum


class StateName(StrEnum):
    """Every state the engine goes to by itself, as "flow.state"."""

    OPENER = "start.opener"
    LATER = "start.later"
    MENU = "menu.main"
    DECOY = "decoy.on"
    CANDIDATES = "unclear.candidates"
    OTHER = "unclear.other"
    PERSON = "unclear.person"
    AFRAID = "unclear.afraid"
    HANDOFF = "handoff.waiting"
    CANCELLED = "handoff.cancelled"
    ABROAD = "abroad.answer"
    COUNTRY = "place.country"
    CONFIRM_COUNTRY = "place.confirm"
    CONFIRM_ERASE = "erase.confirm"
    ERASED = "erase.done"
    CONFIRM_STOP = "leave.confirm"
    THANKS = "leave.thanks"
    HEARD = "follow.ok"
    GOODBYE = "follow.bye"
    LISTENING = "follow.listening"
    WORRIED = "follow.worried"
    LISTENING_ON = "follow.listening_on"
    LISTENING_STILL = "follow.listening_still"
    OF_AGE = "under_18.of_age"
    NO_MORE = "follow.no_more"
    PASSED_ON = "follow.passed_on"
    ABOUT = "follow.about"
    LANGUAGES = "language.choose"
    MORE_LANGUAGES = "language.more"
    OTHER_LANGUAGE = "language.other"
    WORD_KEPT = "word.kept"
    WORD_AGAIN = "word.again"
    CODE_BROUGHT = "code.brought"


class SharedText(StrEnum):
    """Every text of flows/shared.toml that code says."""

    NUMBERS_UNKNOWN = "numbers_unknown"
    NUMBERS_NL = "numbers_nl"
    NUMBERS_ABROAD = "numbers_abroad"
    NUMBERS_NL_AGAIN = "numbers_nl_again"
    NUMBERS_ABROAD_AGAIN = "numbers_abroad_again"
    COUNTRY_NUMBER = "country_number"
    COUNTRY_UNSURE = "country_unsure"
    EMERGENCY_LINE = "emergency_line"
    FOOTER = "footer"
    FOOTER_OFFER = "footer_offer"
    FOOTER_WAITING = "footer_waiting"
    ADVISOR_ASKED = "advisor_asked"
    GO_ON = "go_on"
    OPENER_FIRST = "opener_first"
    WHY_ASKED = "why_asked"
    PLACE_SAID = "place_said"
    PLACE_SAID_NL = "place_said_nl"
    CRISIS_ASKED = "crisis_asked"
    CRISIS_DECLINE = "crisis_decline"
    DANGER_WITH_ADVISOR = "danger_with_advisor"
    ADVISOR_HERE = "advisor_here"
    ADVISOR_LEFT = "advisor_left"
    ADVISOR_GONE = "advisor_gone"
    ADVISOR_CLOSED = "advisor_closed"
    ADVISOR_AGAIN = "advisor_again"
    ALARM = "alarm"
    ALARM_SPEND = "alarm_spend"
    CLOSED_NOW = "closed_now"
    CLOSED_LONG = "closed_long"
    LONG_WAIT = "long_wait"
    WAIT_UNKNOWN = "wait_unknown"
    NOT_UNDERSTOOD = "not_understood"
    NO_SUCH_NUMBER = "no_such_number"
    CHOOSE_NUMBER = "choose_number"
    CODE_UNKNOWN = "code_unknown"
    COUNTRY_UNKNOWN = "country_unknown"
    LANGUAGE_MISSING = "language_missing"
    LANGUAGE_OFFERED = "language_offered"
    NO_CALL = "no_call"
    KEPT_FOR_ADVISOR = "kept_for_advisor"
    FAULT = "fault"
    OUTAGE = "outage"
    OUTAGE_LOST = "outage_lost"
    OUTAGE_NUMBER = "outage_number"
    OUTAGE_WORDS = "outage_words"
    OUTAGE_ERASE = "outage_erase"
    OUTAGE_ERASES_LATER = "outage_erases_later"
    DOWN = "down"
    UNREADABLE_EMPTY = "unreadable_empty"
    UNREADABLE_PHOTO = "unreadable_photo"
    UNREADABLE_VOICE = "unreadable_voice"
    UNREADABLE_VIDEO = "unreadable_video"
    UNREADABLE_STICKER = "unreadable_sticker"
    UNREADABLE_DOCUMENT = "unreadable_document"
    UNREADABLE_CONTACT = "unreadable_contact"
    UNREADABLE_LOCATION = "unreadable_location"
    UNREADABLE_REACTION = "unreadable_reaction"
    PLACE_NL = "place_nl"
    PLACE_NL_WORDS = "place_nl_words"
    PLACE_ABROAD = "place_abroad"
    PLACE_ABROAD_WORDS = "place_abroad_words"
    PLACE_COUNTRY = "place_country"
    PLACE_WHICH = "place_which"
    PLACE_WHICH_WORDS = "place_which_words"


ANNOUNCEMENT = "announcement"
"""Id of the text that supervisors have switched on; it has none in flows/shared.toml."""

DANGER = "danger"
SUICIDE = "suicide"
"""Topics that red danger leads to."""

UNDER_18 = "under_18"
"""The topic of who is a child themselves."""

WILL_YOU_ACT = "will_you_act"
"""The topic of what is done without the person."""

OUT_OF_SCOPE = "out_of_scope"
"""What a message is about that is nothing to us."""

OFFERING = frozenset({StateName.CANDIDATES, StateName.ABOUT})
"""States whose first choices are the topics that the message may have been about."""

CRISES = (DANGER, SUICIDE)
"""Topics whose answer opens a crisis; see `bot.dialogue.crisis`."""

TOPICS = (
    "danger", "left_behind", "abroad_afraid", "trip_planned", "leaving_now", "local_emergency_number",
    "number_from_abroad", "embassy", "documents_taken", "no_money_or_phone", "prepare_trip", "someone_abroad",
    "suicide", "what_is", "how_it_happens", "why_families", "signs", "am_i_exaggerating", "in_doubt", "contact",
    "opening_hours", "cost", "anonymous", "what_happens_when_i_call", "what_can_you_do", "will_you_act", "my_choice",
    "honour_team", "under_18", "lkha", "fier", "bystander", "reporting", "reported_me", "professional",
    "forced_marriage", "partner_violence", "risk_factors", "law", "sexual_violence", "lgbt", "shelter", "about_bot",
    "no_trace",
)  # fmt: skip
"""The closed list of topic ids. Flows, vocabulary, tests, console and statistics use these and no others."""

NEVER_GUESSED = frozenset({"suicide", "sexual_violence", "lgbt"})
"""Topics only answered when named: nobody is asked "did you mean" such a thing."""

NEITHER = ("greeting", "thanks", "yes", "no", "out_of_scope")
"""What a message can be besides a topic or a command."""
