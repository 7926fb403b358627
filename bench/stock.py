"""The same handbooks for the stock tools: plain Markdown, and a plain mkdocs.yml.

In one kind of pages the macros have run. In the other they stand as writers wrote them, and mkdocs-macros runs them:
what each call says lies ready in a file. Neither our macros nor our theme, stylesheets or plugins are needed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from handbook import names
from handbook.escape import finalize
from handbook.load import HOME, load
from handbook.model import EDITIONS, LANGUAGES
from handbook.plan import Handbook, NavItem, handbooks, plan
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
    """A handbook that both ways build: the project for ours, plain pages for the stock tools."""

    book: Handbook
    project: Path
    folder: Path

    @property
    def docs(self) -> Path:
        """The plain pages."""
        return self.folder / "docs"

    @property
    def calls(self) -> Path:
        """The same pages with the macros' calls in them."""
        return self.folder / "calls"

    @property
    def said(self) -> Path:
        """What the calls say, as JSON."""
        return self.folder / "said.json"

    def site(self, name: str) -> Path:
        """Where the stock build of this name puts its site."""
        return self.folder / name / "site"

    def config(self, name: str, *plugins: dict[str, object]) -> Path:
        """A stock mkdocs.yml; its site goes to a folder beside it."""
        look = yaml.safe_load((HOME / "mkdocs.yml").read_text(encoding="utf-8"))
        settings = {
            "site_name": self.book.say("handbook-title", city=self.book.city.name),
            "docs_dir": str(self.calls if any("macros" in plugin for plugin in plugins) else self.docs),
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

    def with_macros(self) -> dict[str, object]:
        """mkdocs-macros with a module that says for each call what lies ready."""
        (self.folder / "main.py").write_text(_MODULE.format(said=str(self.said)), encoding="utf-8")
        return {"macros": {"module_name": "../main"}}

    def with_pdf(self, *, whole: bool) -> dict[str, object]:
        """mkdocs-with-pdf as it comes, with the one line as its custom stylesheet or without it."""
        styles = self.folder / f"styles-{whole}"
        styles.mkdir()
        if whole:
            (styles / "styles.scss").write_text(WHOLE, encoding="utf-8")
        return {"with-pdf": {"output_path": PDF, "custom_template_path": str(styles)}}

    def handbook(self, command: str, *options: str) -> list[str]:
        """Our command line for this handbook."""
        named = ("--language", self.book.language, "--edition", self.book.edition)
        return handbook(self.project, command, self.book.slug, *named, *options)


def choices(parser: argparse.ArgumentParser) -> None:
    """Which handbook is measured."""
    parser.add_argument("--city", default="rotterdam")
    parser.add_argument("--language", default="nl", choices=LANGUAGES)
    parser.add_argument("--edition", default="participant", choices=EDITIONS)
    parser.add_argument("--project", type=Path, default=HOME, help="the project's folder (default: this one)")


def contents(options: argparse.Namespace, folder: Path) -> tuple[Content, list[Content]]:
    """The chosen handbook, and all of its city; from a copy of the project, so that all runs build the same.

    Raises:
        ContentError: when the project has errors.
    """
    project = folder / "project"
    for name in SOURCES:
        shutil.copytree(options.project / name, project / name)
    library, problems = load(project)
    stop_on_errors(problems)
    assert library  # without errors there is one
    stop_on_errors(validate(library, MACROS))
    found = {job: content(plan(library, *job), project, folder) for job in handbooks(library, [options.city])}
    return found[options.city, options.language, options.edition], list(found.values())


def content(book: Handbook, project: Path, folder: Path) -> Content:
    """Stage a handbook, and write its pages with what their macros say, and what each call says."""
    found = Content(book, project, folder / f"{book.language}-{book.edition}")
    stage(book, found.folder)
    shutil.copytree(found.docs, found.calls)
    said: dict[str, str] = {}
    for path, text in plain_pages(book, found.docs, said):
        path.write_text(text, encoding="utf-8")
    values = {"city": asdict(book.city), "macros": [macro.__name__ for macro in MACROS], "said": said}
    found.said.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    return found


def plain_pages(book: Handbook, docs: Path, said: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Each staged page with what its macros say in their place; `said` keeps what each call says."""
    for page in book.pages:
        sandbox = names.environment()
        here = Here(book, page)
        sandbox.globals.update({macro.__name__: _kept(macro, here, said) for macro in MACROS})
        path = docs / page.path
        yield path, names.run(sandbox, path.read_text(encoding="utf-8"), city=book.city)


def _kept(macro: Callable[..., object], here: Here, said: dict[str, str]) -> Callable[..., object]:
    def call(*args: object, **named: object) -> object:
        answer = macro(here, *args, **named)
        said[repr((here.page.path, macro.__name__, args, sorted(named.items())))] = finalize(answer)
        return answer

    return call


# what mkdocs-macros loads
_MODULE = """import functools
import json
import pathlib

VALUES = json.loads(pathlib.Path({said!r}).read_text(encoding="utf-8"))


def define_env(env):
    def say(name, *args, **named):
        return VALUES["said"][repr((env.page.file.src_uri, name, args, sorted(named.items())))]

    env.variables["city"] = VALUES["city"]
    for name in VALUES["macros"]:
        env.macro(functools.partial(say, name), name)
"""


def mkdocs(command: str, config: Path, *options: str) -> list[str]:
    """The stock command line."""
    return [sys.executable, "-m", "mkdocs", command, "--config-file", str(config), *options]


def handbook(project: Path, command: str, *options: str) -> list[str]:
    """Our command line."""
    return [sys.executable, "-m", "handbook", command, "--project", str(project), *options]


def _nav(item: NavItem) -> dict[str, Any]:
    if item.children:
        return {item.title: [_nav(child) for child in item.children]}
    return {item.title: item.page and item.page.path}
