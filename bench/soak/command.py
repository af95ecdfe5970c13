"""`python -m bench soak`: people write on both channels while everything is broken; prints one JSON line.

Two hosts are played: one that everything happens to, with two web processes, and one that is Twilio's fallback. Both
use one Redis, and each has a spool and a worker of its own. Twilio is the stand-in of bot/devtools, which refuses,
hangs, loses and shuffles. Everything is seeded but for the races, which are what is looked for.

Exit status: 0 all promises held, 1 one did not, 2 something could not be mended or started.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.soak.advisors import Advisors
from bench.soak.breakages import Breakages
from bench.soak.memory import Memory
from bench.soak.people import Person, make_people, place_of
from bench.soak.traffic import Traffic
from bench.soak.verdict import Verdict
from bot.assembly import Assembly
from bot.devtools.twilio import Faults, StandIn
from bot.dialogue.events import Heard
from bot.ports.unavailable import StorageUnavailable
from bot.settings import WEBHOOK_OVERRIDES, read_settings
from tests.harness.fixed import PUBLIC_URL
from tests.harness.in_redis import all_is_sent
from tests.harness.processes import until
from tests.harness.site import Site

PROMISES = ("lost", "doubled", "disordered", "unanswered", "unsafe", "unreachable", "leaked", "wrong_number")
OURS = {
    "sms": ("+3197010000000", "+3197010000009"),
    "whatsapp": ("whatsapp:+3197010000001", "whatsapp:+3197010000011"),
}
"""The helpline has two numbers on each channel."""

FAULTS = Faults(too_many=0.05, server_error=0.02, accept_then_error=0.02, drop=0.02, hang=0.01, hang_seconds=6)
LOSING = 0.005
"""The share of messages whose webhook never comes; the worker finds them in the provider's list a minute later."""

LOSING_FROM_MINUTES = 2
"""A shorter soak does not wait for that."""

DRAIN_SECONDS = 180


