"""tests/conversations: whole conversations, with what must come of each message. See the README there for the form."""

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Meta, structs

from bot.content.faults import Fault
from bot.content.tables.checking import Report, checked
from bot.content.tables.parsing import parsed
from bot.content.tables.schema import Command, Role, Strict, Text
from bot.content.values import Content
from bot.dialogue.conversation import Place, Status
from bot.messages import Channel

FOLDER = Path("tests/conversations")

Kind = Literal[
    "answers", "crisis", "other_hands", "followup", "correction", "role", "place", "age_place", "small_talk",
    "subfacts", "waiting", "commands", "anger", "odd_input", "burst", "long",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
"""What a conversation tries; the file is called after it."""

LONGEST_PAUSE = 366 * 24 * 3600
DANGERS = ("none", "amber", "red")
NONE = "none"

OneOf = Annotated[str, Meta(description='a text; "a | b" is one of the two')]
AllOf = Annotated[str | list[str], Meta(description='a text, or a list of texts; "a | b" is one of the two')]


class ScenarioTurn(Strict, frozen=True):
    """One message, and what must come of it. A field that is not given is not looked at."""

    says: str
    after: Annotated[float, Meta(ge=0, le=LONGEST_PAUSE, description="seconds, a year at most")] = 30
    media: Annotated[list[str], Meta(description="a list of content types")] = []
    shows: OneOf = ""
    shows_not: OneOf = ""
    offers: OneOf = ""
    numbers: AllOf = ""
    numbers_not: AllOf = ""
    first: OneOf = ""
    has: AllOf = ""
    has_not: AllOf = ""
    place: OneOf = ""
    country: OneOf = ""
    role: OneOf = ""
    danger: OneOf = ""
    status: OneOf = ""
    language: OneOf = ""
    silent: bool | None = None
    understood: bool = False
    new: bool = False
    again: bool = False
    parts: Annotated[int, Meta(ge=0, description="a number of SMS parts")] = 0

    @property
    def expected(self) -> list[str]:
        """The fields that say what must come."""
        written = ("says", "after", "media", "again")
        fields = structs.fields(type(self))
        return [each.name for each in fields if each.name not in written and getattr(self, each.name) != each.default]


class ScenarioTable(Strict, frozen=True):
    """[[conversation]]"""

    name: Text
    turn: list[ScenarioTurn]
    channel: Channel = Channel.SMS
    sender: str = "+31612345678"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A conversation as somebody could write it, with what must come of each message."""

    kind: str
    language: str
    file: str
    line: int
    lines: tuple[int, ...]
    """Where each of its turns stands in the file."""
    table: ScenarioTable


def alternatives(text: str) -> list[str]:
    """What "a | b" holds."""
    return [part.strip() for part in text.split("|") if part.strip()]


def wanted(value: str | list[str]) -> list[list[str]]:
    """What must all be there, each as the alternatives of which one is enough."""
    return [alternatives(each) for each in ([value] if isinstance(value, str) else value)]


def read_scenarios(root: Path, content: Content, languages: Collection[str]) -> tuple[list[Scenario], list[Fault]]:
    """The sound scenarios of the repository at `root`, and what is wrong with the others. languages: the live ones."""
    found: list[Scenario] = []
    faults: list[Fault] = []
    names = _names(content, languages)
    for path in sorted((root / FOLDER).glob("*.toml")):
        file = str(path.relative_to(root))
        kind, _dot, language = path.stem.partition(".")
        if kind not in KINDS or language not in languages:
            possible = f"kinds: {', '.join(KINDS)}; languages: {', '.join(languages)}"
            faults.append(Fault(file, "", f"must be called <kind>.<language>.toml; {possible}"))
            continue
        reading = _Reading(file, names, faults)
        found += [Scenario(kind, language, file, *each) for each in reading.conversations(path)]
    return found, [*faults, *_namesakes(found)]


def _namesakes(scenarios: Iterable[Scenario]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Scenario] = {}
    for each in scenarios:
        first = seen.setdefault((each.language, each.table.name), each)
        if first is not each:
            message = f"is the name of another one, at {first.file}:{first.line}"
            yield Fault(each.file, each.table.name, message, line=each.line)


Names = Mapping[str, Callable[[str], bool]]
"""Field -> is this a name it may hold?"""


def _names(content: Content, languages: Collection[str]) -> Names:
    numbers = {name for name, referral in content.referrals.items() if referral.sayable}
    return {
        **dict.fromkeys(("shows", "shows_not"), {*content.states, *content.flows}.__contains__),
        "offers": {*content.topics, *get_args(Command)}.__contains__,
        **dict.fromkeys(("numbers", "numbers_not", "first"), numbers.__contains__),
        "place": set(Place).__contains__,
        "country": lambda name: bool(re.fullmatch(f"[A-Z]{{2}}|{NONE}", name)),
        "role": {NONE, *get_args(Role)}.__contains__,
        "danger": DANGERS.__contains__,
        "status": set(Status).__contains__,
        "language": set(languages).__contains__,
    }


class _Reading:
    """One file. Faults have the line of the conversation or of the turn they are about."""

    def __init__(self, file: str, names: Names, faults: list[Fault]) -> None:
        self._file = file
        self._names = names
        self._faults = faults

    def conversations(self, path: Path) -> Iterator[tuple[int, tuple[int, ...], ScenarioTable]]:
        """Line, lines of the turns, and what stands there, of each conversation that is sound."""
        data = parsed(path, self._report(0))
        if data is None:
            return
        rows = data.pop("conversation", None)
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()
        heads, says = _found(_HEAD, text), iter(_found(_SAYS, text))
        if rows is None or data or not isinstance(rows, list) or len(rows) != len(heads):
            self._report(0)("", "must hold [[conversation]]s and nothing else")
            return
        for row, line in zip(rows, heads, strict=True):
            turns = row.pop("turn", None)
            lines = tuple(next(says, line) for _turn in turns) if isinstance(turns, list) else ()
            before = len(self._faults)
            head = checked({**row, "turn": []}, ScenarioTable, self._report(line, str(row.get("name", ""))))
            name = head.name if head else ""
            found = [self._turn(turn, name, at) for turn, at in zip(turns or (), lines, strict=False)]
            if not any(turn and turn.expected for turn in found):
                self._report(line, name)("turn", "no turn says what must come of it")
            if head and len(self._faults) == before:
                yield line, lines, structs.replace(head, turn=[turn for turn in found if turn])

    def _turn(self, row: object, name: str, line: int) -> ScenarioTurn | None:
        report = self._report(line, name)
        turn = checked(row, ScenarioTurn, report)
        for field, known in self._names.items() if turn else ():
            for each in itertools.chain.from_iterable(wanted(getattr(turn, field))):
                if not known(each):
                    report(field, f'"{each}" is nothing that can stand here')
        return turn

    def _report(self, line: int, name: str = "") -> Report:
        def report(where: str, message: str) -> None:
            place = ": ".join(part for part in (name, where) if part)
            self._faults.append(Fault(self._file, place, message, line=line))

        return report


_HEAD = re.compile(r"\s*\[\[conversation\]\]")
_SAYS = re.compile(r"(?:^|[{,\s])says\s*=")


def _found(pattern: re.Pattern[str], text: Iterable[str]) -> list[int]:
    """The numbers of the lines in which it stands."""
    return [number for number, line in enumerate(text, start=1) if pattern.search(line)]
