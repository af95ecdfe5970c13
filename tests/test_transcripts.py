"""Golden conversations: tests that an advisor can read.

Each file in tests/transcripts is one person's conversation, every answer in full:

    # A title in plain words
    # who: sms, nl             the channel; the language is only a remark
    > hoi                      the person writes
    < Hoi. Ben je in gevaar?   the answer; a lone "<" means that the bot says nothing
    ~ 31 minutes               silence
    > [photo]                  what is no text: [photo] [voice] [video] [sticker] [document] [contact] [location]
                               [reaction] [empty]; [network stop] is a STOP that the phone network has answered itself
    = waiting                  who has the conversation now: bot, waiting or advisor
    ! AdvisorRequested         an event that the last message caused
    # Known fault: …            the answer below is not good yet; remove the remark when it is
    * ada claims               what an advisor does: claims, writes …, notes …, offers to …, declines, hands back,
                               closes, is gone (her connection); "<" is what the person gets, or "(refused: why)"

`pytest tests/test_transcripts.py --update-transcripts` regenerates the answers; read the difference before you keep it.
"""

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from bot.content.files import COMMANDS
from bot.content.inspection import reachable
from bot.content.library import Library
from bot.dialogue.conversation import SILENCE_MINUTES, Conversation, Place, Status
from bot.dialogue.engine import Engine
from bot.dialogue.states import TOPICS, StateName
from bot.handoff.refusals import Refused
from bot.messages import Channel, Kind
from bot.nlu.normalise import normalise
from tests.harness.dialogue import DialogueTester
from tests.harness.fixed import NOW

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
QUESTION = "place.country"

_WHO = re.compile(r"# who: (\w+)")
_SILENCE = re.compile(r"~ (\d+) (minutes?|hours?)$")
_KIND = re.compile(r"\[(\w+)\]$")
_NETWORK_STOP = "[network stop]"
_HOME_NUMBER = re.compile(r"^(112|0800[ \d]+)$", re.MULTILINE)
_WORLD_NUMBER = re.compile(r"^\+31[ \d]+$", re.MULTILINE)


@dataclass(slots=True)
class Step:
    """One message of the person and what came of it."""

    number: int
    said: str
    answer: str
    before: Conversation
    after: Conversation
    caused: frozenset[str]
    free_text: bool
    command: str
    abroad: bool


@dataclass(slots=True)
class Played:
    """A transcript as it goes today: its whole text, its steps, and the assertions that failed."""

    name: str
    text: str
    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def locale(self) -> str:
        """The language of most answers."""
        locales = [step.after.locale for step in self.steps]
        return max(sorted(set(locales)), key=locales.count)


