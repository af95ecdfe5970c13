"""What is wrong with an answer, by what a scenario says must come. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

from bot.content.tables.scenarios import NONE, ScenarioTurn, alternatives, wanted
from bot.dialogue.localized_content import LocalizedContent
from bot.dialogue.pace import CONTINUATION_SECONDS
from bot.dialogue.states import SharedText, StateName
from bot.scenarios.talk import TurnOut

NOT_UNDERSTOOD = (SharedText.NOT_UNDERSTOOD, SharedText.NO_SUCH_NUMBER, SharedText.CHOOSE_NUMBER)
UNCLEAR = StateName.CANDIDATES.partition(".")[0]
FRAME = (
    SharedText.NUMBERS_UNKNOWN, SharedText.NUMBERS_NL, SharedText.NUMBERS_ABROAD, SharedText.COUNTRY_NUMBER,
    SharedText.COUNTRY_UNSURE, SharedText.EMERGENCY_LINE, SharedText.FOOTER, SharedText.FOOTER_OFFER,
    SharedText.FOOTER_WAITING, SharedText.PLACE_SAID, SharedText.PLACE_SAID_NL,
)  # fmt: skip
"""Texts that may stand in any answer, again and again."""

SAME = 0.75
"""From this part of its letters on, a text was said again."""

A_BLOCK = 60
"""Letters of a text that tires who reads it twice; a short line may come again."""


def wrong(turn: ScenarioTurn, out: TurnOut, before: Sequence[TurnOut], content: LocalizedContent) -> list[str]:
    """Each thing that is not as the scenario says; silence too, where it does not say that there may be none. before:
    the turns until now; content: in the language of `out`."""
    answered = out.reply or turn.silent is not None or turn.after <= CONTINUATION_SECONDS
    found = [] if answered else ["is silent"]
    for field in turn.expected:
        value = getattr(turn, field)
        if field in _FIELDS:
            verdict = _FIELDS[field](value, out)
        elif field == "understood":
            verdict = _not_understood(out, content)
        else:
            verdict = "says again what was said before" if repeats(out, before, content) else ""
        found += [verdict] if verdict else []
    return found


def repeats(out: TurnOut, before: Sequence[TurnOut], content: LocalizedContent) -> bool:
    """Does the answer say a whole text again that an earlier one said? Numbers, choices and footers do not count."""
    now = set(_told(out.reply, content))
    for earlier in before:
        lines = _told(earlier.reply, content)
        size = sum(map(len, lines))
        if size >= A_BLOCK and sum(len(line) for line in lines if line in now) >= SAME * size:
            return True
    return False


def _told(reply: str, content: LocalizedContent) -> list[str]:
    """The lines of an answer that tell something."""
    frame = _frame(content.locale, tuple(content.shared.get(name, "") for name in FRAME))
    lines = (line.strip() for line in reply.splitlines())
    return [line for line in lines if line and line not in frame and not _is_choice(line) and not _is_number(line)]


@cache
def _frame(_locale: str, texts: tuple[str, ...]) -> Collection[str]:
    return frozenset(line.strip() for text in texts for line in text.splitlines())


def _is_choice(line: str) -> bool:
    return line.partition(" ")[0].isdigit()


def _is_number(line: str) -> bool:
    return 2 * sum(character.isdigit() for character in line) > len(line)


def _not_understood(out: TurnOut, content: LocalizedContent) -> str:
    said = next((name for name in NOT_UNDERSTOOD if content.shared[name] in out.reply), "")
    return f"was not understood: {out.state}" if said or out.state.partition(".")[0] == UNCLEAR else ""


def _shows(value: str, out: TurnOut) -> bool:
    return not {out.state, out.state.partition(".")[0]}.isdisjoint(alternatives(value))


def _lacking(value: str | list[str], has: Callable[[str], bool]) -> list[str]:
    return [" | ".join(group) for group in wanted(value) if not any(map(has, group))]


def _present(value: str | list[str], has: Callable[[str], bool]) -> list[str]:
    return [each for group in wanted(value) for each in group if has(each)]


def _says(out: TurnOut) -> Callable[[str], bool]:
    reply = " ".join(out.reply.lower().split())
    return lambda words: words.lower() in reply


def _is(field: str) -> Callable[[str, TurnOut], str]:
    def check(value: str, out: TurnOut) -> str:
        is_now = str(getattr(out, {"language": "locale"}.get(field, field))) or NONE
        return "" if is_now in alternatives(value) else f"{field} is {is_now}, not {value}"

    return check


def _listed(found: Sequence[str], message: str) -> str:
    return f"{message}: {', '.join(found)}" if found else ""


_FIELDS: Mapping[str, Callable[..., str]] = {
    "shows": lambda value, out: "" if _shows(value, out) else f"shows {out.state}, not {value}",
    "shows_not": lambda value, out: f"shows {out.state}" if _shows(value, out) else "",
    "offers": lambda value, out: (
        "" if set(out.offered) & set(alternatives(value)) else f"offers {', '.join(out.offered) or NONE}, not {value}"
    ),
    "numbers": lambda value, out: _listed(_lacking(value, out.numbers.__contains__), "lacks the numbers"),
    "numbers_not": lambda value, out: _listed(_present(value, out.numbers.__contains__), "has the numbers"),
    "first": lambda value, out: (
        "" if set(out.numbers[:1]) & set(alternatives(value)) else f"first is {(*out.numbers, NONE)[0]}, not {value}"
    ),
    "has": lambda value, out: _listed(_lacking(value, _says(out)), "does not say"),
    "has_not": lambda value, out: _listed(_present(value, _says(out)), "says"),
    "silent": lambda value, out: "" if value is not bool(out.reply) else ("is silent" if not out.reply else "answers"),
    "parts": lambda value, out: "" if out.segments <= value else f"takes {out.segments} SMS parts, not {value}",
    **{field: _is(field) for field in ("place", "country", "role", "danger", "status", "language")},
}
"""Field -> what is wrong with an answer by its value; "" when nothing is."""
