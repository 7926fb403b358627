"""The plan of a handbook: which pages, in which order, at what time; and that all real content can be planned."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import REPOSITORY, SMALL, Said

from handbook import show
from handbook.library import Library
from handbook.load import load
from handbook.model import EDITIONS, Break, ModuleMatter
from handbook.plan import Handbook, NavItem, grouped_number, handbooks, long_date, plan


def loaded(root: Path) -> Library:
    """The library of a project that has no errors."""
    library, problems = load(root)
    assert library is not None
    assert not [problem for problem in problems if problem.severity == "error"]
    return library


@pytest.fixture(scope="module")
def little() -> Library:
    """The small project."""
    return loaded(SMALL)


@pytest.fixture(scope="module")
def real() -> Library:
    """The real content."""
    return loaded(REPOSITORY)


def menu(items: tuple[NavItem, ...], depth: int = 0) -> Iterator[str]:
    """The menu as indented lines: each title, and the page it opens."""
    for item in items:
        yield f"{'  ' * depth}{item.title}" + (f" -> {item.page.address} ({item.page.kind})" if item.page else "")
        yield from menu(item.children, depth + 1)


def told(book: Handbook) -> str:
    """Everything that a plan decides, as text."""
    city = "\n".join(f"  {key}: {value}" for key, value in vars(book.city).items())
    return "\n".join([*show.outline(book), "", "Menu", *menu(book.nav, 1), "", "City", city])


# ---------------------------------------------------------------- the small project


def test_plans_of_the_small_project(little: Library, golden: Callable[[str, str], None]) -> None:
    """Every handbook of the small project has the pages, times, menu and values that the golden file shows."""
    texts = [told(plan(little, *job)) for job in handbooks(little)]
    golden("plans.txt", "\n\n\n".join(texts) + "\n")


def test_handbooks_come_in_a_steady_order(little: Library) -> None:
    """Municipalities by name, languages as the city lists them, participants before trainers; each can be chosen."""
    assert handbooks(little) == [
        ("berg", "nl", "participant"), ("berg", "nl", "trainer"),
        ("berg", "en", "participant"), ("berg", "en", "trainer"),
        ("veld", "nl", "participant"), ("veld", "nl", "trainer"),
        ("veld", "en", "participant"), ("veld", "en", "trainer"),
    ]  # fmt: skip
    assert handbooks(little, ["veld"], language="en", edition="trainer") == [("veld", "en", "trainer")]
    assert handbooks(little, language="fr") == []


def veld_from(root: Path, start: str) -> Handbook:
    """Veld's English trainer handbook, with its session at another time."""
    path = root / "municipalities" / "veld.yml"
    text = (SMALL / "municipalities" / "veld.yml").read_text(encoding="utf-8")
    path.write_text(text.replace('start: "13:30"', f'start: "{start}"'), encoding="utf-8")
    return plan(loaded(root), "veld", "en", "trainer")


@pytest.mark.parametrize(
    ("start", "clocks"),
    [
        ("09:00", ["09:00", "09:15", "09:20"]),
        ("13:30", ["13:30", "13:45", "13:50"]),
        ("23:50", ["23:50", "00:05", "00:10"]),
    ],
)
def test_clock_times_follow_the_start(small: Path, start: str, clocks: list[str]) -> None:
    """The start time alone moves all clock times, past midnight too."""
    assert list(show.outline(veld_from(small, start)))[2:6] == [
        f"A talk (talk): 40 minutes, 2027-02-04 {start}",
        f"  {clocks[0]}   15 min  A1   Hello: you & <me>",
        f"  {clocks[1]}    5 min       Break",
        f"  {clocks[2]}   20 min  A2   Answers",
    ]


