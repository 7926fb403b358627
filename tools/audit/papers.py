"""Every document of every municipality: the builder's own checks, and PDF/UA-1."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import page as conformance
from faults import Fault


def built(repository: Path, site: Path) -> list[Fault]:
    """Build all documents of all handbooks below `site`; what the builder's checks say about them."""
    command = [sys.executable, "-m", "handbook", "build", "--all", "--print", "all", "--force", "--output", str(site)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    told = done.stderr.strip().splitlines()[-20:] if done.returncode else []
    return [Fault("papers", "handbook build --all --print all", "built", line) for line in told if line.strip()]


def conforming(site: Path, papers: list[Path], jobs: int) -> list[Fault]:
    """What a validator finds against PDF/UA-1."""
    with ProcessPoolExecutor(jobs) as pool:
        found = pool.map(_rules, papers, chunksize=8)
        return [
            Fault("papers", paper.relative_to(site).as_posix(), "PDF/UA-1", rule)
            for paper, rules in zip(papers, found, strict=True)
            for rule in rules
        ]


def _rules(paper: Path) -> list[str]:
    return list(_failed(paper))


def _failed(paper: Path) -> Iterator[str]:
    report = conformance.validate_pdf(paper, profile=conformance.ValidationProfile.PDF_UA_1)
    yield from (str(failure.rule_id) for failure in report.failures)
