"""Live preview: a save shows in the browser by itself, and a mistake shows as a readable message instead.

Only what a save changed is rendered again, with MkDocs kept warm; a change of structure (a title, an order, a
municipality's values, a macro) renders everything. The book is printed when somebody looks at it.
"""

from __future__ import annotations

import html
import importlib
import logging
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mkdocs.livereload import LiveReloadServer
from watchfiles import watch

from . import articles
from .documents import papers
from .farm import Job, name_of
from .load import HOME, Shelf, load
from .plan import Handbook, plan
from .print import NAMES, print_papers
from .problems import ContentError, Place, Problem, as_text, errors, merged
from .render import Kit, Site
from .stage import Stage, stage
from .validate import Memory, validate

GOOD = 0
ON_PAPER = "on-paper.html"  # shows the book, and shows it anew after a save
_SETTLE = 0.02  # seconds in which no further file changes, before a save counts as finished


def serve(root: Path, job: Job, port: int, config_file: Path) -> int:
    """Serve one handbook until the user stops it with Ctrl-C."""
    preview = Preview(root, job, config_file)
    preview.refresh(())
    server = Server(preview, port)
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(preview, server, stop), daemon=True)
    watcher.start()
    print(f"\nPreview of {name_of(job)}: {server.url}", flush=True)
    print(f"The same on paper: {server.url}{ON_PAPER}", flush=True)
    print("Save a file and the page changes by itself. Stop with Ctrl-C.\n", flush=True)
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        print("stopped")
    finally:
        stop.set()
        server.shutdown()
    return GOOD


def _watch(preview: Preview, server: Server, stop: threading.Event) -> None:
    paths = [path for path in preview.watched() if path.exists()]
    for changes in watch(*paths, debounce=200, step=10, stop_event=stop, rust_timeout=500, yield_on_timeout=False):
        server.changed({Path(name) for _, name in changes})


class Preview:
    """One handbook, rendered into a folder of its own, and what is wrong with it now."""

    def __init__(self, root: Path, job: Job, config_file: Path) -> None:
        self.root = root
        self.job = job
        self.config_file = config_file
        self.work = (root / "build" / "preview").joinpath(*job)
        self.site = self.work / "site"
        self.shelf = Shelf()
        self.memory = Memory()
        self.kit: Kit | None = None
        self.book: Handbook | None = None
        self.problems: tuple[Problem, ...] = ()
        self.pdf = NAMES[job[2]]
        self.printed = False
        self._one_printer = threading.Lock()

    def watched(self) -> list[Path]:
        """The folders in which a save matters."""
        mine = [self.root / name for name in ("docs", "curricula", "municipalities")]
        return [*mine, HOME / "macros", self.config_file.parent / "theme", self.config_file]

    def refresh(self, saved: Iterable[Path]) -> None:
        """Bring the preview up to date after a save; what is wrong is kept in `problems`, and nothing is raised."""
        began = time.monotonic()
        paths = list(saved)
        try:
            what = self._refreshed(paths)
            self.printed = False
            self.problems = ()
        except ContentError as error:
            self.problems = error.problems
            what = as_text(self.problems)
        except Exception as error:  # the server lives on, whatever a half-written macro does
            logging.getLogger(__name__).debug("preview failed", exc_info=True)
            place = Place(", ".join(self._shown(path) for path in paths[:3]) or "the project")
            self.problems = (Problem("preview", place, f"{type(error).__name__}: {error}", "mend it and save again"),)
            what = as_text(self.problems)
            self.kit = None
        names = ", ".join(self._shown(path) for path in paths[:3])
        stamp = time.strftime("%H:%M:%S")
        if paths:
            print(f"{stamp}  {names}: {what} ({time.monotonic() - began:.2f} s)", flush=True)
        elif self.problems:
            print(what, flush=True)

    def on_paper(self) -> None:
        """Print the book, when a page was rendered since it was last printed.

        Raises:
            ContentError: with what the printer could not do, and the page it was about.
        """
        with self._one_printer:
            if self.printed or not (self.kit and self.book):
                return
            self.printed = True  # what is saved from here on is for the next time
            site = Site(self.site, dict(self.kit.bridge.articles))
            try:
                print_papers(self.book, site, papers(self.book, site, [self.pdf.removesuffix(".pdf")]), self.site)
            except ContentError:
                self.printed = False
                raise

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def _refreshed(self, saved: list[Path]) -> str:
        if self.kit and saved and all(self._is_asset(path) for path in saved):
            return self._copied(saved)
        if any(path.is_relative_to(HOME / "macros") for path in saved):
            _forget_macros()
            self.kit = None
        book = self._planned()
        staged = stage(book, self.work)
        if self.kit is None or self._structure_changed(book) or any(not self._is_content(path) for path in saved):
            self._everything(book, staged)
            return "all pages are new"
        return self._some(book, staged)

    def _planned(self) -> Handbook:
        """Steps 1 to 3."""
        macros = importlib.import_module("macros").MACROS
        library, problems = load(self.root, self.shelf)
        if library is None:
            raise ContentError(problems)
        library = replace(library, style=None)  # style gives warnings only, and a preview shows errors
        found = errors([*problems, *validate(library, macros, self.memory)])
        slug = self.job[0]
        others = tuple(
            f"municipalities/{other}{end}" for other in library.slugs if other != slug for end in (".yml", "/")
        )
        if mine := [problem for problem in found if not problem.place.file.startswith(others)]:
            raise ContentError(mine)
        return plan(library, *self.job)

    def _structure_changed(self, book: Handbook) -> bool:
        """Whether more may differ than the text of single pages."""
        return self.book is None or _skeleton(self.book) != _skeleton(book)

    def _everything(self, book: Handbook, staged: Stage) -> None:
        self.kit = None
        shutil.rmtree(self.site, ignore_errors=True)
        kit = Kit(book, staged, self.site, self.config_file, self.pdf)
        kit.all()
        self.kit, self.book = kit, book

    def _some(self, book: Handbook, staged: Stage) -> str:
        assert self.kit  # the caller has looked
        pages = frozenset(name for name in staged.changed if name.endswith(".md"))
        for name in staged.changed - pages:
            target = self.site / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(staged.docs / name, target)
        self.kit.pages(pages)
        self.book = book
        return f"{len(pages)} page{'' if len(pages) == 1 else 's'} new" if staged.changed else "nothing to show"

    def _is_asset(self, path: Path) -> bool:
        return path.is_relative_to(self._assets) and path.is_file()

    @property
    def _assets(self) -> Path:
        return self.config_file.parent / "theme" / "assets"

    def _is_content(self, path: Path) -> bool:
        return path.is_relative_to(self.root) and path.suffix == ".md" and "municipalities" not in path.parts

    def _copied(self, saved: list[Path]) -> str:
        for path in saved:
            target = self.site / "assets" / path.relative_to(self._assets)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        return "style is new"


