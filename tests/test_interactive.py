"""The parts of the site that people use: worksheets, the tools in the room, the case finder; in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import REPOSITORY, SMALL, web
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHEET = "participant/veld/nl/sheets/card.html"
SESSION = "trainer/veld/en/talk/index.html"
MODULE = "trainer/veld/en/talk/hello.html"
METHOD = "participant/veld/en/sheets/rounds.html"
CASES = "participant/veld/en/cases/index.html"
KEY = "handbook.answers/veld/participant/sheets/card.html"
WRITTEN = {"l1": "Wie zwijgt?\nEn waarom?", "f1": "4 maart", "t1": "x", "s1": "2", "c1": "brandstof"}

ROUNDS = """---
title: Rounds
code: S2
purpose: A method with two steps.
---

## Steps {#steps}

| Minutes | Step | What happens |
|---:|---|---|
| 2 | The question | One asks. |
| 3 | The answers | All answer. |
| **5** | **Total** | |
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with one method card and two cases more, published without PDFs."""
    project = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("rooms") / "small",
                                   ignore=shutil.ignore_patterns("build", "site")))  # fmt: skip
    content = project / "curricula"
    (content / "sheets/rounds.md").write_text(ROUNDS)
    _replace(content / "talk/answers.md", "priority: may", "priority: may\nsheets: [rounds]")
    _replace(content / "vocabulary.yml", "\nroles:", "\n  football: {en: Football, nl: Voetbal}\nroles:")
    _replace(content / "vocabulary.yml", "  tone: {", "  subject: {en: subject, nl: onderwerp}\n  tone: {")
    night = (content / "cases/fireworks.md").read_text()
    for code, name, department, switch in (("C02", "Match", "youth", "tone"), ("C03", "Party", "safety", "subject")):
        text = night.replace("Loud nights", name).replace("C01", code).replace("theme: fireworks", "theme: football")
        text = text.replace("[safety, youth]", f"[{department}]").replace("[tone]", f"[{switch}]")
        (content / f"cases/{name.lower()}.md").write_text(text)
    veld = project / "municipalities/veld.yml"
    _replace(veld, "districts:", "  - key: youth\n    name: {nl: Team Jeugd, en: Youth team}\ndistricts:")
    _replace(veld, "programme:", "  - key: football\n    line: {nl: Over voetbal., en: About football.}\nprogramme:")
    out = project / "site"
    done = subprocess.run(
        [sys.executable, "-m", "handbook", "build", "veld", "--no-pdf",
         "--project", str(project), "--output", str(out)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The handbooks on a plain static server."""
    with web(site) as found:
        yield found


@pytest.fixture
def context(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile; options come with `@pytest.mark.parametrize("context", [...], indirect=True)`."""
    made = browser.new_context(base_url=f"{address}/", **getattr(request, "param", {}))
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that profile; a fault in a script fails the test that causes it."""
    made = context.new_page()
    made.on("pageerror", _fail)
    return made


def _fail(error: object) -> None:
    raise AssertionError(error)


def fill_in(page: Page) -> None:
    """Write into every kind of field of the sheet."""
    page.get_by_label("Mijn vraag").fill(WRITTEN["l1"])
    page.get_by_label("Datum").fill(WRITTEN["f1"])
    page.get_by_label("Klaar").check()
    page.locator(".scale label", has_text="2").click()
    page.locator("td textarea").fill(WRITTEN["c1"])


def shown(page: Page) -> dict[str, str]:
    """What stands in the fields of the sheet."""
    return {
        "l1": page.locator(".lines textarea").input_value(),
        "f1": page.locator(".field input").input_value(),
        "t1": "x" if page.locator(".tick input").is_checked() else "",
        "s1": page.evaluate("document.querySelector('.scale input:checked')?.value ?? ''"),
        "c1": page.locator("td textarea").input_value(),
    }


def stored(page: Page) -> Any:
    """What the browser keeps of the sheet."""
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "null")


def status(page: Page) -> str:
    """What was announced on the sheet."""
    return page.locator(".hb-kept").inner_text()


# ---------------------------------------------------------------- worksheets


