"""What a soak found: every promise that can be checked from outside, person by person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.soak.people import CANARY, DANGER, HIDDEN, OUTAGE, Person, Sent, place_of
from bot.devtools.twilio import InboundResult, StandIn
from bot.dialogue.events import AnyEvent, Heard
from bot.ports.outbox import Record
from tests.harness.twilio_client import ABROAD

SECONDS = 2.0
"""So long an answer may take."""

TELLING = ("computer", "leest", "Veilig Thuis", "Waar gaat het over", "paspoort")
"""Words that tell whoever holds the phone what this number is."""

TELLING_IN_CALM = (*TELLING, "medewerker", "menu", "storing")
"""In an outage nobody knows who has hidden it, and everybody reads the same neutral words."""

_NUMBER = re.compile(rb"(?<!\d)(?:00)?(?:31|0)?(6\d{8})(?!\d)")


class Verdict:
    """Counts of broken promises, each with the first few cases in words that name no content."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.cases: list[str] = []

    def add(self, promise: str, case: str) -> None:
        """One more broken `promise`."""
        self.counts[promise] += 1
        if self.counts[promise] <= 5:
            self.cases.append(f"{promise}: {case}")

    # -- what a person got ---------------------------------------------------------------------------------------

    def answers(self, person: Person) -> None:
        """Everybody is answered, with nothing that harms them."""
        for place, sent in enumerate(person.sent):
            case = f"{_name(person)}, message {place}, {sent.broken or 'before anything'}"
            if sent.result.error not in ("", "lost"):
                self.add("unanswered", f"{case}: {sent.result.error}, status {sent.result.status}")
            if sent.missed:
                continue
            words = sent.answer.replace(ABROAD, "")
            if sent.in_outage and not ("112" in sent.answer and ABROAD in sent.answer):
                self.add("unsafe", f"{case}: an outage without the numbers")
            if (
                sent.text.strip() in DANGER
                and sent.result.texts
                and not ("112" in sent.answer or ABROAD in sent.answer)
            ):
                self.add("unsafe", f"{case}: danger without the numbers")
            telling = TELLING if sent.in_outage else TELLING_IN_CALM
            if place >= person.hidden_from and any(word in words for word in telling):
                when = "in an outage" if sent.in_outage else "while Redis answers"
                hiding = "; ".join(
                    f"{number} {each.broken}{' by the fallback' if each.result.by_fallback else ''}"
                    for number, each in enumerate(person.sent[:place])
                    if HIDDEN in each.answer
                )
                self.add("unsafe", f"{case}: gave away what this is, {_how(sent.result)}, {when}; hidden by {hiding}")
            if sent.repeat is not None and not sent.repeat.error and sent.repeat.texts != sent.result.texts:
                how = f"{_how(sent.result)}, again {sent.broken_again or 'before anything'}, {_how(sent.repeat)}"
                self.add(_why_changed(sent), f"{case}, {how}")

    def stored(self, person: Person, transcript: Sequence[AnyEvent]) -> None:
        """Everything they wrote is there once, in the order they wrote it, or they were told that it is not."""
        heard = [place_of(event.text) for event in transcript if isinstance(event, Heard)]
        if person.erased:
            if transcript:
                self.add("unsafe", f"{_name(person)}: erased, and {len(transcript)} events came back")
            return
        if person.may_be_erased and not transcript:
            return  # they said so in an outage: it was done when that came back
        times = Counter(heard)
        for place, sent in enumerate(person.sent):
            if not times[place] and not sent.told_not_kept:
                last = person.sent[-1]
                there = (
                    f"there are {sorted(times)} of {len(person.sent)}; the last one: {_how(last.result)}, {last.broken}"
                )
                self.add("lost", f"{_name(person)}, message {place}: {_fate(sent)}; {there}")
            if times[place] > 1:
                self.add("doubled", f"{_name(person)}, message {place}: {times[place]} times")
        # What was kept while something was broken comes back after what was written since; the rest has its order.
        plain = [place for place in heard if not person.sent[place].is_kept_apart]
        for before, after in zip(plain, plain[1:], strict=False):
            if before > after:
                case = f"{_name(person)}: message {after} ({person.sent[after].broken}) after {before}"
                self.add("disordered", f"{case} ({person.sent[before].broken})")

    def slow(self, people: Iterable[Person]) -> None:
        """Who waited longest, and when."""
        everything = [(sent, person) for person in people for sent in person.sent]
        for sent, person in sorted(everything, key=lambda pair: -pair[0].seconds)[:5]:
            if sent.seconds > SECONDS:
                by = "by the fallback" if sent.result.by_fallback else f"at try {sent.result.attempts}"
                self.cases.append(f"slow: {_name(person)}, {sent.seconds:.1f} s, {by}, {sent.broken}")

    # -- what advisors wrote -------------------------------------------------------------------------------------

    def arrived(self, person: Person, written: Sequence[str], records: Mapping[str, Record], twilio: StandIn) -> None:
        """What an advisor wrote is on the phone, once and in order."""
        items = [item for item in twilio.inbox(person.number, person.channel) if item.source == "api"]
        address = f"whatsapp:{person.number}" if person.channel == "whatsapp" else person.number
        for message in twilio.accepted:
            if message.to == address and message.sender != person.ours:
                self.add("wrong_number", f"{_name(person)}: sent from another number than they text")
        texts = [item.text.splitlines()[-1] for item in items if item.text]
        got = [text for text in texts if text in written]
        for text in written:
            if text not in got:
                states = Counter(record.state for record in records.values())
                what = "unreachable" if text == person.final else "lost"
                self.add(what, f"{_name(person)}: an advisor's message; states {dict(states)}")
        marked = sum(record.maybe_duplicate for record in records.values())
        if len(got) - len(set(got)) > marked:
            self.add("doubled", f"{_name(person)}: an advisor's message, not marked as perhaps doubled")
        order = list(dict.fromkeys(got))
        if order != [text for text in written if text in got]:
            self.add("disordered", f"{_name(person)}: an advisor's messages")
        self.counts["advisor_messages"] += len(written)
        # Who never asked for an advisor gets a message by the API only where their own never reached a webhook.
        later = [sent for sent in person.sent if sent.missed or sent.was_not_kept]
        self.counts["answered_later"] += len(items) if not written else 0
        if not written and len(items) > len(later):
            self.add("doubled", f"{_name(person)}: {len(items)} answers by the API to messages that were answered")

    # -- what lies about -----------------------------------------------------------------------------------------

    def leaks(self, people: Iterable[Person], files: Iterable[Path]) -> None:
        """No number and no word of theirs in any file."""
        numbers = {person.number.removeprefix("+31").encode() for person in people}
        for file in files:
            data = file.read_bytes()
            if CANARY.encode() in data:
                self.add("leaked", f"{file.name}: words")
            if numbers.intersection(_NUMBER.findall(data)):
                self.add("leaked", f"{file.name}: a number")


def _why_changed(sent: Sent) -> str:
    """A copy got another answer than the message. It must not, but where the first one is out of reach: it was not
    kept, and the copy is; it lies in a Redis that is away; another host gave it in an outage."""
    assert sent.repeat is not None
    if sent.told_not_kept:
        return "repeats_of_what_was_not_kept"
    if _is_of_outage(sent.repeat) and not sent.in_outage:
        return "repeats_in_an_outage"
    if sent.in_outage and sent.result.by_fallback != sent.repeat.by_fallback:
        return "repeats_at_another_host"
    return "changed_repeats"


def _how(result: InboundResult) -> str:
    where = "by the fallback" if result.by_fallback else f"at try {result.attempts}"
    said = "in an outage" if _is_of_outage(result) else "as usual" if result.texts else "silence"
    return f"{where}, {said}"


def _is_of_outage(result: InboundResult) -> bool:
    return any(OUTAGE in text for text in result.texts)


def _name(person: Person) -> str:
    return f"{person.kind} {person.number[-4:]} ({person.channel})"


def _fate(sent: Sent) -> str:
    how = f"the webhook failed ({sent.result.error})" if sent.missed else "answered as usual"
    return f"{'answered in an outage' if sent.in_outage else how}, {sent.broken}"
