"""Which documents are printed of a handbook, for whom, and what each consists of. DOCUMENTS lists them.

Everything in them stands in the rendered articles, so that site and paper cannot drift; only the attendance list, which
nobody reads on a screen, is made here.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from . import articles
from .model import Edition
from .plan import Handbook, NavItem, Page, SessionPlan, clock_of, long_date, minutes_of
from .render import Site

Entry = dict[str, Any]  # what the printing child reads: title, path, url, article, children
Shape = Literal["book", "booklet", "cards", "sheets", "site"]

POSTERS = ("canvas", "strategy-one-pager", "role-map")  # worksheets that also hang on a wall
POCKET_CARD = "sheets/pocket-card"
LOG = "sheets/log-sheet"
LOGS = 6  # meetings of an intervision group in a year


@dataclass(frozen=True)
class Paper:
    """One PDF: its file, how it is set, what stands in it."""

    file: str
    shape: Shape
    title: str
    entries: tuple[Entry, ...] = ()
    size: Literal["a4", "a3"] = "a4"
    of: str = ""  # booklets: the file of the book

    def articles(self) -> dict[str, str]:
        """Each page's article by its path in the stage, as the paper must hold it."""
        return {entry["path"]: entry["article"] for entry in _flat(self.entries) if entry["path"]}


@dataclass(frozen=True)
class Document:
    """What a person asks for by name; it may be several papers."""

    name: str
    editions: tuple[Edition, ...]
    papers: Callable[[Handbook, Site], Iterable[Paper]]
    always: bool = False  # made by every build


def _workbook(book: Handbook, site: Site) -> Iterator[Paper]:
    yield Paper("workbook.pdf", "book", book.say("workbook"), _nav(book, site))


def _guide(book: Handbook, site: Site) -> Iterator[Paper]:
    yield Paper("trainer-guide.pdf", "book", book.say("trainer-guide"), _nav(book, site))


def _booklet(book: Handbook, site: Site) -> Iterator[Paper]:
    yield Paper("workbook-a5.pdf", "booklet", book.say("workbook"), _nav(book, site), of="workbook.pdf")


def _pocket_card(book: Handbook, site: Site) -> Iterator[Paper]:
    if page := book.by_address.get(POCKET_CARD):
        entry = _page(page, site)
        cards = {**entry, "article": articles.boxes_of(entry["article"], "card")}
        yield Paper("pocket-card.pdf", "cards", page.title, (cards,))


def _sheets(book: Handbook, site: Site) -> Iterator[Paper]:
    for page in book.pages:
        if page.kind != "sheet":
            continue
        name = posixpath.basename(page.address)
        entries = (_page(page, site),)
        yield Paper(f"sheets/{name}.pdf", "sheets", page.title, entries)
        if name in POSTERS:
            yield Paper(f"sheets/{name}-a3.pdf", "sheets", page.title, entries, size="a3")


def _log(book: Handbook, site: Site) -> Iterator[Paper]:
    if page := book.by_address.get(LOG):
        yield Paper("intervision-log.pdf", "sheets", book.say("intervision-log"), (_page(page, site),) * LOGS)


def _attendance(book: Handbook, site: Site) -> Iterator[Paper]:
    del site  # lists are for paper only
    lists = tuple(_list(book, session, number) for session in book.sessions for number in range(len(session.planned)))
    yield Paper("attendance.pdf", "sheets", book.say("attendance"), lists)


def _site(book: Handbook, site: Site) -> Iterator[Paper]:
    edition = book.say("edition-participant" if book.edition == "participant" else "edition-trainer")
    yield Paper("handbook.pdf", "site", edition, _nav(book, site))


