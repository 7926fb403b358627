"""Step 5, render: the stage becomes a site, through MkDocs used as a library. The only import of mkdocs.

MkDocs and its plugins log and exit; here their warnings and exits become problems.
"""

from __future__ import annotations

import functools
import html
import itertools
import logging
import os
import posixpath
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # read once, when the theme is imported

import mkdocs_macros.plugin
from jinja2 import FileSystemBytecodeCache, FileSystemLoader, pass_context
from jinja2.runtime import Context
from markdown import Markdown
from mkdocs.commands.build import _build_page, _populate_page, build
from mkdocs.config import Config, load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.pages import _RelativePathTreeprocessor
from mkdocs.structure.toc import get_toc
from mkdocs.utils import normalize_url

from . import articles, colour, figures, names, searching, sharing
from .plan import Handbook, NavItem
from .problems import ContentError, Place, Problem
from .reader import reader
from .stage import Stage

# it would run git a dozen times and put the machine's facts into every page's namespace; writers use neither
setattr(mkdocs_macros.plugin, "define_env", lambda _env: None)  # noqa: B010  # the module does not export it


SECONDS_A_PAGE = 20
JOINED = "assets/site.css"  # in the folder of those that have pictures and fonts beside them
_SHEET = re.compile(r'[ \t]*<link rel="stylesheet" href="((?:\.\./)*)(assets/[^"]+\.css)">[ \t]*\n?')


@dataclass(frozen=True)
class Site:
    """A rendered handbook: its folder, and each page's article as HTML, for the PDF."""

    folder: Path
    articles: Mapping[str, str]


def render(book: Handbook, staged: Stage, folder: Path, config_file: Path, download: str = "") -> Site:
    """Render the whole handbook into `folder`; `download` is the file name of the PDF that will lie there.

    Raises:
        ContentError: with everything MkDocs warned about.
    """
    kit = Kit(book, staged, folder, config_file, download)
    kit.config.extra["offline"] = True  # not in a preview, where a page must be new each time
    kit.bridge.sheets = []
    kit.all()
    _join(kit.bridge.sheets, folder)
    return Site(folder, kit.bridge.articles)


def warm(config_file: Path) -> None:
    """Load the theme, plugins and extensions, so that the processes that fork after this share them."""
    with suppress(MkDocsException, SystemExit), _quiet():  # each handbook's own build tells what is wrong
        load_config(str(config_file))


def _join(sheets: list[str], folder: Path) -> None:
    """All style sheets of the pages as one: a phone waits for one answer instead of seven before it shows anything."""
    texts = [(folder / name).read_text(encoding="utf-8").removeprefix('@charset "UTF-8";') for name in sheets]
    (folder / JOINED).write_text('@charset "UTF-8";\n' + "\n".join(texts), encoding="utf-8")
    for name in sheets:
        if name != "assets/city.css":  # a printer may want the city's colours alone
            (folder / name).unlink()
    with suppress(OSError):  # somebody's own theme may have put more there
        (folder / "assets" / "stylesheets").rmdir()


def _tidy(book: Handbook, articles: Mapping[str, str], folder: Path) -> None:
    """Put the search in its place, and take away what no reader of this handbook can use."""
    searching.prepare(book, articles, folder)
    if not (sharing.address_of(book) and sharing.may_be_listed(book)):
        for path in folder.glob("sitemap.xml*"):
            path.unlink()  # without an address it is empty, and it would call those whom the pages send away


class Kit:
    """MkDocs, set up for one handbook and kept warm, so that a preview can render single pages again."""

    def __init__(self, book: Handbook, staged: Stage, folder: Path, config_file: Path, download: str = "") -> None:
        self.book = book
        self.staged = staged
        compiled = staged.folder / "templates"  # the theme's templates, which need not be compiled for each build
        compiled.mkdir(exist_ok=True)
        self.bridge = Bridge(book, compiled)
        with _quiet() as keep:
            try:
                self.config = _config(book, staged, folder, config_file, download)
            except (MkDocsException, SystemExit) as error:
                found = keep.records or [str(error)]
                advice = "mend this file; the builder's own mkdocs.yml shows what it may hold"
                raise ContentError(
                    Problem("config", Place(config_file.name), what.strip(), advice) for what in found
                ) from error
            self.config.plugins["handbook"] = self.bridge
            _skip_icons(self.config.theme)

    def all(self) -> None:
        """Render every page."""
        with _as_problems(self.book, self.staged):
            build(self.config)
        _tidy(self.book, self.bridge.articles, Path(self.config.site_dir))

    def pages(self, names: frozenset[str]) -> None:
        """Render some pages again, as `all` left everything else."""
        files, nav = self.bridge.files, self.bridge.nav
        assert files is not None and nav is not None  # `all` ran before
        documents = files.documentation_pages(inclusion=InclusionLevel.is_included)
        with _as_problems(self.book, self.staged):
            chosen = [file for file in documents if file.src_uri in names]
            for file in chosen:
                file.__dict__.pop("content_bytes", None)  # the text that was read before
                assert file.page is not None  # every page of the stage is in the menu
                _populate_page(file.page, self.config, files)
            for file in chosen:
                assert file.page is not None
                _build_page(file.page, self.config, documents, nav, self.bridge.env)


