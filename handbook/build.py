"""One handbook, from plan to publication. The log shows the same words as this list of steps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import publish as publishing
from .check import Made, check
from .library import Library
from .model import Edition
from .plan import plan
from .print import NAMES, Printer, typst
from .problems import stop_on_errors
from .render import render
from .stage import stage

Log = Callable[[str], None]


@dataclass(frozen=True)
class Where:
    """The folders of a build."""

    config_file: Path
    work: Path
    output: Path


@dataclass(frozen=True)
class Result:
    """What was published: the handbook's name, its place and its PDF."""

    name: str
    place: Path
    pdf: Path | None


def build(  # noqa: PLR0913, PLR0917  # a handbook's name has three parts
    library: Library, slug: str, language: str, edition: Edition, where: Where,
    log: Log, printer: Printer | None = typst,
) -> Result:  # fmt: skip
    """Build and publish one handbook of a library that has no errors.

    Raises:
        ContentError: with what is wrong; nothing is published then, and what was published before stays.
    """
    log("plan")
    book = plan(library, slug, language, edition)
    work = where.work / slug / language / edition
    log("stage")
    staged = stage(book, work)
    log("render")
    made = work / "site"
    shutil.rmtree(made, ignore_errors=True)
    site = render(book, staged, made, where.config_file, NAMES[edition] if printer else "")
    pdf = None
    if printer:
        log("print")
        pdf = made / NAMES[edition]
        printer(book, site, pdf)
    log("check")
    stop_on_errors(check(Made(book, site, pdf)))
    log("publish")
    place = publishing.publish(book, made, where.output)
    return Result(book.name, place, place / NAMES[edition] if printer else None)
