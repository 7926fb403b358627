"""The command line: reads arguments, calls the steps, tells what happened. Exit codes are in `__main__`."""

from __future__ import annotations

import argparse
import datetime
import functools
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from . import __version__, schema, show
from .build import Where, print_alone
from .documents import ALL, DEFAULT
from .draft import draft
from .farm import STEPS, Order, Outcome, farm, name_of
from .library import Library
from .load import HOME, load
from .model import EDITIONS, LANGUAGES, Country
from .plan import handbooks, plan
from .print import PRINTERS
from .problems import FORMATS, ContentError, Problem, count, did_you_mean, errors, stop_on_errors
from .publish import pack
from .style import fingerprint, note_source
from .validate import profile_problems, validate, weigh

GOOD, PROBLEMS, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130
_NO_HANDBOOK = "no handbook fits: look at the languages with `handbook list`"


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code says how it went.

    Raises:
        ContentError: when the content has problems; the caller reports them.
    """
    options = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


# ---------------------------------------------------------------- commands


def _list(options: argparse.Namespace) -> int:
    library, problems = _read(options)
    print(*show.columns(list(show.listing(library, problems))), sep="\n")
    if shared := [p for p in errors(problems) if not _own_slug(p, library)]:
        print(f"\nin what all share: {count(shared)}; see `handbook check`")
    return PROBLEMS if errors(problems) else GOOD


def _check(options: argparse.Namespace) -> int:
    library, problems = _read(options)
    slugs = _slugs(library, options)
    others = [f"municipalities/{slug}" for slug in library.slugs if slug not in slugs]
    wanted = [
        p for p in [*problems, *weigh(library)]
        if not p.place.file.startswith(tuple(f"{o}{end}" for o in others for end in (".yml", "/")))
        and p.handbook.split("/")[0] in {"", *slugs}
    ]  # fmt: skip
    print(FORMATS[options.format](wanted))
    return PROBLEMS if errors(wanted) else GOOD


def _plan(options: argparse.Namespace) -> int:
    library, problems = _read(options)
    slug = _slugs(library, options)[0]
    stop_on_errors(errors(_stopping(problems, library, slug)))
    jobs = handbooks(library, [slug], options.language or "", options.edition or "")
    if not jobs:
        raise Usage(_NO_HANDBOOK)
    texts = ["\n".join(show.outline(plan(library, *job))) for job in jobs]
    print(*texts, sep="\n\n")
    return GOOD


def _show(options: argparse.Namespace) -> int:
    library, problems = _read(options)
    slug = _slugs(library, options)[0]
    if slug not in library.profiles:
        raise ContentError(problems)
    print(*show.resolved(library.profiles[slug]), sep="\n")
    return GOOD


def _build(options: argparse.Namespace) -> int:
    began = time.monotonic()
    if not options.city and not options.all:
        raise Usage("name a municipality, or --all for every one")
    library, problems = _read(options)
    slugs = _slugs(library, options)
    shared = [p for p in errors(problems) if not _own_slug(p, library)]
    if shared:
        raise ContentError(shared)
    blocked = {slug for slug in slugs if slug not in library.profiles or profile_problems(problems, slug)}
    fine = [slug for slug in slugs if slug not in blocked]
    jobs = handbooks(library, fine, options.language or "", options.edition or "") if fine else []
    where = Where(_config_file(library.root), library.root / "build", Path(options.output or library.root / "site"))
    printer = "" if options.no_pdf else options.printer
    documents = ALL if options.print == "all" else DEFAULT
    order = Order(tuple(jobs), where, printer, documents, force=options.force, at_once=options.jobs)
    outcomes = list(_watched(library, order)) if jobs else []
    failed = [problem for outcome in outcomes for problem in outcome.problems]
    failed += [p for p in problems if _own_slug(p, library) in blocked]
    if failed:
        print(FORMATS[options.format](failed), file=sys.stdout if options.format == "json" else sys.stderr)
        good = len(outcomes) - _bad(outcomes)
        _say(f"\n{_handbooks(good)} {'is' if good == 1 else 'are'} published; what failed keeps its last edition.")
        return PROBLEMS
    if not outcomes:
        raise Usage(_NO_HANDBOOK)
    _closing(outcomes, time.monotonic() - began)
    if options.zip:
        for edition, slug in dict.fromkeys((edition, slug) for slug, _, edition in jobs):
            day = library.profiles[slug].municipality.date
            print(f"  {_near(pack(where.output, edition, slug, day))}")
    return GOOD


def _print(options: argparse.Namespace) -> int:
    library, problems = _read(options)
    slug = _slugs(library, options)[0]
    stop_on_errors(errors(_stopping(problems, library, slug)))
    for name in options.document:
        if name not in ALL:
            raise Usage(f'there is no document "{name}"\n  {did_you_mean(name, ALL)}')
    languages = [x for x in library.profiles[slug].municipality.languages if options.language in {None, x}]
    if not languages:
        raise Usage(_NO_HANDBOOK)
    where = Where(_config_file(library.root), library.root / "build", library.root / "site")
    for language in languages:
        output = Path(options.output) / slug / language if options.output else None
        log = functools.partial(_step, f"{slug}/{language}")
        for path in print_alone(library, slug, language, options.document, where, output, log):
            print(f"  {_near(path)}")
    return GOOD


def _step(name: str, step: str) -> None:
    _say(f"{name}: {step}")


def _serve(options: argparse.Namespace) -> int:
    from .serve import serve  # noqa: PLC0415  # only this command needs a server

    library, problems = _read(options)
    slug = _slugs(library, options)[0]
    if slug not in library.profiles:
        raise ContentError(problems)
    languages = library.profiles[slug].municipality.languages
    language = options.language or languages[0]
    if language not in languages:
        raise Usage(_NO_HANDBOOK)
    return serve(
        library.root, (slug, language, options.edition or "participant"), options.port, _config_file(library.root)
    )


def _translated(options: argparse.Namespace) -> int:
    library, _ = _read(options)
    root = _root(options)
    for name in options.file:
        path = Path(name).resolve()
        found = next(
            (a for a in library.articles() for b in a.bodies.values() if (root / b.file).resolve() == path), None
        )
        if found is None or path == (root / found.source.file).resolve():
            raise Usage(f"{name} is not a translation in docs/ or curricula/")
        note_source(path, fingerprint(found.source))
        print(f"{name}: noted that it translates {found.source.file} as it is now")
    return GOOD


def _new(options: argparse.Namespace) -> int:
    path = draft(_root(options), options.name, options.country, datetime.date.today())
    print(f"{_near(path)} is a first draft. Open it in an editor and fill in every `null`.")
    print(f"  handbook check {path.stem}   names what is still open")
    print(f"  handbook serve {path.stem}   shows the handbook while you write")
    return GOOD


def _schema(options: argparse.Namespace) -> int:
    for path in schema.write(_root(options)):
        print(path)
    return GOOD


# ---------------------------------------------------------------- shared by commands


class Usage(Exception):  # noqa: N818  # it is not our error
    """The command was called in a way that makes no sense."""


def _root(options: argparse.Namespace) -> Path:
    """The project: --project, or the folder around the current one that has municipalities/, or the builder's own."""
    if options.project:
        if not Path(options.project).is_dir():
            raise Usage(f'there is no folder "{options.project}"')
        return Path(options.project).resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "municipalities").is_dir()), HOME)


