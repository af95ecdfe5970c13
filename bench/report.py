"""What the benchmark prints: a table for people, one JSON object for machines."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.measure import Cycle, middle, ratio

# Figure, what it is, comparison, wanted value: the targets of docs/performance.md.
TARGETS: tuple[tuple[str, str, str, float], ...] = (
    ("share", "throughput, menu, turn / floor", ">=", 1.0),
    ("free_share", "throughput, one free text in six, turn / floor", ">=", 0.6),
    ("p99_ratio", "p99 at 200 webhooks/s, menu, turn / floor", "<=", 1.2),
    ("some_p99_ratio", "p99 at 200/s, 6 % free text, turn / floor", "<=", 1.5),
    ("cpu_ratio", "server CPU a menu turn, turn / floor", "<=", 1.0),
    ("free_text_cpu_ms", "CPU of a free text, ms", "<=", 7.0),
    ("loop_lateness_ratio", "lateness of the loop, 10 free texts/s / idle", "<=", 2.0),
    ("redis_round_trips", "Redis round trips a turn", "<=", 2.0),
    ("redis_bytes_per_conversation", "Redis bytes a conversation", "<=", 1200.0),
    ("start_to_first_answer_s", "start to first answer, s", "<=", 2.0),
    ("memory_mb", "memory of two workers and the main process, MB", "<=", 350.0),
    ("streams_share", "throughput, with / without 200 streams", ">=", 0.9),
    ("streams_p99_ratio", "p99, with / without 200 streams", "<=", 1.1),
)
WITHOUT_TARGET = {
    "free_only_share": "throughput, free text only, turn / floor",
    "streams_free_share": "throughput, one in six, with / without streams",
    "streams_some_p99_ratio": "p99, 6 % free text, with / without streams",
    "letters_share": "throughput, letters / floor",
    "letters_cpu_ratio": "server CPU a turn, letters / floor",
    "machine_share": "throughput, Machine a request / floor",
    "machine_p99_ratio": "p99 at 200/s, Machine a request / floor",
    "botbuilder_share": "throughput, botbuilder / floor",
    "botbuilder_p99_ratio": "p99 at 200/s, botbuilder / floor",
    "share_of_before": "throughput, turn / before",
    "free_share_of_before": "throughput, one free text in six, turn / before",
    "p99_to_before": "p99 at 200 webhooks/s, turn / before",
    "cpu_to_before": "server CPU a turn, turn / before",
}
RATIOS: dict[str, tuple[bool, str, str, str]] = {
    "share": (True, "turn", "floor", "turns_per_s"),
    "free_share": (True, "turn_sixth", "floor", "turns_per_s"),
    "free_only_share": (True, "turn_free", "floor", "turns_per_s"),
    "p99_ratio": (False, "turn", "floor", "p99_ms"),
    "some_p99_ratio": (False, "turn_some", "floor", "p99_ms"),
    "cpu_ratio": (True, "turn", "floor", "cpu_us"),
    "streams_share": (True, "streams", "turn", "turns_per_s"),
    "streams_free_share": (True, "streams_sixth", "turn_sixth", "turns_per_s"),
    "streams_p99_ratio": (False, "streams", "turn", "p99_ms"),
    "streams_some_p99_ratio": (False, "streams_some", "turn_some", "p99_ms"),
    "letters_share": (True, "letters", "floor", "turns_per_s"),
    "letters_cpu_ratio": (True, "letters", "floor", "cpu_us"),
    "machine_share": (True, "machine", "floor", "turns_per_s"),
    "machine_p99_ratio": (False, "machine", "floor", "p99_ms"),
    "botbuilder_share": (True, "botbuilder", "floor", "turns_per_s"),
    "botbuilder_p99_ratio": (False, "botbuilder", "floor", "p99_ms"),
    "share_of_before": (True, "turn", "before", "turns_per_s"),
    "free_share_of_before": (True, "turn_sixth", "before_sixth", "turns_per_s"),
    "p99_to_before": (False, "turn", "before", "p99_ms"),
    "cpu_to_before": (True, "turn", "before", "cpu_us"),
}
"""Figure -> whether it is of the closed loop, what is divided by what, and which figure of a slice."""

COMPARE: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}


def result(closed: Sequence[Cycle], opened: Sequence[Cycle], singles: Mapping[str, Any]) -> dict[str, Any]:
    """The object of the contract, and more; throughput and CPU from the closed loop, times from the open. What was not
    measured is not there."""
    told: dict[str, Any] = {name: _one(closed, opened, name) for name in closed[0]}
    for figure, (is_closed, name, to, each) in RATIOS.items():
        cycles = closed if is_closed else opened
        if name in cycles[0] and to in cycles[0]:
            told[figure] = round(ratio(cycles, name, to, each), 3)
    return told | dict(singles) | {"loop_lateness_ratio": singles["loop_lateness_ms"]["ratio"]}


def _one(closed: Sequence[Cycle], opened: Sequence[Cycle], name: str) -> dict[str, float]:
    told = {
        "turns_per_s": round(middle(closed, name, "turns_per_s"), 1),
        "cpu_us": round(middle(closed, name, "cpu_us"), 1),
    }
    if name in opened[0]:
        told |= {
            "p50_ms": round(middle(opened, name, "p50_ms"), 2),
            "p99_ms": round(middle(opened, name, "p99_ms"), 2),
        }
    return told


def tables(closed: Sequence[Cycle], opened: Sequence[Cycle], told: dict[str, Any], commands: Counter[str]) -> str:
    """The same for people, with the targets beside."""
    lines = [
        "",
        f"{'':16}{'turns/s':>10}{'(min-max)':>16}{'CPU us':>9}{'Redis us':>10}{'p50 ms':>9}{'p99 ms':>9}",
    ]
    for name in dict.fromkeys([*closed[0], *opened[0]]):
        line = f"{name:16}"
        if name in closed[0]:
            speeds = [cycle[name].turns_per_s for cycle in closed]
            spread = f"({min(speeds):.0f}-{max(speeds):.0f})"
            line += f"{middle(closed, name, 'turns_per_s'):10.0f}{spread:>16}"
            line += f"{middle(closed, name, 'cpu_us'):9.0f}{middle(closed, name, 'redis_us'):10.0f}"
        else:
            line += " " * 45
        if name in opened[0]:
            line += f"{middle(opened, name, 'p50_ms'):9.2f}{middle(opened, name, 'p99_ms'):9.2f}"
        lines.append(line)
    lines += ["turns/s and CPU: closed loop; p50 and p99: open loop; medians of cycles", ""]
    for key, label, compare, wanted in TARGETS:
        value = told[key]
        verdict = "?" if value is None else "ok" if COMPARE[compare](value, wanted) else "MISSED"
        shown = "-" if value is None else f"{value:g}"
        lines.append(f"{label:48}{shown:>8}   wanted {compare} {wanted:<6g} {verdict}")
    lines += [f"{label:48}{told[key]:>8g}" for key, label in WITHOUT_TARGET.items() if key in told]
    text = told["free_text_ms"]
    lines.append(f"{'free text, one at a time, p50 / p95 ms':48}{text['p50']:>8g} / {text['p95']:g}")
    used = ", ".join(f"{name} {count}" for name, count in commands.most_common())
    lines += [f"Redis commands in the counted turns: {used}", ""]
    return "\n".join(lines)
