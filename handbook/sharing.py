"""What search engines and messengers are told of a page. It stands in the page's head; readers see it nowhere.

Words after the Open Graph protocol (ogp.me) and schema.org. What needs an address is left out when there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .model import CaseMatter, Planned
from .plan import Handbook, Page, SessionPlan, plan

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PICTURE = "assets/share.png"
PICTURE_SIZE = (1200, 630)  # pixels, as ogp.me's readers expect
_REGIONS = {("nl", "nl"): "nl_NL", ("nl", "be"): "nl_BE", ("fr", "be"): "fr_BE", ("fr", "nl"): "fr_FR"}
_KINDS = {"module": "module", "sheet": "worksheet", "case": "case study", "session": "session"}

Data = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """What a page's head says; plain text, which the template escapes. Addresses are whole, or there are none."""

    title: str
    description: str
    robots: str
    kind: str
    locale: str
    other_locales: tuple[str, ...]
    canonical: str
    alternates: tuple[tuple[str, str], ...]
    elsewhere: Mapping[str, str]  # the page of each language that readers change to, by its path in that handbook
    picture: str
    data: Data | None


def address_of(book: Handbook) -> str:
    """Where the handbook will stand, with a slash at the end; nobody is told where trainers' editions are."""
    address = book.municipality.publication.address
    return f"{address.rstrip('/')}/{book.language}/" if address and book.edition == "participant" else ""


def may_be_listed(book: Handbook) -> bool:
    """Whether search engines may list it: when the municipality says so, and never a trainer's edition."""
    return book.municipality.publication.index and book.edition == "participant"


def heads(book: Handbook) -> Callable[[str], Head]:
    """A function that tells the head of a page by its file in the stage."""
    others: dict[str, Handbook] = {
        language: book if language == book.language else plan(book.library, book.slug, language, book.edition)
        for language in book.municipality.languages
    }
    return lambda path: _head(book, book.by_path[path], others)


def _head(book: Handbook, page: Page, others: Mapping[str, Handbook]) -> Head:
    country = book.municipality.country
    home = page is book.pages[0]
    address = address_of(book)
    alternates = tuple(_alternates(page, others)) if address else ()
    return Head(
        title=book.say("handbook-title", city=book.city.name) if home else title_of(book, page),
        description=description_of(book, page),
        robots="index, follow" if may_be_listed(book) else "noindex",
        kind="website" if home else "article",
        locale=_locale(book.language, country),
        other_locales=tuple(_locale(code, country) for code in others if code != book.language),
        canonical=_canonical(page, others, book) if address else "",
        alternates=alternates,
        elsewhere={code: (other.by_path.get(page.path) or other.pages[0]).url for code, other in others.items()},
        picture=address + PICTURE if address else "",
        data=_course(book, page) if home else _resource(book, page),
    )


def _locale(language: str, country: str) -> str:
    return _REGIONS.get((language, country), "en_GB")


def _canonical(page: Page, others: Mapping[str, Handbook], book: Handbook) -> str:
    """The page's own address; of a page that is not translated that of its original, where there is one."""
    language = page.body.language if page.body else book.language
    owner = others.get(language)
    return address_of(owner if owner and page.path in owner.by_path else book) + page.url


def _alternates(page: Page, others: Mapping[str, Handbook]) -> list[tuple[str, str]]:
    """The page in each language in which it was written, and the one for all other languages."""
    found = []
    for language, book in others.items():
        there = book.by_path.get(page.path)
        if there and (there.body is None or there.body.language == language):
            found.append((language, address_of(book) + there.url))
    if len(found) < 2 or (page.body and page.body.language not in dict(found)):
        return []
    return [*found, ("x-default", found[0][1])]


def title_of(book: Handbook, page: Page) -> str:
    """The page's title and what it is: several sessions begin with a check-in, and sheets are called like pages."""
    session = book.by_address.get(page.session)
    if page.kind == "module" and session:
        return f"{page.title} · {session.title}"
    return f"{page.title} · {book.say(page.kind)}" if page.kind in {"sheet", "case"} else page.title