@dataclass(frozen=True)
class Plan:
    """How much is done."""

    messages: int
    people: int
    minutes: float
    seed: int


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; see the head of this file for the exit status."""
    words = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    words.add_argument("--messages", type=int, default=10_000, help="from all people together, about")
    words.add_argument("--people", type=int, default=0, help="default: one for each ten messages")
    words.add_argument("--minutes", type=float, default=6.0, help="while all is being broken; then come the checks")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep", type=Path, help="a folder for logs and data, which stay there")
    args = words.parse_args(argv)
    plan = Plan(args.messages, args.people or max(args.messages // 10, 8), args.minutes, args.seed)
    with contextlib.ExitStack() as stack:
        if args.keep:
            args.keep.mkdir(parents=True)
        folder = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        try:
            result, cases = Soak(plan, folder, stack).run()
        except (AssertionError, OSError) as error:
            print(f"soak: {error}", file=sys.stderr)
            return 2
    for case in cases:
        print(case)
    print(json.dumps(result), flush=True)
    return 1 if any(result[promise] for promise in PROMISES) else 0


class Soak:
    """One run. What it starts ends with `stack`."""

    def __init__(self, plan: Plan, folder: Path, stack: contextlib.ExitStack) -> None:
        self._plan = plan
        self._folder = folder
        self._stack = stack
        self._people = make_people(plan.people, plan.messages, random.Random(plan.seed), OURS)
        self._verdict = Verdict()

    def run(self) -> tuple[dict[str, object], list[str]]:
        """The JSON line as a dict, and what was found in words."""
        self._start()
        plan, twilio, verdict = self._plan, self._twilio, self._verdict
        memory = Memory(self._pids)
        breakages = Breakages(self._site, plan.seed)
        advisors = Advisors(self._assembly.desk, self._assembly.storage)
        traffic = Traffic(twilio, self._people, plan.minutes * 60, plan.seed, lambda: breakages.current)
        twilio.faults = FAULTS
        twilio.lose(LOSING if plan.minutes >= LOSING_FROM_MINUTES else 0)
        traffic.start()
        advisors.start()
        breakages.start()
        traffic.wait()
        breakages.stop()
        advisors.stop()
        if breakages.failure is not None:
            raise AssertionError(f"could not mend {breakages.current}: {breakages.failure!r}")
        twilio.faults = Faults()
        twilio.lose(0)
        self._drain(advisors)
        self._reach_everybody(advisors)
        for person in self._people:
            self._check(person, advisors)
        growth = memory.growth()
        self._stack.close()
        verdict.leaks(self._people, self._files())
        verdict.slow(self._people)
        sent = [sent for person in self._people for sent in person.sent]
        result: dict[str, object] = {name: verdict.counts[name] for name in PROMISES}
        result |= {
            "slowest": round(max(each.seconds for each in sent), 2),
            "memory_growth": growth,
            "messages": len(sent),
            "people": len(self._people),
            "repeats": sum(each.repeat is not None for each in sent),
            "changed_repeats": verdict.counts["changed_repeats"],
            "answered_later": verdict.counts["answered_later"],
            "repeats_of_what_was_not_kept": verdict.counts["repeats_of_what_was_not_kept"],
            "repeats_in_an_outage": verdict.counts["repeats_in_an_outage"],
            "repeats_at_another_host": verdict.counts["repeats_at_another_host"],
            "advisor_messages": verdict.counts["advisor_messages"],
            "refused": dict(advisors.refused),
            "in_outage": sum(each.in_outage for each in sent),
            "told_not_kept": sum(each.told_not_kept for each in sent),
            "by_fallback": sum(each.result.by_fallback for each in sent),
            "missed": sum(each.missed for each in sent),
            "kills": dict(breakages.counts),
            "seed": plan.seed,
        }
        return result, verdict.cases

    def _start(self) -> None:
        homes = self._folder / "first", self._folder / "fallback"
        for home in homes:
            home.mkdir()
        first = self._site = Site(homes[0], application="tests.harness.slow_disk_app:create_app()")
        second = self._fallback = Site(homes[1], redis_port=first.redis_port)
        second.environment |= {"PUBLIC_URL": f"http://127.0.0.1:{second.port}", "WEB_WORKERS": "1"}
        for site in (first, second):
            site.environment |= {"SMS_NUMBER": ",".join(OURS["sms"]), "WHATSAPP_NUMBER": ",".join(OURS["whatsapp"])}
        first.environment["SLOW_DISK"] = str(first.folder / "slow")
        self._twilio = StandIn(
            account_sid=first.environment["TWILIO_ACCOUNT_SID"],
            auth_token=first.token,
            sms_number=OURS["sms"][0],
            whatsapp_number=OURS["whatsapp"][0],
            more_numbers=(OURS["sms"][1], OURS["whatsapp"][1]),
            public_url=PUBLIC_URL,
            local_url=f"http://127.0.0.1:{first.port}",
            webhook=f"{PUBLIC_URL}/twilio/message{WEBHOOK_OVERRIDES}",
            fallback=f"http://127.0.0.1:{second.port}/twilio/fallback",
            seed=self._plan.seed,
            callback_delay=0.05,
            shuffle=True,
            double=True,
            lose_callbacks=0.05,
        ).start()
        self._stack.callback(self._twilio.stop)
        for site in (first, second):
            self._stack.callback(site.close)
            site.environment["TWILIO_API_URL"] = self._twilio.url
        first.start_redis()
        for site in (first, second):
            site.start_web()
            site.start_worker()
        self._assembly = Assembly(read_settings(first.environment))
        self._stack.callback(self._assembly.connection.close)

    def _pids(self) -> Iterator[int]:
        for site in (self._site, self._fallback):
            yield from site.web_workers()
            if site.worker is not None:
                yield site.worker.pid

    def _drain(self, advisors: Advisors) -> None:
        """Wait until nothing is on its way any more."""

        def is_drained() -> bool:
            with contextlib.suppress(StorageUnavailable):
                advisors.keep()
            if self._site.spooled() or self._fallback.spooled():
                return False
            with self._site.client() as client:
                return all_is_sent(client)

        until(is_drained, DRAIN_SECONDS, "an empty spool and an empty outbox")
        self._twilio.settled(30)
        deadline = time.monotonic() + DRAIN_SECONDS
        coming = [person for person in self._people if person.later]
        while (coming := [each for each in coming if self._still_comes(each)]) and time.monotonic() < deadline:
            time.sleep(5)
            advisors.keep()
        until(is_drained, DRAIN_SECONDS, "an empty spool and an empty outbox")

    def _still_comes(self, person: Person) -> bool:
        """Is something of theirs not stored yet, and not erased either?"""
        transcript = self._assembly.storage.conversations.transcript(self._contact(person))
        heard = {place_of(entry.event.text) for entry in transcript if isinstance(entry.event, Heard)}
        return not person.later <= heard and not (person.erased or (person.may_be_erased and not heard))

    def _contact(self, person: Person) -> str:
        return self._site.contact(person.number, person.channel)

    def _reach_everybody(self, advisors: Advisors) -> None:
        """Whoever was told that an advisor is asked can be written to now."""
        for person in self._people:
            if not person.asked_advisor:
                continue
            if advisors.write(self._contact(person), "tot slot"):
                person.final = "tot slot"
            else:
                self._verdict.add("unreachable", f"{person.kind} {person.number[-4:]}: {dict(advisors.refused)}")
        self._drain(advisors)

    def _check(self, person: Person, advisors: Advisors) -> None:
        storage, contact = self._assembly.storage, self._contact(person)
        self._verdict.answers(person)
        self._verdict.stored(person, [entry.event for entry in storage.conversations.transcript(contact)])
        written = advisors.written.get(contact, [])
        self._verdict.arrived(person, written, storage.outbox.records(contact), self._twilio)

    def _files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*") if path.is_file()]
