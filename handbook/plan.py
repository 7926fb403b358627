"""Step 3, plan: from the library to one handbook: its pages, their order, the clock times. Pure and printable."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .library import Article, Body, Library, Profile, Session
from .model import EDITIONS, Break, CaseMatter, Edition, ModuleMatter, Municipality, PageMatter, Planned, Text

Kind = Literal["doc", "session", "module", "sheet", "case", "sheets", "cases"]


@dataclass(frozen=True)
class City:
    """What writers may say of the municipality: `{{ city.name }}`; each value is ready to read in the language."""

    name: str
    slug: str
    country: str
    region: str
    province: str
    population: str
    year: str
    start: str
    owner: str
    reporting: str
    version: str
    date: str


@dataclass(frozen=True)
class Page:
    """A page of the handbook. `address` is how writers link to it, `path` the file in the stage."""

    address: str
    path: str
    kind: Kind
    title: str
    article: Article | None = None
    body: Body | None = None
    session: str = ""

    @property
    def url(self) -> str:
        """The page's file in the site."""
        return self.path.removesuffix(".md") + ".html"

    @property
    def module(self) -> ModuleMatter | None:
        """The module's front matter, if the page is a module."""
        matter = self.article.source.matter if self.article else None
        return matter if isinstance(matter, ModuleMatter) else None