def _config_file(root: Path) -> Path:
    own = root / "mkdocs.yml"
    return own if own.is_file() else HOME / "mkdocs.yml"


def _read(options: argparse.Namespace) -> tuple[Library, list[Problem]]:
    """Steps 1 and 2, load and validate; rules on language, which only warn, are for `check` alone.

    Raises:
        ContentError: when so much is missing that nothing can be checked.
    """
    from macros import MACROS  # noqa: PLC0415  # writers' macros: only their names and arguments are looked at

    library, problems = load(_root(options))
    if library is None:
        raise ContentError(problems)
    problems += validate(library, MACROS)
    gc.freeze()  # all this stays; and a collection in a child process would copy the memory that it shares with us
    gc.enable()
    return library, problems


def _slugs(library: Library, options: argparse.Namespace) -> list[str]:
    named = options.city if isinstance(options.city, list) else [options.city]
    for name in named:
        if name not in library.slugs:
            advice = did_you_mean(name, library.slugs, "municipalities/, or `handbook list`")
            raise Usage(f'there is no municipality "{name}"\n  {advice}')
    return named or list(library.slugs)


def _own_slug(problem: Problem, library: Library) -> str:
    """The municipality in whose own files the problem stands, or ""."""
    for slug in library.slugs:
        if problem.place.file.startswith((f"municipalities/{slug}.yml", f"municipalities/{slug}/")):
            return slug
    return ""


