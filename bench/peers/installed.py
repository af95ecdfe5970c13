"""The environment of `botbuilder.py`, apart from that of the project: made once, under var/."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.servers import ROOT

WANTED = Path(__file__).with_name("requirements.txt")
HOME = ROOT / "var" / "bench" / "botbuilder"
SECONDS = 300


def botbuilder_python(say: Callable[[str], None]) -> str:
    """Its Python; "" where the packages cannot be had, which is said."""
    python, done = HOME / "bin" / "python", HOME / "installed"
    wanted = hashlib.sha256(WANTED.read_bytes()).hexdigest()
    if done.exists() and done.read_text() == wanted:
        return str(python)
    say("installing the packages of bench/peers/botbuilder.py ...")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True, capture_output=True, timeout=SECONDS)
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(WANTED)]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"botbuilder is left out: its packages cannot be installed ({type(error).__name__})")
        return ""
    done.write_text(wanted)
    return str(python)
