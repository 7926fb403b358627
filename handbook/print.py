"""Step 6, print: the same rendered articles become a PDF. One small interface, so that another printer can join.

The work is done in a child process (`handbook/withpdf.py`) with limits of time and memory, which sees nothing
but the site's own files.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import colour
from .plan import Handbook, NavItem
from .problems import ContentError, Place, Problem
from .render import Site

SECONDS = 300
MEGABYTES = 3000
NAMES = {"participant": "workbook.pdf", "trainer": "trainer-guide.pdf"}
HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "theme" / "print"

Printer = Callable[[Handbook, Site, Path], None]


def typst(book: Handbook, site: Site, target: Path) -> None:
    """Print the handbook to `target` through Typst: the way that workbooks and guides are made.

    Raises:
        ContentError: with what the printer could not do, and the page it was about.
    """
    _print("typstpdf.py", book, site, target)


def with_pdf(book: Handbook, site: Site, target: Path) -> None:
    """Print all pages of the site to `target` through mkdocs-with-pdf.

    Raises:
        ContentError: with what the printer could not do, or that it took too long.
    """
    _print("withpdf.py", book, site, target)


PRINTERS: dict[str, Printer] = {"typst": typst, "with-pdf": with_pdf}


def _print(child: str, book: Handbook, site: Site, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as empty:
        job = Path(empty) / "job.json"
        job.write_text(json.dumps(_job(book, site, target)), encoding="utf-8")
        found = _child([sys.executable, "-I", str(HERE / child), str(job)], Path(empty))
    if found:
        advice = "the PDF was not made; the last good handbook stays"
        raise ContentError(
            Problem("print", _place(book, what, target), what, advice, handbook=book.name) for what in found
        )


def _place(book: Handbook, what: str, target: Path) -> Place:
    """The writer's file behind the page that a message names."""
    page = next((page for page in book.pages if what.startswith(f"{page.path}:") or f"(in {page.path})" in what), None)
    return Place(page.body.file if page and page.body else f"{book.name}/{target.name}")


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


def _job(book: Handbook, site: Site, target: Path) -> dict[str, Any]:
    """Everything the child needs; texts are plain, the child escapes them."""
    of = book.municipality
    return {
        "site": str(site.folder.resolve()),
        "target": str(target.resolve()),
        "styles": str(STYLES),
        "megabytes": MEGABYTES,
        "language": book.language,
        "title": book.say("handbook-title", city=book.city.name),
        "subtitle": book.say("workbook" if book.edition == "participant" else "trainer-guide"),
        "author": book.city.owner,
        "licence": "CC BY 4.0",
        "description": book.text(book.sessions[0].session.curriculum.purpose) if book.sessions else "",
        "accent": colour.readable(of.look.accent, colour.WHITE),
        "fonts": str(STYLES.parent / "assets" / "fonts"),
        "pages": str((site.folder.resolve().parent / "pages.json")),
        "page_short": book.say("page-short"),
        "imprint": _imprint(book),
        "contents": book.say("contents"),
        "made_for": book.say("made-for", city=book.city.name),
        "version": f"{book.say('version')} {book.city.version} · {book.city.date}",
        "logo": f"assets/logo{Path(of.look.logo).suffix}" if of.look.logo else "",
        "edition": book.edition,
        "entries": [_entry(item, site) for item in book.nav],
    }


def _imprint(book: Handbook) -> list[str]:
    """The lines on the page behind the cover."""
    return [
        book.say("made-for", city=book.city.name),
        f"{book.city.owner} · {book.say('version')} {book.city.version} · {book.city.date}",
        f"{book.say('licence')}: CC BY 4.0",
    ]


def _entry(item: NavItem, site: Site, above: str = "") -> dict[str, Any]:
    """A menu entry with its article; a page with the same title as the section above it does not repeat it."""
    page = item.page
    article = _with_title(site.articles[page.path], item.title) if page else ""
    if item.title == above:
        article = re.sub(r"<h1\b.*?</h1>", "", article, count=1, flags=re.DOTALL)
    return {
        "title": item.title,
        "path": page.path if page else "",
        "url": page.url if page else "",
        "article": article,
        "children": [_entry(child, site, item.title) for child in item.children],
    }


def _with_title(article: str, title: str) -> str:
    """The article with its title, as the theme shows it."""
    return article if "<h1" in article else f"<h1>{html.escape(title)}</h1>{article}"
