"""Looks at finished PDFs: whether all text is there, in order, and the facts that readers and screen readers need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # ships no types

from . import articles
from .documents import Paper
from .plan import Handbook
from .problems import Place, Problem

# points at the sides, the top and the bottom of a page that hold tabs, running heads and page numbers, not text
MARGINS = {"book": (24, 50, 50), "site": (24, 50, 50), "booklet": (0, 0, 0), "sheets": (0, 0, 42), "cards": (0, 0, 0)}
LONG_ENOUGH = 24  # letters; shorter pieces stand in many places
# what print adds to links: "→ p. 34", "(rotterdam.nl)"
_ADDED = r"→\s*(?:p|blz)\.\s*\d+|\(\s*(?:[\w-]+\.)+[a-z]{2,}\s*\)"


def pdf_problems(book: Handbook, printed: Iterable[tuple[Paper, Path]]) -> list[Problem]:
    """All findings on some papers."""
    return [problem for paper, path in printed for look in CHECKS for problem in look(book, paper, path)]


def can_be_read(path: Path) -> bool:
    """Whether the file is there and is a whole PDF: one that was cut short is not, though readers try to mend it."""
    try:
        with pikepdf.open(path, attempt_recovery=False), pypdfium2.PdfDocument(path):
            return True
    except (OSError, pikepdf.PdfError, pypdfium2.PdfiumError):
        return False


def page_letters(book: Handbook, paper: Paper, path: Path) -> list[str]:
    """The letters of each page, without running heads, page numbers and what print adds to links."""
    added = _added(book)
    side, top, bottom = MARGINS[paper.shape]
    with pypdfium2.PdfDocument(path) as document:
        found = []
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage().get_text_bounded(side, bottom, width - side, height - top)
            found.append(articles.letters(added.sub(" ", text)))
    return found


def _added(book: Handbook) -> re.Pattern[str]:
    there = re.escape(book.say("workbook-page", n="@")).replace("\\ ", r"\s*").replace("@", r"\d+")
    return re.compile(rf"{_ADDED}|\(\s*{there}\s*\)")


def is_whole(book: Handbook, paper: Paper, path: Path) -> Iterator[Problem]:
    """Every piece of every article's text is in the PDF, and in the article's order."""
    if paper.shape == "booklet":  # the pages of a book that was looked at, in another order
        return
    added = _added(book)
    pages = page_letters(book, paper, path)
    letters = "".join(pages)
    reached = 0
    for page, article in paper.articles().items():
        notes = _notes(article)
        for piece in articles.pieces_of(article):
            wanted = articles.letters(added.sub(" ", piece))
            place = letters.find(wanted)
            if place < 0 and _over_two_pages(wanted, pages):
                continue
            if place < 0:
                yield _problem(book, paper, f'not in {paper.file}: "{piece[:70]}"', page)
            elif len(wanted) < LONG_ENOUGH or wanted in notes or letters.find(wanted, place + 1) >= 0:
                continue  # it says nothing about the order: short, at the foot of a page, or there several times
            elif place < reached:
                yield _problem(book, paper, f'not in its place in {paper.file}: "{piece[:70]}"', page)
            else:
                reached = place


def _over_two_pages(wanted: str, pages: list[str]) -> bool:
    """Whether a page ends in the middle of a piece and draws its figures after its text, as WeasyPrint does."""
    return any(
        wanted[:cut] in one and wanted[cut:] in other
        for one, other in pairwise(pages)
        if wanted[:8] in one or wanted[-8:] in other
        for cut in range(1, len(wanted))
    )


def _notes(article: str) -> str:
    """The letters of an article's notes, which stand on paper at the foot of the page that refers to them."""
    start = article.find('<div class="footnote">')
    return "".join(map(articles.letters, articles.pieces_of(article[start:]))) if start >= 0 else ""


def has_its_facts(book: Handbook, paper: Paper, path: Path) -> Iterator[Problem]:
    """The PDF has pages, a title, an author, its language, tags, bookmarks, and its fonts inside."""
    with pikepdf.open(path) as document:
        marks: Any = document.Root.get("/MarkInfo", {})
        long = paper.shape in {"book", "site"}
        facts = {
            "pages": len(document.pages) > (2 if long else 0),
            "a title": bool(str(document.docinfo.get("/Title", "")).strip()),
            "an author": bool(str(document.docinfo.get("/Author", "")).strip()),
            "its language": str(document.Root.get("/Lang", "")) == book.language,
            "tags": bool(marks.get("/Marked", False)),
            "bookmarks": "/Outlines" in document.Root or not long,
            "its fonts inside": all(_embedded(font) for font in _fonts(document)),
        }
    for fact, there in facts.items():
        if not there:
            yield _problem(book, paper, f"{paper.file} has not {fact}")


CHECKS = (is_whole, has_its_facts)


def _problem(book: Handbook, paper: Paper, what: str, path: str = "") -> Problem:
    page = book.by_path.get(path)
    source = page.body.file if page and page.body else f"{book.name}/{paper.file}"
    advice = "this is a fault of the printer: please report it"
    return Problem("made", Place(source), what, advice, handbook=book.name)


def _fonts(document: pikepdf.Pdf) -> Iterator[Any]:
    for page in document.pages:
        resources: Any = page.get("/Resources", {})
        yield from resources.get("/Font", {}).values()
        for form in resources.get("/XObject", {}).values():  # the pages in a booklet
            yield from form.get("/Resources", {}).get("/Font", {}).values()


def _embedded(font: Any) -> bool:
    for below in font.get("/DescendantFonts", [font]):
        descriptor: Any = below.get("/FontDescriptor", {})
        if not any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")):
            return bool(font.get("/Subtype") == "/Type3")
    return True
