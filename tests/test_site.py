"""The site in a real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def every_page(site: Path, folder: str) -> list[str]:
    """The addresses of all pages of a handbook, below the published folder."""
    return sorted(path.relative_to(site).as_posix() for path in (site / folder).rglob("*.html"))


def search(page: Page, words: str) -> None:
    """Type words into the search, opened by its button, and wait until it has answered."""
    page.get_by_role("button", name="Zoeken").first.click()
    page.get_by_role("textbox", name="Zoeken").focus()
    page.keyboard.type(words, delay=20)
    expect(page.locator(".hb-search__status")).to_have_text(re.compile("evonden"))


def test_a_visitor_is_sent_to_the_first_language(page: Page, address: str) -> None:
    """The municipality's address leads to its first language, in Dutch and with its title."""
    page.goto(f"{address}/participant/veld/index.html")
    page.wait_for_url("**/veld/nl/index.html")
    assert page.locator("html").get_attribute("lang") == "nl"
    assert "Veld aan Zee" in page.title()
    assert page.locator("h1").inner_text().endswith("Welkom")


def test_search_in_dutch_finds_a_dutch_word(page: Page, address: str) -> None:
    """A word of a Dutch module, in another form, brings that module."""
    page.goto(f"{address}/participant/veld/nl/index.html")
    search(page, "luisteren")
    page.locator(".hb-found a").first.wait_for()
    links = page.locator(".hb-found a").evaluate_all("items => items.map(item => item.pathname)")
    assert any(link.endswith("/participant/veld/nl/talk/hello.html") for link in links)


def test_search_finds_no_trainer_text_for_participants(page: Page, address: str) -> None:
    """A word that stands in trainer text only is found in the trainer edition and not in the other."""
    found = {}
    for edition in ("participant", "trainer"):
        page.goto(f"{address}/{edition}/veld/nl/index.html")
        search(page, "zebravis")
        found[edition] = page.locator(".hb-found").count()
    assert found["participant"] == 0
    assert found["trainer"] > 0


def test_the_language_menu_lands_on_the_same_page(page: Page, address: str) -> None:
    """From a Dutch module the language menu leads to the same module in English."""
    page.goto(f"{address}/participant/veld/nl/talk/hello.html")
    link = page.locator("a[hreflang=en]").first
    assert link.get_attribute("href")
    page.goto(link.evaluate("item => item.href"))
    assert page.url == f"{address}/participant/veld/en/talk/hello.html"
    assert page.locator("html").get_attribute("lang") == "en"


def test_nothing_is_asked_of_another_origin_and_everything_is_there(page: Page, address: str, small_site: Path) -> None:
    """Every page of both editions loads only its own files, each of them exists, and no cookie is set."""
    asked: list[str] = []
    missing: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    origin = address.split("/some/", maxsplit=1)[0]
    for folder in ("participant/veld/nl", "trainer/veld/en"):
        for name in every_page(small_site, folder):
            page.goto(f"{address}/{name}")
    assert [url for url in asked if not url.startswith((origin, "data:", "blob:"))] == []
    assert [url for url in missing if not url.endswith("favicon.ico")] == []
    assert errors == []
    assert page.context.cookies() == []


@pytest.mark.parametrize("context", [{"viewport": {"width": 320, "height": 700}}], indirect=True)
def test_the_menu_opens_by_keyboard_on_a_small_screen(page: Page, address: str) -> None:
    """At 320 px the menu is a button that says its state; the closed menu takes no focus; Escape closes it."""
    page.goto(f"{address}/participant/veld/nl/talk/hello.html")
    button = page.locator("button[aria-controls][aria-expanded]").first
    assert button.get_attribute("aria-expanded") == "false"
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("Boolean(document.activeElement.closest('.md-sidebar--primary'))"))
    assert not any(seen), "the closed menu takes focus"
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)
    assert button.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("context", [{"viewport": {"width": 320, "height": 700}, "bypass_csp": True}], indirect=True)