def test_answers_stay_after_reload_and_in_the_other_language(page: Page) -> None:
    """What is typed is kept in this browser only: it is there again after a reload and on the English sheet."""
    page.goto(SHEET, wait_until="networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    fill_in(page)
    assert status(page) == "Bewaard op dit apparaat"
    assert stored(page) == {"shape": "c1f1l1s1t1", "answers": WRITTEN}
    assert sent == []
    page.reload()
    assert shown(page) == WRITTEN
    page.goto(SHEET.replace("/nl/", "/en/"))
    assert shown(page) == WRITTEN
    assert status(page) == "Kept on this device"
    assert page.context.cookies() == []


def test_every_field_has_a_name(page: Page) -> None:
    """Each field is labelled by its question; a cell by its column and its row."""
    page.goto(SHEET)
    names = page.locator(".hb-live :is(input, textarea)").evaluate_all(
        "fields => fields.map(field => (field.ariaLabel ?? [...field.labels].map(l => l.textContent).join()).trim())"
    )
    assert names == ["Mijn vraag", "B of I: Een.", "Klaar", "Datum", "0", "1", "2", "3"]
    assert page.get_by_role("radiogroup", name="Hoe gespannen?").count() == 1


def test_fields_give_nothing_to_spelling_services(page: Page) -> None:
    """Browsers' spelling services and lists of former inputs are switched off in every field for words."""
    page.goto(SHEET)
    fields = page.locator(".hb-write")
    marks = fields.evaluate_all(
        "all => all.map(one => [one.spellcheck, one.autocomplete, one.getAttribute('writingsuggestions')])"
    )
    assert marks == [[False, "off", "false"]] * 3


def test_a_number_chosen_by_mistake_can_be_taken_back(page: Page) -> None:
    """A second click on the chosen number, or Delete, leaves no number chosen, and nothing kept."""
    page.goto(SHEET)
    number = page.locator(".scale label", has_text="3")
    number.click()
    assert stored(page)["answers"] == {"s1": "3"}
    number.click()
    assert stored(page) is None
    number.click()
    page.keyboard.press("Delete")
    assert shown(page)["s1"] == ""
    assert stored(page) is None


def test_a_file_brings_answers_to_another_device(page: Page, browser: Browser, address: str) -> None:
    """All answers are saved in one file, and opening it in another browser brings them back."""
    page.goto(SHEET)
    fill_in(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Alle antwoorden in een bestand bewaren").click()
    assert download.value.suggested_filename == "mijn-antwoorden-veld-participant.json"
    path = download.value.path()
    assert json.loads(path.read_text()) == {
        "format": "handbook-answers",
        "version": 1,
        "handbook": "veld/participant",
        "sheets": {"sheets/card.html": {"shape": "c1f1l1s1t1", "answers": WRITTEN}},
    }
    other = browser.new_page(base_url=f"{address}/")
    other.goto(SHEET)
    with other.expect_file_chooser() as chooser:
        other.get_by_role("button", name="Een bestand met antwoorden openen").click()
    chooser.value.set_files(path)
    expect(other.locator(".hb-kept")).to_have_text("De antwoorden uit het bestand staan hier. Pagina's: 1.")
    assert shown(other) == WRITTEN
    other.close()


def test_a_file_replaces_other_answers_only_when_told_to(page: Page) -> None:
    """Answers that differ from those of the file stay when one cancels, and go when one says "replace"."""
    page.goto(SHEET)
    page.get_by_label("Datum").fill("nu")
    offered = {"format": "handbook-answers", "version": 1, "handbook": "veld/participant",
               "sheets": {"sheets/card.html": {"shape": "c1f1l1s1t1", "answers": {"f1": "toen"}}}}  # fmt: skip
    for words, date in (("Annuleren", "nu"), ("Vervangen", "toen")):
        page.locator(".hb-file").set_input_files(_file(json.dumps(offered)))
        page.get_by_role("dialog", name="Je hebt hier andere antwoorden.").get_by_role("button", name=words).click()
        expect(page.get_by_label("Datum")).to_have_value(date)


def _file(text: str) -> FilePayload:
    return {"name": "answers.json", "mimeType": "application/json", "buffer": text.encode()}


def _answers(**changed: object) -> str:
    sheet = {"shape": "f1", "answers": {"f1": "x"}}
    whole = {
        "format": "handbook-answers",
        "version": 1,
        "handbook": "veld/participant",
        "sheets": {"sheets/card.html": sheet},
    }
    return json.dumps(whole | changed)


UNREADABLE = "Dit is geen bestand met antwoorden. Kies het bestand dat je vanuit dit handboek bewaarde."
BROKEN = "Dit bestand is beschadigd, of iemand heeft het veranderd. Hier is niets veranderd."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", UNREADABLE),
        ("{not json", UNREADABLE),
        ("[]", UNREADABLE),
        ('{"format": "something"}', UNREADABLE),
        (_answers(handbook="berg/participant"), "Dit bestand hoort bij een ander handboek. Open het daar."),
        (_answers(version=2), BROKEN),
        (_answers(sheets={}), BROKEN),
        (_answers(sheets=[1]), BROKEN),
        (_answers(sheets={"../../x.html": {"shape": "f1", "answers": {}}}), BROKEN),
        (_answers(sheets={"sheets/card.html": {"shape": "f1", "answers": {"f1": 1}}}), BROKEN),
        (_answers(sheets={"sheets/card.html": {"shape": "f1", "answers": {"__proto__": "x"}}}), BROKEN),
        (_answers(sheets={"sheets/card.html": {"shape": "f1", "answers": {"f1": "x" * 10_001}}}), BROKEN),
        ("x" * 1_000_001, "Dit bestand is te groot voor een bestand met antwoorden. Er is niets veranderd."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_a_reason(page: Page, text: str, message: str) -> None:
    """A file that is no file with answers of this handbook changes nothing, and the reason is told."""
    page.goto(SHEET)
    page.get_by_label("Datum").fill("nu")
    page.locator(".hb-file").set_input_files(_file(text))
    expect(page.locator(".hb-kept")).to_have_text(message)
    assert stored(page)["answers"] == {"f1": "nu"}


def test_clearing_asks_first(page: Page) -> None:
    """Clearing this page and clearing all ask first: Escape and Cancel change nothing, Clear removes what was named."""
    page.goto(SHEET)
    fill_in(page)
    other = "handbook.answers/veld/participant/talk/answers.html"
    page.evaluate(f"""localStorage.setItem('{other}', JSON.stringify({{shape: "l1", answers: {{l1: "x"}}}}))""")
    clear = page.get_by_role("button", name="Deze pagina wissen")
    clear.click()
    expect(page.get_by_role("button", name="Annuleren")).to_be_focused()
    page.keyboard.press("Escape")
    expect(clear).to_be_focused()
    assert shown(page) == WRITTEN
    clear.click()
    page.get_by_role("button", name="Wissen", exact=True).click()
    expect(page.locator(".hb-kept")).to_have_text("Gewist")
    assert (stored(page), set(shown(page).values())) == (None, {""})
    assert page.evaluate(f"localStorage.getItem('{other}')")
    page.get_by_role("button", name="Alle antwoorden wissen").click()
    question = page.get_by_role("dialog")
    assert question.locator("p").inner_text().endswith("Pagina's met antwoorden: 1.")
    question.get_by_role("button", name="Wissen").click()
    expect(question).to_have_count(0)
    page.wait_for_timeout(100)  # the answer to a question comes after its dialog is gone
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('handbook.answers'))") == []


def test_a_changed_sheet_says_so(page: Page) -> None:
    """Answers that were given to an older shape of the sheet are shown with a warning."""
    page.goto(SHEET)
    page.evaluate(f"""localStorage.setItem('{KEY}', JSON.stringify({{shape: "f2l1", answers: {{f1: "oud"}}}}))""")
    page.reload()
    assert status(page).startswith("Deze pagina is veranderd sinds je erop schreef.")
    assert shown(page)["f1"] == "oud"


def test_a_browser_that_keeps_nothing_says_so(page: Page) -> None:
    """Where storage is refused the fields work, and the reader is told to print before closing the page."""
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }})")
    page.goto(SHEET)
    assert status(page) == "Deze browser bewaart niets. Druk je blad af voordat je de pagina sluit."
    page.get_by_label("Datum").fill("nu")
    assert shown(page)["f1"] == "nu"


