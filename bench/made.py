"""What both ways made: whether the sites say the same, and how much of the text is in the PDFs."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from lxml import html

from handbook import articles
from handbook.check import LONG_ENOUGH, Made
from handbook.plan import Handbook
from handbook.render import Site


def same_pages(book: Handbook, one: Path, other: Path) -> int:
    """How many pages of the handbook say the same words in both sites."""
    return sum(_letters(one / page.url) == _letters(other / page.url) for page in book.pages)


def share_printed(book: Handbook, site: Path, pdf: Path) -> float:
    """Which share of a site's pieces of text is in its PDF; short pieces are left out, they are found anywhere."""
    printed = Made(book, Site(site, {}), pdf).pdf_letters
    pieces = [articles.letters(piece) for page in book.pages for piece in _pieces(site / page.url)]
    wanted = [piece for piece in pieces if len(piece) >= LONG_ENOUGH]
    return sum(piece in printed for piece in wanted) / len(wanted)


def page_count(pdf: Path) -> int:
    """How many pages a PDF has."""
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _letters(path: Path) -> str:
    return articles.letters("".join(_pieces(path)))


def _pieces(path: Path) -> list[str]:
    """The text of a page's article, without what the theme puts after it."""
    root = html.parse(path, parser=html.HTMLParser(encoding="utf-8")).getroot()
    return [piece for article in root.iter("article") for piece in articles.pieces(article)]