def test_no_page_is_wider_than_a_small_screen(page: Page, address: str, small_site: Path) -> None:
    """At 320 px nothing sticks out sideways, also with the text spacing of WCAG 1.4.12."""
    spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    for name in every_page(small_site, "trainer/veld/nl"):
        page.goto(f"{address}/{name}")
        for style in ("", spacing):
            if style:
                page.add_style_tag(content=style)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} is {wide} px too wide"


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_pages_can_be_read_without_scripts(page: Page, address: str) -> None:
    """Without JavaScript a worksheet still shows its questions and lines, and the menu's links are there."""
    page.goto(f"{address}/participant/veld/nl/sheets/card.html")
    assert page.locator("main").get_by_text("Mijn vraag").is_visible()
    assert page.locator("main .line").count() >= 2
    assert page.locator("nav a[href]").count() > 3


def focus(page: Page) -> str:
    """The words of what has the focus."""
    words: str = page.evaluate("(document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()")
    return " ".join(words.split())


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something with these words has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in focus(page):
            return
    pytest.fail(f"Tab does not reach {words!r}")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_walk_by_keyboard_alone(page: Page, address: str, width: int) -> None:
    """Past the menu to the text, by the menu to a module, on to the next page, by the search to a worksheet."""
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{address}/participant/veld/nl/index.html")
    page.keyboard.press("Tab")
    skip = page.locator(".md-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), focus(page)
    page.reload()
    if width == 320:
        tab_to(page, "Menu")
        page.keyboard.press("Enter")
    tab_to(page, "Een gesprek")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk/index.html")
    tab_to(page, "Hallo: jij")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk/hello.html")
    tab_to(page, "Volgende")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talk/answers.html")
    tab_to(page, "Zoeken")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Zoeken")).to_be_focused()
    page.keyboard.type("kaartje")
    page.locator("#hb-search a").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#hb-search a')"), focus(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sheets/**")


@pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)
def test_a_walk_without_scripts(page: Page, address: str) -> None:
    """Links alone lead from the home page through the menu to a module, to the next page and to the other language."""
    page.goto(f"{address}/participant/veld/nl/index.html")
    page.locator(".hb-menu a", has_text="Een gesprek").click()
    page.locator(".hb-menu a", has_text="Hallo: jij").click()
    assert page.url.endswith("/nl/talk/hello.html")
    page.locator("a[rel=next]").click()
    assert page.url.endswith("/nl/talk/answers.html")
    page.locator(".hb-languages summary").click()
    page.locator(".hb-languages a[hreflang=en]").click()
    assert page.url.endswith("/en/talk/answers.html")
    assert not page.locator(".hb-search-button, .hb-scheme-button, .hb-menu-button").filter(visible=True).count()


def test_paper_has_no_navigation(page: Page, address: str) -> None:
    """Printed, a page is its text: no header, menu, contents, ways on or buttons; its heading and its lines stay."""
    page.goto(f"{address}/participant/veld/nl/sheets/card.html")
    page.emulate_media(media="print")
    assert page.locator("header, nav, button, input, textarea, .md-skip").filter(visible=True).count() == 0
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main .line").filter(visible=True).count() >= 2
    expect(page.locator(".hb-footer__licence")).to_be_visible()


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        for width in (320, 1280)
        for scheme in ("light", "dark")
    ],
    ids=["320-light", "320-dark", "1280-light", "1280-dark"],
    indirect=True,
)
def test_axe_finds_nothing(page: Page, address: str, small_site: Path) -> None:
    """No page of the trainer edition has an accessibility fault that axe can see."""
    axe = Axe()
    faults = {}
    for name in every_page(small_site, "trainer/veld/nl"):
        page.goto(f"{address}/{name}")
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        if found.violations_count:
            faults[name] = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found.response["violations"]]
    assert faults == {}


def test_it_opens_from_a_folder_without_a_server(page: Page, small_site: Path) -> None:
    """Opened by double-click, a page has its style and its links lead to pages."""
    page.goto((small_site / "participant/veld/nl/index.html").as_uri())
    assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily")
    page.locator("main a", has_text="de eerste module").click()
    assert page.url.endswith("/talk/hello.html#listen")


def test_the_workbook_can_be_downloaded_from_the_home_page(page: Page, address: str) -> None:
    """The home page offers the PDF that lies beside it."""
    page.goto(f"{address}/participant/veld/nl/index.html")
    link = page.locator("a[href$='workbook.pdf']").first
    assert page.request.get(link.evaluate("item => item.href")).headers["content-type"] == "application/pdf"
