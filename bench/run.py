"""Build the same handbooks the stock way and ours, side by side, and print what each costs.

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
from made import printed, whole_pages
from stock import ENVIRON, PDF, WHOLE, Content, choices, contents, handbook, mkdocs

from handbook.print import NAMES
from handbook.problems import ContentError, as_text

TOOLS = ("mkdocs", "mkdocs-material", "mkdocs-macros-plugin", "mkdocs-with-pdf", "weasyprint", "typst")
PLAIN = "stock, macros run before"


@dataclass
class Way:
    """One way of building: its commands, the site it makes, and what each of its runs took."""

    what: str
    name: str
    commands: list[list[str]]
    site: Path
    costs: list[Cost] = field(default_factory=list)

    @property
    def cost(self) -> Cost:
        """The medians of its runs."""
        return median(self.costs)


@dataclass(frozen=True)
class Race:
    """Ways of building the same thing: the stock way first, ours last, which may take so much of its CPU-seconds."""

    ways: tuple[Way, ...]
    most: float


def main() -> int:
    """Measure and print; 1 when the content has errors."""
    options = arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
            one, all_of_city = contents(options, Path(folder))
            say(machine(one))
            races = [site_race(one), city_race(all_of_city, Path(folder))]
            if not options.no_pdf:
                races.append(pdf_race(one))
            say("", *table(races, options, Path(folder)))
            say("", same_content(one, races[0]))
            if not options.no_pdf:
                say("", *books(one, races[-1], options.wait))
            if not options.no_preview:
                say("", *preview.table(one, options.saves, options.wait))
    except ContentError as error:
        print(as_text(error.problems), file=sys.stderr)
        return 1
    return 0


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description="Build handbooks the stock way and ours, and tell what each costs.")
    choices(parser)
    parser.add_argument("--runs", type=int, default=3, help="runs of each way; medians are shown (default: 3)")
    parser.add_argument("--saves", type=int, default=20, help="saves for the preview (default: 20)")
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for quiet before a run (default: 300)")
    parser.add_argument("--no-pdf", action="store_true", help="leave the PDF out; it takes most of the time")
    parser.add_argument("--no-preview", action="store_true", help="leave the preview out; it needs chromium")
    return parser.parse_args()


def machine(of: Content) -> str:
    """What the figures were measured with."""
    tools = ", ".join(f"{tool} {version(tool)}" for tool in TOOLS)
    return f"{of.book.name}, {len(of.book.pages)} pages; {datetime.now(UTC):%d %B %Y}; {os.cpu_count()} cores; {tools}."


# ---------------------------------------------------------------- what is built


def site_race(of: Content) -> Race:
    """One handbook's site."""
    what = "one site"
    return Race((stock(of, what, of.with_macros()), stock(of, what), ours(of, what, "ours", "--no-pdf")), 1.0)


def city_race(of: list[Content], folder: Path) -> Race:
    """The sites of all the city's handbooks: each language, both editions."""
    what = f"the city's {len(of)} sites"
    output = folder / "ours-city"
    build = handbook(of[0].project, "build", of[0].book.slug, "--force", "--no-pdf", "--output", str(output))
    running = [stock(content, what, content.with_macros()) for content in of]
    plain = [stock(content, what) for content in of]
    return Race((in_turn(running, folder), in_turn(plain, folder), Way(what, "ours", [build], output)), 1.0)


def in_turn(ways: list[Way], folder: Path) -> Way:
    """Several builds of one kind as one."""
    return Way(ways[0].what, ways[0].name, [command for way in ways for command in way.commands], folder)


def pdf_race(of: Content) -> Race:
    """One handbook's site and PDF."""
    what = "site and PDF"
    return Race(
        (
            stock(of, what, of.with_pdf(whole=True)),
            ours(of, what, "ours, with-pdf", "--printer", "with-pdf"),
            ours(of, what, "ours", "--printer", "typst"),
        ),
        0.5,
    )


