"""Without a network: the site after one visit, new editions, and pages opened from a folder or a stick."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Said, web
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

NL = "participant/veld/nl"
READY = "navigator.serviceWorker.ready.then(() => undefined)"
CACHES = "caches.keys().then(names => names.sort())"


@pytest.fixture
def published(small: Path, handbook: Callable[..., Said]) -> Path:
    """The small project's city, published without PDFs; the project lies beside it."""
    assert handbook("build", "veld", "--project", small, "--no-pdf").code == 0
    return small / "site"


@pytest.fixture
def asked() -> list[str]:
    """The paths that the server was asked for."""
    return []


@pytest.fixture
def start(published: Path, asked: list[str]) -> Iterator[str]:
    """The address of a folder somewhere on a server; `…/nl/` is the handbook."""
    root = published.parent / "web"
    (root / "deep").mkdir(parents=True)
    (root / "deep" / "folder").symlink_to(published)
    with web(root, asked) as address:
        yield f"{address}/deep/folder/participant/veld"


def keep(page: Page, address: str) -> None:
    """Visit a page and wait until the browser has kept the handbook."""
    page.goto(address)
    page.evaluate(READY)


def test_after_one_visit_everything_works_without_a_network(page: Page, start: str, published: Path) -> None:
    """Pages that were never opened, a worksheet that is filled in, the search, a picture and another address form."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    keep(page, f"{start}/nl/index.html")
    page.context.set_offline(True)
    for path in sorted((published / NL).rglob("*.html")):
        name = path.relative_to(published / NL).as_posix()
        if name == "404.html":
            continue
        page.goto(f"{start}/nl/{name}")
        assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily"), name
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth)"), name
    page.goto(f"{start}/nl/")
    assert page.locator("h1").inner_text().endswith("Welkom")
    page.goto(f"{start}/nl/cases/index.html?theme=fireworks")
    assert page.locator("select[name=theme]").input_value() == "fireworks"
    page.goto(f"{start}/nl/sheets/card.html")
    page.locator("textarea.hb-write").first.fill("Wie zwijgt?")
    page.reload()
    assert page.locator("textarea.hb-write").first.input_value() == "Wie zwijgt?"
    page.locator(".hb-search-button").click()
    page.keyboard.type("luisteren")
    expect(page.locator(".hb-found a").first).to_be_visible()
    page.locator(".hb-found a[href*='talk/hello']").first.click()
    page.wait_for_url("**/talk/hello.html*")
    assert errors == []


def test_what_is_not_kept_says_so(page: Page, small_site: Path) -> None:
    """The workbook is no part of what is kept; without a network its link leads to a page that says so, and back."""
    with web(small_site) as address:
        keep(page, f"{address}/{NL}/index.html")
        link = page.locator("a[href$='workbook.pdf']").first
        assert page.request.get(link.evaluate("item => item.href")).ok
        page.context.set_offline(True)
        link.click()
        assert page.locator("h1").inner_text() == "Je bent offline"
        page.get_by_role("link", name="Terug naar de startpagina").click()
        assert page.locator("h1").inner_text().endswith("Welkom")
        page.goto(f"{address}/{NL}/nowhere.html")
        assert page.locator("h1").inner_text() == "Je bent offline"


def test_a_new_edition_waits_until_it_is_asked_for(
    page: Page, start: str, asked: list[str], small: Path, handbook: Callable[..., Said]
) -> None:
    """The page says that there is one; until the button is pressed the old text stands, then the new one, once."""
    keep(page, f"{start}/nl/talk/hello.html")
    module = small / "curricula/talk/hello.nl.md"
    module.write_text(module.read_text().replace("## Luisteren {", "## Luister vandaag {", 1))
    assert handbook("build", "veld", "--project", small, "--no-pdf").code == 0
    asked.clear()
    page.goto(f"{start}/nl/talk/hello.html")
    notice = page.get_by_role("status").filter(has_text="nieuwe versie")
    expect(notice).to_be_visible()
    assert not page.get_by_text("Luister vandaag").count()
    fetched = {path.rpartition("/nl/")[2] for path in asked}
    assert fetched == {"worker.js", "talk/hello.html", "search/index.js"}  # what has not changed does not come again
    before = page.evaluate(CACHES)
    notice.get_by_role("button", name="Laat zien").click()
    expect(page.locator("main").get_by_text("Luister vandaag").first).to_be_visible()
    expect(page.locator(".hb-edition button")).to_have_count(0)
    after = page.evaluate(CACHES)
    assert len(after) == 1
    assert len(before) == 2
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("main").get_by_text("Luister vandaag").first).to_be_visible()


def test_later_is_later(page: Page, start: str, small: Path, handbook: Callable[..., Said]) -> None:
    """The notice can be sent away; the old edition stays."""
    keep(page, f"{start}/nl/talk/hello.html")
    module = small / "curricula/talk/hello.nl.md"
    module.write_text(module.read_text().replace("## Luisteren {", "## Luister vandaag {", 1))
    assert handbook("build", "veld", "--project", small, "--no-pdf").code == 0
    page.reload()
    page.get_by_role("button", name="Later").click()
    expect(page.locator(".hb-edition button")).to_have_count(0)
    page.goto(f"{start}/nl/index.html")
    expect(page.get_by_role("button", name="Laat zien")).to_be_visible()


def test_caches_of_others_are_left_alone(page: Page, start: str, small: Path, handbook: Callable[..., Said]) -> None:
    """Other languages, other cities and other programs of the same origin keep what is theirs."""
    keep(page, f"{start}/nl/index.html")
    keep(page, f"{start}/en/index.html")
    foreign = [f"handbook {start}/nl/deeper/ 1", f"handbook {start}/nl2/ 1", "something else"]
    page.evaluate("names => Promise.all(names.map(name => caches.open(name))).then(() => undefined)", foreign)
    before = page.evaluate(CACHES)
    assert len(before) == 5
    home = small / "docs/index.nl.md"
    home.write_text(home.read_text() + "\nNog een zin.\n")
    assert handbook("build", "veld", "--project", small, "--no-pdf").code == 0
    page.goto(f"{start}/nl/index.html")
    page.get_by_role("button", name="Laat zien").click()
    expect(page.get_by_text("Nog een zin.")).to_be_visible()
    after = page.evaluate(CACHES)
    assert len(after) == 5
    assert set(before) - set(after) == {name for name in before if name.startswith(f"handbook {start}/nl/ ")}


def test_half_an_edition_is_not_kept(page: Page, published: Path) -> None:
    """A file that is not this edition's, as in the midst of a copy, keeps the whole edition away; pages work."""
    broken = published / NL / "talk" / "hello.html"
    broken.write_text(broken.read_text().replace("</body>", "<p>half copied</p></body>"))
    with web(published) as address:
        page.goto(f"{address}/{NL}/index.html")
        page.wait_for_timeout(1500)
        assert page.evaluate("navigator.serviceWorker.getRegistration().then(found => Boolean(found?.active))") is False
        assert page.evaluate(CACHES) == []
        page.goto(f"{address}/{NL}/glossary.html")
        assert page.locator("h1").is_visible()