@dataclass(frozen=True)
class NavItem:
    """An entry of the menu: a page, or a title with entries under it."""

    title: str
    page: Page | None = None
    children: tuple[NavItem, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A line of the timetable; `offset` counts minutes from the session's start."""

    offset: int
    minutes: int
    title: str
    kind: Literal["module", "break", "lunch"] = "module"
    page: Page | None = None


@dataclass(frozen=True)
class SessionPlan:
    """A session as this municipality takes it, once or for several groups."""

    key: str
    session: Session
    page: Page
    slots: tuple[Slot, ...]
    planned: tuple[Planned, ...]

    @property
    def minutes(self) -> int:
        """Sum of all slots, in minutes."""
        return sum(slot.minutes for slot in self.slots)

    @property
    def starts(self) -> tuple[int, ...]:
        """The different start times that are known, in minutes after midnight."""
        return tuple(sorted({minutes_of(p.start) for p in self.planned if p.start}))

    @property
    def people(self) -> int:
        """The largest group expected, or the curriculum's largest group."""
        known = [p.people for p in self.planned if p.people]
        return max(known) if known else self.session.curriculum.group.max


@dataclass(frozen=True, repr=False)
class Handbook:
    """One municipality in one language for one edition."""

    profile: Profile
    language: str
    edition: Edition
    library: Library
    city: City
    sessions: tuple[SessionPlan, ...]
    pages: tuple[Page, ...]
    nav: tuple[NavItem, ...]

    def __repr__(self) -> str:
        # MkDocs and its plugins write all their values out for logs that nobody reads: a third of a build
        return f"Handbook({self.name})"

    @property
    def slug(self) -> str:
        """The municipality's slug."""
        return self.profile.slug

    @property
    def name(self) -> str:
        """`rotterdam/nl/participant`: how log and messages call it."""
        return f"{self.slug}/{self.language}/{self.edition}"

    @property
    def municipality(self) -> Municipality:
        """The resolved profile's values."""
        return self.profile.municipality

    @cached_property
    def by_address(self) -> Mapping[str, Page]:
        """Pages by the address that writers link to."""
        return {page.address: page for page in self.pages}

    @cached_property
    def by_path(self) -> Mapping[str, Page]:
        """Pages by their file in the stage."""
        return {page.path: page for page in self.pages}

    def text(self, text: Text) -> str:
        """A text of the model in the handbook's language."""
        return text.to(self.language, self.municipality.country)

    def say(self, phrase: str, **values: object) -> str:
        """A fixed phrase in the handbook's language."""
        return self.text(self.library.phrases[phrase]).format(**values)

    def fallbacks(self) -> list[Page]:
        """Pages that are shown in another language because a translation is missing."""
        return [page for page in self.pages if page.body and page.body.language != self.language]


def handbooks(
    library: Library, slugs: Iterable[str] = (), language: str = "", edition: str = ""
) -> list[tuple[str, str, Edition]]:
    """Which handbooks there are: slug, language, edition, in a steady order."""
    wanted = list(slugs) or list(library.profiles)
    return [
        (slug, lang, kind)
        for slug in wanted
        for lang in library.profiles[slug].municipality.languages
        if language in {"", lang}
        for kind in EDITIONS
        if edition in {"", kind}
    ]


def plan(library: Library, slug: str, language: str, edition: Edition) -> Handbook:
    """The plan of one handbook, from a library without errors."""
    return _Planner(library, slug, language, edition).handbook()


def minutes_of(clock: str) -> int:
    """Minutes after midnight of "13:30"."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minutes: int) -> str:
    """The clock time of minutes after midnight: 13:30."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def long_date(day: datetime.date, phrases: Mapping[str, Text], language: str) -> str:
    """A date as people write it in the language: 4 februari 2027."""
    month = phrases["months"].to(language).split()[day.month - 1]
    return phrases["date-format"].to(language).format(day=day.day, month=month, year=day.year)


def grouped_number(number: int, language: str) -> str:
    """672.330 (nl), 672,330 (en), 672 330 (fr)."""
    return f"{number:,}".replace(",", {"nl": ".", "fr": "\u202f"}.get(language, ","))


class _Planner:
    """Gathers the pages of one handbook."""

    def __init__(self, library: Library, slug: str, language: str, edition: Edition) -> None:
        self.library = library
        self.profile = library.profiles[slug]
        self.municipality = self.profile.municipality
        self.language = language
        self.edition: Edition = edition

    def handbook(self) -> Handbook:
        sessions = self.sessions()
        cases = [self.page(f"cases/{case.key}", "case", case) for case in self.cases()]
        docs = {key: self.page(key, "doc", article) for key, article in self.library.docs.items()}
        session_pages = [page for plan in sessions for page in _pages_of(plan)]
        sheets = [
            self.page(f"sheets/{key}", "sheet", self.library.sheets[key])
            for key in self.sheet_keys([*docs.values(), *session_pages, *cases])
        ]
        nav = self.nav(docs, sessions, sheets, cases)
        return Handbook(
            self.profile, self.language, self.edition, self.library, self.city(),
            sessions, tuple(_in_order(nav)), nav,
        )  # fmt: skip

    def text(self, text: Text) -> str:
        return text.to(self.language, self.municipality.country)

    def phrase(self, key: str) -> str:
        return self.text(self.library.phrases[key])

    def page(self, address: str, kind: Kind, article: Article, path: str = "", session: str = "") -> Page:
        body = article.body(self.language)
        return Page(address, path or f"{address}.md", kind, body.matter.title, article, body, session)

    def sessions(self) -> tuple[SessionPlan, ...]:
        keys = list(dict.fromkeys(planned.session for planned in self.municipality.programme))
        return tuple(self.session(key) for key in keys)

    def session(self, key: str) -> SessionPlan:
        session = self.library.sessions[key]
        page = self.page(key, "session", session.index, f"{key}/index.md", key)
        slots = []
        offset = 0
        for part in session.curriculum.parts:
            if isinstance(part, Break):
                slot = Slot(offset, part.minutes, self.phrase(part.kind), part.kind)
            else:
                article = session.modules[part]
                module = self.page(f"{key}/{part}", "module", article, session=key)
                matter = article.source.matter
                assert isinstance(matter, ModuleMatter)  # what load makes of a module
                slot = Slot(offset, matter.minutes, module.title, page=module)
            slots.append(slot)
            offset += slot.minutes
        planned = tuple(p for p in self.municipality.programme if p.session == key)
        return SessionPlan(key, session, page, tuple(slots), planned)

    def cases(self) -> list[Article]:
        """The city's own cases and the library's, on the city's themes and in its order.

        A case of its own with the name of one of the library takes that one's place.
        """
        by_theme: dict[str, list[Article]] = {}
        for case in {**self.profile.cases, **self.library.cases, **self.profile.cases}.values():
            matter = case.source.matter
            assert isinstance(matter, CaseMatter)  # what load makes of a case
            by_theme.setdefault(matter.theme, []).append(case)
        return [case for theme in self.municipality.themes for case in by_theme.get(theme.key, [])]

    def sheet_keys(self, pages: list[Page]) -> list[str]:
        """The worksheets that these pages use, by their codes."""
        used: set[str] = set()
        for page in pages:
            if page.module:
                used.update(page.module.sheets)
            if page.body:
                used.update(page.body.calls("sheet", self.edition))
        known = [key for key in self.library.sheets if key in used]
        return sorted(known, key=lambda key: _code_order(self.library.sheets[key].source.matter))

    def nav(
        self, docs: Mapping[str, Page], sessions: tuple[SessionPlan, ...], sheets: list[Page], cases: list[Page]
    ) -> tuple[NavItem, ...]:
        items: list[NavItem] = []
        for entry in self.library.outline:
            if not isinstance(entry, str):
                items.append(NavItem(self.text(entry.title), None, tuple(_item(docs[key]) for key in entry.pages)))
            elif entry == "sessions":
                items.extend(_session_item(session) for session in sessions)
            elif entry == "sheets":
                items.extend(self.overview("sheets", sheets))
            elif entry == "cases":
                items.extend(self.overview("cases", cases))
            else:
                items.append(_item(docs[entry]))
        return tuple(items)

    def overview(self, kind: Literal["sheets", "cases"], pages: list[Page]) -> Iterator[NavItem]:
        """The folder's own first page, and its pages; nothing when there are none."""
        if pages:
            first = Page(kind, f"{kind}/index.md", kind, self.phrase(kind))
            yield NavItem(first.title, None, (_item(first), *map(_item, pages)))

    def city(self) -> City:
        of = self.municipality
        return City(
            name=self.text(of.name),
            slug=self.profile.slug,
            country=of.country,
            region=of.region or "",
            province=self.text(of.province) if of.province else "",
            population=grouped_number(of.population.count, self.language),
            year=str(of.population.year),
            start=of.start,
            owner=self.text(of.owner),
            reporting=self.text(of.reporting),
            version=of.version,
            date=long_date(of.date, self.library.phrases, self.language),
        )


def _code_order(matter: PageMatter) -> tuple[int, str]:
    code = getattr(matter, "code", "")
    return int(re.sub(r"\D", "", code) or 0), code


def _item(page: Page) -> NavItem:
    return NavItem(page.title, page)


def _session_item(session: SessionPlan) -> NavItem:
    modules = (_item(slot.page) for slot in session.slots if slot.page)
    return NavItem(session.page.title, None, (_item(session.page), *modules))


def _pages_of(session: SessionPlan) -> Iterator[Page]:
    yield session.page
    yield from (slot.page for slot in session.slots if slot.page)


def _in_order(items: Iterable[NavItem]) -> Iterator[Page]:
    for item in items:
        if item.page:
            yield item.page
        yield from _in_order(item.children)