def stock(of: Content, what: str, *plugins: dict[str, object]) -> Way:
    """`mkdocs build` with Material, its search, and further plugins; without mkdocs-macros on pages that need none."""
    named = " and ".join(f"mkdocs-{name}" for plugin in plugins for name in plugin)
    folder = f"{what} {named}".strip().replace(" ", "-").replace("'", "")
    command = mkdocs("build", of.config(folder, *plugins), "--quiet")
    return Way(what, f"stock with {named}" if named else PLAIN, [command], of.site(folder))


def ours(of: Content, what: str, name: str, *options: str) -> Way:
    """`handbook build`: from sources to publication, checks included."""
    output = of.folder / f"{what} {name}".replace(" ", "-").replace(",", "")
    command = of.handbook("build", "--force", "--output", str(output), *options)
    return Way(what, name, [command], output / of.book.edition / of.book.slug / of.book.language)


# ---------------------------------------------------------------- what it takes


def table(races: list[Race], options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """Run all ways in turn, several times; what they take, and how ours stand to the stock way."""
    ways = [way for race in races for way in race.ways]
    noisy = sum(not measured(way, folder, options.wait) for _ in range(options.runs) for way in ways)
    yield "| what | way | CPU-seconds | wall s | peak memory MB |"
    yield "|---|---|---:|---:|---:|"
    yield from (row(way) for way in ways)
    yield ""
    yield from (
        verdict(other, race.ways[-1], race.most if other is race.ways[0] else 0)
        for race in races
        for other in race.ways[:-1]
    )
    others = median(cost for way in ways for cost in way.costs).others
    yield f"- Medians of {options.runs} runs; during a run other programs took {others:.1f} CPU-seconds (median)."
    if noisy:
        yield f"- **The machine was not quiet at the beginning of {noisy} runs: measure again.**"


def measured(way: Way, folder: Path, patience: float) -> bool:
    """Run once more; whether the machine was quiet when it began."""
    quiet = wait_for_quiet(patience)
    way.costs.append(run(way.commands, folder, ENVIRON))
    cost = way.costs[-1]
    print(f"{way.what}, {way.name}: {cost.cpu:.1f} CPU-s, {cost.wall:.1f} s", file=sys.stderr, flush=True)
    return quiet


def row(way: Way) -> str:
    """A line of the table."""
    cost = way.cost
    return f"| {way.what} | {way.name} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.memory / 1e6:.0f} |"


def verdict(stock: Way, ours: Way, most: float) -> str:
    """How ours stands to another way in CPU-seconds, and what was asked for, if anything was."""
    share = ours.cost.cpu / stock.cost.cpu
    word = f"; at most {most} was asked for: {'met' if share <= most else '**missed**'}" if most else ""
    return f"- {ours.what}, {ours.name}: {share:.2f} of the CPU-seconds of {stock.name}{word}."


# ---------------------------------------------------------------- what was made


def same_content(of: Content, race: Race) -> str:
    """Whether our site holds what the stock site holds."""
    whole = whole_pages(of.book, race.ways[0].site, race.ways[-1].site)
    return f"Same content: {whole} of {len(of.book.pages)} pages of our site hold all text of the stock one."


def books(of: Content, race: Race, patience: float) -> Iterator[str]:
    """Pages and completeness of the PDFs; the stock one also as it comes, without the line that keeps it whole."""
    bare = stock(of, "bare", of.with_pdf(whole=False))
    measured(bare, of.folder, patience)
    whole, with_pdf, typst = race.ways
    workbook = NAMES[of.book.edition]
    yield "| PDF | pages | text of the site that is in it |"
    yield "|---|---:|---:|"
    for name, pdf in (
        ("stock as it comes", bare.site / PDF),
        (f"stock with `{WHOLE}`", whole.site / PDF),
        ("ours", typst.site / workbook),
        ("ours, with-pdf", with_pdf.site / workbook),
    ):
        pages, share = printed(of.book, whole.site, pdf)
        yield f"| {name} | {pages} | {share:.1%} |"


def say(*lines: str) -> None:
    """Print lines as soon as they are known."""
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