class _Loader(FileSystemLoader):
    """Lists the theme's files without those in folders that begin with a dot.

    MkDocs publishes none of them, but looks at each: at 14,000 icons.
    """

    def list_templates(self) -> list[str]:
        found: set[str] = set()
        for place in self.searchpath:
            for folder, folders, files in os.walk(place):
                folders[:] = [name for name in folders if not name.startswith(".")]
                found.update((Path(folder) / name).relative_to(place).as_posix() for name in files)
        return sorted(found)


def _skip_icons(theme: Any) -> None:
    made = theme.get_env

    def get_env() -> Any:
        env = made()
        env.loader = _Loader(theme.dirs)
        return env

    theme.get_env = get_env


class _NoOptions(Config):  # type: ignore[no-untyped-call]
    """Our side needs no options in mkdocs.yml."""


class Bridge(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]
    """Our side of MkDocs' events: the sandbox for macros, the articles."""

    def __init__(self, book: Handbook, compiled: Path) -> None:
        super().__init__()
        self.book = book
        self.compiled = compiled
        self.articles: dict[str, str] = {}
        self.sheets: list[str] | None = None  # the style sheets that pages have in common, when they become one
        self.files: Files | None = None
        self.nav: Navigation | None = None
        self.env: Any = None

    @event_priority(-100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """After the macros plugin has made its environment: put a sandbox in its place."""
        plugin: Any = config.plugins["macros"]
        sandbox = names.environment()
        sandbox.globals.update(plugin.macros)
        plugin._env = sandbox  # the plugin has no other way to choose its environment
        plugin.render = self._render(plugin, sandbox)
        return config

    def _render(self, plugin: Any, sandbox: Any) -> Any:
        city = self.book.city

        def run(markdown: str, force_rendering: bool = False) -> str:
            del force_rendering
            try:
                with _at_most(SECONDS_A_PAGE):
                    return names.run(sandbox, markdown, city=city)
            except MemoryError as error:
                asked = MemoryError("it asks for more memory than there is")
                raise _MacroError(plugin.page.file.src_uri, asked) from error
            except Exception as error:
                raise _MacroError(plugin.page.file.src_uri, error) from error

        return run

    @event_priority(-100)
    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Leave out what no page loads: Material's scripts, and the theme's designs for paper."""
        del config
        for file in list(files):
            if file.src_uri.startswith(("assets/javascripts/", "print/")) or file.src_uri.endswith(".map"):
                files.remove(file)
        return files

    @event_priority(-100)
    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep what a preview needs, and have one reader read all pages."""
        self.nav, self.files = nav, files
        one = reader(config.markdown_extensions, config.mdx_configs)
        for page in nav.pages:
            setattr(page, "render", functools.partial(_read, page, one))  # noqa: B010  # it is a method there
        return nav

    @event_priority(-100)
    def on_env(self, env: Any, /, *, config: MkDocsConfig, files: Files) -> Any:
        """Keep the theme's warm environment."""
        del config, files
        env.filters["hash_of"] = lambda text: articles.hash_of(text.encode())
        env.globals["head_of"] = sharing.heads(self.book)
        env.globals["menu"] = _menu({})
        env.bytecode_cache = FileSystemBytecodeCache(str(self.compiled))
        self.env = env
        return env

    @event_priority(-100)
    def on_post_page(self, output: str, /, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Mend what is not valid HTML in Material's own frame: check boxes know no autocomplete. One style sheet."""
        del page, config
        output = _NOT_VALID.sub(r"\1", output)
        head, end, body = output.partition("</head>")
        first = _SHEET.search(head)
        if self.sheets is None or first is None:
            return output
        self.sheets = [name for _, name in _SHEET.findall(head)]  # the same on each page
        one = f'<link rel="stylesheet" href="{first[1]}{JOINED}">\n'
        return head[: first.start()] + one + _SHEET.sub("", head[first.end() :]) + end + body

    @event_priority(-100)
    def on_page_content(self, html: str, /, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Keep the article for the PDF. The columns of its tables are set by class: pages refuse style attributes."""
        del config, files
        html = _ALIGNED.sub(_aligned, html)
        self.articles[page.file.src_uri] = html
        return _with_drawings(self.book, html)


def _menu(drawn: dict[object, str]) -> Callable[[Context], str]:
    """The menu of a page. It is drawn once for the pages of a chapter that lie in one folder."""

    @pass_context
    def menu(context: Context) -> str:
        page = context["page"]
        chapter = (posixpath.dirname(page.url), *map(id, page.ancestors))
        if chapter not in drawn:
            drawn[chapter] = context.environment.get_template("partials/nav.html").render(context.get_all())
        here = f'<a href="{normalize_url(page.url, page)}"'
        return drawn[chapter].replace(f"{here}>", f'{here} aria-current="page">', 1)

    return menu


def _read(page: MkDocsPage, one: Markdown, config: MkDocsConfig, files: Files) -> None:
    """The page's Markdown as HTML, and its links, whose places MkDocs looks for. Its title is in its front matter."""
    assert page.markdown is not None  # its file has been read
    one.reset()
    links = _RelativePathTreeprocessor(page.file, files, config)
    links._register(one)
    page.content = one.convert(page.markdown)
    page.toc = get_toc(getattr(one, "toc_tokens", []))
    page.links_to_anchors = links.links_to_anchors
    page.present_anchor_ids = set(_PLACE.findall(page.content))


_PLACE = re.compile(r"""<[^>]*?\s(?:id|name)=["']?([^"'\s>]+)""")


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """End what takes longer, where the system can: in the main thread of a process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError(f"took longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


_ALIGNED = re.compile(r'<(t[hd])\b([^>]*?) style="text-align: (left|center|right);"([^>]*)>')


def _aligned(cell: re.Match[str]) -> str:
    tag, before, side, after = cell.groups()
    attributes = before + after
    if ' class="' in attributes:
        attributes = attributes.replace(' class="', f' class="to-{side} ', 1)
        return f"<{tag}{attributes}>"
    return f'<{tag} class="to-{side}"{attributes}>'


_DRAWING = re.compile(r'<img src="[./]*figures/([a-z0-9-]+)\.svg" alt="([^"]*)"[^>]*>')


def _with_drawings(book: Handbook, article: str) -> str:
    """An article with its figures in it: a picture file could use neither the site's fonts nor its dark colours."""
    count = itertools.count(1)

    def drawn(found: re.Match[str]) -> str:
        key, alt = found.groups()
        drawing = book.library.figures[key]
        source = drawing.svg.read_bytes()
        accent = colour.readable(book.municipality.look.accent, colour.WHITE)
        raw = figures.localised(
            source, f"docs/figures/{key}.svg", lambda word: book.text(drawing.words.texts[word]),
            figures.ACCENT if figures.has_known_colours(source) else accent,
        )  # fmt: skip
        return figures.inline(raw, f"figure-{next(count)}", html.unescape(alt)) or found[0]

    return _DRAWING.sub(drawn, article)


_NOT_VALID = re.compile(r'(<input class="md-toggle"[^>]*?) autocomplete="off"')


class _MacroError(Exception):
    """A macro failed while a page was rendered."""

    def __init__(self, page: str, error: Exception) -> None:
        super().__init__(f"{page}: {error}")
        self.page = page
        self.error = error


def _config(book: Handbook, staged: Stage, folder: Path, config_file: Path, download: str) -> MkDocsConfig:
    config = load_config(
        str(config_file),
        docs_dir=str(staged.docs),
        site_dir=str(folder),
        site_name=html.escape(book.say("handbook-title", city=book.city.name)),
        site_url=sharing.address_of(book),
        site_author=html.escape(book.city.owner),
        nav=[_nav(item) for item in book.nav],
        extra=_extra(book, download),
        strict=False,  # every warning becomes a problem below
    )
    config.theme["language"] = book.language
    if book.municipality.look.logo:
        config.theme["logo"] = f"assets/logo{Path(book.municipality.look.logo).suffix}"
    return config


def _extra(book: Handbook, download: str) -> dict[str, Any]:
    """What the theme's templates show; plain text, which they escape."""
    own_names = {code: book.library.phrases[f"language-{code}"].to(code).capitalize() for code in _languages(book)}
    about = [page for page in book.pages if page.address in {"accessibility", "privacy", "colophon"}]
    texts = ("menu", "close-menu", "search", "close-search", "on-this-page", "language", "dark", "not-found-title",
             "not-found-text", "back-home", "term-again", "skip-to-content")  # fmt: skip
    trainer = book.edition == "trainer"
    return {
        "handbook": book,
        "generator": False,
        "city_name": book.city.name,
        "accent": colour.readable(book.municipality.look.accent, colour.WHITE),
        "accent_night": colour.readable(book.municipality.look.accent, colour.NIGHT),
        "edition": book.edition,
        "edition_label": book.say("edition-trainer") if trainer else "",
        "alternate": [{"lang": code, "name": name, "link": f"../{code}/"} for code, name in own_names.items()],
        "footer_links": [{"title": page.title, "url": page.url} for page in about],
        "licence": {"title": "CC BY 4.0", "url": sharing.LICENCE},
        "download": {"title": book.say("download-trainer-guide" if trainer else "download-workbook"), "url": download}
        if download
        else None,
        "texts": {
            **{name.replace("-", "_"): book.say(name) for name in texts},
            "place_of": book.text(book.library.phrases["place-of"]),  # the template fills in its numbers
        },
        "script_texts": {
            part: {name: book.text(book.library.phrases[name]) for name in keys}  # the scripts fill in {n} themselves
            for part, keys in _SCRIPT_TEXTS.items()
        },
    }


# what the scripts of theme/assets say, by the part of the page that needs it (theme/partials/interactive.html)
_SCRIPT_TEXTS = {
    "all": ("cancel",),
    "offline": ("new-edition", "show-new-edition", "not-now"),
    "search": ("search-begin", "search-none", "search-one", "search-many", "search-failed"),
    "sheets": ("kept-here", "your-answers", "kept", "not-kept", "sheet-changed", "print-filled", "save-answers",
               "load-answers", "clear-sheet", "clear-all", "ask-clear-sheet", "ask-clear-all", "ask-replace", "clear",
               "replace", "cleared", "answers-saved", "answers-loaded", "answers-none", "answers-file", "file-large",
               "file-unreadable", "file-foreign", "file-broken", "table-row", "write-here", "with-answers"),
    "room": ("in-the-room", "start-now", "minutes-late", "suggest-cuts", "back-to-plan", "room-hint", "room-times",
             "room-on-time", "room-over", "room-early", "room-not-enough", "room-now", "leave-out", "left-out",
             "shorten-by", "make-shorter", "materials-ready", "untick-all", "timer", "timer-for", "timer-steps",
             "timer-then", "timer-last-minute", "timer-over", "timer-pause", "timer-go-on", "timer-more",
             "timer-next", "timer-back", "timer-sound", "timer-full", "timer-small", "timer-large", "timer-stop"),
    "finder": ("find-cases", "theme", "department", "switch", "any-theme", "any-department", "any-switch",
               "cases-found", "cases-none", "show-all"),
}  # fmt: skip


def _languages(book: Handbook) -> tuple[str, ...]:
    return book.municipality.languages if len(book.municipality.languages) > 1 else ()


def _nav(item: NavItem) -> dict[str, Any]:
    title = html.escape(item.title, quote=False)
    return {title: [_nav(child) for child in item.children]} if item.children else {title: item.page and item.page.path}


class _Records(logging.Handler):
    """Keeps warnings and errors instead of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record.getMessage())


@contextmanager
def _quiet() -> Iterator[_Records]:
    """MkDocs' own log goes nowhere; warnings are kept."""
    log = logging.getLogger("mkdocs")
    keep = _Records()
    before, level = log.propagate, log.level
    log.propagate, log.level = False, logging.WARNING
    log.addHandler(keep)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        yield keep
    finally:
        log.removeHandler(keep)
        log.propagate, log.level = before, level
        if epoch is None:
            os.environ.pop("SOURCE_DATE_EPOCH", None)


@contextmanager
def _as_problems(book: Handbook, staged: Stage) -> Iterator[None]:
    """Whatever MkDocs warns about, aborts with or dies of becomes problems of the handbook."""

    def problem(what: str, page: str = "") -> Problem:
        return Problem("render", Place(_source(book, staged, page)), what, _ADVICE, handbook=book.name)

    def found(keep: _Records) -> list[Problem]:
        return [problem(record.strip(), _page_in(record, book)) for record in keep.records]

    with _quiet() as keep:
        os.environ.setdefault("SOURCE_DATE_EPOCH", str(_epoch(book)))
        try:
            yield
        except _MacroError as error:
            raise ContentError([problem(f"a macro failed: {error.error}", error.page)]) from error
        except SystemExit as error:
            raise ContentError(found(keep) or [problem(f"the site could not be made: {error}")]) from error
    if keep.records:
        raise ContentError(found(keep))


_ADVICE = "look at the page in the stage (build/…/docs) to see what the renderer was given"


def _epoch(book: Handbook) -> int:
    """Seconds since 1970 of the edition's date: the only clock a build knows."""
    day = book.municipality.date
    return (day.toordinal() - 719163) * 86400


def _page_in(record: str, book: Handbook) -> str:
    return next((path for path in sorted(book.by_path, key=len, reverse=True) if f"'{path}'" in record), "")


def _source(book: Handbook, staged: Stage, path: str) -> str:
    """The writer's file behind a staged page."""
    page = book.by_path.get(path)
    if page and page.body:
        return page.body.file
    return path or staged.docs.as_posix()