def _stopping(problems: list[Problem], library: Library, slug: str) -> list[Problem]:
    """The problems that stop the handbooks of one municipality."""
    return [p for p in problems if _own_slug(p, library) in {"", slug}]


def _watched(library: Library, order: Order) -> list[Outcome]:
    return _with_bars(library, order) if sys.stderr.isatty() else _with_lines(library, order)


def _with_lines(library: Library, order: Order) -> list[Outcome]:
    """Plain lines for logs: each step, and each handbook when it is ready."""
    outcomes = []
    for outcome in farm(library, order, lambda name, step: _say(f"{name}: {step}")):
        _say(f"{outcome.name}: {_word(outcome)}")
        outcomes.append(outcome)
    return outcomes


def _with_bars(library: Library, order: Order) -> list[Outcome]:
    """A bar per handbook, on a terminal."""
    from rich.console import Console  # noqa: PLC0415  # nothing else needs rich, and it takes its time
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    outcomes = []
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[step]}"),
        TimeElapsedColumn(), console=Console(stderr=True),
    )  # fmt: skip
    bars = {name_of(job): progress.add_task(name_of(job), total=STEPS, step="waits", start=False) for job in order.jobs}

    def told(name: str, step: str) -> None:
        progress.start_task(bars[name])
        progress.update(bars[name], advance=0 if step == "plan" else 1, step=step)

    with progress:
        for outcome in farm(library, order, told):
            bar = bars[outcome.name]
            progress.update(bar, completed=0 if outcome.problems else STEPS, step=_word(outcome))
            progress.stop_task(bar)
            outcomes.append(outcome)
    return outcomes


def _word(outcome: Outcome) -> str:
    return "has problems" if outcome.problems else "unchanged" if outcome.unchanged else "published"


def _bad(outcomes: list[Outcome]) -> int:
    return sum(bool(outcome.problems) for outcome in outcomes)


def _handbooks(number: int) -> str:
    return f"{number} handbook{'' if number == 1 else 's'}"


def _closing(outcomes: list[Outcome], seconds: float) -> None:
    print(f"\n{_handbooks(len(outcomes))} in {seconds:.0f} s. Open in a browser:")
    for outcome in outcomes:
        assert outcome.result  # outcomes without a result have problems
        print(f"  {_near(outcome.result.place / 'index.html')}")
        if outcome.result.pdf:
            print(f"  {_near(outcome.result.pdf)}")
        for document in outcome.result.documents:
            print(f"    {_near(document)}")