class _Player:
    """Plays one file line by line."""

    def __init__(self, engine: Engine, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.source = text.splitlines()
        self.engine = engine
        self.tester = DialogueTester(engine, NOW)
        self.tester.runner._random_bits = itertools.count(
            10**15, 10**9 + 7
        ).__next__  # the words of a code stay the same
        who = _WHO.search(text)
        assert who, f"{path.name}: a line '# who: sms' or '# who: whatsapp' is missing"
        self.channel = Channel(who.group(1))
        self.played = Played(path.stem, "")
        self.abroad = False

    def play(self) -> Played:
        lines: list[str] = []
        for number, line in enumerate(self.source, start=1):
            if line.startswith("<"):
                continue
            lines.append(line)
            if line.startswith("> "):
                step = self._said(number, line[2:].strip())
                self.played.steps.append(step)
                lines += [f"< {each}".rstrip() for each in step.answer.splitlines()] or ["<"]
            elif line.startswith("* "):
                lines += [f"< {each}".rstrip() for each in self._advisor(line[2:].strip()).splitlines()]
            else:
                self._other(number, line)
        self.played.text = "\n".join(lines) + "\n"
        return self.played

    def _said(self, number: int, said: str) -> Step:
        before = self.tester.conversation
        reports = len(self.tester.reports)
        kind = _KIND.match(said)
        if said == _NETWORK_STOP:
            self.tester.say("STOP", opt_out=True, channel=self.channel)
        elif kind:
            self.tester.say("", kind=Kind(kind.group(1)), channel=self.channel)
        else:
            self.tester.say(said, channel=self.channel)
        caused = frozenset(str(each["event"]) for what, each in self.tester.reports[reports:] if what == "event")
        return self._step(number, said, before, caused, readable=not said.startswith("["))

    def _step(self, number: int, said: str, before: Conversation, caused: frozenset[str], *, readable: bool) -> Step:
        after = self.tester.conversation
        understood = self.engine.rules.understander.understand(said, before.locale or None) if readable else None
        state = self.engine.content(before.locale).states.get(before.position.state)
        chosen = state is not None and any(normalise(said) in each.keys for each in state.visible(before))
        if "PlaceTold" in caused:
            self.abroad = after.told.place is Place.ABROAD
        elif caused & {"ErasureRequested", "Stopped", "DecoyStarted"}:
            self.abroad = False
        elif understood is not None and understood.place:
            self.abroad = understood.place == "abroad"
        return Step(
            number=number,
            said=said,
            answer=self.tester.reply,
            before=before,
            after=after,
            caused=caused,
            free_text=readable and not chosen and any(letter.isalpha() for letter in said),
            command=(understood.command or "") if understood is not None and not chosen else "",
            abroad=self.abroad,
        )

    def _advisor(self, line: str) -> str:
        """What the person gets when an advisor does this."""
        who, _space, what = line.partition(" ")
        try:
            return self.tester.advisor(who, what)
        except Refused as refused:
            return f"(refused: {refused.reason})"

    def _other(self, number: int, line: str) -> None:
        silence = _SILENCE.match(line)
        if silence:
            minutes = int(silence.group(1)) * (60 if silence.group(2).startswith("hour") else 1)
            self.tester.wait(minutes)
            self.abroad = self.abroad and minutes <= SILENCE_MINUTES
        elif line.startswith("= "):
            status = str(self.tester.conversation.handling.status)
            if status != line[2:].strip():
                self.played.faults.append(f"line {number}: {line!r}, but the conversation is with {status!r}")
        elif line.startswith("! "):
            caused = self.played.steps[-1].caused
            if line[2:].strip() not in caused:
                self.played.faults.append(f"line {number}: {line!r}, but the message caused {sorted(caused)}")
        elif line and not line.startswith("#"):
            self.played.faults.append(f"line {number}: {line!r} is none of # > < ~ = ! *")


@cache
def _all_played(engine: Engine) -> Sequence[Played]:
    return [_Player(engine, path).play() for path in FILES]


def _steps(engine: Engine) -> Iterator[tuple[Played, Step]]:
    for played in _all_played(engine):
        for step in played.steps:
            yield played, step


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_conversation_goes_as_written(path: Path, engine: Engine, request: pytest.FixtureRequest) -> None:
    played = _Player(engine, path).play()
    if request.config.getoption("--update-transcripts"):
        path.write_text(played.text, encoding="utf-8")
    written = path.read_text(encoding="utf-8")
    difference = difflib.unified_diff(
        written.splitlines(), played.text.splitlines(), f"{path.name} as written", "as it goes", lineterm=""
    )
    assert written == played.text, "\n" + "\n".join(difference)
    assert not played.faults, "\n".join([path.name, *played.faults])


def test_there_are_sixty_conversations_and_twenty_in_each_language(engine: Engine) -> None:
    locales = [played.locale for played in _all_played(engine)]
    assert len(locales) >= 60
    assert locales.count("nl") >= 20
    assert locales.count("en") >= 20


def test_every_topic_is_answered_to_somebody_who_types_freely(engine: Engine) -> None:
    answered = {step.after.position.state.partition(".")[0] for _played, step in _steps(engine) if step.free_text}
    assert set(TOPICS) <= answered, f"nobody types their way to {sorted(set(TOPICS) - answered)}"


def test_the_conversations_show_nine_in_ten_states(engine: Engine, library: Library) -> None:
    states = reachable(library.content)
    shown = {step.after.position.state for _played, step in _steps(engine)}
    share = len(states & shown) / len(states)
    assert share >= 0.9, f"{share:.0%}; never shown: {sorted(states - shown)}"


def test_every_command_is_used_from_every_kind_of_state_and_in_both_languages(engine: Engine) -> None:
    used = {(step.command, _moment(step.before)) for _played, step in _steps(engine) if step.command}
    moments = ("opener", "menu", "topic answer", "question", "waiting", "unclear")
    wanted = {(command, moment) for command in COMMANDS for moment in moments}
    assert wanted <= used, f"never used: {sorted(wanted - used)}"
    spoken = {(step.command, step.after.locale) for _played, step in _steps(engine) if step.command}
    both = {(command, locale) for command in COMMANDS for locale in ("nl", "en")}
    assert both <= spoken, f"never used: {sorted(both - spoken)}"


def test_nobody_abroad_gets_only_numbers_that_do_not_work_there(engine: Engine) -> None:
    stranded = [
        f"{played.name}, line {step.number}: {step.said}"
        for played, step in _steps(engine)
        if step.abroad and _HOME_NUMBER.search(step.answer) and not _WORLD_NUMBER.search(step.answer)
    ]
    assert not stranded, "\n".join(stranded)


def _moment(conversation: Conversation) -> str:
    """The kind of state that a person is in."""
    state = conversation.position.state
    if conversation.handling.status is Status.WAITING or state == StateName.HANDOFF:
        return "waiting"
    if state.partition(".")[0] in TOPICS:
        return "topic answer"
    return {
        StateName.OPENER: "opener",
        StateName.MENU: "menu",
        QUESTION: "question",
        StateName.CANDIDATES: "unclear",
        StateName.PERSON: "unclear",
    }.get(state, "")
