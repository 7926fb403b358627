"""The planned sessions as calendar files: one per session, one for the whole intervision cycle.

Made with the icalendar library (RFC 5545): the municipality's own time zone, identifiers that stay the same from one
edition to the next, and no clock: the stamp is the edition's date.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from .model import Planned
from .plan import Handbook, SessionPlan, minutes_of

ZONES = {"nl": "Europe/Amsterdam", "be": "Europe/Brussels"}
CYCLE = 6  # meetings of an intervision year
WEEKS = 8  # between two of them
INTERVISION = "intervision"


def files(book: Handbook) -> Iterator[tuple[str, bytes]]:
    """Each calendar file: its path in the handbook and its content."""
    for plan in book.sessions:
        for number, planned in enumerate(plan.planned, 1):
            if planned.date and planned.start:
                yield name_of(plan, number), _calendar([_event(book, plan, planned, number)])
        if cycle := _cycle(book, plan):
            yield f"dates/{plan.key}-cycle.ics", _calendar(cycle)


def name_of(plan: SessionPlan, number: int) -> str:
    """The path of the calendar file of a session's n-th group, counted from 1."""
    return f"dates/{plan.key}-{number}.ics"


def has_cycle(plan: SessionPlan) -> bool:
    """Whether the session is an intervision whose first meeting is planned."""
    return plan.key == INTERVISION and any(planned.date and planned.start for planned in plan.planned)


def _cycle(book: Handbook, plan: SessionPlan) -> list[Event]:
    """All meetings of the year: those that are planned, and the rest every eight weeks after the last, tentatively."""
    if not has_cycle(plan):
        return []
    known = [planned for planned in plan.planned if planned.date and planned.start]
    events = [_event(book, plan, planned, number) for number, planned in enumerate(known, 1)]
    last = known[-1]
    assert last.date  # it was looked for above
    for number in range(len(known) + 1, CYCLE + 1):
        later = last.date + datetime.timedelta(weeks=WEEKS * (number - len(known)))
        event = _event(book, plan, last.model_copy(update={"date": later, "label": None}), number)
        event.add("status", "TENTATIVE")
        events.append(event)
    return events


def _event(book: Handbook, plan: SessionPlan, planned: Planned, number: int) -> Event:
    assert planned.date and planned.start  # the caller has looked
    start = datetime.datetime.combine(
        planned.date, datetime.time(*divmod(minutes_of(planned.start), 60)), ZoneInfo(ZONES[book.municipality.country])
    )
    label = f" – {book.text(planned.label)}" if planned.label else ""
    event = Event()
    event.add("uid", f"{book.slug}-{plan.key}-{number}@handbook.invalid")
    event.add("dtstamp", datetime.datetime.combine(book.municipality.date, datetime.time(), datetime.UTC))
    event.add("dtstart", start)
    event.add("dtend", start + datetime.timedelta(minutes=plan.minutes))
    event.add("summary", f"{plan.page.title}{label} – {book.city.name}")
    event.add("description", book.text(plan.session.curriculum.purpose))
    if planned.place:
        event.add("location", book.text(planned.place))
    return event


def _calendar(events: list[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//handbook//training handbooks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    years = [event.start.year for event in events]
    calendar.add_missing_timezones(datetime.date(min(years), 1, 1), datetime.date(max(years), 12, 31))
    return bytes(calendar.to_ical())
