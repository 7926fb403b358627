"""`handbook serve`, as a trainer uses it: a save shows by itself, a mistake is told and survived."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = pytest.mark.browser


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture
def server(small: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A preview of the small project's Dutch participant edition, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "handbook", "serve", "veld", "--language", "nl", "--port", str(port),
         "--project", str(small)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        if "Stop with Ctrl-C" in line:
            break
    yield process
    process.send_signal(signal.SIGINT)
    process.wait(timeout=10)


@pytest.fixture
def page(server: subprocess.Popen[str], port: int) -> Iterator[Page]:
    """A browser on the first module of the preview."""
    del server
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{port}/talk/hello.html")
        opened.wait_for_load_state("load")
        yield opened
        browser.close()


def change(path: Path, old: str, new: str) -> None:
    """Save a file with other words in it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_kind_of_save_shows_and_a_mistake_is_survived(page: Page, small: Path) -> None:
    """A module, a title, a municipality's value and a page of docs/ show when saved; a mistake shows as a message."""
    module = small / "curricula/talk/hello.nl.md"
    change(module, "Zeg hallo.", "Zeg goedemorgen.")
    expect(page.locator("article")).to_contain_text("Zeg goedemorgen.", timeout=10_000)

    change(module, "goedemorgen", "{{ nosuchthing }}")
    expect(page.locator("body")).to_contain_text('unknown name "nosuchthing"', timeout=10_000)
    expect(page.locator("body")).to_contain_text("curricula/talk/hello.nl.md:6:8")

    change(module, "{{ nosuchthing }}", "goedenavond")
    expect(page.locator("article")).to_contain_text("Zeg goedenavond.", timeout=10_000)

    change(module, "Hallo: jij", "Dag: jij")
    expect(page.locator("h1")).to_contain_text("Dag: jij", timeout=15_000)

    page.goto(page.url.replace("talk/hello", "index"))
    change(small / "municipalities/veld.yml", "Veld aan Zee", "Veld aan Meer")
    expect(page.locator("article")).to_contain_text("Veld aan Meer", timeout=15_000)

    change(small / "docs/index.nl.md", "Dit is het handboek", "Ziehier het handboek")
    expect(page.locator("article")).to_contain_text("Ziehier het handboek", timeout=10_000)


def test_the_terminal_tells_what_was_saved_and_what_is_wrong(
    page: Page, small: Path, server: subprocess.Popen[str]
) -> None:
    """A save is a line with time, file and result; a mistake is told as `handbook check` tells it."""
    module = small / "curricula/talk/hello.nl.md"
    change(module, "Zeg hallo.", "Zeg goedemorgen.")
    expect(page.locator("article")).to_contain_text("Zeg goedemorgen.", timeout=10_000)
    change(module, "goedemorgen", "{{ nosuchthing }}")
    expect(page.locator("body")).to_contain_text("nosuchthing", timeout=10_000)
    server.send_signal(signal.SIGINT)
    assert server.stdout
    told = server.stdout.read()
    assert re.search(r"^\d\d:\d\d:\d\d  curricula/talk/hello\.nl\.md: 1 page new \(\d\.\d\d s\)$", told, re.MULTILINE)
    assert 'curricula/talk/hello.nl.md:6:8: unknown name "nosuchthing"' in told
    assert server.wait(timeout=10) == 0


def test_the_book_is_shown_and_renewed(server: subprocess.Popen[str], small: Path, port: int) -> None:
    """The PDF comes when it is asked for, with what was saved before; its page asks for it again after a save."""
    del server
    address = f"http://127.0.0.1:{port}"

    def book() -> str:
        with urllib.request.urlopen(f"{address}/workbook.pdf", timeout=60) as answer:  # noqa: S310  # our own server
            assert answer.headers["Content-Type"] == "application/pdf"
            with pypdfium2.PdfDocument(answer.read()) as document:
                return " ".join(page.get_textpage().get_text_bounded() for page in document)

    def page() -> str:
        with urllib.request.urlopen(f"{address}/on-paper.html", timeout=60) as answer:  # noqa: S310  # our own server
            shown = re.search(r'src="(workbook\.pdf\?\d+)"', answer.read().decode())
            assert shown
            return shown[1]

    until = time.monotonic() + 20
    with socket.socket() as knock:
        while knock.connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
            time.sleep(0.1)
    assert "Zeg hallo." in book()
    before = page()
    change(small / "curricula/talk/hello.nl.md", "Zeg hallo.", "Zeg goedemorgen.")
    until = time.monotonic() + 20
    while page() == before and time.monotonic() < until:
        time.sleep(0.1)
    assert page() != before
    assert "Zeg goedemorgen." in book()