def _skeleton(book: Handbook) -> Any:
    """Everything in a plan that shows on more than one page."""
    pages = [
        (page.path, page.title, page.article.source.matter if page.article else None, page.body and page.body.matter)
        for page in book.pages
    ]
    of = book.library
    return (
        pages,
        book.nav and [item.title for item in book.nav],
        of.vocabulary,
        of.glossary,
        of.phrases,
        book.municipality,
    )


def _forget_macros() -> None:
    for name in [name for name in sys.modules if name == "macros" or name.startswith("macros.")]:
        del sys.modules[name]


class Server(LiveReloadServer):
    """MkDocs' live-reload server, told of saves at once instead of looking every half second."""

    def __init__(self, preview: Preview, port: int) -> None:
        super().__init__(self._build, "127.0.0.1", port, str(preview.site))
        self.preview = preview
        self.build_delay = _SETTLE
        self.saved: set[Path] = set()
        self._watched_paths["handbook"] = 1  # what makes it put the reload script into pages
        self.observer = _NoObserver()  # type: ignore[assignment]  # only these three calls are made
        logging.getLogger("mkdocs.livereload").setLevel(logging.ERROR)

    def changed(self, paths: set[Path]) -> None:
        """Files were saved: render and reload."""
        with self._rebuild_cond:
            self.saved |= paths
            self._want_rebuild = True
            self._rebuild_cond.notify_all()

    def _build(self) -> None:
        with self._rebuild_cond:
            paths, self.saved = self.saved, set()
        self.preview.refresh(sorted(paths))

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        """Let the reload script run: the policy of a page allows only inline scripts whose hash it names."""
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        ours = _INLINE.findall(page)[-1]
        return page.replace(b"script-src ", f"script-src '{articles.hash_of(ours)}' ".encode(), 1)

    def _serve_request(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path = str(environ.get("PATH_INFO", ""))
        if self.preview.problems and path.endswith(("/", ".html")) and not path.startswith("/livereload/"):
            return self._page(problem_page(self.preview.problems), start_response)
        if path == f"/{ON_PAPER}":
            return self._page(paper_page(self.preview.pdf, self._visible_epoch), start_response)
        if path == f"/{self.preview.pdf}":
            try:
                self.preview.on_paper()
            except ContentError as error:
                return self._page(problem_page(error.problems), start_response)
        return super()._serve_request(environ, start_response)

    def _page(self, text: str, start_response: Callable[..., Any]) -> list[bytes]:
        """A page of our own, which comes anew after a save."""
        content = self._inject_js_into_html(text.encode(), self._visible_epoch)
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))])
        return [content]


_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class _NoObserver:
    """Stands where the server keeps its own watcher; ours is another."""

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def join(self) -> None:
        """Nothing to wait for."""


def paper_page(pdf: str, version: int) -> str:
    """The book in the browser's own reader; `version` lets the browser ask for it again."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{pdf}</title>'
        "<style>html,body,iframe{height:100%;width:100%;margin:0;border:0;display:block}</style></head>"
        f'<body><iframe src="{pdf}?{version}" title="{pdf}"></iframe></body></html>'
    )


def problem_page(problems: Iterable[Problem]) -> str:
    """The problems as a page, shown in place of the handbook until they are mended."""
    rows = "".join(
        f"<li><code>{html.escape(str(problem.place))}</code><p>{html.escape(problem.what)}</p>"
        f"<p class=advice>{html.escape(problem.advice)}</p></li>"
        for problem, _ in merged(problems)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Something to mend</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1b1f24;"
        "background:#fff}li{margin:0 0 1.5rem;padding:.2rem 1rem;border-left:.3rem solid #a4262c;list-style:none}"
        "ul{padding:0}p{margin:.3rem 0}.advice{color:#444}</style></head><body><main>"
        f"<h1>Something to mend</h1><p>The page comes back by itself when this is mended and saved.</p><ul>{rows}</ul>"
        "</main></body></html>"
    )
