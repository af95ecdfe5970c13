"""What the benchmark prints: a table for people, one JSON object for machines."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from bench.measure import Cycle, middle, ratio

# Figure, what it is, comparison, wanted value: the targets of docs/performance.md.
TARGETS: tuple[tuple[str, str, str, float], ...] = (
    ("share", "throughput, turn / floor", ">=", 1.0),
    ("p99_ratio", "p99 at 200 webhooks/s, turn / floor", "<=", 1.3),
    ("cpu_ratio", "server CPU a turn, turn / floor", "<=", 1.1),
    ("redis_round_trips", "Redis round trips a turn", "<=", 2.0),
    ("redis_bytes_per_conversation", "Redis bytes a conversation", "<=", 1200.0),
    ("start_to_first_answer_s", "start to first answer, s", "<=", 3.0),
    ("streams_share", "throughput, with / without 200 streams", ">=", 0.9),
    ("streams_p99_ratio", "p99, with / without 200 streams", "<=", 1.1),
)
WITHOUT_TARGET = {
    "letters_share": "throughput, letters / floor",
    "letters_p99_ratio": "p99 at 200 webhooks/s, letters / floor",
    "letters_cpu_ratio": "server CPU a turn, letters / floor",
    "share_of_before": "throughput, turn / before",
    "p99_to_before": "p99 at 200 webhooks/s, turn / before",
    "cpu_to_before": "server CPU a turn, turn / before",
}
COMPARE: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}


def result(
    closed: Sequence[Cycle],
    opened: Sequence[Cycle],
    trips: float,
    free_text: dict[str, float],
    size: float | None,
    start: float,
) -> dict[str, Any]:
    """The object of the contract; throughput and CPU from the closed loop, times from the open."""
    return {
        "floor": _one(closed, opened, "floor"),
        "turn": _one(closed, opened, "turn"),
        "share": round(ratio(closed, "turn", "floor", "turns_per_s"), 3),
        "p99_ratio": round(ratio(opened, "turn", "floor", "p99_ms"), 3),
        "cpu_ratio": round(ratio(closed, "turn", "floor", "cpu_us"), 3),
        "redis_round_trips": round(trips, 2),
        "free_text_ms": free_text,
        "redis_bytes_per_conversation": None if size is None else round(size),
        "start_to_first_answer_s": round(start, 2),
        "streams_share": round(ratio(closed, "streams", "turn", "turns_per_s"), 3),
        "streams_p99_ratio": round(ratio(opened, "streams", "turn", "p99_ms"), 3),
        "letters": _one(closed, opened, "letters"),
        "letters_share": round(ratio(closed, "letters", "floor", "turns_per_s"), 3),
        "letters_p99_ratio": round(ratio(opened, "letters", "floor", "p99_ms"), 3),
        "letters_cpu_ratio": round(ratio(closed, "letters", "floor", "cpu_us"), 3),
    } | _against(closed, opened)


def _against(closed: Sequence[Cycle], opened: Sequence[Cycle]) -> dict[str, Any]:
    """The other version and the ratios of this one to it, when both were measured."""
    if "before" not in closed[0]:
        return {}
    return {
        "before": _one(closed, opened, "before"),
        "share_of_before": round(ratio(closed, "turn", "before", "turns_per_s"), 3),
        "p99_to_before": round(ratio(opened, "turn", "before", "p99_ms"), 3),
        "cpu_to_before": round(ratio(closed, "turn", "before", "cpu_us"), 3),
    }


def _one(closed: Sequence[Cycle], opened: Sequence[Cycle], name: str) -> dict[str, float]:
    return {
        "turns_per_s": round(middle(closed, name, "turns_per_s"), 1),
        "p50_ms": round(middle(opened, name, "p50_ms"), 2),
        "p99_ms": round(middle(opened, name, "p99_ms"), 2),
        "cpu_us": round(middle(closed, name, "cpu_us"), 1),
    }


def tables(closed: Sequence[Cycle], opened: Sequence[Cycle], told: dict[str, Any], commands: Counter[str]) -> str:
    """The same for people, with the targets beside."""
    lines = [
        "",
        f"{'':10}{'turns/s':>10}{'(min-max)':>16}{'CPU us':>9}{'Redis us':>10}{'p50 ms':>9}{'p99 ms':>9}",
    ]
    for name in closed[0]:
        speeds = [cycle[name].turns_per_s for cycle in closed]
        spread = f"({min(speeds):.0f}-{max(speeds):.0f})"
        lines.append(
            f"{name:10}{middle(closed, name, 'turns_per_s'):10.0f}{spread:>16}"
            f"{middle(closed, name, 'cpu_us'):9.0f}{middle(closed, name, 'redis_us'):10.0f}"
            f"{middle(opened, name, 'p50_ms'):9.2f}{middle(opened, name, 'p99_ms'):9.2f}"
        )
    lines += ["turns/s and CPU: closed loop; p50 and p99: open loop; medians of cycles", ""]
    for key, label, compare, wanted in TARGETS:
        value = told[key]
        verdict = "?" if value is None else "ok" if COMPARE[compare](value, wanted) else "MISSED"
        shown = "-" if value is None else f"{value:g}"
        lines.append(f"{label:42}{shown:>8}   wanted {compare} {wanted:<6g} {verdict}")
    lines += [f"{label:42}{told[key]:>8g}" for key, label in WITHOUT_TARGET.items() if key in told]
    text = told["free_text_ms"]
    lines.append(f"{'free text, one at a time, p50 / p95 ms':42}{text['p50']:>8g} / {text['p95']:g}")
    used = ", ".join(f"{name} {count}" for name, count in commands.most_common())
    lines += [f"Redis commands in the counted turns: {used}", ""]
    return "\n".join(lines)
