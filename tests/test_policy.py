"""The policy under which pages run: only the handbook's own scripts and styles, from a server and from a folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import web
from playwright.sync_api import ConsoleMessage, Page, Route, expect

pytestmark = pytest.mark.browser

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", event =>
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def pages(site: Path, *folders: str) -> list[str]:
    """The addresses of all pages of some handbooks."""
    return sorted(path.relative_to(site).as_posix() for folder in folders for path in (site / folder).rglob("*.html"))


def test_every_page_names_its_policy_before_it_loads_anything(small_site: Path) -> None:
    """Nothing is allowed but what is named; no inline script or style is allowed by the gross; and it comes first."""
    everything = pages(small_site, ".")
    assert len(everything) > 40
    for name in everything:
        text = (small_site / name).read_text(encoding="utf-8")
        found = POLICY.search(text)
        assert found, f"{name} has no policy"
        assert not re.search(r"<(script|link|style|img|base)\b", text[: found.start()]), name
        rules = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
        assert rules["default-src"] == "'none'", name
        assert rules["base-uri"] == rules["form-action"] == "'none'", name
        assert "unsafe" not in found[1], name
        assert "http" not in found[1], name


def test_one_hash_for_all_pages(small_site: Path) -> None:
    """The inline script holds no value of a page or a city: one hash allows it in every handbook."""
    hashes = set()
    for name in pages(small_site, "."):
        text = (small_site / name).read_text(encoding="utf-8")
        hashes.update(re.findall(r"script-src [^;]*?'(sha256-[^']+)'", text))
    assert len(hashes) == 1


@pytest.mark.parametrize("way", ["server", "folder"])
def test_no_page_asks_for_what_its_policy_refuses(page: Page, small_site: Path, way: str) -> None:
    """On every page of two handbooks nothing is refused and nothing is told to the console; the theme works."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if _bad(message) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(WATCH)
    with web(small_site) as address:
        start = address if way == "server" else small_site.as_uri()
        for name in pages(small_site, "trainer/veld/nl", "participant/veld/en"):
            page.goto(f"{start}/{name}")
            assert page.evaluate("refused") == [], name
            if name.endswith("404.html"):
                continue
            assert page.locator("html").get_attribute("class") == "js", f"{name}: the first script did not run"
            assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily"), name
            before = page.locator("body").get_attribute("data-md-color-scheme")
            page.locator(".hb-scheme-button").click()
            assert page.locator("body").get_attribute("data-md-color-scheme") != before, name
            page.locator(".hb-search-button").click()
            page.locator(".hb-search__input").fill("a")
            expect(page.locator(".hb-search__status")).to_have_text(re.compile("evonden|ound"))
            assert page.evaluate("refused") == [], name
    assert said == []


def _bad(message: ConsoleMessage) -> bool:
    return message.type in {"error", "warning"}


@pytest.mark.parametrize(
    "planted",
    [
        "<script>window.ran = true</script>",
        "<script>document.documentElement.className='js';window.ran = true</script>",
        '<img src="x" onerror="window.ran = true">',
        '<script src="https://example.org/x.js"></script>',
        '<script src="data:text/javascript,window.ran=true"></script>',
        '<iframe srcdoc="<script>parent.ran = true</script>"></iframe>',
        "<style>body { outline: 7px solid red }</style>",
        '<p style="outline: 7px solid red">styled</p>',
    ],
)
def test_what_is_planted_in_a_page_does_not_run(page: Page, small_site: Path, planted: str) -> None:
    """A script or a style that slipped into a page's text is refused, and the page's own scripts still run."""

    def plant(route: Route) -> None:
        text = route.fetch().text()
        assert "<h1" in text
        route.fulfill(body=text.replace("<h1", f"{planted}<h1", 1), content_type="text/html; charset=utf-8")

    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    page.route("**/talk/hello.html", plant)
    with web(small_site) as address:
        page.goto(f"{address}/participant/veld/nl/talk/hello.html")
        page.wait_for_load_state("networkidle")
        assert refused
        assert page.evaluate("window.ran") is None
        assert page.evaluate("getComputedStyle(document.body).outlineWidth") != "7px"
        assert page.evaluate("[...document.querySelectorAll('p')].every(p => p.style.outline === '' || "
                             "getComputedStyle(p).outlineWidth !== '7px')")  # fmt: skip
        assert page.locator("html").get_attribute("class") == "js"