def _near(path: Path) -> str:
    """The path as a person can use it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def tell(error: ContentError, argv: Sequence[str]) -> None:
    """Report problems in the format that was asked for."""
    wanted = next((f for f in FORMATS if f"--format={f}" in argv or _follows(argv, "--format", f)), _format())
    print(FORMATS[wanted](error.problems), file=sys.stdout if wanted == "json" else sys.stderr)


def _follows(argv: Sequence[str], one: str, other: str) -> bool:
    return (one, other) in pairwise(argv)


def _format() -> str:
    """Annotations where a forge runs us, text elsewhere."""
    return "annotations" if os.environ.get("GITHUB_ACTIONS") == "true" or os.environ.get("TF_BUILD") else "text"


# ---------------------------------------------------------------- arguments


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise Usage(f"{message}\n  see `{self.prog} --help`")


class _Help(argparse.HelpFormatter):
    """Leaves room for the longest command, which argparse forgets to indent."""

    def add_argument(self, action: argparse.Action) -> None:
        self._indent()
        super().add_argument(action)
        self._dedent()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="handbook",
        formatter_class=_Help,
        description="Build training handbooks: a site and a PDF for each municipality, language and edition.",
        epilog="Exit codes: 0 good, 1 problems in the content, 2 usage, 3 a bug of ours, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"handbook {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, city: str = ""
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=run, format=_format())
        sub.add_argument("--project", metavar="FOLDER", help="the project's folder (default: the one around you)")
        if city:
            sub.add_argument(
                "city", nargs={"one": None, "some": "*"}[city], metavar="CITY", help="name of a file in municipalities/"
            )
        return sub

    def choice(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--language", choices=LANGUAGES, help="one language only")
        sub.add_argument("--edition", choices=EDITIONS, help="one edition only")

    def formats(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--format", choices=list(FORMATS), default=_format(), help="how problems are told (default: %(default)s)"
        )

    starting = command("new", _new, "Begin a municipality's profile: a draft with what you must fill in.")
    starting.add_argument("name", metavar="NAME", help="as people write it: 's-Hertogenbosch")
    starting.add_argument("--country", choices=get_args(Country), required=True, help="nl or be")
    command("list", _list, "The municipalities, their languages and sessions, and whether each is in order.")
    checking = command("check", _check, "Look for problems in everything, or in some municipalities.", "some")
    checking.add_argument("--all", action="store_true", help="all municipalities, as when none is named")
    formats(checking)
    choice(command("plan", _plan, "The outline of a handbook, with minutes and clock times.", "one"))
    command("show", _show, "Every value of a municipality, and the file and line it comes from.", "one")
    building = command("build", _build, "Build and publish handbooks.", "some")
    choice(building)
    formats(building)
    building.add_argument("--all", action="store_true", help="all municipalities")
    building.add_argument("--no-pdf", action="store_true", help="the site only")
    building.add_argument("--zip", action="store_true", help="also one file per city, for a USB stick")
    building.add_argument(
        "--print", choices=["default", "all"], default="default",
        help="`all` makes every document, `default` workbook and trainer's guide",
    )  # fmt: skip
    building.add_argument(
        "--printer", choices=list(PRINTERS), default="typst", help="how the PDF is made (default: %(default)s)"
    )
    building.add_argument("--force", action="store_true", help="build also what has not changed")
    building.add_argument("--jobs", type=int, default=0, metavar="N", help="how many at once (default: one a core)")
    building.add_argument("--output", metavar="FOLDER", help="where to publish (default: site/ in the project)")
    printing = command("print", _print, "Make PDFs alone: all documents, or those that you name.", "one")
    printing.add_argument("document", nargs="*", metavar="DOCUMENT", help=f"one or more of: {', '.join(ALL)}")
    printing.add_argument("--language", choices=LANGUAGES, help="one language only")
    printing.add_argument("--output", metavar="FOLDER", help="where to (default: beside the published site)")
    serving = command(
        "serve", _serve, "See a handbook in the browser while you write; it changes when you save.", "one"
    )
    choice(serving)
    serving.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    noting = command("translated", _translated, "Note that translations are up to date with their source.")
    noting.add_argument("file", nargs="+", metavar="FILE", help="such as curricula/intro/fuel.nl.md")
    command("schema", _schema, "Write the JSON Schemas and the key-by-key guide from the model.")
    return parser
