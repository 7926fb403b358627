"""Build the same handbook the stock way and ours, side by side, and print what each costs.

bench/README.md tells what is measured, and how.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import preview
from cost import Cost, median, run, wait_for_quiet
from made import page_count, same_pages, share_printed
from stock import ENVIRON, PDF, WHOLE, Content, choices, content, mkdocs, with_pdf

from handbook.print import NAMES
from handbook.problems import ContentError, as_text

TOOLS = ("mkdocs", "mkdocs-material", "mkdocs-macros-plugin", "mkdocs-with-pdf", "weasyprint")


@dataclass
class Way:
    """One way of building: its command, the site it makes, and what each of its runs took."""

    what: str
    name: str
    command: list[str]
    site: Path
    costs: list[Cost] = field(default_factory=list)

    @property
    def cost(self) -> Cost:
        """The medians of its runs."""
        return median(self.costs)


def main() -> int:
    """Measure and print; 1 when the content has errors."""
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
            of = content(options, Path(folder))
            say(machine(of))
            say("", *builds(of, options.runs, pdf=not options.no_pdf))
            if not options.no_preview:
                say("", *preview.table(of, options.saves))
    except ContentError as error:
        print(as_text(error.problems), file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Build a handbook the stock way and ours, and tell what each costs.")
    choices(parser)
    parser.add_argument("--runs", type=int, default=3, help="runs of each way; medians are shown (default: 3)")
    parser.add_argument("--saves", type=int, default=20, help="saves for the preview (default: 20)")
    parser.add_argument("--no-pdf", action="store_true", help="leave the PDF out; it takes most of the time")
    parser.add_argument("--no-preview", action="store_true", help="leave the preview out; it needs chromium")
    return parser.parse_args()


def machine(of: Content) -> str:
    """What the figures were measured with."""
    tools = ", ".join(f"{tool} {version(tool)}" for tool in TOOLS)
    return f"{of.book.name}, {len(of.book.pages)} pages; {datetime.now(UTC):%d %B %Y}; {os.cpu_count()} cores; {tools}."


def builds(of: Content, runs: int, *, pdf: bool) -> Iterator[str]:
    """Run all ways in turn, several times; the table, and what was made."""
    pairs = [(stock_build(of, "site"), our_build(of, "site", "--no-pdf"), 1.0)]
    if pdf:
        pairs.append(
            (stock_build(of, "site and PDF", with_pdf(of.folder, whole=True)), our_build(of, "site and PDF"), 0.5)
        )
    ways = [way for pair in pairs for way in pair[:2]]
    noisy = sum(not measured(way, of.folder) for _ in range(runs) for way in ways)
    yield "| what | way | CPU-seconds | wall s | peak memory MB |"
    yield "|---|---|---:|---:|---:|"
    yield from (row(way) for way in ways)
    yield ""
    yield from (verdict(*pair) for pair in pairs)
    same = same_pages(of.book, ways[0].site, ways[1].site)
    yield f"- Same content: {same} of {len(of.book.pages)} pages say the same words in both sites."
    others = median(cost for way in ways for cost in way.costs).others
    yield f"- Medians of {runs} runs; during a run other programs took {others:.1f} CPU-seconds (median)."
    if noisy:
        yield f"- **The machine was not quiet at the beginning of {noisy} runs: measure again.**"
    if pdf:
        yield from ("", *books(of, ways[2], ways[3]))


def stock_build(of: Content, what: str, *plugins: dict[str, object]) -> Way:
    """`mkdocs build` with Material, its search, and further plugins."""
    name = f"stock-{what.replace(' ', '-')}"
    return Way(what, "stock", mkdocs("build", of.config(name, *plugins), "--quiet"), of.site(name))


def our_build(of: Content, what: str, *options: str) -> Way:
    """`handbook build`: from sources to publication, checks included."""
    output = of.folder / f"ours-{what.replace(' ', '-')}"
    command = of.handbook("build", "--force", "--output", str(output), *options)
    return Way(what, "ours", command, output / of.book.edition / of.book.slug / of.book.language)


def measured(way: Way, folder: Path) -> bool:
    """Run once more; whether the machine was quiet when it began."""
    quiet = wait_for_quiet()
    way.costs.append(run(way.command, folder, ENVIRON))
    cost = way.costs[-1]
    print(f"{way.what}, {way.name}: {cost.cpu:.1f} CPU-s, {cost.wall:.1f} s", file=sys.stderr, flush=True)
    return quiet


def row(way: Way) -> str:
    """A line of the table."""
    cost = way.cost
    return f"| {way.what} | {way.name} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.memory / 1e6:.0f} |"


def verdict(stock: Way, ours: Way, most: float) -> str:
    """How ours stands to the stock way in CPU-seconds, and what was asked for."""
    share = ours.cost.cpu / stock.cost.cpu
    word = "met" if share <= most else "**missed**"
    return (
        f"- {ours.what}: ours takes {share:.2f} of the stock way's CPU-seconds; at most {most} was asked for: {word}."
    )


def books(of: Content, stock: Way, ours: Way) -> Iterator[str]:
    """Pages and completeness of the PDFs; the stock one also as it comes, without the line that keeps it whole."""
    bare = stock_build(of, "bare", with_pdf(of.folder, whole=False))
    measured(bare, of.folder)
    made = (
        ("stock as it comes", bare, PDF),
        (f"stock with `{WHOLE}`", stock, PDF),
        ("ours", ours, NAMES[of.book.edition]),
    )
    yield "| PDF | pages | its text that is in it |"
    yield "|---|---:|---:|"
    for name, way, pdf in made:
        share = share_printed(of.book, way.site, way.site / pdf)
        yield f"| {name} | {page_count(way.site / pdf)} | {share:.1%} |"


def say(*lines: str) -> None:
    """Print lines as soon as they are known."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
