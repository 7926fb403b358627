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

from .plan import Handbook, NavItem
from .problems import ContentError, Place, Problem
from .render import Site

SECONDS = 300
MEGABYTES = 3000
NAMES = {"participant": "workbook.pdf", "trainer": "trainer-guide.pdf"}
HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "theme" / "print"

Printer = Callable[[Handbook, Site, Path], None]


def with_pdf(book: Handbook, site: Site, target: Path) -> None:
    """Print the whole handbook to `target` through mkdocs-with-pdf.

    Raises:
        ContentError: with what the printer could not do, or that it took too long.
    """
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as empty:
        job = Path(empty) / "job.json"
        job.write_text(json.dumps(_job(book, site, target)), encoding="utf-8")
        found = _child([sys.executable, "-I", str(HERE / "withpdf.py"), str(job)], Path(empty))
    if found:
        place = Place(f"{book.name}/{target.name}")
        advice = "the PDF was not made; the last good handbook stays"
        raise ContentError(Problem("print", place, what, advice, handbook=book.name) for what in found)


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
        "contents": book.say("contents"),
        "made_for": book.say("made-for", city=book.city.name),
        "version": f"{book.say('version')} {book.city.version} · {book.city.date}",
        "logo": f"assets/logo{Path(of.look.logo).suffix}" if of.look.logo else "",
        "edition": book.edition,
        "entries": [_entry(item, site) for item in book.nav],
    }


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
