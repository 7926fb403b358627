"""Step 6, print: the same rendered articles become PDFs. One small interface, so that another printer can join.

The work is done in child processes (`typstpdf.py`, `withpdf.py`) with limits of time and memory, which see nothing but
the site's own files. All papers that Typst sets are made by one child.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import colour, sharing
from .documents import Paper, papers
from .plan import Handbook
from .problems import ContentError, Place, Problem
from .render import Site
from .stage import WORKBOOK_PAGE

SECONDS = 300
MEGABYTES = 3000
NAMES = {"participant": "workbook.pdf", "trainer": "trainer-guide.pdf"}
HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "theme" / "print"

GROUND = colour.rgb("#edeef0")  # the darkest ground of text, a little darker than the boxes' tint: grey prints differ

Printer = Callable[[Handbook, Site, Path], None]
Pages = Mapping[str, int]  # the page of a book on which each page of the site begins


def typst(book: Handbook, site: Site, target: Path) -> None:
    """Print the handbook to `target` through Typst: the way that workbooks and guides are made.

    Raises:
        ContentError: with what the printer could not do, and the page it was about.
    """
    print_papers(book, site, [replace(_book(book, site), file=target.name)], target.parent)


def with_pdf(book: Handbook, site: Site, target: Path) -> None:
    """Print all pages of the site to `target` through mkdocs-with-pdf.

    Raises:
        ContentError: with what the printer could not do, or that it took too long.
    """
    paper = _book(book, site)
    _print("withpdf.py", book, {**_job(book, site), **_of(paper, target), "entries": list(paper.entries)}, target)


PRINTERS: dict[str, Printer] = {"typst": typst, "with-pdf": with_pdf}


def print_papers(
    book: Handbook, site: Site, wanted: Iterable[Paper], folder: Path, workbook: Pages | None = None
) -> Pages:
    """Print papers into a folder; the pages of the book among them on which the site's pages begin.

    `workbook` tells a trainer's guide where the same pages stand in the participants' workbook.

    Raises:
        ContentError: with what a printer could not do, and the page it was about.
    """
    chosen = list(wanted)
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as aside:
        targets = {paper.file: folder / paper.file for paper in chosen}
        for paper in chosen:
            targets[paper.file].parent.mkdir(parents=True, exist_ok=True)
            if paper.of and (folder / paper.of).is_file():
                targets.setdefault(paper.of, folder / paper.of)
            if paper.of and paper.of not in targets:  # a booklet of a book that nobody asked for
                targets[paper.of] = Path(aside) / paper.of
                chosen.append(replace(_book(book, site), file=paper.of))
        pages = _set(book, site, [(p, targets[p.file]) for p in chosen if p.shape in _TYPST], workbook or {})
        for paper in chosen:
            if paper.shape == "booklet":
                from . import booklet  # noqa: PLC0415  # few builds make one, and it reads PDFs

                booklet.impose(targets[paper.of], targets[paper.file], book.say("booklet-side", pages="{pages}"))
            elif paper.shape == "site":
                job = {**_job(book, site), **_of(paper, targets[paper.file]), "entries": list(paper.entries)}
                _print("withpdf.py", book, job, targets[paper.file])
    return pages


_TYPST = ("book", "cards", "sheets")
LONGEST_NAME = 90  # letters of a name that a picture can hold


def picture(book: Handbook, folder: Path) -> None:
    """Draw the picture that messengers show for the handbook's address; nothing when it has none.

    Raises:
        ContentError: with what could not be drawn.
    """
    if not sharing.address_of(book):
        return
    target = folder / sharing.PICTURE
    name = book.city.name
    job = {
        "styles": str(STYLES),
        "fonts": str(STYLES.parent / "assets" / "fonts"),
        "megabytes": MEGABYTES,
        "target": str(target.resolve()),
        "facts": {
            "language": book.language,
            "city": name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…",
            "above": book.say("share-above"),
            "below": book.say("share-below"),
            "accent": colour.readable(book.municipality.look.accent, colour.WHITE),
        },
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    _print("sharepicture.py", book, job, target)


def tell_site(book: Handbook, site: Site, pages: Pages) -> None:
    """Write on the site's worksheets where they stand in the workbook."""
    for page in book.pages:
        file = site.folder / page.url
        if page.kind == "sheet" and page.url in pages and file.is_file():
            text = file.read_text(encoding="utf-8")
            said = book.say("in-your-workbook" if book.edition == "participant" else "workbook-page", n=pages[page.url])
            words = html.escape(said[:1].upper() + said[1:])
            file.write_text(text.replace(WORKBOOK_PAGE, WORKBOOK_PAGE.replace("><", f">{words}<")), encoding="utf-8")


