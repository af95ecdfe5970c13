"""The figures without load: round trips, free text, memory, start."""

from __future__ import annotations

import http.client
import statistics
import time
from collections import Counter
from pathlib import Path

import redis

from bench.client import Answer, Caller, Senders
from bench.load import smsload
from bench.measure import load
from bench.relay import Relay
from bench.servers import (
    SCENARIOS,
    START_SECONDS,
    BenchError,
    Server,
    Site,
    Subject,
    redis_address,
    relayed_url,
)

# Put before the sentences, so that no text is ever sent twice and nothing can come from a cache.
OPENINGS = ("", "hallo, ", "sorry dat ik stoor, ", "ik durf het bijna niet te vragen: ", "help, ")


def check_dialogue(site: Site, server: Server, senders: Senders) -> None:
    """Go through the scenario once; a wrong answer is shown in full before any load."""
    scenario = smsload.load_scenario(str(server.subject.scenario))
    caller, sender = Caller(server.port, site.account), senders.take()
    try:
        for turn in scenario["turns"]:
            answer = caller.send(sender, turn["send"])
            missing = [
                phrase
                for phrase in turn["expect"]
                if not any(form.decode() in answer.body for form in smsload.variants(phrase))
            ]
            if answer.status != 200 or missing:
                raise BenchError(
                    f"{server.subject.name} does not follow {server.subject.scenario.name}: sent "
                    f"{turn['send']!r}, missing {missing}, HTTP {answer.status}, "
                    f"got:\n{answer.body}"
                )
    finally:
        caller.close()


def start_seconds(site: Site, subject: Subject, senders: Senders, times: int) -> float:
    """From starting gunicorn to its first answer in TwiML: the median of a few starts."""
    taken = []
    for _ in range(times):
        server = Server(site, subject)
        try:
            _first_answer(site, server, senders.take())
            taken.append(time.perf_counter() - server.begun)
        finally:
            server.stop()
    return statistics.median(taken)


def _first_answer(site: Site, server: Server, sender: int) -> Answer:
    caller = Caller(server.port, site.account)
    deadline = time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < deadline:
            server.check_running()
            try:
                answer = caller.send(sender, "hoi")
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
                continue
            if answer.status == 200 and "<Response" in answer.body:
                return answer
            raise BenchError(f"first answer is HTTP {answer.status}: {answer.body[:500]}")
    finally:
        caller.close()
    raise BenchError(f"{server.subject.name} gave no answer in {START_SECONDS} s")


def round_trips(site: Site, subject: Subject, senders: Senders, turns: int) -> tuple[float, Counter[str]]:
    """Redis round trips a turn, and how often each command was sent in all."""
    texts = [turn["send"] for turn in smsload.load_scenario(str(subject.scenario))["turns"]]
    dialogues = max(turns // len(texts), 1)
    relay = Relay(redis_address(site.redis_url))
    # One worker and one message at a time: connections and scripts are warm after one dialogue.
    server = Server(site, subject, workers=1, redis_url=relayed_url(site.redis_url, relay.port))
    try:
        server.wait()
        caller = Caller(server.port, site.account)
        for number in range(dialogues + 1):
            if number == 1:
                relay.reset()
            sender = senders.take()
            for text in texts:
                answer = caller.send(sender, text)
                if answer.status != 200:
                    raise BenchError(f"HTTP {answer.status} while counting round trips")
        trips, commands = relay.trips, Counter(relay.commands)
        caller.close()
    finally:
        server.stop()
        relay.close()
    return trips / (dialogues * len(texts)), commands


def free_text(site: Site, server: Server, senders: Senders, openings: int) -> tuple[dict[str, float], float]:
    """How long a free sentence takes, one at a time, over HTTP, everything included; and its CPU in milliseconds,
    in all processes of the server."""
    lines = [opening + line for opening in OPENINGS[:openings] for line in sentences()]
    caller, first = Caller(server.port, site.account), senders.take(len(lines))
    taken = []
    try:
        for number in range(len(lines)):
            caller.send(first + number, "hoi")
        before = smsload.cpu_seconds(server.process.pid)
        for number, line in enumerate(lines):
            answer = caller.send(first + number, line)
            if answer.status != 200:
                raise BenchError(f"free text got HTTP {answer.status}: {answer.body[:500]}")
            taken.append(answer.seconds * 1000)
        used = smsload.cpu_seconds(server.process.pid) - before
    finally:
        caller.close()
    cuts = statistics.quantiles(taken, n=20, method="inclusive")
    told = {"p50": round(statistics.median(taken), 2), "p95": round(cuts[18], 2)}
    return told, round(used * 1000 / len(lines), 2)


def sentences() -> list[str]:
    """Free texts, in Dutch."""
    return (SCENARIOS / "free_text.txt").read_text(encoding="utf-8").splitlines()


def memory_mb(server: Server) -> float:
    """What the processes of the server take together; what they share counts once."""
    _resident, proportional = smsload.memory_mib(server.process.pid)
    return proportional


def bytes_per_conversation(
    site: Site, server: Server, senders: Senders, pattern: str, conversations: int
) -> float | None:
    """Redis memory of a conversation after one dialogue; None when no key fits the pattern."""
    with redis.Redis.from_url(site.redis_url) as client:
        before = set(client.scan_iter(match=pattern, count=1000))
        words = ["--url", server.url, "--scenario", str(server.subject.scenario)]
        words += ["--dialogues", str(conversations), "--duration", "0", "--warmup", "0"]
        words += ["--senders", str(conversations)]
        words += ["--first-sender", str(senders.take(conversations)), "--no-memory"]
        result = load(site.account, words)
        if result["errors"]:
            raise BenchError(f"{result['errors']} wrong answers while filling Redis")
        fresh = set(client.scan_iter(match=pattern, count=1000)) - before
        if not fresh:
            return None
        pipeline = client.pipeline(transaction=False)
        for key in fresh:
            pipeline.memory_usage(key, samples=0)
        return sum(size or 0 for size in pipeline.execute()) / conversations


def path_of(scenario: str) -> Path:
    """A scenario by its file, or by its name in bench/scenarios."""
    given = Path(scenario)
    return given if given.exists() else SCENARIOS / f"{scenario}.json"