def description_of(book: Handbook, page: Page) -> str:
    """One or two sentences on the page, from its own front matter."""
    matter = page.body.matter if page.body else None
    if matter and matter.description:
        return matter.description
    if page.kind in {"sheets", "cases"}:
        return book.say(f"about-{page.kind}")
    told = {"module": _of_module, "sheet": _of_sheet, "case": _of_case, "session": _of_session}
    if page.kind in told:
        return told[page.kind](book, page)
    return f"{page.title}. {book.say('handbook-title', city=book.city.name)}"


def _of_module(book: Handbook, page: Page) -> str:
    return f"{book.say('goals')}: {'; '.join(goal.rstrip('.') for goal in _goals(page))}."


def _goals(page: Page) -> list[str]:
    """A module's goals; a translation without goals of its own keeps those of its source."""
    own = getattr(page.body.matter, "goals", ()) if page.body else ()
    return list(own or (page.module.goals if page.module else ()))


def _of_sheet(book: Handbook, page: Page) -> str:
    return f"{book.say('sheet')}. {getattr(page.body.matter, 'purpose', '') if page.body else ''}".strip()


def _of_session(book: Handbook, page: Page) -> str:
    return book.text(book.library.sessions[page.session].curriculum.purpose)


def _of_case(book: Handbook, page: Page) -> str:
    matter = page.article.source.matter if page.article else None
    assert isinstance(matter, CaseMatter)  # what load makes of a case
    return book.say("about-case", title=page.title, theme=book.text(book.library.vocabulary.themes[matter.theme]))


# ---------------------------------------------------------------- schema.org


def _course(book: Handbook, page: Page) -> Data:
    of = book.municipality
    data: Data = {
        "@context": "https://schema.org",
        "@type": "Course",
        **_same(book, page),
        "name": book.say("handbook-title", city=book.city.name),
        "version": of.version,
        "dateModified": of.date.isoformat(),
        "timeRequired": duration(sum(session.minutes for session in book.sessions)),
        "hasPart": [_session(book, session) for session in book.sessions],
        "hasCourseInstance": [
            _instance(book, session, planned)
            for session in book.sessions
            for planned in session.planned
            if planned.date
        ],
    }
    return {key: value for key, value in data.items() if value}


def _resource(book: Handbook, page: Page) -> Data | None:
    if page.kind not in _KINDS:
        return None
    session = next((session for session in book.sessions if session.key == page.session), None)
    course: Data = {
        "@type": "Course",
        "name": book.say("handbook-title", city=book.city.name),
        **_at(book, "index.html"),
    }
    part_of = {**_session(book, session), "isPartOf": course} if session and page.kind == "module" else course
    minutes = page.module.minutes if page.module else session.minutes if session else 0
    data: Data = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        **_same(book, page),
        "name": page.title,
        "learningResourceType": _KINDS[page.kind],
        "timeRequired": duration(minutes) if minutes else "",
        "teaches": _goals(page),
        "isPartOf": part_of,
    }
    return {key: value for key, value in data.items() if value}


def _same(book: Handbook, page: Page) -> Data:
    """What is said of courses and their parts alike."""
    owner = {"@type": "Organization", "name": book.city.owner}
    return {
        "description": description_of(book, page),
        "inLanguage": page.body.language if page.body else book.language,
        "license": LICENCE,
        "provider": {"@type": "GovernmentOrganization", "name": book.city.name, "department": owner},
        **_at(book, page.url),
    }


def _at(book: Handbook, url: str) -> Data:
    address = address_of(book)
    return {"url": address + url} if address else {}


def _session(book: Handbook, session: SessionPlan) -> Data:
    return {
        "@type": "LearningResource",
        "name": session.page.title,
        "timeRequired": duration(session.minutes),
        **_at(book, session.page.url),
    }


def _instance(book: Handbook, session: SessionPlan, planned: Planned) -> Data:
    label = f" – {book.text(planned.label)}" if planned.label else ""
    data: Data = {
        "@type": "CourseInstance",
        "name": f"{session.page.title}{label}",
        "courseMode": "Onsite",
        "startDate": f"{planned.date}T{planned.start}" if planned.start else str(planned.date),
        "courseWorkload": duration(session.minutes),
    }
    if planned.place:
        data["location"] = {"@type": "Place", "name": book.text(planned.place), "address": book.city.name}
    return data


def duration(minutes: int) -> str:
    """Minutes as ISO 8601 writes them: PT1H30M."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")