def test_the_overview_marks_sheets_with_answers(page: Page) -> None:
    """The list of worksheets says which of them have answers on this device."""
    page.goto(SHEET)
    page.get_by_label("Datum").fill("nu")
    page.goto("participant/veld/nl/sheets/index.html")
    assert page.locator(".hb-article tbody tr", has_text="met jouw antwoorden").locator("a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    ) == ["card.html"]  # fmt: skip


def test_a_sheet_is_filled_in_by_keyboard(page: Page) -> None:
    """Tab reaches every field and button of the sheet in its order; typing, Space and arrows fill it in."""
    page.goto(SHEET)
    page.locator(".lines textarea").focus()
    seen = []
    for key in ("vraag", "F", " ", "datum", "ArrowRight"):
        page.keyboard.press(key) if key.startswith("Arrow") else page.keyboard.type(key)
        seen.append(page.evaluate("document.activeElement.classList[0]"))
        page.keyboard.press("Tab")
    assert seen == ["hb-write", "hb-write", "hb-tick", "hb-write", "hb-number"]
    assert shown(page) == {"l1": "vraag", "c1": "F", "t1": "x", "f1": "datum", "s1": "1"}
    names = []
    for _ in range(5):
        names.append(page.evaluate("document.activeElement.innerText"))
        page.keyboard.press("Tab")
    assert names == [
        "Afdrukken met mijn antwoorden", "Alle antwoorden in een bestand bewaren", "Een bestand met antwoorden openen",
        "Deze pagina wissen", "Alle antwoorden wissen",
    ]  # fmt: skip


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_everything_is_there_to_read(page: Page) -> None:
    """Without JavaScript a sheet has its lines, the list of cases is whole, and no button promises anything."""
    page.goto(SHEET)
    assert (
        page.locator(".hb-article .line").evaluate_all("lines => lines.every(line => line.offsetHeight > 20)") is True
    )
    assert page.locator(".hb-article :is(input, textarea, button)").count() == 0
    page.goto(CASES)
    assert page.locator(".cases tbody tr").count() == 3
    page.goto(SESSION)
    assert page.locator(".running-sheet tbody tr").count() == 4
    assert page.locator(".hb-article button").count() == 0


def test_paper_shows_what_was_written(page: Page) -> None:
    """Printed, a filled field shows its words, an empty one its lines, and no button or panel is left."""
    page.goto(SHEET)
    page.get_by_label("Mijn vraag").fill("Wie zwijgt?")
    page.get_by_label("Klaar").check()
    page.emulate_media(media="print")
    assert page.locator(".hb-ink", has_text="Wie zwijgt?").is_visible()
    assert not page.locator(".lines .line").first.is_visible()
    assert page.locator(".field-line").is_visible()
    assert page.locator(".tick-box").is_visible()
    for furniture in (".hb-write", ".hb-tick", ".hb-note", ".hb-kept", ".hb-answers", ".hb-header", ".hb-turn"):
        assert not page.locator(furniture).first.is_visible(), furniture


def test_it_works_under_a_strict_policy_and_from_a_file(page: Page, site: Path) -> None:
    """Fields appear under a policy without any inline script or style, and in a page opened by double-click."""
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "style" in message.text else None)

    def strict(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer,
            headers=answer.headers | {"content-security-policy": "default-src 'self'; img-src 'self' data:"},
        )

    page.route("**/*.html", strict)
    page.goto(SHEET)
    assert page.locator(".hb-write").count() == 3
    other = page.context.new_page()
    other.goto((site / SHEET).as_uri())
    other.get_by_label("Datum").fill("nu")
    assert status(other) == "Bewaard op dit apparaat"
    assert [text for text in refused if "sheets.js" in text or "page.js" in text] == []


