"""What a command costs: CPU-seconds, wall time and peak memory, of the process and its children together."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK = 0.1  # seconds between two looks at the memory
_QUIET = 15.0  # per cent of all cores that other programs may take when a run begins


@dataclass(frozen=True)
class Cost:
    """What a run took; memory in bytes, what processes share counted once."""

    cpu: float
    wall: float
    memory: float
    others: float
    """CPU-seconds that other programs took meanwhile."""


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    found = list(costs)
    return Cost(
        *(statistics.median(getattr(cost, name) for cost in found) for name in ("cpu", "wall", "memory", "others"))
    )


def run(commands: Iterable[Sequence[str]], folder: Path, environ: Mapping[str, str]) -> Cost:
    """Run commands one after the other and measure them together.

    Raises:
        RuntimeError: with what a command said, when it fails.
    """
    costs = [_run(command, folder, environ) for command in commands]
    return Cost(
        cpu=sum(cost.cpu for cost in costs),
        wall=sum(cost.wall for cost in costs),
        memory=max(cost.memory for cost in costs),
        others=sum(cost.others for cost in costs),
    )


def _run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Cost:
    before, began = _busy(), time.monotonic()
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=said, stderr=subprocess.STDOUT)
        memory = _Memory(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)  # counts the children that the process has waited for
        process.returncode = os.waitstatus_to_exitcode(status)
    wall, busy = time.monotonic() - began, _busy() - before
    memory.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{(folder / 'said.txt').read_text(errors='replace')[-3000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(cpu, wall, memory.peak, max(0.0, busy - cpu))


def wait_for_quiet(patience: float) -> bool:
    """Wait until other programs leave the machine alone; False when they do not within so many seconds."""
    until = time.monotonic() + patience
    while psutil.cpu_percent(interval=3) > _QUIET:
        if time.monotonic() > until:
            return False
    return True


def _busy() -> float:
    """CPU-seconds that all programs have taken since the machine started."""
    times = psutil.cpu_times()
    return float(times.user + times.system)


class _Memory(threading.Thread):
    """Looks at the memory of a process and its children until the process has ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.peak = 0

    def run(self) -> None:
        """Keep the highest sum that was seen."""
        with contextlib.suppress(psutil.NoSuchProcess):
            while self.process.status() != psutil.STATUS_ZOMBIE:
                children = sum(_private(child) for child in self.process.children(recursive=True))
                self.peak = max(self.peak, self.process.memory_info().rss + children)
                time.sleep(_LOOK)


def _private(process: psutil.Process) -> int:
    """What a process does not share with the one that started it."""
    try:
        return int(process.memory_full_info().uss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
