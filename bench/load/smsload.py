#!/usr/bin/env python3
"""smsload: walk signed Twilio webhook dialogues against a bot on loopback and check the replies.

Standard library only, and a C compiler once, for engine.c. README.md beside this file explains it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / "var" / "bench"  # git-ignored; the compiled engine goes here
NUMBER = "7777777"  # placeholder: seven digits of the sender's number
SID = "5a5a5a5a" * 4  # placeholder: 32 hex digits of the MessageSid
SIGNATURE = "S" * 28  # placeholder: a base64 HMAC-SHA1
PREFIX = "+1555"  # senders are +1555ddddddd: fictional


class LoadError(Exception):
    """The load could not be produced: no compiler, a bad scenario, a failed engine."""


# ---------------------------------------------------------------- scenario
def load_scenario(path: str) -> dict[str, Any]:
    """Read a scenario: JSON, or text with one `send => must contain | must contain` a line."""
    text = Path(path).read_text(encoding="utf-8")
    name, raw = Path(path).stem, []
    if path.endswith(".json"):
        document = json.loads(text)
        raw = document["turns"] if isinstance(document, dict) else document
        name = document.get("name", name) if isinstance(document, dict) else name
    else:
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                send, _, expected = line.partition("=>")
                raw.append([send.strip(), [e.strip() for e in expected.split("|") if e.strip()]])
    if not raw:
        raise LoadError(f"{path}: no turns")
    return {"name": name, "turns": [_turn(item) for item in raw]}


def _turn(item: Any) -> dict[str, Any]:
    if isinstance(item, list):
        item = {"send": item[0], "expect": item[1] if len(item) > 1 else []}
    return {
        "send": item["send"],
        "expect": _as_list(item.get("expect")),
        "reject": _as_list(item.get("reject")),
        "status": int(item.get("status", 0)),
        "params": dict(item.get("params", {})),
    }


def _as_list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def variants(phrase: str) -> list[bytes]:
    """A phrase as it may appear in TwiML: raw, XML-escaped, numeric character references."""
    found: list[bytes] = []
    for text in (phrase, escape(phrase, quote=False), escape(phrase, quote=True)):
        for encoded in (
            text.encode(),
            text.encode("ascii", "xmlcharrefreplace"),
            "".join(c if ord(c) < 128 else f"&#x{ord(c):x};" for c in text).encode(),
            "".join(c if ord(c) < 128 else f"&#x{ord(c):X};" for c in text).encode(),
        ):
            if encoded not in found:
                found.append(encoded)
    return found


# ----------------------------------------------------------------- webhook
def webhook_params(channel: str, body: str, account: str, to: str, prefix: str = PREFIX) -> dict[str, str]:
    """The parameters Twilio posts for an inbound message, sender and MessageSid as placeholders."""
    sid = "SM" + SID
    if channel == "whatsapp":
        wa_id = f"{prefix[1:]}{NUMBER}"
        context = {"ProfileName": "Sam Rivera", "WaId": wa_id}
        metadata = {"type": "whatsapp", "data": {"context": context}}
        return {
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ProfileName": "Sam Rivera",
            "MessageType": "text",
            "SmsSid": sid,
            "WaId": wa_id,
            "SmsStatus": "received",
            "Body": body,
            "To": f"whatsapp:{to}",
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": sid,
            "AccountSid": account,
            "ChannelMetadata": json.dumps(metadata, separators=(",", ":")),
            "From": f"whatsapp:{prefix}{NUMBER}",
            "ApiVersion": "2010-04-01",
        }
    return {
        "ToCountry": "US",
        "ToState": "CA",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "SAN FRANCISCO",
        "FromZip": "94107",
        "SmsSid": sid,
        "FromState": "CA",
        "SmsStatus": "received",
        "FromCity": "SAN FRANCISCO",
        "Body": body,
        "FromCountry": "US",
        "To": to,
        "MessagingServiceSid": "MG" + "0" * 32,
        "ToZip": "94105",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": account,
        "From": f"{prefix}{NUMBER}",
        "ApiVersion": "2010-04-01",
    }


def signed_base(url: str, params: dict[str, str]) -> bytes:
    """What Twilio signs: the URL, then each field's name and value in the order of the names."""
    return (url + "".join(key + params[key] for key in sorted(params))).encode()


