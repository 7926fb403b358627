"""How fast and how well made are the pages, on a phone in a slow network? Lighthouse measures."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import Fault

LIGHTHOUSE = Path(__file__).parents[1] / "js" / "node_modules" / ".bin" / "lighthouse"
# without the last ones the browser looks for its maker's servers
FLAGS = ("--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync")  # fmt: skip
SKIPPED = ("is-crawlable",)  # whether search engines may come is the municipality's choice
LEAST = {"performance": 0.98, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
MOST_KILOBYTES = 200
RUNS = 3


@dataclass(frozen=True)
class Score:
    """What Lighthouse says of a page: medians of its runs, and what took points away."""

    page: str
    scores: dict[str, float]
    kilobytes: float
    causes: tuple[str, ...]

    @property
    def faults(self) -> list[Fault]:
        """What is below its bar."""
        found = [
            Fault("speed", self.page, name, f"{self.scores[name]:.2f}, at least {least:.2f}", "; ".join(self.causes))
            for name, least in LEAST.items()
            if self.scores[name] < least
        ]
        if self.kilobytes > MOST_KILOBYTES:
            found.append(
                Fault("speed", self.page, "first load", f"{self.kilobytes:.0f} KB, at most {MOST_KILOBYTES} KB")
            )
        return found


def measure(address: str, page: str, browser: str) -> Score:
    """Measure a page; a first run that meets every bar is enough, otherwise the median of three counts.

    Raises:
        RuntimeError: when Lighthouse itself does not run.
    """
    reports = [_run(f"{address}/{page}", browser)]
    first = _score(page, reports)
    if not first.faults:
        return first
    reports += [_run(f"{address}/{page}", browser) for _ in range(RUNS - 1)]
    return _score(page, reports)


def _run(url: str, browser: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report.name}",
                   f"--skip-audits={','.join(SKIPPED)}",
                   f"--chrome-flags={FLAGS}"]  # fmt: skip
        environ = {**os.environ, "CHROME_PATH": browser}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
        if done.returncode:
            raise RuntimeError(f"Lighthouse stopped at {url}: {done.stderr[-500:]}")
        found: dict[str, Any] = json.loads(Path(report.name).read_text(encoding="utf-8"))
    if "runtimeError" in found:
        raise RuntimeError(f"Lighthouse stopped at {url}: {found['runtimeError']['message']}")
    return found


def _score(page: str, reports: list[dict[str, Any]]) -> Score:
    def median(name: str) -> float:
        return float(statistics.median(report["categories"][name]["score"] for report in reports))

    bytes_ = statistics.median(report["audits"]["total-byte-weight"]["numericValue"] for report in reports)
    return Score(page, {name: median(name) for name in LEAST}, bytes_ / 1000, tuple(_causes(reports[-1])))


def _causes(report: dict[str, Any]) -> list[str]:
    """The audits that count and are below their best, with what they say."""
    refs = [ref["id"] for category in report["categories"].values() for ref in category["auditRefs"] if ref["weight"]]
    weak = [report["audits"][name] for name in refs if (report["audits"][name]["score"] or 0) < 0.9]
    return [f"{audit['id']} {audit.get('displayValue', '')}".strip() for audit in weak if audit["score"] is not None]