def _set(book: Handbook, site: Site, wanted: list[tuple[Paper, Path]], workbook: Pages) -> Pages:
    """What Typst sets, in one child."""
    if not wanted:
        return {}
    with tempfile.TemporaryDirectory(prefix="handbook-pages-") as aside:
        reported = Path(aside) / "pages.json"
        jobs = [{**_of(paper, target), "entries": list(paper.entries)} for paper, target in wanted]
        sheets = {page.url for page in book.pages if page.kind == "sheet"}
        there = {url: book.say("workbook-page", n=page) for url, page in workbook.items() if url in sheets}
        job = {**_job(book, site), "papers": jobs, "workbook": there, "pages": str(reported)}
        _print("typstpdf.py", book, job, wanted[0][1])
        found: dict[str, int] = json.loads(reported.read_text(encoding="utf-8"))
    return found


def _book(book: Handbook, site: Site) -> Paper:
    """The edition's own book."""
    (paper,) = papers(book, site, ["workbook", "trainer-guide"])
    return paper


def _print(child: str, book: Handbook, job: dict[str, Any], target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as empty:
        written = Path(empty) / "job.json"
        written.write_text(json.dumps(job), encoding="utf-8")
        found = _child([sys.executable, "-I", str(HERE / child), str(written)], Path(empty))
    if found:
        advice = "the PDF was not made; the last good handbook stays"
        raise ContentError(
            Problem("print", _place(book, what, target), what, advice, handbook=book.name) for what in found
        )


def _place(book: Handbook, what: str, target: Path) -> Place:
    """The writer's file behind the page that a message names, or the document."""
    page = next((page for page in book.pages if what.startswith(f"{page.path}:") or f"(in {page.path})" in what), None)
    document = re.match(r"[a-z0-9-]+\.pdf(?=: )", what)
    return Place(page.body.file if page and page.body else f"{book.name}/{document[0] if document else target.name}")


def _child(command: list[str], folder: Path) -> list[str]:
    """Run the printer in an empty folder; what it complains about, one line each."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "SOURCE_DATE_EPOCH", "FONTCONFIG_FILE")
    environ = {name: os.environ[name] for name in keep if name in os.environ}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return [f"printing took longer than {SECONDS} seconds"]
    if done.returncode == 0:
        return []
    told = [line.removeprefix("problem: ") for line in done.stderr.splitlines() if line.startswith("problem: ")]
    last = done.stderr.strip().splitlines()[-1:] or ["no message"]
    return told or [f"the printer stopped with code {done.returncode}: {last[0]}"]


def _of(paper: Paper, target: Path) -> dict[str, Any]:
    """What is said of one paper."""
    return {"shape": paper.shape, "subtitle": paper.title, "size": paper.size, "target": str(target.resolve())}


def _job(book: Handbook, site: Site) -> dict[str, Any]:
    """Everything a child needs for all papers; texts are plain, the child escapes them."""
    of = book.municipality
    address = of.publication.address
    return {
        "site": str(site.folder.resolve()),
        "styles": str(STYLES),
        "fonts": str(STYLES.parent / "assets" / "fonts"),
        "megabytes": MEGABYTES,
        "language": book.language,
        "title": book.say("handbook-title", city=book.city.name),
        "author": book.city.owner,
        "licence": "CC BY 4.0",
        "description": book.text(book.sessions[0].session.curriculum.purpose) if book.sessions else "",
        "accent": colour.readable(of.look.accent, GROUND),
        "address": f"{address.rstrip('/')}/{book.language}/" if address else "",
        "says": {
            "page": book.say("page-short"),
            "notes": book.say("notes"),
            "scan": book.say("scan"),
            "part": book.say("part-of-book", n="{n}"),
        },
        "imprint": _imprint(book),
        "contents": book.say("contents"),
        "made_for": book.say("made-for", city=book.city.name),
        "version": f"{book.say('version')} {book.city.version} · {book.city.date}",
        "city": book.city.name,
        "logo": f"assets/logo{Path(of.look.logo).suffix}" if of.look.logo else "",
        "edition": book.edition,
    }


def _imprint(book: Handbook) -> list[str]:
    """The lines on the page behind the cover."""
    address = book.municipality.publication.address
    return [
        book.say("made-for", city=book.city.name),
        f"{book.city.owner} · {book.say('version')} {book.city.version} · {book.city.date}",
        f"{book.say('licence')}: CC BY 4.0",
        *([address] if address else []),
    ]
