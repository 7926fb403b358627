"""Go through pages in a real browser: each in light and dark, on a phone and a desk, with everything opened that opens.

A page is loaded once; width, colours and states change in place. Looked for are accessibility faults (axe-core),
things that stick out or are too small, keyboard stops that nobody sees, and anything that leaves the page's origin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from faults import Fault
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Request, Response, sync_playwright

HERE = Path(__file__).parent
AXE = HERE.parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
LOOK = HERE / "look.js"
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},  # WCAG 2.2; axe runs it only when asked
    "resultTypes": ["violations"],
    "preload": False,
}
HEIGHT = 900
WIDTHS = (1280, 320)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MOST_BYTES = 60_000  # of a module page's own HTML

TIMERS = ".admonition-title .hb-do, .hb-dos--table:not(:has(.hb-count)) > .hb-do, .hb-do--sign"


@dataclass(frozen=True)
class State:
    """Something that opens on a page: by which clicks, where to look then, and how it is shut again."""

    name: str
    clicks: tuple[str, ...]
    parts: tuple[str, ...]
    shut: str
    needs: str = ""  # only on pages with this; otherwise where the first thing to click is seen
    only: str = ""  # the only place where the keyboard may stop meanwhile
    typed: str = ""  # what is written then, until something to follow appears


STATES = (
    State("menu open", (".hb-menu-button",), (".hb-header", ".hb-menu"), ".hb-menu-button",
          only=".hb-header, .hb-menu, .md-skip"),
    State("search open", (".hb-search-button",), ("#hb-search",), ".hb-search__close", only="#hb-search"),
    State("search with results", (".hb-search-button",), ("#hb-search",), ".hb-search__close", ".hb-page--home",
          only="#hb-search", typed="rol"),
    State("languages open", (".hb-languages summary",), (".hb-header",), ".hb-languages summary"),
    State("contents open", (".hb-contents summary",), (".hb-contents",), ".hb-contents summary"),
    State("question", (".hb-answers .hb-dos > .hb-do:last-child",), (".hb-ask",), "Escape", ".hb-write", ".hb-ask"),
    State("running sheet", (".hb-room .hb-do--first", ".hb-late .hb-do", ".hb-late + .hb-do"),
          (".hb-room", ".running-sheet"), ".hb-room .hb-dos > .hb-do:last-child"),
    State("timer", (TIMERS,), (".hb-timer",), "Escape", only=".hb-timer"),
    State("small timer", (), (".hb-dock",), ".hb-dock .hb-do:last-child", ".hb-dock:not([hidden])"),
)  # fmt: skip

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))"
WATCH = """window.hbBroken = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.hbBroken.push(`${event.effectiveDirective} ${event.blockedURI}`));"""


@dataclass
class Walk:
    """What a walk found, and how much it looked at."""

    pages: int = 0
    looks: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: Walk) -> None:
        """Take in what another walk found."""
        self.pages += other.pages
        self.looks += other.looks
        self.faults += other.faults


def walk(address: str, pages: Sequence[str], browser: str) -> Walk:
    """Look at pages below an address, one after the other."""
    done = Walk()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        # pages come from the server each time, and a worker in the background asks for nothing meanwhile
        context = launched.new_context(service_workers="block", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        context.add_init_script(WATCH)
        for name in pages:
            visit = Visit(context, address, name)
            done.faults += visit.look()
            done.pages += 1
            done.looks += visit.looks
        launched.close()
    return done


class Visit:
    """One page, looked at from all sides."""

    def __init__(self, context: BrowserContext, address: str, name: str) -> None:
        self.address, self.name = address, name
        self.faults: set[Fault] = set()
        self.looks = 0
        self.page = context.new_page()
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda error: self._add("script", "", str(error)))
        self.page.on("console", self._told)

    def look(self) -> list[Fault]:
        """Everything that is wrong with the page."""
        try:
            self._load()
            for width in WIDTHS:
                for scheme in SCHEMES:
                    self._view(width, scheme)
            self._private()
        except Error as error:  # the page itself does something that no look survives
            self._add("walk", "", error.message.splitlines()[0])
        finally:
            self.page.close()
        return sorted(self.faults)

    def _load(self) -> None:
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        self.page.emulate_media(color_scheme=SCHEMES[0])
        answer = self.page.goto(f"{self.address}/{self.name}")
        assert answer is not None  # only addresses within a page have none
        size = len(answer.body())
        if size > MOST_BYTES and self.page.locator(".hb-page--module").count():
            self._add("speed", "", f"{size} bytes of HTML, at most {MOST_BYTES}")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.evaluate(f"{LOOK.read_text(encoding='utf-8')}; window.hbLook = hbLook")

    def _view(self, width: int, scheme: Literal["light", "dark"]) -> None:
        """The page in one width and one scheme, with each of its states."""
        page = self.page
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        where = f"{width} {scheme}"
        first = scheme == SCHEMES[0]  # layout and keyboard do not know colours
        self._axe(where)
        if first:
            page.keyboard.press("Tab")  # from now on the browser shows the focus
            self._ask("keyboard", where, "hbLook.keyboard()")
            self._layout(where)
            if width == min(WIDTHS):
                self._ask("keyboard", where, "hbLook.menu()")
            page.evaluate("hbLook.space(true)")
            self._ask("layout", f"{where}, text spacing", "hbLook.wide()")
            page.evaluate("hbLook.space(false)")
        if page.evaluate("hbLook.fill()"):
            page.evaluate(SETTLED)
            self._axe(f"{where}, filled in", ("main",))
            if first:
                self._layout(f"{where}, filled in")
        for state in STATES:
            if self._opened(state):
                self._state(state, f"{where}, {state.name}", first)

    def _opened(self, state: State) -> bool:
        """Open it, where the page has it."""
        page = self.page
        if state.needs and not page.locator(state.needs).count():
            return False
        if state.clicks and not page.evaluate(_SEEN, state.clicks[0]):
            return False
        for selector in state.clicks:
            page.evaluate(_CLICK, selector)
        if state.typed:
            page.keyboard.type(state.typed)
            page.locator(f"{state.parts[0]} a[href]").first.wait_for()
        page.evaluate(SETTLED)
        return True

    def _state(self, state: State, where: str, first: bool) -> None:
        page = self.page
        if not page.evaluate(_SEEN, state.parts[0]):
            self._add("walk", where, "did not open")
            return
        self._axe(where, state.parts)
        if first:
            self._layout(where)
            self._ask("keyboard", where, f"hbLook.keyboard({json.dumps(state.only)})")
        if state.shut == "Escape":
            page.keyboard.press("Escape")
        else:
            page.evaluate(_CLICK, state.shut)
        page.evaluate(SETTLED)

    def _axe(self, state: str, parts: Sequence[str] = ()) -> None:
        """Let axe look at the whole page, or at parts of it."""
        self.looks += 1
        found = self.page.evaluate(
            "([parts, options]) => axe.run(parts.length ? { include: parts.map((part) => [part]) } : document, options)"
            ".then((all) => all.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html])))",
            [list(parts), RULES],
        )
        for rule, node in found:
            self._add("axe", state, rule, " ".join(node.split())[:110])

    def _layout(self, state: str) -> None:
        self._ask("layout", state, "hbLook.wide()")
        self._ask("layout", state, "hbLook.small()")

    def _ask(self, gate: str, state: str, question: str) -> None:
        for found in self.page.evaluate(question):
            self._add(gate, state, found["rule"], found["node"])

    def _private(self) -> None:
        """Nothing is stored for servers, and nothing went against the page's own policy."""
        for cookie in self.page.context.cookies():
            self._add("privacy", "", f"a cookie: {cookie.get('name')}")
        self.page.context.clear_cookies()  # the next page is not to blame
        for broken in self.page.evaluate("window.hbBroken"):
            self._add("privacy", "", f"against the policy: {broken}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self._add("privacy", "", f"asks another origin: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.url.endswith("/favicon.ico"):
            self._add("walk", "", f"{response.status} {response.url}")

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load"):  # `_answered` tells which
            self._add("script", "", message.text)

    def _add(self, gate: str, state: str, rule: str, node: str = "") -> None:
        self.faults.add(Fault(gate, self.name, state, rule, node))


_SEEN = "(selector) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility())"
_CLICK = "(selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility())?.click()"


def chosen(pages: Sequence[str], most: int) -> Iterator[str]:
    """A sample of pages: as many, evenly spread."""
    step = max(1.0, len(pages) / most)
    return (pages[int(number * step)] for number in range(min(most, len(pages))))
