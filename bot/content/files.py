"""TOML and CSV under flows/ -> values. Every fault is collected; nothing is guessed or repaired."""

import csv
import io
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.content.braces import wrong
from bot.content.delivery import problems
from bot.content.desk import desk_texts
from bot.content.faults import ContentError, Fault
from bot.content.hours import hours
from bot.content.values import STATUSES, Content, Countries, Fact, LocalNumber, Referral, Shared, Vocabulary
from bot.content.zones import zones_by_country
from bot.dialogue.engine import STATES
from bot.dialogue.flow import BACK, FACTS, HERE, Choice, Flow, State
from bot.dialogue.hours import Hours
from bot.dialogue.own_words import OWN_WORDS
from bot.handoff.delivery import Problem
from bot.nlu.countries import CountryNames

COMMANDS = ("advisor", "language", "menu", "back", "erase", "card", "stop", "decoy", "code")
"""The closed list of commands. `back` has no state of its own."""

SAID = ("shared.toml", "delivery_errors.toml", "desk.toml")
"""Files beside the flows whose texts are translated."""

DATA = ("facts.toml", "referrals.toml", "neutral.toml", "countries.toml", "hours.toml", "code_words.toml")
"""Files beside the flows that hold no text to translate."""

EXPECTS = ("", "country", *OWN_WORDS)
PRIORITIES = ("P0", "P1", "H")
CAUSES = ("", "request_advisor", "cancel_advisor", "erase", "stop", "decoy", "make_code")
SETS: Mapping[str, tuple[object, ...]] = {
    "place": ("nl", "abroad", "unknown"),
    "safe": (True, False),
    "role": ("self", "other", "work"),
    "country": ("mentioned",),
    "phone": ("mine", "shared"),
}
WHENS = tuple(FACTS)
VERIFIED_FOR = timedelta(days=365)
"""A person's check of a local number counts this long: numbers change, and nobody tells us."""

_STATE_KEYS = {
    "say": str,
    "say_nl": str,
    "say_abroad": str,
    "facts": list,
    "source": str,
    "note": str,
    "command": str,
    "does": str,
    "expects": str,
    "numbers": str,
    "asks_place": bool,
    "offer": bool,
    "footer": bool,
    "neutral": bool,
    "passing": bool,
    "open": bool,
    "tells": bool,
    "choice": list,
}
_CHOICE_KEYS = {"id": str, "label": str, "words": str, "next": str, "note": str, "set": dict, "when": dict}
_COUNTRY_LISTS = ("names", "cities", "ambiguous")
_COUNTRY_WORDS = ("ordinary", "before", "after")
_FLOW_KEYS = {"flow": str, "topic": str, "priority": str, "title": str, "note": str, "general": bool, "state": dict}


def read(root: Path, today: date) -> Content:
    """Read every file under `root` (the flows folder).

    Raises ContentError naming every fault in every file. `today` decides which verified numbers are still fresh.
    """
    reader = _Reader(root)
    content = reader.content(today)
    if reader.faults:
        raise ContentError(reader.faults)
    return content


