"""The printing child for Typst: sets a job's papers and reports the pages of its book on which articles begin.

Run as `python -I typstpdf.py job.json`; says `problem: …` on standard error and exits 1 when something is wrong.
Typst reads nothing outside the job's own folder, loads no packages and no fonts of the machine.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno
import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from handbook.typeset import REFERENCE, UnknownConstructError, cards_of, content, labels_of, string, typeset

Job = dict[str, Any]
Paper = dict[str, Any]
Entry = dict[str, Any]
Numbers = dict[str, tuple[int, float]]

ROUNDS = 9
TIGHTEST = 3  # steps that theme/print/book.typ knows
SAVED = (0.0, 0.075, 0.12)  # the share of an article's length that none, one and two steps are sure to save
STRANDED = 0.34  # an article's last page with less than this share of it filled is not worth a page
AGE = 10  # Typst's compiler keeps a result until so many documents were made without it
SHEET = 2  # pages that a worksheet should not exceed: one sheet of paper


@dataclass
class State:
    """What the layouts so far have taught about a paper."""

    numbers: Numbers = field(default_factory=dict)  # the page of each place, and how far down in points
    tightness: dict[str, int] = field(default_factory=dict)  # of articles
    notes: set[int] = field(default_factory=set)  # parts with an empty page before them
    first: dict[str, int] = field(default_factory=dict)  # pages that articles took at first
    workbook: dict[str, str] = field(default_factory=dict)  # where pages stand in the participants' book
    bodies: dict[str, str] = field(default_factory=dict)  # articles in Typst
    writes: bool = False  # its readers write in it, also where a page has room left

    def learn(self, report: dict[str, Any], paper: Paper) -> bool:
        """Take in a layout's report; whether the paper must be laid out again."""
        before = (dict(self.tightness), self.notes)
        ends = {end["mark"]: end for end in report["ends"]}
        self.first = self.first or {mark: end["pages"] for mark, end in ends.items()}
        sheets = {f"{entry['url']}#" for entry in _pages(paper["entries"]) if entry["kind"] == "sheet"}
        for mark, end in ends.items():
            stranded = end["pages"] >= 2 and end["filled"] < STRANDED
            too_long = mark in sheets and end["pages"] > SHEET
            if (stranded or too_long) and end["pages"] >= self.first[mark]:
                self.tightness[mark] = _tighter(self.tightness.get(mark), end)
        if paper["shape"] == "book":
            last = [[ends[page["url"] + "#"]["last"] for page in _pages([entry])][-1] for entry in paper["entries"]]
            last.insert(0, report["contents"])
            self.notes = {number for number, page in enumerate(last, 1) if page % 2 == 1 and number < len(last)}
        if before != (self.tightness, self.notes):
            return True  # the numbers would change again, and with them every article that says one
        shown, self.numbers = self.numbers, {mark: (page, down) for mark, page, down in report["numbers"]}
        return shown != self.numbers


def _tighter(tried: int | None, end: dict[str, Any]) -> int:
    """The next density to try: what its last page needs, then the tightest; then as it was, for nothing helps."""
    if tried is None:
        needed = end["filled"] / (end["pages"] - 1 + end["filled"])
        return sum(needed > saved for saved in SAVED) or 1
    return TIGHTEST if 0 < tried < TIGHTEST else 0