def sign(token: str, url: str, params: dict[str, str]) -> str:
    """X-Twilio-Signature of one webhook."""
    digest = hmac.new(token.encode(), signed_base(url, params), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


# ------------------------------------------------- the plan the engine reads
def _u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def _blob(data: bytes) -> bytes:
    return _u32(len(data)) + data


def _places(text: bytes, placeholder: str) -> bytes:
    found = [match.start() for match in re.finditer(re.escape(placeholder.encode()), text)]
    return _u32(len(found), *found)


def _phrases(phrases: Iterable[str]) -> bytes:
    alternatives = [variants(phrase) for phrase in phrases]
    out = _u32(len(alternatives))
    for forms in alternatives:
        out += _u32(len(forms)) + b"".join(_blob(form) for form in forms)
    return out


def _template(args: argparse.Namespace, channel: str, turn: dict[str, Any]) -> bytes:
    url = urlsplit(args.url)
    to = args.to_whatsapp or args.to if channel == "whatsapp" else args.to
    params = webhook_params(channel, turn["send"], args.account, to, args.prefix)
    params.update(turn["params"])
    body = "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in params.items()).encode()
    headers = {
        "Host": args.host_header or url.netloc,
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Content-Length": str(len(body)),
        "I-Twilio-Idempotency-Token": SID,
        "X-Home-Region": "us1",
        "X-Twilio-Signature": SIGNATURE,
    }
    if not args.keepalive:
        headers["Connection"] = "close"
    for line in args.header:
        key, _, value = line.partition(":")
        headers[key.strip()] = value.strip()
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    request = (head + "\r\n").encode() + body
    base = signed_base(args.sign_url or args.url, params)
    return b"".join(
        [
            _blob(request),
            _u32(request.index(SIGNATURE.encode())),
            _places(request, NUMBER),
            _places(request, SID),
            _blob(base),
            _places(base, NUMBER),
            _places(base, SID),
            _phrases(turn["expect"]),
            _phrases(turn["reject"]),
            _u32(turn["status"]),
        ]
    )


def write_plan(args: argparse.Namespace, scenarios: list[dict[str, Any]], path: Path) -> None:
    """Write settings, requests and expectations in the form engine.c reads."""
    url = urlsplit(args.url)
    if url.scheme != "http":
        raise LoadError("only http:// targets (use --sign-url https://... for the public URL)")
    channels = ["sms", "whatsapp"] if args.channel == "mixed" else [args.channel]
    host = "127.0.0.1" if url.hostname in ("localhost", None) else str(url.hostname)
    settings = _u32(
        url.port or 80,
        args.senders,
        args.first_sender,
        min(args.concurrency, args.senders),
        int(args.keepalive),
        int(args.timeout * 1000),
        args.dialogues,
        int(args.duration * 1000),
        int(args.warmup * 1000),
        int(args.rate * 1000),
        int(args.arrival == "poisson"),
        int(args.bad_sig * 1e6),
        int(args.dup * 1e6),
        args.bad_sig_status,
        args.sink,
        args.seed,
        len(channels),
        len(scenarios),
    )
    out = [b"SMSPLAN2", _blob(args.token.encode()), _blob(host.encode()), settings]
    for scenario in scenarios:
        out.append(_u32(len(scenario["turns"])))
        out += [_template(args, channel, turn) for channel in channels for turn in scenario["turns"]]
    path.write_bytes(b"".join(out))


def build_engine() -> Path:
    """Compile engine.c, once for each version of its text, and say where the program is."""
    source = HERE / "engine.c"
    engine = CACHE / f"engine-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if engine.exists():
        return engine
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise LoadError("no C compiler: the load generator needs `cc` (Debian: apt install gcc)")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        fresh = Path(scratch) / "engine"
        command = [compiler, "-O2", "-w", "-o", str(fresh), str(source), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise LoadError(f"engine.c does not compile:\n{done.stderr.strip()}")
        fresh.replace(engine)
    return engine


# ----------------------------------------------------- watched process tree
def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue  # it ended while we looked
            children.setdefault(int(fields[1]), []).append(int(entry))
    todo, found = [pid], []
    while todo:
        current = todo.pop()
        found.append(current)
        todo += children.get(current, [])
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process tree, to the microsecond."""
    total = 0.0
    for process in tree(pid):
        try:
            for task in os.listdir(f"/proc/{process}/task"):
                total += _task_seconds(Path(f"/proc/{process}/task/{task}"))
        except OSError:
            continue  # it ended while we looked
    return total


def _task_seconds(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:  # a kernel without schedstat: hundredths of a second
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process tree."""
    rss = pss = 0
    for process in tree(pid):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("Rss:"):
                rss += int(line.split()[1])
            elif line.startswith("Pss:"):
                pss += int(line.split()[1])
    return rss / 1024, pss / 1024


def run(args: argparse.Namespace) -> dict[str, Any]:
    """One run of the engine; its counts, latencies and samples of what went wrong."""
    scenarios = [load_scenario(path) for path in args.scenario]
    engine = build_engine()
    with tempfile.TemporaryDirectory() as scratch:
        plan = Path(scratch) / "plan"
        write_plan(args, scenarios, plan)
        command = [*(["taskset", "-c", args.cpu] if args.cpu else []), str(engine), str(plan)]
        before = {pid: cpu_seconds(pid) for pid in args.watch_pid}
        begun = time.monotonic()
        limit = args.warmup + (args.duration or 600) + args.timeout + 30
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        wall = time.monotonic() - begun
    if done.returncode:
        raise LoadError(f"engine failed: {done.stderr.strip()}")
    result: dict[str, Any] = json.loads(done.stdout)
    result["watched"] = {}
    for pid in args.watch_pid:
        used = cpu_seconds(pid) - before[pid]
        rss, pss = memory_mib(pid) if args.memory else (0.0, 0.0)
        result["watched"][pid] = {
            "cpu_s": round(used, 4),
            "cores": round(used / wall, 3),
            "cpu_us_per_turn": round(used * 1e6 / max(result["started"], 1), 1),
            "rss_mib": round(rss, 1),
            "pss_mib": round(pss, 1),
        }
    for sample in result["samples"]:
        turn = scenarios[sample["scenario"]]["turns"][sample["turn"]]
        sample["scenario"] = scenarios[sample["scenario"]]["name"]
        sample["sent"], sample["expected"] = turn["send"], turn["expect"]
    result["url"], result["scenarios"] = args.url, [s["name"] for s in scenarios]
    return result


def parser() -> argparse.ArgumentParser:
    """The command line; also the way other programs fill in a run."""
    words = argparse.ArgumentParser(description=__doc__)
    add = words.add_argument
    add("--url", required=True, help="webhook URL on loopback, http://127.0.0.1:8000/twilio/message")
    add("--sign-url", help="public URL to sign for, if the bot validates another one (proxy)")
    add("--scenario", action="append", required=True, help="scenario file; repeat to mix")
    add("--token", default="test-auth-token-0123456789abcdef", help="TWILIO_AUTH_TOKEN")
    add("--account", default="AC" + "0" * 32)
    add("--to", default="+15550001111", help="the bot's number")
    add("--to-whatsapp", help="the bot's WhatsApp number, if another one")
    add("--prefix", default=PREFIX, help="what the senders' numbers begin with; 7 digits follow")
    add("--channel", choices=["sms", "whatsapp", "mixed"], default="mixed")
    add("--senders", type=int, default=2000, help="distinct senders")
    add("--first-sender", type=int, default=1000000, help="7-digit number of the first one")
    add("--concurrency", type=int, default=16, help="dialogues in progress (= connections)")
    add("--duration", type=float, default=10, help="measured seconds (0: until --dialogues)")
    add("--warmup", type=float, default=2)
    add("--dialogues", type=int, default=0, help="stop after this many dialogues (0: by time)")
    add("--rate", type=float, default=0, help="open loop: webhooks/s, latency from the due time")
    add("--arrival", choices=["poisson", "uniform"], default="poisson")
    add("--timeout", type=float, default=10)
    add("--no-keepalive", dest="keepalive", action="store_false", help="connect for each webhook")
    add("--header", action="append", default=[], help="extra header, 'X-Forwarded-Proto: https'")
    add("--host-header")
    add("--bad-sig", type=float, default=0, help="share of turns first sent wrongly signed")
    add("--bad-sig-status", type=int, default=403)
    add("--dup", type=float, default=0, help="share of turns re-sent with the same MessageSid")
    add("--sink", type=int, default=0, help="mock Twilio's REST API on 127.0.0.1:PORT")
    add("--watch-pid", type=int, action="append", default=[], help="CPU and memory of this tree")
    add("--no-memory", dest="memory", action="store_false", help="do not read the trees' memory")
    add("--cpu", help="pin the engine (taskset list)")
    add("--seed", type=int, default=1)
    add("--json", help="write the full result here")
    add("--max-errors", type=int, default=0, help="exit 1 above this many errors")
    add("--min-rps", type=float, default=0, help="exit 1 below this throughput")
    add("--max-p99", type=float, default=0, help="exit 1 above this p99 (ms)")
    return words


def main(argv: Sequence[str] | None = None) -> int:
    """Run once and print what happened."""
    args = parser().parse_args(argv)
    try:
        result = run(args)
    except LoadError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=1))
    _print(args, result)
    latency = result["latency_ms"]
    failed = result["errors"] > args.max_errors or result["turns_ok"] == 0
    failed |= bool(args.min_rps and result["turns_per_s"] < args.min_rps)
    failed |= bool(args.max_p99 and latency["p99"] > args.max_p99)
    return int(failed)


