"""What the benchmark sends, and what it makes of the figures; nothing is measured here."""

import json
from collections import Counter
from pathlib import Path

from bench.load import smsload
from bench.measure import Slice
from bench.mixes import write_mixes
from bench.report import RATIOS, TARGETS, WITHOUT_TARGET, result, tables
from bench.servers import SCENARIOS

SINGLES = {
    "redis_round_trips": 2.0,
    "free_text_ms": {"p50": 6.0, "p95": 9.0},
    "free_text_cpu_ms": 5.0,
    "redis_bytes_per_conversation": 300,
    "start_to_first_answer_s": 1.5,
    "memory_mb": 300,
    "loop_lateness_ms": {"idle": 1.0, "busy": 1.5, "ratio": 1.5},
}


def texts(paths: tuple[Path, ...]) -> list[str]:
    return [turn["send"] for path in paths for turn in smsload.load_scenario(str(path))["turns"]]


def test_each_mix_has_as_much_free_text_as_its_name_says(tmp_path: Path) -> None:
    mixes = write_mixes(SCENARIOS / "menu.json", tmp_path)
    menu = set(texts(mixes.menu))
    shares = {
        name: sum(text not in menu for text in sent) / len(sent)
        for name, sent in (("sixth", texts(mixes.sixth)), ("some", texts(mixes.some)), ("free", texts(mixes.free)))
    }
    assert shares == {"sixth": 1 / 6, "some": 1 / 18, "free": 1.0}


def test_every_target_is_told_and_a_figure_is_a_ratio_of_the_same_cycle() -> None:
    names = {name for _closed, name, to, _each in RATIOS.values() for name in (name, to)}
    one, two = (
        {name: Slice(speed, 2.0, 4.0, 500.0, 100.0, 0, noisy=False) for name in names} for speed in (100.0, 50.0)
    )
    one["floor"] = Slice(50.0, 2.0, 2.0, 500.0, 50.0, 0, noisy=False)
    two["floor"] = Slice(25.0, 2.0, 2.0, 500.0, 50.0, 0, noisy=False)
    told = result([one, two], [one, two], SINGLES)
    assert {key for key, *_rest in TARGETS} | set(WITHOUT_TARGET) <= set(told)
    assert (told["share"], told["p99_ratio"], told["cpu_ratio"]) == (2.0, 2.0, 1.0)
    assert json.loads(json.dumps(told)) == told
    assert "MISSED" in tables([one, two], [one, two], told, Counter())


def test_what_was_not_measured_is_not_told() -> None:
    cycle = {name: Slice(1.0, 1.0, 1.0, 1.0, 1.0, 0, noisy=False) for name in ("floor", "turn")}
    told = result([cycle], [cycle], SINGLES)
    assert "share" in told
    assert "machine_share" not in told
