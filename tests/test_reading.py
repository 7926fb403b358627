"""Reading a handbook in a real browser: first steps on the home page, words with their meaning, figures, no scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HELLO = "participant/veld/nl/talk/hello.html"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
MOST_BYTES = 60_000  # of a page's own HTML


def meaning(page: Page) -> str:
    """What the bubble says; "" when there is none."""
    bubble = page.locator("#hb-definition")
    return bubble.inner_text() if bubble.is_visible() else ""


def test_a_word_shows_its_meaning_under_the_mouse(page: Page, address: str) -> None:
    """Hovering shows the definition inside the window, and it stays while the pointer is on it; Escape closes it."""
    page.goto(f"{address}/{HELLO}")
    word = page.locator("a.term").first
    word.hover()
    assert meaning(page)
    box = page.locator("#hb-definition").bounding_box()
    assert box
    assert box["x"] >= 0
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.wait_for_timeout(400)
    assert meaning(page), "the pointer may rest on the meaning"
    page.keyboard.press("Escape")
    assert not meaning(page)


def test_a_word_shows_its_meaning_at_the_keyboards_stop(page: Page, address: str) -> None:
    """Tab to the word shows and tells the definition, the next Tab hides it, Enter leads to the glossary."""
    page.goto(f"{address}/{HELLO}")
    word = page.locator("a.term").first
    page.locator("main a").first.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if word.evaluate("item => item === document.activeElement"):
            break
    assert meaning(page)
    assert word.get_attribute("aria-describedby") == "hb-definition"
    page.keyboard.press("Tab")
    assert not meaning(page)
    word.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#fuel")


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_a_word_shows_its_meaning_at_a_touch(page: Page, address: str) -> None:
    """The first touch shows it and says what the second does; a touch elsewhere hides it; the second touch goes."""
    page.goto(f"{address}/{HELLO}")
    word = page.locator("a.term").first
    word.tap()
    assert meaning(page).endswith("Tik nog eens voor de woordenlijst")
    page.locator("h1").tap()
    assert not meaning(page)
    word.tap()
    assert meaning(page)
    assert page.url.endswith("hello.html")
    word.tap()
    page.wait_for_url("**/glossary.html#fuel")


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_a_module_says_where_one_is_in_the_session(page: Page, address: str) -> None:
    """Its place in words, its session, and the pages before and after it, which can be touched."""
    page.goto(f"{address}/{HELLO}")
    expect(page.locator(".hb-place")).to_have_text("1 van 2")
    page.locator(".hb-turn__link--next").tap()
    page.wait_for_url("**/talk/answers.html")
    expect(page.locator(".hb-place")).to_have_text("2 van 2")
    page.locator(".hb-turn__link--previous").tap()
    page.wait_for_url("**/talk/hello.html")
    page.locator(".hb-eyebrow a").tap()
    page.wait_for_url("**/talk/index.html")


@pytest.mark.parametrize("context", [{"color_scheme": scheme} for scheme in ("light", "dark")], indirect=True)
def test_figures_have_the_pages_letters_and_colours(page: Page, address: str) -> None:
    """A figure is drawn with the site's font, has its text alternative, and no white sheet in the dark."""
    page.goto(f"{address}/participant/veld/nl/index.html")
    figure = page.locator("figure svg[role=img]").first
    assert figure.get_attribute("aria-label")
    assert "Atkinson" in figure.locator("text").first.evaluate("item => getComputedStyle(item).fontFamily")
    ink = figure.locator("text").first.evaluate("item => getComputedStyle(item).fill")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (sum(int(part) for part in ink[4:-1].split(",")) > 380) == dark
    page.emulate_media(media="print")
    ink = figure.locator("text").first.evaluate("item => getComputedStyle(item).fill")
    assert sum(int(part) for part in ink[4:-1].split(",")) < 380, "on paper letters are dark"


def test_no_name_stands_twice_on_a_page(page: Page, real_site: Path) -> None:
    """Also on pages with several figures each id is there once."""
    for name in ("framework", "index", "glossary"):
        page.goto((real_site / f"participant/rotterdam/nl/{name}.html").as_uri())
        twice = page.evaluate(
            "Array.from(document.querySelectorAll('[id]'), item => item.id)"
            ".filter((id, place, all) => all.indexOf(id) !== place)"
        )
        assert twice == []


def test_pages_are_small(real_site: Path) -> None:
    """No page's own HTML is larger than 60 kB, in either edition."""
    large = {
        path.relative_to(real_site).as_posix(): path.stat().st_size
        for path in real_site.rglob("*.html")
        if path.stat().st_size > MOST_BYTES
    }
    assert large == {}


@pytest.mark.parametrize("context", [{"java_script_enabled": False, **PHONE}], indirect=True)
def test_one_finds_ones_way_without_scripts(page: Page, address: str) -> None:
    """Without JavaScript: menu, language, next page, a word's title and its glossary, lines to write on."""
    page.goto(f"{address}/{HELLO}")
    assert page.locator("a.term").first.get_attribute("title")
    assert not page.locator(".hb-menu-button").is_visible()
    page.locator(".hb-menu-link").tap()
    assert page.url.endswith("#hb-menu")
    page.locator(".hb-languages summary").tap()
    page.locator(".hb-languages a[hreflang=en]").tap()
    page.wait_for_url("**/en/talk/hello.html")
    page.locator(".hb-menu a[href$='sheets/index.html']").tap()
    page.locator("main a[href$='card.html']").first.tap()
    page.wait_for_url("**/card.html")
    assert page.locator("main .line").first.is_visible()


@pytest.mark.parametrize("context", [PHONE], indirect=True)
def test_the_home_page_begins_with_what_to_do(page: Page, real_site: Path) -> None:
    """On a phone the first screen leads to the three things to do, the sessions and the workbook."""
    page.goto((real_site / "participant/rotterdam/nl/index.html").as_uri())
    links = page.locator(".hb-first a")
    assert links.evaluate_all("items => items.map(item => item.getAttribute('href'))") == [
        "#planned-sessions", "#next", "workbook.pdf",
    ]  # fmt: skip
    for link in links.all():
        box = link.bounding_box()
        assert box
        assert box["y"] + box["height"] < 800
        assert box["height"] >= 24
    assert page.locator("#next ~ ol").first.locator("li").count() == 3


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "java_script_enabled": True}
        for width in (320, 1280)
        for scheme in ("light", "dark")
    ],
    indirect=True,
)
def test_the_list_of_cities_is_for_everyone(page: Page, address: str) -> None:
    """Axe finds nothing on it, it fits a small screen, and each link leads to a handbook."""
    page.goto(f"{address}/participant/index.html")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    links = page.locator("main a").evaluate_all("items => items.map(item => item.href)")
    assert len(links) == 4
    for link in links:
        assert page.request.get(link).ok