def test_an_afternoon_is_a_start_time_and_nothing_else(small: Path) -> None:
    """The same session in the morning and in the afternoon has the same pages, parts and minutes."""
    morning, afternoon = veld_from(small, "09:00"), veld_from(small, "13:30")
    assert (morning.sessions[0].starts, afternoon.sessions[0].starts) == ((540,), (810,))
    assert list(menu(morning.nav)) == list(menu(afternoon.nav))
    assert [(s.offset, s.minutes, s.kind, s.title) for s in morning.sessions[0].slots] == [
        (0, 15, "module", "Hello: you & <me>"),
        (15, 5, "break", "Break"),
        (20, 20, "module", "Answers"),
    ]
    assert [s.offset for s in afternoon.sessions[0].slots] == [0, 15, 20]


def test_groups_of_one_session_stand_side_by_side(small: Path) -> None:
    """Two groups take one session: its start times come sorted and once, its materials are for the larger group."""
    path = small / "municipalities" / "veld.yml"
    second = (
        '\n  - {session: talk, start: "09:00", people: 12, label: Two}\n  - {session: talk, start: "09:00"}\nconfirm:'
    )
    path.write_text(path.read_text(encoding="utf-8").replace("\nconfirm:", second), encoding="utf-8")
    book = plan(loaded(small), "veld", "en", "trainer")
    assert [(s.key, s.starts, s.people, len(s.planned)) for s in book.sessions] == [("talk", (540, 810), 20, 3)]
    assert "  09:00  13:30   15 min  A1   Hello: you & <me>" in show.outline(book)


def test_cases_follow_the_order_of_the_citys_themes(small: Path) -> None:
    """A city sees the cases on its own themes, in the order in which it names them, and no others."""
    vocabulary = small / "curricula" / "vocabulary.yml"
    themes = "themes:\n  football: Football\n  traffic: Traffic\n"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8").replace("themes:\n", themes), encoding="utf-8")
    fireworks = (small / "curricula" / "cases" / "fireworks.md").read_text(encoding="utf-8")
    for number, theme in enumerate(("football", "traffic"), 2):
        text = fireworks.replace("theme: fireworks", f"theme: {theme}").replace("C01", f"C0{number}")
        (small / "curricula" / "cases" / f"{theme}.md").write_text(text, encoding="utf-8")
    veld = small / "municipalities" / "veld.yml"
    text = veld.read_text(encoding="utf-8").replace("themes:\n", "themes:\n  - {key: traffic, line: Much traffic.}\n")
    veld.write_text(text, encoding="utf-8")
    library = loaded(small)
    cases = {
        slug: [page.address for page in plan(library, slug, "nl", "participant").pages if page.kind == "case"]
        for slug in ("berg", "veld")
    }
    assert cases == {"berg": ["cases/fireworks"], "veld": ["cases/traffic", "cases/fireworks"]}


def test_a_citys_own_case_is_its_own(small: Path) -> None:
    """A case in a town's folder is in its handbook alone, in its language; the name of a case replaces that case."""
    own = small / "municipalities" / "veld" / "cases"
    own.mkdir()
    text = (small / "curricula" / "cases" / "fireworks.md").read_text(encoding="utf-8")
    (own / "pier.nl.md").write_text(text.replace("Loud nights", "Wie mag op de pier?").replace("C01", "L01"), "utf-8")
    library = loaded(small)
    cases = {
        (slug, language): [
            (page.address, page.title, page.body.language if page.body else "")
            for page in plan(library, slug, language, "participant").pages
            if page.kind == "case"
        ]
        for slug in ("berg", "veld")
        for language in ("nl", "en")
    }
    pier, loud = ("cases/pier", "Wie mag op de pier?", "nl"), ("cases/fireworks", "Loud nights", "en")
    luide = ("cases/fireworks", "Luide nachten", "nl")
    assert cases["berg", "nl"] == [luide]
    assert (cases["veld", "nl"], cases["veld", "en"]) == ([pier, luide], [pier, loud])

    (own / "pier.nl.md").rename(own / "fireworks.nl.md")
    pages = plan(loaded(small), "veld", "nl", "participant").pages
    assert [page.title for page in pages if page.kind == "case"] == ["Wie mag op de pier?"]


