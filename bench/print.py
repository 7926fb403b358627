"""What a printed page costs: our workbook through Typst, beside with-pdf and WeasyPrint with the same stylesheet.

bench/README.md tells what is measured, and how.
"""

from __future__ import annotations

import argparse
import functools
import html
import multiprocessing
import multiprocessing.connection
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
from stock import choices, contents

from handbook.documents import Entry, Paper, papers
from handbook.load import HOME
from handbook.print import NAMES, STYLES, print_papers, with_pdf
from handbook.problems import ContentError, as_text
from handbook.render import Site, render
from handbook.stage import stage

MOST_A_PAGE = 0.03  # CPU-seconds
MOST_MEMORY = 400.0  # megabytes
OURS = "ours, Typst"
SIZES = (50, 100, 200, 300, 500)  # printed pages, about


@dataclass(frozen=True)
class Printed:
    """One PDF: its pages, and what the printing took, its child processes included; memory in megabytes."""

    pages: int
    cpu: float
    wall: float
    memory: float

    @property
    def a_page(self) -> float:
        """CPU-seconds of one page."""
        return self.cpu / self.pages


def main() -> int:
    """Measure and print; 1 when the content has errors or a bar is missed."""
    parser = argparse.ArgumentParser(description="Measure what a printed page costs.")
    choices(parser)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="pages of books for the second table")
    parser.add_argument("--runs", type=int, default=3, help="runs of each of ours; medians are shown (default: 3)")
    parser.add_argument("--only-ours", action="store_true", help="leave the two slow ways out")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
            return measured(options, Path(folder))
    except ContentError as error:
        print(as_text(error.problems), file=sys.stderr)
        return 1


def measured(options: argparse.Namespace, folder: Path) -> int:
    """Both tables."""
    of, _ = contents(options, folder)
    site = render(of.book, stage(of.book, folder / "work"), folder / "site", HOME / "mkdocs.yml")
    (paper,) = papers(of.book, site, [NAMES[of.book.edition].removesuffix(".pdf")])

    def typst(target: Path, entries: tuple[Entry, ...] = paper.entries) -> None:
        print_papers(of.book, site, [replace(paper, entries=entries, file=target.name)], target.parent)

    ways: dict[str, Callable[[Path], None]] = {OURS: typst}
    if not options.only_ours:
        ways["mkdocs-with-pdf, mended"] = lambda target: with_pdf(of.book, site, target)
        ways["WeasyPrint alone"] = lambda target: weasyprint(site, paper, target)
    print(
        "| way | pages | CPU-seconds | a page | wall s | peak memory MB |\n|---|---:|---:|---:|---:|---:|", flush=True
    )
    found = {}
    for number, (name, way) in enumerate(ways.items()):
        found[name] = median_of(way, folder / f"way-{number}.pdf", options.runs if name == OURS else 1)
        print(row(name, found[name]), flush=True)
    ours = found[OURS]
    print(f"\n{verdict('CPU-seconds a page', ours.a_page, MOST_A_PAGE)}\n{verdict('MB', ours.memory, MOST_MEMORY)}\n")
    print(
        "| book | pages | CPU-seconds | a page | wall s | peak memory MB |\n|---|---:|---:|---:|---:|---:|", flush=True
    )
    share = sum(1 for _ in flat(paper.entries)) / ours.pages
    for size in options.sizes:
        entries = tuple(cut(paper.entries, round(size * share)))
        made = median_of(functools.partial(typst, entries=entries), folder / f"book-{size}.pdf", options.runs)
        print(row(f"about {size}", made), flush=True)
    return int(ours.a_page > MOST_A_PAGE or ours.memory > MOST_MEMORY)


def row(name: str, of: Printed) -> str:
    """A line of a table."""
    return f"| {name} | {of.pages} | {of.cpu:.1f} | {of.a_page:.3f} | {of.wall:.1f} | {of.memory:.0f} |"


def verdict(what: str, found: float, most: float) -> str:
    """Whether a bar is met."""
    return f"- {found:.3g} {what}; at most {most:g} was asked for: {'met' if found <= most else '**missed**'}."


# ---------------------------------------------------------------- ways


def median_of(way: Callable[[Path], None], target: Path, runs: int) -> Printed:
    """The run whose CPU-seconds are in the middle."""
    found = sorted((alone(way, target) for _ in range(runs)), key=lambda each: each.cpu)
    return found[len(found) // 2]


def alone(way: Callable[[Path], None], target: Path) -> Printed:
    """Print in a process of its own, so that nothing that was printed before counts."""
    target.parent.mkdir(exist_ok=True)
    context = multiprocessing.get_context("fork")  # the site that was rendered need not be copied
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(way, target, theirs))
    process.start()
    theirs.close()
    cpu, wall, memory = ours.recv()
    process.join()
    with pypdfium2.PdfDocument(target) as document:
        return Printed(len(document), cpu, wall, memory)


def _report(way: Callable[[Path], None], target: Path, to: multiprocessing.connection.Connection) -> None:
    began, own = time.monotonic(), time.process_time()
    way(target)
    wall, own = time.monotonic() - began, time.process_time() - own
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    to.send((own + children.ru_utime + children.ru_stime, wall, children.ru_maxrss * 1024 / 1e6))


def weasyprint(site: Site, paper: Paper, target: Path) -> None:
    """All articles on one page, with the stylesheet that with-pdf has, as tagged PDF."""
    body = "".join(f"<article>{entry['article']}</article>" for entry in flat(paper.entries))
    whole = site.folder / "whole.html"
    head = f"<title>{html.escape(paper.title)}</title>"
    whole.write_text(f'<!doctype html><html lang="nl"><head>{head}</head><body>{body}</body></html>', encoding="utf-8")
    style = site.folder / "book.css"
    style.write_text((STYLES / "book.css").read_text(encoding="utf-8"), encoding="utf-8")
    command = [
        "weasyprint",
        "--quiet",
        "--pdf-variant",
        "pdf/ua-1",
        "--stylesheet",
        str(style),
        str(whole),
        str(target),
    ]
    subprocess.run([sys.executable, "-m", *command], check=True)


# ---------------------------------------------------------------- books of a size


def flat(entries: tuple[Entry, ...] | list[Entry]) -> Iterator[Entry]:
    """All entries that have a page."""
    for entry in entries:
        if entry["path"]:
            yield entry
        yield from flat(entry["children"])


def cut(entries: tuple[Entry, ...], count: int) -> Iterator[Entry]:
    """The first so many pages of the book, or the book again and again, as parts of their own."""
    copy = 0
    while count > 0:
        for entry in entries:
            pages = list(flat([entry]))[:count]
            if not pages:
                return
            kept = {page["url"] for page in pages}
            count -= len(pages)
            yield _part(entry, kept, f"copy-{copy}/" if copy else "")
        copy += 1


def _part(entry: Entry, kept: set[str], folder: str) -> Entry:
    children = [_part(child, kept, folder) for child in entry["children"] if set(_urls(child)) & kept]
    return {**entry, "url": folder + entry["url"] if entry["url"] else "", "children": children}


def _urls(entry: Entry) -> list[str]:
    return [page["url"] for page in flat([entry])]


if __name__ == "__main__":
    sys.exit(main())
