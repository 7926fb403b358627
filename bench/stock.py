"""The same handbook for the stock tools: plain Markdown whose macros have run, and a plain mkdocs.yml.

Neither our macros nor our theme, stylesheet or plugins are needed to build it.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handbook.load import HOME, load
from handbook.model import EDITIONS, LANGUAGES
from handbook.names import environment
from handbook.plan import Handbook, NavItem, plan
from handbook.problems import stop_on_errors
from handbook.stage import stage
from handbook.validate import validate
from macros import MACROS
from macros.here import Here

SOURCES = ("docs", "curricula", "municipalities")
# with Material, mkdocs-with-pdf 0.9.3 on WeasyPrint 70 keeps the book only with this line
WHOLE = "html{height:auto}"
PDF = "book.pdf"
# Material's notice about MkDocs 2 says nothing about a build
ENVIRON = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}


@dataclass(frozen=True)
class Content:
    """What both ways build: a copy of the project for ours, and plain pages for the stock tools."""

    project: Path
    book: Handbook
    docs: Path
    folder: Path

    def config(self, name: str, *plugins: dict[str, object]) -> Path:
        """A stock mkdocs.yml; its site goes to a folder beside it."""
        look = yaml.safe_load((HOME / "mkdocs.yml").read_text(encoding="utf-8"))
        settings = {
            "site_name": self.book.say("handbook-title", city=self.book.city.name),
            "docs_dir": str(self.docs),
            "site_dir": str(self.site(name)),
            "use_directory_urls": False,
            "theme": {"name": "material", "language": self.book.language, "font": False},
            "plugins": [{"search": {"lang": self.book.language}}, *plugins],
            "markdown_extensions": look["markdown_extensions"],
            "nav": [_nav(item) for item in self.book.nav],
        }
        path = self.folder / name / "mkdocs.yml"
        path.parent.mkdir()
        path.write_text(json.dumps(settings, ensure_ascii=False, indent=2), encoding="utf-8")
        return path

    def site(self, name: str) -> Path:
        """Where the stock build of this name puts its site."""
        return self.folder / name / "site"

    def handbook(self, command: str, *options: str) -> list[str]:
        """Our command line for this handbook."""
        named = (self.book.slug, "--language", self.book.language, "--edition", self.book.edition)
        return [sys.executable, "-m", "handbook", command, *named, "--project", str(self.project), *options]


def choices(parser: argparse.ArgumentParser) -> None:
    """Which handbook is measured."""
    parser.add_argument("--city", default="rotterdam")
    parser.add_argument("--language", default="nl", choices=LANGUAGES)
    parser.add_argument("--edition", default="participant", choices=EDITIONS)
    parser.add_argument("--project", type=Path, default=HOME, help="the project's folder (default: this one)")


def content(options: argparse.Namespace, folder: Path) -> Content:
    """Copy the project, so that all runs build the same, and write the plain pages of one handbook.

    Raises:
        ContentError: when the project has errors.
    """
    copy = folder / "project"
    for name in SOURCES:
        shutil.copytree(options.project / name, copy / name)
    library, problems = load(copy)
    stop_on_errors(problems)
    assert library  # without errors there is one
    stop_on_errors(validate(library, MACROS))
    book = plan(library, options.city, options.language, options.edition)
    docs = stage(book, folder / "stage").docs
    for path, text in plain_pages(book, docs):
        path.write_text(text, encoding="utf-8")
    return Content(copy, book, docs, folder)


def plain_pages(book: Handbook, docs: Path) -> Iterator[tuple[Path, str]]:
    """Each staged page with what its macros say in their place."""
    sandbox = environment()
    for page in book.pages:
        here = Here(book, page)
        calls = {macro.__name__: functools.partial(macro, here) for macro in MACROS}
        path = docs / page.path
        yield path, sandbox.from_string(path.read_text(encoding="utf-8")).render(city=book.city, **calls)


def with_pdf(folder: Path, *, whole: bool) -> dict[str, object]:
    """mkdocs-with-pdf as it comes, with the one line as its custom stylesheet or without it."""
    styles = folder / f"styles-{whole}"
    styles.mkdir()
    if whole:
        (styles / "styles.scss").write_text(WHOLE, encoding="utf-8")
    return {"with-pdf": {"output_path": PDF, "custom_template_path": str(styles)}}


def mkdocs(command: str, config: Path, *options: str) -> list[str]:
    """The stock command line."""
    return [sys.executable, "-m", "mkdocs", command, "--config-file", str(config), *options]


def _nav(item: NavItem) -> dict[str, Any]:
    if item.children:
        return {item.title: [_nav(child) for child in item.children]}
    return {item.title: item.page and item.page.path}