def _print(args: argparse.Namespace, result: dict[str, Any]) -> None:
    loop = f"open loop {args.rate:g}/s" if args.rate else "closed loop"
    print(
        f"{result['url']}  {'+'.join(result['scenarios'])}  {result['seconds']:.1f} s, "
        f"concurrency {args.concurrency}, {loop}"
    )
    print(
        f"turns/s {result['turns_per_s']:.1f}   ok {result['turns_ok']}   "
        f"dialogues {result['dialogues_ok']}   errors {result['errors']} "
        f"(mismatch {result['mismatches']}, status {result['bad_status']}, "
        f"conn {result['conn_errors']}, timeout {result['timeouts']}, "
        f"bad-sig {result['bad_sig_wrong']}/{result['bad_sig_sent']}, "
        f"dup {result['dup_wrong']}/{result['dup_sent']})   unsent {result['unsent']}"
    )
    names = {"p50": "p50", "p90": "p90", "p95": "p95", "p99": "p99", "p999": "p99.9", "max": "max"}
    latency = result["latency_ms"]
    print("latency ms: " + "  ".join(f"{n} {latency[k]:.2f}" for k, n in names.items()))
    turns = load_scenario(args.scenario[0])["turns"]
    for number, (turn, one) in enumerate(zip(turns, result["per_turn_ms"], strict=False), start=1):
        print(f"  turn {number} {turn['send']!r:24} n {one['n']:7}  p50 {one['p50']:8.2f}  p99 {one['p99']:8.2f}")
    print(
        f"client {result['client_cpu_us_per_turn']:.1f} us CPU/turn; "
        f"connects {result['connects']}, retries {result['retries']}"
    )
    for pid, used in result["watched"].items():
        print(
            f"pid {pid}: {used['cpu_us_per_turn']} us CPU/turn, {used['cores']} cores, "
            f"RSS {used['rss_mib']} MiB (PSS {used['pss_mib']})"
        )
    for sample in result["samples"][:5]:
        print(
            f"! {sample['why']}: sent {sample['sent']!r}, expected {sample['expected']!r}, "
            f"HTTP {sample['status']}, got {sample['got'][:300]!r}"
        )


if __name__ == "__main__":
    sys.exit(main())
