"""One handbook, from plan to publication. The log shows the same words as this list of steps."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import offline
from . import publish as publishing
from .check import Made, check
from .checkpdf import pdf_problems
from .cities import MARKER
from .documents import ALL, DEFAULT, Paper, editions_of, papers
from .inputs import mark_of
from .library import Library
from .model import Edition
from .plan import Handbook, plan
from .print import NAMES, Pages, Printer, picture, print_papers, tell_site, typst
from .problems import ContentError, Place, Problem, stop_on_errors
from .render import Site, render
from .stage import stage

Log = Callable[[str], None]


@dataclass(frozen=True)
class Where:
    """The folders of a build."""

    config_file: Path
    work: Path
    output: Path


@dataclass(frozen=True)
class Result:
    """What was published: the handbook's name, its place, its book and its other documents."""

    name: str
    place: Path
    pdf: Path | None
    documents: tuple[Path, ...] = ()


def build(  # noqa: PLR0913, PLR0917  # a handbook's name has three parts
    library: Library, slug: str, language: str, edition: Edition, where: Where,
    log: Log, printer: Printer | None = typst, documents: Sequence[str] = DEFAULT,
) -> Result:  # fmt: skip
    """Build and publish one handbook of a library that has no errors.

    Raises:
        ContentError: with what is wrong; nothing is published then, and what was published before stays.
    """
    with ExitStack() as turn:
        if printer is typst and edition == "participant":  # trainers' guides wait for its page numbers
            turn.enter_context(_turn(where, slug, language))
        log("plan")
        book = plan(library, slug, language, edition)
        work = where.work / slug / language / edition
        log("stage")
        staged = stage(book, work)
        log("render")
        made = work / "site"
        shutil.rmtree(made, ignore_errors=True)
        site = render(book, staged, made, where.config_file, NAMES[edition] if printer else "")
        picture(book, made)
        wanted: list[Paper] = []
        if printer:
            log("print")
            wanted = papers(book, site, documents)
            _print(library, book, site, where, printer, wanted)
        offline.prepare(book, made)
    log("check")
    pdf = made / NAMES[edition] if printer else None
    stop_on_errors(check(Made(book, site, pdf, tuple(wanted))))
    log("publish")
    place = publishing.publish(book, made, where.output)
    others = tuple(place / paper.file for paper in wanted if paper.file != NAMES[edition])
    return Result(book.name, place, place / NAMES[edition] if printer else None, others)


def _print(  # noqa: PLR0913, PLR0917  # what a build knows by then
    library: Library, book: Handbook, site: Site, where: Where, printer: Printer, wanted: list[Paper]
) -> None:
    """The papers, and on the site's worksheets the workbook's page numbers."""
    own = NAMES[book.edition]
    if printer is not typst:  # another way for the book alone; nobody knows its page numbers
        printer(book, site, site.folder / own)
        print_papers(book, site, [paper for paper in wanted if paper.file != own], site.folder)
        return
    if book.edition == "trainer":
        pages = workbook_pages(library, book.slug, book.language, where)
        print_papers(book, site, wanted, site.folder, pages)
    else:
        pages = print_papers(book, site, wanted, site.folder)
        _keep(library, book, where, pages)
    tell_site(book, site, pages)


# ---------------------------------------------------------------- the workbook's page numbers


def workbook_pages(library: Library, slug: str, language: str, where: Where) -> Pages:
    """The workbook's page on which each page of the site begins.

    A build of the participants' edition has just noted them; if not, the workbook is set here, beside its folder.

    Raises:
        ContentError: with what is wrong in the participants' edition.
    """
    with _turn(where, slug, language):
        kept = _kept(library, slug, where, language)
        if kept is not None:
            return kept
        book = plan(library, slug, language, "participant")
        aside = where.work / slug / language / "workbook"
        staged = stage(book, aside)
        shutil.rmtree(aside / "site", ignore_errors=True)
        site = render(book, staged, aside / "site", where.config_file)
        pages = print_papers(book, site, papers(book, site, ["workbook"]), aside / "site")
        _keep(library, book, where, pages)
        shutil.rmtree(aside / "site")
        return pages


@contextmanager
def _turn(where: Where, slug: str, language: str) -> Iterator[None]:
    """One at a time finds out the page numbers of a workbook."""
    folder = where.work / slug / language
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".workbook.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _noted(where: Where, slug: str, language: str) -> Path:
    return where.work / slug / language / "workbook-pages.json"


def _keep(library: Library, book: Handbook, where: Where, pages: Pages) -> None:
    mark = mark_of(library.root, book.slug, where.config_file, "pages", book.language)
    note = json.dumps({"mark": mark, "pages": pages})
    _noted(where, book.slug, book.language).write_text(note, encoding="utf-8")


def _kept(library: Library, slug: str, where: Where, language: str) -> Pages | None:
    try:
        note = json.loads(_noted(where, slug, language).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # there is none, or it was cut short
        return None
    fresh = note["mark"] == mark_of(library.root, slug, where.config_file, "pages", language)
    pages: Pages | None = note["pages"] if fresh else None
    return pages


# ---------------------------------------------------------------- documents alone


def print_alone(  # noqa: PLR0913, PLR0917  # a document's name has three parts
    library: Library, slug: str, language: str, names: Sequence[str], where: Where, output: Path | None, log: Log
) -> list[Path]:
    """Make documents of a municipality in one language, without publishing its sites.

    They come into `output`, or beside the sites that are published already.

    Raises:
        ContentError: with what is wrong, or that nothing is published yet to put them beside.
    """
    found = []
    for edition in editions_of(names or ALL):
        log("plan")
        book = plan(library, slug, language, edition)
        place = output or publishing.place_of(book, where.output)
        if not output and not (place / MARKER).exists():
            advice = f"build it first: handbook build {slug}; or say where to: --output FOLDER"
            raise ContentError([Problem("print", Place(str(place)), "no handbook is published here yet", advice)])
        work = where.work / slug / language / f"print-{edition}"
        log("stage")
        staged = stage(book, work)
        log("render")
        shutil.rmtree(work / "site", ignore_errors=True)
        site = render(book, staged, work / "site", where.config_file)
        log("print")
        wanted = papers(book, site, names or ALL)
        pages = workbook_pages(library, slug, language, where) if edition == "trainer" else {}
        print_papers(book, site, wanted, work / "papers", pages)
        log("check")
        stop_on_errors(pdf_problems(book, [(paper, work / "papers" / paper.file) for paper in wanted]))
        for paper in wanted:
            target = place / paper.file
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.new")
            shutil.copyfile(work / "papers" / paper.file, beside)
            beside.replace(target)
            found.append(target)
        shutil.rmtree(work / "papers")
        shutil.rmtree(work / "site")
    return found
