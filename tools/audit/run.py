"""Look at every page of real handbooks: accessibility, layout, keyboard, privacy, valid HTML, speed; and every PDF.

Exit code 1 when something must be mended; the list says on which page, in which state, which rule, which element.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import markup
import papers
import speed
from faults import Fault
from served import served
from walk import Walk, chosen, walk

REPOSITORY = Path(__file__).parents[2]
HANDBOOKS = (("rotterdam", "nl"), ("rotterdam", "en"), ("sint-jans-molenbeek", "fr"))
# one of each kind that people open first
MEASURED = (
    "participant/rotterdam/nl/index.html",
    "participant/rotterdam/nl/intro/five-roles.html",
    "participant/rotterdam/nl/sheets/listening-sheet.html",
    "participant/rotterdam/nl/cases/index.html",
)
GATES = ("markup", "axe", "layout", "keyboard", "privacy", "script", "walk", "speed", "papers")
PARTS = ("papers", "markup", "walk", "speed")
MOST_SHOWN = 200
MOST_AT_ONCE = 5  # while it still runs
BATCH = 10


def main() -> int:
    """Build, look, print; 1 when there is a fault."""
    options = arguments()
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not browser:
        say("This needs chromium; `make audit` installs it.")
        return 2
    site: Path = options.site.resolve()
    faults: list[Fault] = []
    if "papers" in options.only:
        faults += printed(site.with_name("papers"), options.jobs, keep=options.keep)
    if set(options.only) == {"papers"}:
        tell(sorted(faults))
        return 1 if faults else 0
    if not options.keep:
        build(site)
    every = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    # a page that only sends on to the first language is gone before anyone looks at it
    readable = [
        page for page in every if 'http-equiv="refresh"' not in (site / page).read_text(encoding="utf-8")[:2000]
    ]
    pages = list(chosen(readable, options.sample)) if options.sample else readable
    if "markup" in options.only:
        faults += valid(site, list(chosen(every, options.sample)) if options.sample else every)
    with served(site) as address:
        if "walk" in options.only:
            faults += walked(address, pages, browser, options.jobs)
        if "speed" in options.only:
            faults += fast(address, browser)
    tell(sorted(faults))
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--site", type=Path, default=REPOSITORY / "build" / "audit", help="where the handbooks are built"
    )
    parser.add_argument("--keep", action="store_true", help="look at what lies there, build nothing")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="look at N pages only, evenly spread")
    parser.add_argument("--jobs", type=int, default=2, help="browsers at once (2)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


def build(site: Path) -> None:
    """Both editions of each handbook, without PDFs."""
    for city, language in HANDBOOKS:
        command = [sys.executable, "-m", "handbook", "build", city, "--language", language, "--no-pdf", "--force",
                   "--output", str(site)]  # fmt: skip
        subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


def printed(site: Path, jobs: int, *, keep: bool) -> list[Fault]:
    """Every document of every municipality."""
    start = time.monotonic()
    faults = [] if keep else papers.built(REPOSITORY, site)
    found = sorted(site.rglob("*.pdf"))
    faults += papers.conforming(site, found, jobs)
    say(f"papers    {len(found)} documents, {len(faults)} faults, {time.monotonic() - start:.0f} s")
    return faults


def valid(site: Path, pages: Sequence[str]) -> list[Fault]:
    """Valid HTML on every page."""
    start = time.monotonic()
    found = markup.check(site, pages)
    say(f"HTML      {len(pages)} files, {len(found)} errors, {time.monotonic() - start:.0f} s")
    return found


def walked(address: str, pages: Sequence[str], browser: str, jobs: int) -> list[Fault]:
    """The walk through all pages, by several browsers at once."""
    start = time.monotonic()
    whole = Walk()
    size = min(BATCH, -(-len(pages) // jobs))
    batches = [pages[first : first + size] for first in range(0, len(pages), size)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for done in pool.map(walk, *zip(*((address, batch, browser) for batch in batches), strict=True)):
            whole.add(done)
            seconds = time.monotonic() - start
            say(f"  {whole.pages} of {len(pages)} pages, {len(whole.faults)} faults, {seconds:.0f} s")
            for fault in done.faults[:MOST_AT_ONCE]:
                say(f"    {fault}")
    say(f"pages     {whole.pages} pages, {whole.looks} looks with axe, {len(whole.faults)} faults")
    return confirmed(address, whole.faults, browser)


def confirmed(address: str, faults: Sequence[Fault], browser: str) -> list[Fault]:
    """The faults that a second look at their pages shows too; the others are told, for somebody to look into."""
    again = walk(address, sorted({fault.page for fault in faults}), browser).faults if faults else []
    for fault in sorted({*faults} - {*again}):
        say(f"seen once, not in a second look: {fault}")
    return [fault for fault in faults if fault in again]


def fast(address: str, browser: str) -> list[Fault]:
    """Lighthouse on the pages that people open first."""
    say(f"{'Lighthouse':<46} perf  a11y  best  seo   first load")
    faults: list[Fault] = []
    for page in MEASURED:
        score = speed.measure(address, page, browser)
        say(
            f"{page:<45} "
            + "".join(f"{score.scores[name]:6.2f}" for name in speed.LEAST)
            + f"{score.kilobytes:9.0f} KB"
        )
        faults += score.faults
    return faults


def tell(faults: Sequence[Fault]) -> None:
    """How many faults of which kind, and each of them."""
    count = Counter(fault.gate for fault in faults)
    say("")
    for gate in GATES:
        say(f"{gate:<10}{count[gate]:6d}")
    for fault in faults[:MOST_SHOWN]:
        say(str(fault))
    if len(faults) > MOST_SHOWN:
        say(f"... and {len(faults) - MOST_SHOWN} more")
        for rule, many in Counter((fault.gate, fault.rule) for fault in faults).most_common(20):
            say(f"{many:6d}  {' | '.join(rule)}")


def say(line: str) -> None:
    """Print at once, so that a log shows how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