# ---------------------------------------------------------------- in the room


def logic(page: Page, call: str) -> Any:
    """The result of a function of logic.js."""
    page.goto(SHEET)
    return page.evaluate(f"hbLogic.{call}")


SLOTS = json.dumps([
    {"minutes": 10, "priority": "must"}, {"minutes": 30, "priority": "should"}, {"minutes": 15, "priority": ""},
    {"minutes": 20, "priority": "may"}, {"minutes": 12, "priority": "should"}, {"minutes": 8, "priority": "may"},
])  # fmt: skip


def test_lateness_moves_what_comes_after_it(page: Page) -> None:
    """The line in which time was lost takes it, the lines after it move, and cut lines are shorter or gone."""
    run = "{start: 540, late: 5, from: 1, cuts: {3: 20, 4: 4}}"
    times = logic(page, f"retime({SLOTS}, {run}).map(t => [hbLogic.clock(t.start), hbLogic.clock(t.end), t.minutes])")
    assert times == [
        ["09:00", "09:10", 10], ["09:10", "09:45", 30], ["09:45", "10:00", 15],
        ["10:00", "10:00", 0], ["10:00", "10:08", 8], ["10:08", "10:16", 8],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "need", "cuts", "left"),
    [
        (0, 0, {}, 0),
        (0, 3, {"1": 3}, 0),  # a little: the longest part gives it
        (0, 14, {"1": 10, "4": 4}, 0),  # all that shorter parts can give
        (0, 15, {"5": 8, "1": 7}, 0),  # more: the shortest part that is enough is left out
        (0, 30, {"3": 20, "1": 10}, 0),
        (0, 60, {"3": 20, "5": 8, "1": 10, "4": 4}, 18),  # what must stay, stays
        (3, 10, {"5": 8, "4": 2}, 0),  # what is over is not touched
        (5, 10, {}, 10),
    ],
)
def test_what_to_cut(page: Page, start: int, need: int, cuts: dict[str, int], left: int) -> None:
    """Shorter parts go before missing ones, nothing more is taken than needed, and the rest is told."""
    assert logic(page, f"suggest({SLOTS}, {start}, {need})") == {"cuts": cuts, "left": left}