def main(job_file: str) -> int:
    """Set the job's papers; 0 when all is well."""
    job: Job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    limit = job["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    folder = Path(job_file).parent
    _lay_out(folder, job)
    pages: dict[str, int] = {}
    for paper in job["papers"]:
        try:
            found = _set(folder, job, paper)
        except UnknownConstructError as error:
            print(f"problem: {error}", file=sys.stderr)
            return 1
        except typst.TypstError as error:
            place = _where(folder, error.diagnostic)
            print(f"problem: {Path(paper['target']).name}: {error.message} {place}", file=sys.stderr)
            return 1
        if paper["shape"] == "book":
            pages = {mark.removesuffix("#"): page for mark, (page, _) in found.items() if mark.endswith("#")}
    Path(job["pages"]).write_text(json.dumps(pages), encoding="utf-8")
    return 0


def _lay_out(folder: Path, job: Job) -> None:
    """Everything that Typst may read: the design, the figures, the codes, the logo, the fonts."""
    for design in sorted(Path(job["styles"]).glob("*.typ")):
        shutil.copyfile(design, folder / design.name)
    site = Path(job["site"])
    if (site / "figures").is_dir():
        shutil.copytree(site / "figures", folder / "figures")
    if job["logo"]:
        shutil.copyfile(site / job["logo"], folder / Path(job["logo"]).name)
    fonts = folder / "fonts"
    fonts.mkdir()
    for packed in sorted(Path(job["fonts"]).glob("*.woff2")):
        font = TTFont(packed, recalcTimestamp=False)  # the clock would be in the PDF
        font.flavor = None  # Typst reads plain TrueType only
        font.save(fonts / f"{packed.stem}.ttf")
    (folder / "codes").mkdir()


def _set(folder: Path, job: Job, paper: Paper) -> Numbers:
    """Set one paper; the pages on which its places stand. Articles are read once, page numbers are put in each round.

    It is laid out until two things are settled. Where an article ends with a few lines on a page of their own, it is
    set a little tighter, and as it was when that does not help. And page numbers in the text are those of the layout
    before; Typst keeps what did not change, so a round costs little.
    """
    compiler: typst.Compiler | None = None
    state = State(
        workbook=job["workbook"] if paper["shape"] == "book" else {},
        writes=job["edition"] == "participant" and paper["shape"] == "book",
    )
    (folder / "facts.typ").write_text(_facts(folder, job, paper), encoding="utf-8")
    for _ in range(ROUNDS):
        (folder / "main.typ").write_text(_source(folder, job, paper, state), encoding="utf-8")
        compiler = compiler or typst.Compiler(
            str(folder / "main.typ"), root=str(folder), font_paths=[str(folder / "fonts")], ignore_system_fonts=True,
        )  # fmt: skip
        report = _report(compiler)
        _forget(folder)
        if not state.learn(report, paper):
            break
    assert compiler  # the loop ran
    compiler.compile(output=paper["target"], pdf_standards=["ua-1"])
    return state.numbers


def _forget(folder: Path) -> None:
    """Let Typst drop what the last round did not use: otherwise each round of a book costs a further 60 MB.

    Results grow older when a document is made, not when one is asked; so a few empty ones are made.
    """
    empty = folder / "empty.typ"
    empty.write_text("", encoding="utf-8")
    compiler = typst.Compiler(str(empty), root=str(folder), ignore_system_fonts=True)
    for _ in range(AGE - 1):
        compiler.compile()


def _report(compiler: typst.Compiler) -> dict[str, Any]:
    """How the paper came out; see theme/print/book.typ."""
    try:
        (found,) = json.loads(compiler.query("<report>", field="value"))
    except RuntimeError:
        compiler.compile()  # tells the place of the fault, which a query does not
        raise
    return dict(found)


# ---------------------------------------------------------------- sources


def _facts(folder: Path, job: Job, paper: Paper) -> str:
    facts = {
        "title": job["title"], "author": job["author"], "description": job["description"], "language": job["language"],
        "accent": job["accent"], "kind": paper["subtitle"], "version": job["version"], "city": job["city"],
        "licence": job["licence"], "size": paper["size"], "logo": Path(job["logo"]).name, **job["says"],
    }  # fmt: skip
    listed = ", ".join(f"{string(key)}: {string(value)}" for key, value in facts.items())
    codes = ", ".join(_codes(folder, job, paper))
    return f"#let facts = ({listed})\n#let codes = (: {codes})\n".replace("(: )", "(:)")


def _source(folder: Path, job: Job, paper: Paper, state: State) -> str:
    make = {"book": _book, "sheets": _sheets, "cards": _cards}[paper["shape"]]
    return "".join([f'#import "book.typ": *\n#show: {paper["shape"]}\n', *make(folder, job, paper, state)])


def _book(folder: Path, job: Job, paper: Paper, state: State) -> Iterator[str]:
    """The whole book."""
    imprint = ", ".join(string(line) for line in job["imprint"])
    pages = list(_pages(paper["entries"]))
    labels = frozenset(label for entry in pages for label in labels_of(entry["url"], entry["article"]))
    yield f"#cover()\n#imprint(({imprint},))\n#contents({string(job['contents'])})\n"
    for number, entry in enumerate(paper["entries"], 1):
        begins = state.numbers.get(f"part-{number}", (0, 0))[0]
        yield f"{'#notes()' if number in state.notes else ''}#part({string(entry['title'])}, {number}, {begins})\n"
        yield from _part(folder, entry, labels, state)
    articles = [page["url"] + "#" for page in pages]
    parts = [f"part-{number}" for number in range(1, len(paper["entries"]) + 1)]
    yield _asked(articles, [*articles, *sorted(labels.difference(articles)), *parts])


def _asked(articles: list[str], places: list[str]) -> str:
    """The question at the end of a paper: where does everything stand?"""
    lists = (f"({''.join(f'{string(mark)}, ' for mark in marks)})" for marks in (articles, places))
    return f"#report({', '.join(lists)})\n"


def _pages(entries: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry["path"]:
            yield entry
        yield from _pages(entry["children"])


def _part(folder: Path, entry: Entry, labels: frozenset[str], state: State) -> Iterator[str]:
    """A part: its own article, or its pages; the first one begins under the part's title."""
    first = True
    for page in [entry, *entry["children"]] if entry["path"] else entry["children"]:
        own = page["title"] == entry["title"]
        mark = page["url"] + "#"
        title = "none" if own else string(page["title"])
        yield f"#article({string(mark)}, {title}, fresh: {'false' if first else 'true'})\n"
        yield _article(folder, page, 1 if own else 2, labels, state)
        first = False


def _sheets(folder: Path, job: Job, paper: Paper, state: State) -> Iterator[str]:
    """Worksheets, each on pages of its own; the same one may come several times."""
    del job
    marks = []
    for number, entry in enumerate(paper["entries"]):
        url = entry["url"] if number == 0 else f"{number}/{entry['url']}"
        marks.append(f"{url}#")
        labels = frozenset(labels_of(url, entry["article"]))
        yield f"#sheet({string(marks[-1])}, {string(entry['title'])})\n"
        yield _article(folder, {**entry, "url": url}, 1, labels, state)
    yield _asked(marks, marks)


def _cards(folder: Path, job: Job, paper: Paper, state: State) -> Iterator[str]:
    """Four cards in a row, twice: two strips that fold in a zigzag."""
    del folder, job, state
    for entry in paper["entries"]:
        cards = [f"({string(title)}, {content(body)})" for title, body in cards_of(entry["url"], entry["article"])]
        yield f"// page: {entry['path']}\n#strips(({', '.join(cards)},))\n"
    yield _asked([], [])


def _article(folder: Path, page: Entry, level: int, labels: frozenset[str], state: State) -> str:
    """An article in a file of its own, so that Typst keeps its layout while others change."""
    url = page["url"]
    if url not in state.bodies:
        body = re.sub(r"<h1\b.*?</h1>", "", page["article"], count=1, flags=re.DOTALL)  # the title stands above it
        try:
            state.bodies[url] = typeset(url, body, level, labels, state.workbook)
        except UnknownConstructError as error:
            raise UnknownConstructError(f"{page['path']}: the printer does not know {error}") from error
    name = f"article-{list(state.bodies).index(url)}.typ"
    source = (
        f"// page: {page['path']}\n" + '#import "book.typ": *\n'
        f"#show: fitted.with({state.tightness.get(f'{url}#', 0)})\n{_numbered(state.bodies[url], state.numbers)}"
    )  # fmt: skip
    if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != source:
        (folder / name).write_text(source, encoding="utf-8")
    rest = "#rest()\n" if page["kind"] in {"module", "session", "sheet"} and state.writes else ""
    return f"#include {string(name)}\n#ended({string(f'{url}#')})\n{rest}"


def _numbered(body: str, numbers: Numbers) -> str:
    """Links with the page they lead to, and how far down on it."""

    def place(found: re.Match[str]) -> str:
        page, down = numbers.get(found[1], (0, 0.0))
        return f"#inside({page}, {down}"

    return REFERENCE.sub(place, body)


def _codes(folder: Path, job: Job, paper: Paper) -> Iterator[str]:
    """QR codes of worksheets, when the handbook has an address; a sheet may come several times and has one code."""
    for page in {page["url"]: page for page in _pages(paper["entries"])}.values() if job["address"] else ():
        if page["kind"] == "sheet":
            address = job["address"] + page["url"]
            name = f"codes/{re.sub(r'[^a-z0-9-]', '-', page['url'])}.svg"
            if not (folder / name).exists():
                segno.make(address, error="m", micro=False).save(str(folder / name), border=0)
            yield f"{string(page['url'] + '#')}: ({string(name)}, {string(address)})"


def _where(folder: Path, diagnostic: str) -> str:
    """The page that Typst's diagnostic points at, found by the marks in the source."""
    found = re.search(r"(article-\d+)\.typ:", diagnostic)
    if not found:
        return f"({' '.join(diagnostic.split())[:300]})"
    first, _, _ = (folder / f"{found[1]}.typ").read_text(encoding="utf-8").partition("\n")
    return f"(in {first.removeprefix('// page: ')})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