DOCUMENTS: tuple[Document, ...] = (
    Document("workbook", ("participant",), _workbook, always=True),
    Document("trainer-guide", ("trainer",), _guide, always=True),
    Document("workbook-a5", ("participant",), _booklet),
    Document("pocket-card", ("participant",), _pocket_card),
    Document("sheets", ("participant",), _sheets),
    Document("intervision-log", ("participant",), _log),
    Document("attendance", ("trainer",), _attendance),
    Document("handbook", ("participant", "trainer"), _site),
)
ALL = tuple(document.name for document in DOCUMENTS)
DEFAULT = tuple(document.name for document in DOCUMENTS if document.always)


def papers(book: Handbook, site: Site, names: Iterable[str]) -> list[Paper]:
    """The papers of the named documents that belong to the handbook's edition."""
    wanted = set(names)
    chosen = (document for document in DOCUMENTS if document.name in wanted and book.edition in document.editions)
    return [paper for document in chosen for paper in document.papers(book, site)]


def editions_of(names: Iterable[str]) -> list[Edition]:
    """The editions that are needed for some documents, participants' first: trainers' books give its page numbers."""
    wanted = set(names)
    needed = {edition for document in DOCUMENTS if document.name in wanted for edition in document.editions[:1]}
    order: tuple[Edition, ...] = ("participant", "trainer")
    return [edition for edition in order if edition in needed]


# ---------------------------------------------------------------- entries


def _nav(book: Handbook, site: Site) -> tuple[Entry, ...]:
    return tuple(_entry(item, site) for item in book.nav)


_CALENDAR = re.compile(r'\s*<a class="calendar".*?</a>', re.DOTALL)  # "add to calendar": nothing to do on paper


def _entry(item: NavItem, site: Site, above: str = "") -> Entry:
    """A menu entry with its article; a page with the same title as the section above it does not repeat it."""
    page = item.page
    article = with_title(_CALENDAR.sub("", site.articles[page.path]), item.title) if page else ""
    if item.title == above:
        article = re.sub(r"<h1\b.*?</h1>", "", article, count=1, flags=re.DOTALL)
    return {
        "title": item.title,
        "path": page.path if page else "",
        "url": page.url if page else "",
        "kind": page.kind if page else "",
        "article": article,
        "children": [_entry(child, site, item.title) for child in item.children],
    }


def _page(page: Page, site: Site) -> Entry:
    return _entry(NavItem(page.title, page), site)


def with_title(article: str, title: str) -> str:
    """The article with its title, as the theme shows it."""
    return article if "<h1" in article else f"<h1>{html.escape(title)}</h1>{article}"


def _flat(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from _flat(entry["children"])


def _list(book: Handbook, session: SessionPlan, number: int) -> Entry:
    """An empty list to sign: functions and initials, never names."""
    planned = session.planned[number]
    title = session.page.title + (f" – {book.text(planned.label)}" if planned.label else "")
    day = long_date(planned.date, book.library.phrases, book.language) if planned.date else book.say("to-be-planned")
    facts = [(book.say("date"), day)]
    if planned.start:
        start = minutes_of(planned.start)
        hours = book.say("clock-range", **{"from": clock_of(start), "to": clock_of(start + session.minutes)})
        facts.append((book.say("time"), hours))
    if planned.place:
        facts.append((book.say("place"), book.text(planned.place)))
    heads = "".join(
        f'<th scope="col">{html.escape(word)}</th>'
        for word in ("#", book.say("function"), book.say("department"), book.say("initials"))
    )
    count = planned.people or session.people
    rows = "".join(f'<tr><th scope="row">{n}</th><td></td><td></td><td></td></tr>' for n in range(1, count + 1))
    listed = "".join(f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(what)}</dd></div>" for name, what in facts)
    path = f"attendance/{session.key}-{number + 1}"
    return {
        "title": title,
        "path": f"{path}.md",
        "url": f"{path}.html",
        "kind": "list",
        "article": (
            f'<h1>{html.escape(title)}</h1><dl class="facts">{listed}</dl>'
            f"<p>{html.escape(book.say('attendance-rule'))}</p>"
            f'<table class="attendance"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        ),
        "children": [],
    }
