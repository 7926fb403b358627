"""Timetables, planned sessions and what must lie ready."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from handbook import dates
from handbook.escape import as_text
from handbook.model import MaterialNeed, Planned
from handbook.plan import SessionPlan, Slot, clock_of, long_date, minutes_of

from .here import Cell, Here, Marks, block, join, table

PER = {"pair": 2, "trio": 3}
TRAINERS = 2


def programme(here: Here) -> Markup:
    """The session's timetable: for participants the order and rough times, for trainers the running sheet."""
    plan = here.session()
    if plan is None:
        raise ValueError("programme() stands on a page of a session")
    return _running_sheet(here, plan) if here.book.edition == "trainer" else _outline(here, plan)


def _outline(here: Here, plan: SessionPlan) -> Markup:
    rows: list[Sequence[Cell]] = []
    for slot in plan.slots:
        name = here.link(slot.page.address, slot.title) if slot.page else as_text(slot.title)
        about = here.say("about-minutes", n=slot.minutes)
        times = [clock_of(_rounded(start + slot.offset)) for start in plan.starts]
        rows.append([name, *times, about])
    return table([here.say("part"), *_clock_heads(here, plan), here.say("duration")], rows, "programme")


def _running_sheet(here: Here, plan: SessionPlan) -> Markup:
    vocabulary = here.book.library.vocabulary
    rows: list[Sequence[Cell]] = []
    marks: list[Marks] = [{"starts": " ".join(map(str, plan.starts)), "session": plan.key}]
    for slot in plan.slots:
        marks.append({"offset": slot.offset, "minutes": slot.minutes})
        clocks: list[Cell] = [
            f"{clock_of(s + slot.offset)}–{clock_of(s + slot.offset + slot.minutes)}" for s in plan.starts or (0,)
        ]
        if not plan.starts:
            clocks = [f"+{slot.offset // 60}:{slot.offset % 60:02d}"]
        minutes = here.say("minutes", n=slot.minutes)
        matter = slot.page.module if slot.page else None
        if matter is None or slot.page is None:
            rows.append([*clocks, minutes, "", as_text(slot.title), "", "", "", ""])
            continue
        marks[-1] = {**marks[-1], "priority": matter.priority}
        rows.append(
            [
                *clocks,
                minutes,
                matter.code,
                here.link(slot.page.address, slot.title),
                join([here.text(vocabulary.methods[matter.method]), here.text(vocabulary.groups[matter.group])], ", "),
                here.text(vocabulary.leads[matter.lead]),
                join((here.text(vocabulary.materials[need.key].name) for need in matter.materials), ", ") or "–",
                here.say(matter.priority),
            ]
        )
    total = here.say("minutes", n=plan.minutes)
    rows.append([here.say("total"), *[""] * (len(plan.starts or (0,)) - 1), total, "", "", "", "", "", ""])
    heads = _clock_heads(here, plan) or [here.say("time")]
    names = ("duration", "code", "part", "method", "lead", "materials", "priority")
    names_of_columns = [*heads, *(here.say(name) for name in names)]
    return table(names_of_columns, rows, "running-sheet", here.say("running-sheet"), marks)


def _clock_heads(here: Here, plan: SessionPlan) -> list[str]:
    return [f"{here.say('start')} {clock_of(start)}" for start in plan.starts]


def _rounded(minutes: int) -> int:
    return max(5, round(minutes / 5) * 5)


def sessions(here: Here) -> Markup:
    """The planned sessions: what, when, where and how long; "date follows" for what is not planned yet."""
    rows: list[Sequence[Cell]] = []
    for plan in here.book.sessions:
        for number, planned in enumerate(plan.planned, 1):
            label = Markup(" – {}").format(here.text(planned.label)) if planned.label else Markup("")
            rows.append(
                [
                    here.link(plan.page.address, plan.page.title) + label,
                    _day(here, planned) + _calendar(here, plan, planned, number),
                    _hours(here, planned, plan.minutes),
                    here.text(planned.place) if planned.place else "–",
                ]
            )
    heads = ("session", "date", "time", "place")
    return table([here.say(name) for name in heads], rows, "sessions")


def _day(here: Here, planned: Planned) -> Markup:
    if planned.date is None:
        return as_text(here.say("to-be-planned"))
    return as_text(long_date(planned.date, here.book.library.phrases, here.book.language))


def _calendar(here: Here, plan: SessionPlan, planned: Planned, number: int) -> Markup:
    """Links to the session's calendar file and, for the first intervision, to the whole year's."""
    if not (planned.date and planned.start):
        return Markup("")
    found = [(dates.name_of(plan, number), here.say("add-to-calendar"))]
    if number == 1 and dates.has_cycle(plan):
        found.append((f"dates/{plan.key}-cycle.ics", here.say("add-cycle")))
    return join(
        Markup(' <a class="calendar" href="{}">{}</a>').format(here.url(path), as_text(words)) for path, words in found
    )


def _hours(here: Here, planned: Planned, minutes: int) -> str:
    if planned.start is None:
        return here.say("minutes-long", n=minutes)
    start = minutes_of(planned.start)
    return here.say("clock-range", **{"from": clock_of(start), "to": clock_of(start + minutes)})


def materials(here: Here) -> Markup:
    """Everything the session needs, added up for its group: what is used up is summed, what stays is shared."""
    plan = here.session()
    if plan is None:
        raise ValueError("materials() stands on a page of a session")
    amounts: dict[str, int] = {}
    used: dict[str, list[str]] = {}
    for slot in plan.slots:
        for need, code in _needs(slot):
            amount = need.count * _sets(need, plan)
            reuse = here.book.library.vocabulary.materials[need.key].reuse
            before = amounts.get(need.key, 0)
            amounts[need.key] = max(before, amount) if reuse else before + amount
            used.setdefault(need.key, []).append(code)
    names = here.book.library.vocabulary.materials
    keys = sorted(amounts, key=lambda key: here.book.text(names[key].name).casefold())
    rows = [[here.text(names[key].name), str(amounts[key]), join(used[key], ", ")] for key in keys]
    size = block(Markup("<p>{}</p>").format(as_text(here.say("for-group", n=plan.people))))
    heads = [here.say("materials"), here.say("amount"), here.say("part")]
    marks = [{"session": plan.key}, *({"material": key} for key in keys)]
    return size + table(heads, rows, "materials", marks=marks)


def _needs(slot: Slot) -> list[tuple[MaterialNeed, str]]:
    matter = slot.page.module if slot.page else None
    return [(need, matter.code) for need in matter.materials] if matter else []


def _sets(need: MaterialNeed, plan: SessionPlan) -> int:
    if need.per == "person":
        return plan.people
    if need.per == "trainer":
        return TRAINERS
    if need.per == "session":
        return 1
    return math.ceil(plan.people / PER.get(need.per, plan.session.curriculum.group.table))