@dataclass
class _Reader:
    root: Path
    faults: list[Fault] = field(default_factory=list)

    def content(self, today: date) -> Content:
        shared = self._shared()
        flows: dict[str, Flow] = {}
        files: dict[str, str] = {}
        for path in sorted([*self.root.glob("*.toml"), *self.root.glob("topics/*.toml")]):
            if path.name in (*SAID, *DATA):
                continue
            flow = self._flow(path, shared)
            if flow is None:
                continue
            if flow.name in flows:
                self._fault(path, "", f'the flow "{flow.name}" stands in {files[flow.name]} too')
            flows[flow.name] = flow
            files[flow.name] = self._name(path)
        flows = self._qualified(flows, files)
        self._needed(flows)
        referrals = self._referrals()
        self._braces(flows, shared, files, referrals)
        vocabularies = self._vocabularies()
        return Content(
            flows=flows,
            shared=shared,
            facts=self._facts(),
            referrals=referrals,
            local_numbers=self._local_numbers(today),
            vocabularies=vocabularies,
            countries=self._countries(),
            files=files,
            neutral=self._by_language("neutral.toml"),
            code_words=self._by_language("code_words.toml"),
            hours=self._hours(vocabularies),
            delivery=self._delivery(),
            zones=zones_by_country(),
            desk=desk_texts(
                self._toml(self.root / "desk.toml") or {},
                {name for name, referral in referrals.items() if referral.sayable},
                partial(self._fault, self.root / "desk.toml"),
            ),
        )

    # -- flows ---------------------------------------------------------------------------------------------------

    def _flow(self, path: Path, shared: Mapping[str, Shared]) -> Flow | None:
        data = self._toml(path)
        if data is None or not self._shape(path, "", data, _FLOW_KEYS, required=("flow", "state")):
            return None
        self._heading(path, data)
        in_topics = path.parent.name == "topics"
        states = {}
        for name, table in data["state"].items():
            state = self._state(path, path.stem, name, table, shared)
            if state is not None:
                states[state.name] = state
        if not states:
            self._fault(path, "state", "there is no state")
            return None
        return Flow(
            name=path.stem,
            states=states,
            topic=data.get("topic", "") if in_topics else "",
            priority=data.get("priority", ""),
            title=data.get("title", ""),
            general=data.get("general", False),
            note=data.get("note", ""),
        )

    def _heading(self, path: Path, data: Mapping[str, Any]) -> None:
        """The lines above the states: names as the file, and what only a topic has."""
        if data["flow"] != path.stem:
            self._fault(path, "flow", f'is "{data["flow"]}", but the file is called {path.name}')
        if path.parent.name != "topics":
            if "topic" in data:
                self._fault(path, "topic", "belongs in flows/topics/ only")
            return
        if data.get("topic") != path.stem:
            self._fault(path, "topic", f'must be "{path.stem}", as the file')
        if data.get("priority") not in PRIORITIES:
            self._fault(path, "priority", f"must be one of {', '.join(PRIORITIES)}")
        if not data.get("title"):
            self._fault(path, "title", "is missing")

    def _state(self, path: Path, flow: str, name: str, table: object, shared: Mapping[str, Shared]) -> State | None:
        where = f"state.{name}"
        if not isinstance(table, dict) or not self._shape(path, where, table, _STATE_KEYS, required=("say",)):
            return None
        if table.get("does", "") not in CAUSES:
            self._fault(path, where, f'does = "{table["does"]}" is not one of {", ".join(CAUSES[1:])}')
        if table.get("expects", "") not in EXPECTS:
            self._fault(path, where, f'expects = "{table["expects"]}" is not known')
        if table.get("numbers", "") not in ("", "first"):
            self._fault(path, where, 'numbers can only be "first"')
        if table.get("command", "") not in ("", *COMMANDS) or table.get("command") == "back":
            self._fault(path, where, f'command = "{table["command"]}" is not one of {", ".join(COMMANDS)}')
        choices = [self._choice(path, where, each) for each in table.get("choice", [])]
        chosen = [choice for choice in choices if choice is not None]
        if table.get("asks_place"):
            chosen += _place_choices(shared)
        ids = [choice.id for choice in chosen]
        for double in sorted({each for each in ids if ids.count(each) > 1}):
            self._fault(path, where, f'two choices have the id "{double}"')
        return State(
            name=f"{flow}.{name}",
            say=_text(table["say"]),
            say_nl=_text(table.get("say_nl", "")),
            say_abroad=_text(table.get("say_abroad", "")),
            choices=tuple(chosen),
            facts=tuple(table.get("facts", ())),
            source=table.get("source", ""),
            note=table.get("note", ""),
            command=table.get("command", ""),
            does=table.get("does", ""),
            expects=table.get("expects", ""),
            numbers=table.get("numbers") == "first",
            offer=table.get("offer", False),
            footer=table.get("footer", True),
            neutral=table.get("neutral", False),
            passing=table.get("passing", False),
            open=table.get("open", False),
            tells=table.get("tells", False),
        )

    def _choice(self, path: Path, where: str, table: object) -> Choice | None:
        place = f"{where}.choice"
        if not isinstance(table, dict):
            self._fault(path, place, "must be a table")
            return None
        if not self._shape(path, place, table, _CHOICE_KEYS, required=("id", "label", "next")):
            return None
        place = f"{place} {table['id']}"
        for name, value in table.get("set", {}).items():
            if name != "locale" and value not in SETS.get(name, ()):
                self._fault(path, place, f"set = {{ {name} = {value!r} }} is not possible")
        for name, values in table.get("when", {}).items():
            if name not in WHENS or not isinstance(values, list):
                self._fault(path, place, f"when = {{ {name} = {values!r} }} is not possible")
        return Choice(
            id=table["id"],
            label=table["label"],
            next=table["next"],
            words=table.get("words", ""),
            note=table.get("note", ""),
            sets=table.get("set", {}),
            when={name: tuple(values) for name, values in table.get("when", {}).items()},
        )

    def _qualified(self, flows: Mapping[str, Flow], files: Mapping[str, str]) -> dict[str, Flow]:
        """Every `next` as "flow.state"; a target that does not exist is a fault."""
        result = {}
        for flow in flows.values():
            states = {}
            for state in flow.states.values():
                choices = []
                for choice in state.choices:
                    target = self._target(flow, choice.next, flows)
                    if target is None:
                        where = f"{state.name} choice {choice.id}"
                        self.faults.append(Fault(files[flow.name], where, f'next = "{choice.next}" does not exist'))
                        continue
                    choices.append(replace(choice, next=target))
                states[state.name] = replace(state, choices=tuple(choices))
            result[flow.name] = replace(flow, states=states)
        return result

    def _needed(self, flows: Mapping[str, Flow]) -> None:
        """What the engine cannot do without: the states it goes to, and one state for every command."""
        states = {name: state for flow in flows.values() for name, state in flow.states.items()}
        for name in STATES:
            if name not in states:
                self.faults.append(Fault("flows", name, "is missing; the engine needs it"))
        for command in COMMANDS:
            owners = sum(state.command == command for state in states.values())
            if command != "back" and owners != 1:
                self.faults.append(Fault("flows", f"command {command}", f"must belong to one state, not {owners}"))

    def _braces(
        self,
        flows: Mapping[str, Flow],
        shared: Mapping[str, Shared],
        files: Mapping[str, str],
        referrals: Mapping[str, Referral],
    ) -> None:
        """A name in braces that nothing fills would be a broken answer."""
        sayable = {name for name, referral in referrals.items() if referral.sayable}
        texts = [("flows/shared.toml", name, text.say) for name, text in shared.items()]
        for flow in flows.values():
            for name, state in flow.states.items():
                texts += [(files[flow.name], name, text) for text in (state.say, state.say_nl, state.say_abroad)]
                texts += [(files[flow.name], f"{name} choice {each.id}", each.label) for each in state.choices]
        for file, where, text in texts:
            problem = wrong(text, sayable)
            if problem:
                self.faults.append(Fault(file, where, problem))

    @staticmethod
    def _target(flow: Flow, target: str, flows: Mapping[str, Flow]) -> str | None:
        if target in (HERE, BACK):
            return target
        if target in flows:
            return flows[target].entry
        name = f"{flow.name}{target}" if target.startswith(".") else target
        owner = flows.get(name.partition(".")[0])
        return name if owner is not None and name in owner.states else None

    # -- the other files -----------------------------------------------------------------------------------------

    def _shared(self) -> dict[str, Shared]:
        path = self.root / "shared.toml"
        result = {}
        for name, table in (self._toml(path) or {}).items():
            keys = {"say": str, "facts": list, "source": str, "note": str}
            if isinstance(table, dict) and self._shape(path, name, table, keys, required=("say",)):
                result[name] = Shared(
                    say=_text(table["say"]),
                    facts=tuple(table.get("facts", ())),
                    source=table.get("source", ""),
                    note=table.get("note", ""),
                )
        for missing in sorted(_NEEDED_SHARED - set(result)):
            self._fault(path, missing, "is missing")
        return result

    def _facts(self) -> dict[str, Fact]:
        path = self.root / "facts.toml"
        result = {}
        for name, table in (self._toml(path) or {}).items():
            if not isinstance(table, dict) or not {"text", "source", "status"} <= set(table):
                self._fault(path, name, "needs text, source and status")
            elif table["status"] not in STATUSES:
                self._fault(path, name, f"status must be one of {', '.join(STATUSES)}")
            else:
                result[name] = Fact(table["text"], table["source"], table["status"])
        return result

    def _referrals(self) -> dict[str, Referral]:
        path = self.root / "referrals.toml"
        needed = {
            "text", "kind", "dial", "name_nl", "name_en", "for_whom", "reachable_from", "hours", "cost",
            "languages", "source", "checked_on", "status",
        }  # fmt: skip
        result = {}
        for name, table in (self._toml(path) or {}).items():
            if not isinstance(table, dict) or not needed <= set(table):
                missing = sorted(needed - set(table)) if isinstance(table, dict) else sorted(needed)
                self._fault(path, name, f"lacks {', '.join(missing)}")
                continue
            words = ("text", "kind", "dial", "name_nl", "name_en", "for_whom", "hours", "cost", "source", "status")
            if not self._shape(path, name, {word: table[word] for word in words}, dict.fromkeys(words, str), ()):
                continue
            if table["status"] not in STATUSES:
                self._fault(path, name, f"status must be one of {', '.join(STATUSES)}")
            if not isinstance(table["reachable_from"], list) or not set(table["reachable_from"]) <= {"nl", "abroad"}:
                self._fault(path, name, 'reachable_from holds only "nl" and "abroad"')
                continue
            if _date(table["checked_on"]) is None:
                self._fault(path, name, "checked_on must be a date like 2026-11-23")
            result[name] = Referral(
                text=table["text"],
                kind=table["kind"],
                reachable_from=tuple(table["reachable_from"]),
                status=table["status"],
                checked_on=str(table["checked_on"]),
                names={"nl": table["name_nl"], "en": table["name_en"]},
            )
        for absent in sorted({"emergency_nl", "bz", "veilig_thuis", "lkha"} - set(result)):
            self._fault(path, absent, "is missing")
        return result

    def _local_numbers(self, today: date) -> dict[str, LocalNumber]:
        path = self.root / "emergency_numbers.csv"
        try:
            rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError) as error:
            self._fault(path, "", f"cannot be read: {error.__class__.__name__}")
            return {}
        result = {}
        for line, row in enumerate(rows, start=2):
            country, show = row.get("iso2") or "", row.get("show") or ""
            if len(country) != 2 or not country.isupper():
                self._fault(path, f"line {line}", f'iso2 "{country}" is not a country code')
                continue
            if show not in ("yes", "check", "no", "advisor"):
                self._fault(path, f"line {line}", f'show = "{show}" is not yes, check, no or advisor')
            number = (row.get("general") or row.get("police") or "").split("/")[0].strip()
            if number and not number.isdigit():
                self._fault(path, f"line {line}", f'"{number}" is not a number')
            checked = _date(row.get("verified_on") or "")
            verified = bool(row.get("verified_by")) and checked is not None and today - checked <= VERIFIED_FOR
            shown = bool(number) and (show == "yes" or verified)
            result[country] = LocalNumber(country, number, shown)
        return result

    def _vocabularies(self) -> dict[str, Vocabulary]:
        result = {}
        for path in sorted(self.root.glob("vocabulary/*.toml")):
            data = self._toml(path)
            if data is None:
                continue
            if data.get("language") != path.stem:
                self._fault(path, "language", f'must be "{path.stem}", as the file')
            if data.get("status") not in ("draft", "checked"):
                self._fault(path, "status", 'must be "draft" or "checked"')
            commands = self._lists(path, data, "commands")
            for unknown in sorted(set(commands) - {*COMMANDS, "greeting", "thanks", "yes", "no"}):
                self._fault(path, f"commands.{unknown}", "is not a command")
            result[path.stem] = Vocabulary(
                language=path.stem,
                status=str(data.get("status")),
                commands=commands,
                switch=self._lists(path, data, "switch").get("words", ()),
                wants_advisor=self._lists(path, data, "wants_advisor").get("phrases", ()),
                danger=self._lists(path, data, "danger"),
                place=self._lists(path, data, "place"),
                country_names=self._lists(path, data, "country_names"),
                numbers=self._lists(path, data, "numbers"),
            )
        return result

    def _countries(self) -> Countries:
        path = self.root / "countries.toml"
        data = self._toml(path) or {}
        words = self._lists(path, {"": {kind: data.pop(kind, []) for kind in _COUNTRY_WORDS}}, "")
        names = {}
        for code in data:
            lists = self._lists(path, data, code)
            if not re.fullmatch("[A-Z]{2}", code) or set(lists) - set(_COUNTRY_LISTS):
                self._fault(path, code, f"must be a country's two letters with {', '.join(_COUNTRY_LISTS)}")
            names[code] = CountryNames(code, **{kind: lists.get(kind, ()) for kind in _COUNTRY_LISTS})
        return Countries(names, words)

    def _hours(self, languages: Collection[str]) -> Hours:
        path = self.root / "hours.toml"
        return hours(self._toml(path) or {}, languages, partial(self._fault, path))

    def _delivery(self) -> dict[str, Problem]:
        path = self.root / "delivery_errors.toml"
        return problems(self._toml(path) or {}, partial(self._fault, path))

    def _by_language(self, name: str) -> dict[str, tuple[str, ...]]:
        """A file of nothing but language -> words."""
        path = self.root / name
        return self._lists(path, {"": self._toml(path) or {}}, "")

    def _lists(self, path: Path, data: Mapping[str, Any], section: str) -> dict[str, tuple[str, ...]]:
        """One section of a vocabulary: name -> words."""
        table = data.get(section, {})
        if not isinstance(table, dict):
            self._fault(path, section, "must be a table of lists")
            return {}
        result = {}
        for name, words in table.items():
            if isinstance(words, list) and all(isinstance(word, str) and word.strip() for word in words):
                result[name] = tuple(words)
            else:
                self._fault(path, f"{section}.{name}", "must be a list of words")
        return result

    # -- small helpers -------------------------------------------------------------------------------------------

    def _toml(self, path: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            self._fault(path, "", f"cannot be read: {error.__class__.__name__}")
        except UnicodeDecodeError:
            self._fault(path, "", "is not UTF-8")
        except tomllib.TOMLDecodeError as error:
            self._fault(path, "", f"is not TOML: {error}")
        return None

    def _shape(
        self,
        path: Path,
        where: str,
        table: Mapping[str, Any],
        keys: Mapping[str, type],
        required: tuple[str, ...],
    ) -> bool:
        """Are all keys known, of the right type, and the required ones there?"""
        before = len(self.faults)
        for name, value in table.items():
            if name not in keys:
                self._fault(path, where, f'"{name}" is not a known field')
            elif not isinstance(value, keys[name]):
                self._fault(path, where, f'"{name}" must be {_KIND_NAMES[keys[name]]}')
        for name in required:
            if not table.get(name):
                self._fault(path, where, f'"{name}" is missing')
        return len(self.faults) == before

    def _fault(self, path: Path, where: str, message: str) -> None:
        self.faults.append(Fault(self._name(path), where, message))

    def _name(self, path: Path) -> str:
        return f"flows/{path.relative_to(self.root)}"


_KIND_NAMES = {str: "text", bool: "true or false", list: "a list", dict: "a table"}

_NEEDED_SHARED = frozenset(
    {
        "numbers_unknown", "numbers_nl", "numbers_abroad", "country_number", "country_unsure", "emergency_line",
        "footer", "footer_offer",
        "footer_waiting", "advisor_asked", "danger_with_advisor", "not_understood", "no_such_number",
        "choose_number", "country_unknown", "language_missing", "no_call", "kept_for_advisor", "fault", "outage",
        "outage_lost",
        "advisor_here", "advisor_left", "advisor_gone", "advisor_closed", "long_wait", "closed_now", "closed_long",
        "alarm",
        "unreadable_empty", "unreadable_photo", "unreadable_voice", "unreadable_video", "unreadable_sticker",
        "unreadable_document", "unreadable_contact", "unreadable_location", "unreadable_reaction",
        "place_nl", "place_nl_words", "place_abroad", "place_abroad_words", "place_country", "place_which",
        "place_which_words",
    }
)  # fmt: skip


def _place_choices(shared: Mapping[str, Shared]) -> list[Choice]:
    """The choices `asks_place` adds. Their texts stand once, in shared.toml."""

    def choice(name: str, target: str, **more: Any) -> Choice:
        words = shared.get(f"{name}_words")
        return Choice(
            id=name,
            label=shared[name].say if name in shared else "",
            next=target,
            words=words.say if words else "",
            contexts=(f"shared.{name}", f"shared.{name}_words"),
            **more,
        )

    unknown: Mapping[str, tuple[object, ...]] = {"place": ("unknown",)}
    mentioned = {"place": ("unknown", "abroad"), "country_mentioned": (True,)}
    return [
        choice("place_country", HERE, sets={"place": "abroad", "country": "mentioned"}, when=mentioned),
        choice("place_nl", HERE, sets={"place": "nl"}, when=unknown),
        choice("place_abroad", HERE, sets={"place": "abroad"}, when=unknown),
        choice("place_which", "place.country", when={"place": ("abroad",), "country_known": (False,)}),
    ]


def _text(text: str) -> str:
    return text.strip("\n")


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