def test_pages_work_where_nothing_can_be_kept(context: BrowserContext, published: Path) -> None:
    """A server without the worker, and a browser that refuses: nothing is told, everything else works."""
    (published / NL / "worker.js").unlink()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with web(published) as address:
        page.goto(f"{address}/{NL}/talk/hello.html")
        page.wait_for_timeout(300)
        page.locator(".hb-search-button").click()
        page.keyboard.type("luisteren")
        expect(page.locator(".hb-found a").first).to_be_visible()
    assert errors == []


def test_the_list_is_whole_and_the_same_each_time(published: Path, small: Path, handbook: Callable[..., Said]) -> None:
    """Every page and every file that a page loads is in the list, PDFs are not, and two builds write the same bytes."""
    worker = published / NL / "worker.js"
    edition = json.loads(worker.read_text().partition("\n")[0].removeprefix("self.handbookEdition=").removesuffix(";"))
    files = set(edition["files"])
    there = {path.relative_to(published / NL).as_posix() for path in (published / NL).rglob("*") if path.is_file()}
    assert there - files == {".handbook-site", "404.html", "worker.js"} | {n for n in there if n.endswith(".txt")}
    first = worker.read_bytes()
    shutil.rmtree(small / "build")
    assert handbook("build", "veld", "--project", small, "--no-pdf", "--force").code == 0
    assert worker.read_bytes() == first


# ---------------------------------------------------------------- the search, from a folder