def test_the_planned_end_belongs_to_the_nearest_group(page: Page) -> None:
    """Who begins within an hour of a planned start is measured by it; anybody else rehearses."""
    found = [logic(page, f"plannedStart([540, 780], {now})") for now in (545, 700, 730, 300)]
    assert found == [540, 700, 780, 300]


def test_a_clock_face(page: Page) -> None:
    """Five minutes begin at 5:00 and end at 0:00; after that the time counts up."""
    found = logic(page, "face && [300000, 299999, 59001, 1, 0, -999, -1000, -61000].map(hbLogic.face)")
    assert found == ["5:00", "5:00", "1:00", "0:01", "0:00", "0:00", "+0:01", "+1:01"]


def test_kept_nonsense_is_ignored(page: Page) -> None:
    """Runs, timers and sheets that are not what this handbook wrote count as nothing."""
    before_midnight = "{day: 'd', start: -1, late: 0, from: 0, cuts: {}}"
    calls = ("readRun({}, 'd', [])", f"readRun({before_midnight}, 'd', [])", "readTimer([])",
             "readTimer({steps: [], index: 0})", "readSheet(null)", "readSheet({shape: 'x', answers: []})")  # fmt: skip
    assert [logic(page, call) for call in calls] == [None] * len(calls)


def at(page: Page, hour: int, minute: int) -> None:
    """Set the page's clock to a time of the session's day."""
    page.clock.install(time=datetime(2027, 2, 4, hour, minute))


def clocks(page: Page) -> list[str]:
    """The times that the running sheet shows now."""
    return page.locator(".running-sheet .hb-actual").evaluate_all(
        "all => all.map(one => one.firstChild?.textContent ?? '')"
    )


