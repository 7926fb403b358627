"""What both ways made: whether the sites say the same, and how much of the text is in the PDFs."""

from __future__ import annotations

from pathlib import Path

from lxml import html

from handbook import articles
from handbook.checkpdf import page_letters
from handbook.documents import Paper
from handbook.plan import Handbook

LONG_ENOUGH = 24  # letters; shorter pieces of text are found in any book


def whole_pages(book: Handbook, stock: Path, ours: Path) -> int:
    """How many pages of our site hold all text of the stock one; our theme adds ways to other pages."""
    return sum(
        all(articles.letters(piece) in letters for piece in _pieces(stock / page.url))
        for page in book.pages
        for letters in [articles.letters("".join(_pieces(ours / page.url)))]
    )


def printed(book: Handbook, site: Path, pdf: Path) -> tuple[int, float]:
    """How many pages a PDF has, and which share of the site's pieces of text is in it."""
    pages = page_letters(book, Paper(pdf.name, "book", ""), pdf)
    letters = "".join(pages)
    pieces = [articles.letters(piece) for page in book.pages for piece in _pieces(site / page.url)]
    wanted = [piece for piece in pieces if len(piece) >= LONG_ENOUGH]
    return len(pages), sum(piece in letters for piece in wanted) / len(wanted)


def _pieces(path: Path) -> list[str]:
    """The text of a page's article, in pieces."""
    root = html.parse(path, parser=html.HTMLParser(encoding="utf-8")).getroot()
    return [piece for article in root.iter("article") for piece in articles.pieces(article)]
