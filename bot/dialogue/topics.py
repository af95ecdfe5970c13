"""The closed list of topic ids. Flows, vocabulary, tests, console and statistics use these and no others."""

TOPICS = (
    "danger", "left_behind", "abroad_afraid", "trip_planned", "leaving_now", "local_emergency_number",
    "number_from_abroad", "embassy", "documents_taken", "no_money_or_phone", "prepare_trip", "someone_abroad",
    "suicide", "what_is", "how_it_happens", "why_families", "signs", "am_i_exaggerating", "in_doubt", "contact",
    "opening_hours", "cost", "anonymous", "what_happens_when_i_call", "what_can_you_do", "will_you_act", "my_choice",
    "honour_team", "under_18", "lkha", "fier", "bystander", "reporting", "reported_me", "professional",
    "forced_marriage", "partner_violence", "risk_factors", "law", "sexual_violence", "lgbt", "shelter", "about_bot",
    "no_trace",
)  # fmt: skip

NEITHER = ("greeting", "thanks", "yes", "no", "out_of_scope")
"""What a message can be besides a topic or a command."""
