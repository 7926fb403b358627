"""The audit of built sites (tools/audit) finds what it looks for, on a page with each kind of fault."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pikepdf
import pytest
from conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tools" / "audit"))

import markup
import papers
import run
import served
import speed

pytestmark = pytest.mark.browser

GOOD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>:focus-visible { outline: 3px solid #005 } body { background: #fff; color: #000 }</style></head>
<body><main><h1>A page</h1><p>With <a href="good.html">a link</a> to itself.</p></main></body></html>
"""
BAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="img-src 'self'">
<style>.bare:focus-visible { outline: none }
.over { position: fixed; inset: 0 0 auto 0; height: 60px; background: #fff; z-index: 9 }
body { padding-top: 200px; background: #fff }</style></head>
<body><div class="over"></div><main class="hb-article hb-page--module"><h1>A page</h1>
<p><a href="good.html" style="position: absolute; top: 10px">below another box</a></p>
<p style="color: #bbb">pale</p>
<p><a class="bare" href="good.html">without a ring</a> <a href="good.html" tabindex="3">jumps the queue</a></p>
<div style="width: 700px">wide</div>
<button style="width: 10px; height: 10px; padding: 0" aria-label="small"></button>
<img src="http://127.0.0.1:9/away.png" alt=""><img src="missing.png" alt="">
<script src="http://127.0.0.1:9/away.js"></script><script>document.cookie = "a=1"; throw new Error("broken");</script>
<nav class="hb-menu" id="hb-menu" aria-label="Menu"><a href="good.html">in the closed menu</a></nav>
<p id="twice">FILL</p><p id="twice"></p></main></body></html>
"""


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with the two pages."""
    (tmp_path / "good.html").write_text(GOOD)
    (tmp_path / "bad.html").write_text(BAD.replace("FILL", "word " * 15_000))
    return tmp_path


def test_the_walk_finds_each_kind_of_fault(pages: Path) -> None:
    """A page without faults has none; the other has each of them, once named by gate and rule."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with served.served(pages) as address:
        found = run.walked(address, ["bad.html", "good.html"], browser, 1)
    assert {fault.page for fault in found} == {"bad.html"}, [str(fault) for fault in found if fault.page != "bad.html"]
    named = {(fault.gate, fault.rule.replace(address, "")) for fault in found}
    assert {(gate, rule) for gate, rule in named if gate != "script" and "px too wide" not in rule} == {
        ("axe", "color-contrast"),
        ("axe", "tabindex"),
        ("axe", "target-size"),
        ("keyboard", "a place of its own in the order"),
        ("keyboard", "has the focus, but is not seen"),
        ("keyboard", "has the focus, but no ring"),
        ("keyboard", "in the closed menu, but takes the focus"),
        ("keyboard", "the menu has no closed button"),
        ("layout", "smaller than 24 px"),
        ("privacy", "a cookie: a"),
        ("privacy", "against the policy: img-src http://127.0.0.1:9/away.png"),
        ("privacy", "asks another origin: http://127.0.0.1:9/away.js"),
        ("privacy", "asks another origin: http://127.0.0.1:9/away.png"),
        ("speed", f"{len(BAD) - 4 + 75_000} bytes of HTML, at most 60000"),
        ("walk", "404 /missing.png"),
    }
    assert any(gate == "layout" and "px too wide" in rule for gate, rule in named)
    assert ("script", "broken") in named


def test_the_checker_of_html_finds_an_error(pages: Path) -> None:
    """Two elements of one name are told with their page and line; a valid page is not mentioned."""
    found = {(fault.page, fault.rule) for fault in markup.check(pages, ["good.html", "bad.html"])}
    assert ("bad.html", "Duplicate ID “twice”.") in found
    assert {page for page, _ in found} == {"bad.html"}


@pytest.mark.parametrize(
    ("performance", "kilobytes", "faults"), [(0.98, 200, []), (0.97, 201, ["performance", "first load"])]
)
def test_what_is_below_its_bar_is_a_fault(performance: float, kilobytes: int, faults: list[str]) -> None:
    """A score on its bar is enough, one below is told."""
    scores = {"performance": performance, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}
    assert [fault.state for fault in speed.Score("x.html", scores, kilobytes, ()).faults] == faults


def test_a_pdf_that_nobody_can_read_aloud_is_found(tmp_path: Path) -> None:
    """A PDF without tags, title and language has faults, with its name."""
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(tmp_path / "bare.pdf")
    found = papers.conforming(tmp_path, [tmp_path / "bare.pdf"], 1)
    assert found
    assert {(fault.gate, fault.page) for fault in found} == {("papers", "bare.pdf")}