def test_the_running_sheet_follows_the_clock(page: Page) -> None:
    """Start, lateness, proposals, the line that is going on, and the way back to the plan; kept over a reload."""
    at(page, 13, 34)
    page.goto(SESSION)
    said = page.locator(".hb-room__status")
    page.get_by_role("button", name="Start now").click()
    assert clocks(page) == ["13:34–13:49", "13:49–13:54", "13:54–14:14"]
    expect(said).to_have_text("Started at 13:34, ends at 14:14. That is 4 min after the planned end.")
    page.clock.fast_forward("10:00")
    page.get_by_label("Minutes late", exact=True).fill("6")
    page.keyboard.press("Enter")
    assert clocks(page) == ["13:34–13:55", "13:55–14:00", "14:00–14:20"]
    assert page.locator("tr[aria-current=step] th .hb-actual").inner_text() == "13:34–13:55 now"
    page.get_by_role("button", name="Suggest what to cut").click()
    assert clocks(page) == ["13:34–13:55", "13:55–14:00", ""]
    expect(said).to_have_text("Started at 13:34, ends at 14:00. That is 10 min before the planned end.")
    expect(page.get_by_role("button", name="Leave out: Answers")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert clocks(page) == ["13:34–13:55", "13:55–14:00", ""]
    page.get_by_role("button", name="Leave out: Answers").click()
    assert clocks(page)[2] == "14:00–14:20"
    page.get_by_role("button", name="Back to the plan").click()
    assert clocks(page) == ["", "", ""]
    expect(page.get_by_role("button", name="Start now")).to_be_focused()


def test_a_timer_counts_pauses_and_gets_a_minute_more(page: Page) -> None:
    """A step's timer counts down, rests while paused, takes a minute more, tells its end and counts on."""
    at(page, 13, 30)
    page.goto(MODULE)
    page.get_by_role("button", name="Timer: Begin, 5 min").click()
    time = page.locator(".hb-timer__time")
    said = page.locator(".hb-timer__said")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    expect(time).to_have_text("5:00")
    page.clock.run_for(60_000)
    expect(time).to_have_text("4:00")
    page.keyboard.press("Enter")
    page.clock.run_for(60_000)
    expect(time).to_have_text("4:00")
    page.get_by_role("button", name="+1 minute").click()
    expect(time).to_have_text("5:00")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.clock.run_for(240_000)
    expect(said).to_have_text("One minute left")
    page.clock.run_for(67_000)
    expect(time).to_have_text("+0:07")
    expect(said).to_have_text("Time is up")
    expect(page.get_by_role("button", name="Sound at the end")).to_have_attribute("aria-pressed", "false")


def test_a_timer_goes_on_while_one_reads(page: Page) -> None:
    """Made small, the timer stands at the foot of this page and of the next one, until it is stopped."""
    at(page, 13, 30)
    page.goto(MODULE)
    page.get_by_role("button", name="Timer: Begin, 5 min").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Timer: Begin, 5 min")).to_be_focused()
    page.clock.run_for(10_000)
    expect(page.locator(".hb-dock__time")).to_have_text("4:50")
    page.goto(SESSION)
    page.clock.run_for(1_000)
    expect(page.locator(".hb-dock__title")).to_have_text("Begin")
    assert page.locator(".hb-dock__time").inner_text().startswith("4:4")
    page.get_by_role("button", name="Make large").click()
    expect(page.get_by_role("dialog", name="Begin")).to_be_visible()
    page.get_by_role("button", name="Stop the timer").click()
    expect(page.locator(".hb-dock")).to_be_hidden()
    page.reload()
    expect(page.locator(".hb-dock")).to_be_hidden()


def test_a_method_card_has_a_timer_for_its_steps(page: Page) -> None:
    """Participants go through a method card step by step, forward and back."""
    at(page, 13, 30)
    page.goto(METHOD)
    page.get_by_role("button", name="Timer, step by step").click()
    expect(page.get_by_role("dialog", name="The question")).to_be_visible()
    expect(page.locator(".hb-timer__then")).to_have_text("Then: The answers, 3 min")
    page.get_by_role("button", name="Next step").click()
    expect(page.locator(".hb-timer__time")).to_have_text("3:00")
    expect(page.locator(".hb-timer__place")).to_have_text("2 / 2")
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    page.get_by_role("button", name="Previous step").click()
    expect(page.get_by_role("dialog", name="The question")).to_be_visible()
    assert page.locator("table .hb-write").count() == 0, "the sum is no place to write"


def test_materials_remember_their_ticks(page: Page) -> None:
    """Ticks on the list of materials are counted, stay after a reload and can be taken away."""
    page.goto(SESSION)
    count = page.locator(".trainer .hb-count")
    expect(count).to_have_text("Ready: 0 of 2")
    page.get_by_role("checkbox", name="flip chart").focus()
    page.keyboard.press("Space")
    expect(count).to_have_text("Ready: 1 of 2")
    page.reload()
    expect(page.get_by_role("checkbox", name="flip chart")).to_be_checked()
    page.get_by_role("button", name="Untick all").click()
    expect(count).to_have_text("Ready: 0 of 2")


# ---------------------------------------------------------------- the case finder


def found(page: Page) -> list[str]:
    """The cases that are shown."""
    return page.locator(".cases tbody tr:visible a").all_inner_texts()


def test_cases_are_found_by_theme_department_and_switch(page: Page) -> None:
    """Each choice narrows the list, the number is announced, and "show all" brings everything back."""
    page.goto(CASES)
    count = page.locator(".hb-finder [role=status]")
    assert found(page) == ["Loud nights", "Match", "Party"]
    expect(count).to_have_text("Cases: 3 of 3")
    page.get_by_label("Theme").select_option(label="Football")
    assert found(page) == ["Match", "Party"]
    page.get_by_label("Department").select_option(label="Youth team")
    assert found(page) == ["Match"]
    expect(count).to_have_text("Cases: 1 of 3")
    page.get_by_label("Switch").select_option(label="subject")
    assert found(page) == []
    expect(count).to_have_text("No case fits all of this. Choose less, or show all.")
    page.get_by_role("button", name="Show all").click()
    assert len(found(page)) == 3
    expect(page.get_by_label("Theme")).to_be_focused()
    assert page.url.endswith("/cases/index.html")


def test_a_view_of_the_cases_has_an_address(page: Page) -> None:
    """What is chosen stands in the address and in the links to other languages; nonsense in it is ignored."""
    page.goto(CASES)
    page.get_by_label("Theme").select_option(label="Football")
    page.get_by_label("Switch").select_option(label="tone")
    assert page.url.endswith("?theme=football&switch=tone")
    assert page.locator("a[hreflang=nl]").evaluate("link => link.search") == "?theme=football&switch=tone"
    page.goto(f"{CASES.replace('/en/', '/nl/')}?theme=football&switch=tone&department=x%22%3E")
    assert found(page) == ["Match"]
    assert page.get_by_label("Thema").input_value() == "football"


# ---------------------------------------------------------------- for everyone


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        for width in (320, 1280)
        for scheme in ("light", "dark")
    ],
    ids=["320-light", "320-dark", "1280-light", "1280-dark"],
    indirect=True,
)
def test_axe_finds_nothing_in_any_state(page: Page) -> None:
    """Filled sheets, open questions, running sheets, large and small timers, narrowed lists: no fault, no overflow."""
    faults: dict[str, list[str]] = {}
    axe = Axe()

    def look(state: str) -> None:
        run = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        faults[state] = [f"{fault['id']}: {fault['nodes'][0]['html'][:100]}" for fault in run.response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        small = page.locator(":is(button, input, select, textarea):visible").evaluate_all(
            "all => all.map(one => [one.className, one.getBoundingClientRect()])"
            ".filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"
        )
        faults[state] += [f"{wide} px too wide"] * (wide > 0) + [f"too small: {name}" for name in small]

    page.goto(SHEET)
    fill_in(page)
    look("sheet")
    page.get_by_role("button", name="Deze pagina wissen").click()
    look("question")
    page.goto("participant/veld/nl/sheets/index.html")
    look("overview")
    page.goto(f"{CASES}?theme=football")
    look("cases")
    page.goto(METHOD)
    look("method")
    page.goto(SESSION)
    page.get_by_role("button", name="Start now").click()
    page.get_by_role("button", name="Minutes late +5").click()
    page.get_by_role("button", name="Suggest what to cut").click()
    look("running sheet")
    page.goto(MODULE)
    page.get_by_role("button", name="Timer: Begin, 5 min").click()
    look("large timer")
    page.get_by_role("button", name="Make small").click()
    look("small timer")
    assert {state: found for state, found in faults.items() if found} == {}
