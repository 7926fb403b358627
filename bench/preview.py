"""From saving a module to the new text in the open browser page: `handbook serve` beside plain `mkdocs serve`.

bench/README.md tells what is measured, and how.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cost import wait_for_quiet
from playwright.sync_api import Page, sync_playwright
from stock import ENVIRON, Content, choices, contents, mkdocs

from handbook.problems import ContentError, as_text

MARK = "benchsave"
_PATIENCE = 60.0
# tells the first frame in which the text of a save stands in the page
_WATCH = f"""
let told = 0;
const look = () => {{
  const found = /{MARK}(\\d+)/.exec(document.body ? document.body.textContent : "");
  if (found && Number(found[1]) !== told) {{
    told = Number(found[1]);
    requestAnimationFrame(() => window.seen(told, Date.now()));
  }}
}};
new MutationObserver(look).observe(document, {{subtree: true, childList: true, characterData: true}});
document.addEventListener("DOMContentLoaded", look);
"""


@dataclass(frozen=True)
class Served:
    """A preview: its name, its command, the file that is saved, and the page that shows it."""

    name: str
    command: list[str]
    file: Path
    page: str
    port: int


def main() -> int:
    """Measure and print; 1 when the content has errors."""
    parser = argparse.ArgumentParser(description="Measure the preview, ours and the stock one.")
    choices(parser)
    parser.add_argument("--saves", type=int, default=20, help="how often the module is saved (default: 20)")
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for quiet before (default: 300)")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
            print(*table(contents(options, Path(folder))[0], options.saves, options.wait), sep="\n")
    except ContentError as error:
        print(as_text(error.problems), file=sys.stderr)
        return 1
    return 0


def table(of: Content, saves: int, patience: float) -> Iterator[str]:
    """The seconds from save to sight."""
    module = next(page for page in of.book.pages if page.kind == "module")
    assert module.body  # modules are written by somebody
    yield f"| preview of {module.path}, {saves} saves | median s | fastest | slowest |"
    yield "|---|---:|---:|---:|"
    ports = free_port(), free_port()
    stock = mkdocs("serve", of.config("stock-preview"), "--livereload", "--dev-addr", f"127.0.0.1:{ports[0]}")
    ours = of.handbook("serve", "--port", str(ports[1]))
    medians = []
    for served in (
        Served("plain `mkdocs serve`", stock, of.docs / module.path, module.url, ports[0]),
        Served("`handbook serve`", ours, of.project / module.body.file, module.url, ports[1]),
    ):
        wait_for_quiet(patience)
        took = sights(served, of.folder, saves)
        medians.append(statistics.median(took))
        yield f"| {served.name} | {medians[-1]:.2f} | {min(took):.2f} | {max(took):.2f} |"
    met = "met" if medians[1] <= min(0.5, medians[0]) else "**missed**"
    yield f"\nAt most 0.5 s and never slower than plain `mkdocs serve` was asked for: {met}."


def sights(served: Served, folder: Path, saves: int) -> list[float]:
    """Serve, open the page, save so many times; the seconds of each."""
    with server(served, folder), opened(f"http://127.0.0.1:{served.port}/{served.page}") as (page, seen):
        text = served.file.read_text(encoding="utf-8")
        return [sight(page, seen, served.file, text, number) for number in range(1, saves + 1)]


def sight(page: Page, seen: dict[int, float], file: Path, text: str, number: int) -> float:
    """Save once; how many seconds later the browser shows it."""
    page.wait_for_timeout(1000 + 137 * number % 500)  # writers do not save in step with anybody's clock
    began = time.time()
    file.write_text(f"{text}\n\nA new sentence, {MARK}{number}.\n", encoding="utf-8")
    while number not in seen:
        if time.time() > began + _PATIENCE:
            raise RuntimeError(f"save {number} of {file.name} did not show within {_PATIENCE:.0f} s")
        page.wait_for_timeout(5)
    return seen[number] - began


@contextlib.contextmanager
def server(served: Served, folder: Path) -> Iterator[None]:
    """The preview's server, while it is needed."""
    with (folder / f"{served.port}.txt").open("wb") as said:
        process = subprocess.Popen(served.command, cwd=folder, env=ENVIRON, stdout=said, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{served.port}/{served.page}", process)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10):  # noqa: S310  # our own address
            return
        time.sleep(0.1)
    raise RuntimeError(f"no preview at {url}")


@contextlib.contextmanager
def opened(url: str) -> Iterator[tuple[Page, dict[int, float]]]:
    """The page in a browser, and when the text of each save was first seen there."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("the preview is measured in chromium, which is not installed: --no-preview leaves it out")
    seen: dict[int, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.expose_function("seen", lambda number, at: seen.setdefault(number, at / 1000))
        page.add_init_script(_WATCH)
        page.goto(url)
        yield page, seen
        browser.close()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
