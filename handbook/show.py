"""What `handbook list`, `plan` and `show` print."""

from __future__ import annotations

from collections.abc import Iterator

from . import yamlfile
from .library import Library, Profile
from .plan import Handbook, SessionPlan, clock_of, handbooks, plan
from .problems import Problem, count
from .validate import profile_problems


def listing(library: Library, problems: list[Problem]) -> Iterator[tuple[str, ...]]:
    """A row per municipality: slug, name, languages, sessions, state."""
    yield ("municipality", "name", "languages", "sessions", "state")
    for slug in library.slugs:
        profile = library.profiles.get(slug)
        if profile is None:
            yield slug, "", "", "", _not_in_order(profile_problems(problems, slug))
            continue
        of = profile.municipality
        sessions = ", ".join(dict.fromkeys(planned.session for planned in of.programme))
        yield slug, of.name.to(of.languages[0]), ", ".join(of.languages), sessions, _state(library, profile, problems)


def _state(library: Library, profile: Profile, problems: list[Problem]) -> str:
    if own := profile_problems(problems, profile.slug):
        return _not_in_order(own)
    notes = []
    if waiting := len(profile.municipality.to_confirm()):
        notes.append(f"{waiting} to be confirmed by the municipality")
    if not any(problem.severity == "error" for problem in problems):
        untranslated = sum(
            len(plan(library, *job).fallbacks()) for job in handbooks(library, [profile.slug], edition="participant")
        )
        if untranslated:
            notes.append(f"{untranslated} page{'' if untranslated == 1 else 's'} not translated")
    return "in order" + (f"; {', '.join(notes)}" if notes else "")


def _not_in_order(own: list[Problem]) -> str:
    """The problems of a municipality; one without any cannot be read because of the layers below it."""
    return f"not in order{f': {count(own)}' if own else ''}"


def columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows as aligned columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def outline(book: Handbook) -> Iterator[str]:
    """A handbook's plan: sessions with minutes and clock times, then all pages."""
    yield f"{book.city.name}, {book.language}, {book.edition} edition: {len(book.pages)} pages"
    for session in book.sessions:
        yield ""
        yield from _timetable(session)
    yield ""
    yield "Pages"
    for page in book.pages:
        fallback = f"  [in {page.body.language}]" if page.body and page.body.language != book.language else ""
        yield f"  {page.url:<44} {page.title}{fallback}"


def _timetable(session: SessionPlan) -> Iterator[str]:
    dates = [
        " ".join(filter(None, [planned.date.isoformat() if planned.date else "", planned.start or ""]))
        for planned in session.planned
    ]
    when = "; ".join(filter(None, dates)) or "not planned yet"
    yield f"{session.page.title} ({session.key}): {session.minutes} minutes, {when}"
    for slot in session.slots:
        clocks = "  ".join(clock_of(start + slot.offset) for start in session.starts) or f"+{slot.offset:>3}"
        code = slot.page.module.code if slot.page and slot.page.module else ""
        yield f"  {clocks}  {slot.minutes:>3} min  {code:<4} {slot.title}"


def resolved(profile: Profile) -> Iterator[str]:
    """Every value of a municipality after its layers are merged, with the place it comes from."""
    rows = [
        (yamlfile.show_path(path), str(value), str(profile.places.place(path)))
        for path, value in _leaves(profile.places.value, ())
    ]
    width = min(44, max(len(row[0]) for row in rows))
    for name, value, place in rows:
        shown = value if len(value) <= 60 else f"{value[:59]}…"
        yield f"{name:<{width}}  {shown:<60}  {place}"


def _leaves(value: yamlfile.Value, path: yamlfile.Path) -> Iterator[tuple[yamlfile.Path, yamlfile.Value]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value
