"""Is the HTML valid? The Nu checker looks at all files in one run of Java."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from faults import Fault

JAR = Path(__file__).parents[1] / "js" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def check(root: Path, pages: Sequence[str]) -> list[Fault]:
    """All errors in these pages below `root`; no message of the checker is left out.

    Raises:
        RuntimeError: when the checker itself does not run.
    """
    command = ["java", "-Xss4m", "-jar", str(JAR), "--errors-only", "--exit-zero-always", "--format", "json"]
    done = subprocess.run([*command, *pages], cwd=root, capture_output=True, text=True, check=False)
    start = done.stderr.find("{")
    if done.returncode or start < 0:
        raise RuntimeError(f"the HTML checker stopped: {done.stderr[-500:]}")
    return [_fault(root, message) for message in json.loads(done.stderr[start:])["messages"]]


def _fault(root: Path, message: dict[str, object]) -> Fault:
    page = str(message.get("url", "")).partition(f"{root.as_posix()}/")[2]
    line = f"line {message.get('lastLine', '?')}"
    return Fault("markup", page, line, str(message["message"]), " ".join(str(message.get("extract", "")).split())[:110])