def test_a_sheet_for_trainers_is_in_their_edition_only(small: Path) -> None:
    """A worksheet that only a trainer block asks for is a page of the trainer edition and not of the participants'."""
    sheet = (small / "curricula" / "sheets" / "card.md").read_text(encoding="utf-8").replace("code: S1", "code: S2")
    (small / "curricula" / "sheets" / "key.md").write_text(sheet, encoding="utf-8")
    home = small / "docs" / "index.md"
    home.write_text(home.read_text(encoding="utf-8") + '\n::: trainer\n{{ sheet("key") }}\n:::\n', encoding="utf-8")
    library = loaded(small)
    sheets = {
        edition: [page.address for page in plan(library, "veld", "en", edition).pages if page.kind == "sheet"]
        for edition in EDITIONS
    }
    assert sheets == {"participant": ["sheets/card"], "trainer": ["sheets/card", "sheets/key"]}


def test_a_handbook_without_sheets_or_cases_has_no_page_for_them(small: Path) -> None:
    """The overviews of worksheets and cases are there only when something stands in them."""
    library = loaded(small)
    book = plan(replace(library, sheets={}, cases={}), "veld", "en", "participant")
    assert [page.address for page in book.pages] == ["index", "talk", "talk/hello", "talk/answers", "glossary"]


@pytest.mark.parametrize(
    ("language", "number", "date"),
    [
        ("en", "1,234,567", "4 February 2027"),
        ("nl", "1.234.567", "4 februari 2027"),
        ("fr", "1\u202f234\u202f567", "4 février 2027"),
    ],
)
def test_numbers_and_dates_read_as_in_the_language(little: Library, language: str, number: str, date: str) -> None:
    """Numbers are grouped and dates written as readers of the language expect."""
    assert grouped_number(1234567, language) == number
    assert long_date(datetime.date(2027, 2, 4), little.phrases, language) == date


# ---------------------------------------------------------------- the real content


def test_the_real_content_is_in_order(handbook: Callable[..., Said]) -> None:
    """`handbook check` of everything in this repository finds no error."""
    said = handbook("check", "--format", "json", "--project", REPOSITORY)
    assert [line for line in said.out.splitlines() if '"severity": "error"' in line] == []
    assert (said.code, said.err) == (0, "")


def test_the_parts_of_every_real_session_add_up(real: Library) -> None:
    """Modules and breaks fill each session to the minute."""
    wanted = {key: session.curriculum.minutes for key, session in real.sessions.items()}
    found = dict.fromkeys(wanted, 0)
    for key, session in real.sessions.items():
        for part in session.curriculum.parts:
            matter = None if isinstance(part, Break) else session.modules[part].source.matter
            length = part if isinstance(part, Break) else matter
            assert isinstance(length, Break | ModuleMatter)
            found[key] += length.minutes
    assert found == wanted
    assert wanted == {"intro": 120, "full-day": 480, "half-day": 210, "intervision": 150}


def test_every_real_handbook_can_be_planned(real: Library) -> None:
    """Each city, language and edition has a plan in which every page stands once and every session is whole."""
    jobs = handbooks(real)
    assert len(jobs) == sum(2 * len(profile.municipality.languages) for profile in real.profiles.values()) > 0
    for job in jobs:
        book = plan(real, *job)
        assert book.name == "/".join(job)
        assert [path for path, times in Counter(page.path for page in book.pages).items() if times > 1] == []
        assert book.pages[0].path == "index.md"
        assert [s.key for s in book.sessions] == list(dict.fromkeys(p.session for p in book.municipality.programme))
        for session in book.sessions:
            ends = [slot.offset + slot.minutes for slot in session.slots]
            assert [slot.offset for slot in session.slots] == [0, *ends[:-1]]
            assert ends[-1] == session.session.curriculum.minutes


def test_editions_of_a_real_handbook_share_their_pages(real: Library) -> None:
    """What participants have, trainers have as well, under the same address."""
    for slug, language, edition in handbooks(real, edition="participant"):
        participants = {page.path for page in plan(real, slug, language, edition).pages}
        assert participants <= {page.path for page in plan(real, slug, language, "trainer").pages}