@pytest.mark.parametrize(
    ("language", "typed", "page_found"),
    [
        ("nl", "gesprekken", "talk/index.html"),  # another form of the word
        ("en", "identity statement", "glossary.html"),  # a synonym of the glossary
        ("en", "listened", "talk/hello.html"),
    ],
)
def test_search_from_a_folder(page: Page, small_site: Path, language: str, typed: str, page_found: str) -> None:
    """Opened by double click, the search finds words in other forms; its results lead there."""
    page.goto((small_site / f"participant/veld/{language}/index.html").as_uri())
    page.locator(".hb-search-button").click()
    page.keyboard.type(typed)
    link = page.locator(f".hb-found a[href*='{page_found}']").first
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url(re.compile(re.escape(page_found)))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("polarisations", "polarisation"),  # another form
        ("ecouter", "écoutez"),  # another form, without its accent
        ("carburants", "Carburant"),
    ],
)
def test_search_in_french(page: Page, french_site: Path, typed: str, found: str) -> None:
    """French words are found in other forms, with and without accents, and the result says how often in French."""
    page.goto((french_site / "participant/sint-jans-molenbeek/fr/index.html").as_uri())
    page.locator(".hb-search-button").click()
    page.keyboard.type(typed)
    expect(page.locator(".hb-found mark", has_text=re.compile(f"^{found}$")).first).to_be_visible()
    expect(page.locator(".hb-search__status")).to_have_text(re.compile(r"^Trouvé sur \d+ pages$"))


# ---------------------------------------------------------------- the zip for a stick


@pytest.fixture
def unpacked(small: Path, tmp_path: Path, handbook: Callable[..., Said]) -> Path:
    """The zip of the small project's city, on a "stick" whose name has a space and an accent."""
    said = handbook("build", "veld", "--project", small, "--edition", "participant", "--zip")
    assert said.code == 0, said.err
    packed = small / "site/participant/veld.zip"
    assert str(packed) in said.out
    stick = tmp_path / "usb-stick één"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(stick)
    shutil.rmtree(small / "site")
    return stick / "veld-participant"


def test_the_zip_opens_by_double_click(page: Page, unpacked: Path) -> None:
    """From index.html to the first language, a search, a sheet that keeps what is typed, the other language, a PDF."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto((unpacked / "index.html").as_uri())
    page.wait_for_url("**/nl/index.html")
    page.locator(".hb-search-button").click()
    page.keyboard.type("luisteren")
    page.locator(".hb-found a[href*='talk/hello']").first.click()
    page.wait_for_url("**/talk/hello.html*")
    page.goto((unpacked / "nl/sheets/card.html").as_uri())
    page.locator("textarea.hb-write").first.fill("Wie zwijgt?")
    expect(page.locator(".hb-kept")).to_have_attribute("data-mood", "good")
    page.reload()
    assert page.locator("textarea.hb-write").first.input_value() == "Wie zwijgt?"
    other = page.locator(".hb-languages a[hreflang=en]").evaluate("link => link.href")
    page.goto(other)
    assert page.locator("html").get_attribute("lang") == "en"
    assert (unpacked / "nl/workbook.pdf").read_bytes().startswith(b"%PDF")
    assert errors == []


def test_a_stick_in_a_browser_that_keeps_nothing(page: Page, unpacked: Path) -> None:
    """Where a browser refuses the store to pages opened from a file, the sheet can be filled in and says so."""
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((unpacked / "nl/sheets/card.html").as_uri())
    page.locator("textarea.hb-write").first.fill("Wie zwijgt?")
    expect(page.locator(".hb-kept")).to_have_attribute("data-mood", "bad")
    assert page.locator("textarea.hb-write").first.input_value() == "Wie zwijgt?"
    assert errors == []


def test_the_zip_is_the_same_each_time(small: Path, handbook: Callable[..., Said]) -> None:
    """Two builds pack the same bytes; nothing of the builder's own lies in it; its files have the edition's date."""
    found = []
    for _ in range(2):
        shutil.rmtree(small / "build", ignore_errors=True)
        assert handbook("build", "veld", "--project", small, "--no-pdf", "--force", "--zip").code == 0
        found.append({path.name: path.read_bytes() for path in sorted((small / "site").rglob("*.zip"))})
        assert len(list((small / "site").glob("*/veld.zip"))) == 2
    assert found[0] == found[1]
    with zipfile.ZipFile(small / "site/participant/veld.zip") as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(2026, 11, 1, 0, 0, 0)}
    assert {entry.filename.split("/")[0] for entry in entries} == {"veld-participant"}
    assert not [entry.filename for entry in entries if "/." in entry.filename]
    assert {"veld-participant/index.html", "veld-participant/nl/index.html"} <= {entry.filename for entry in entries}
