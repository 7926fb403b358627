"""Step 7, check: look at what was made, before it is published. Each check yields problems; CHECKS lists them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # ships no types

from . import articles, blocks
from .library import LocalText, Profile
from .model import Text
from .plan import Handbook
from .problems import Place, Problem
from .render import Site

MARGIN = 50  # points; running heads and page numbers stand in the outer 20 mm of a printed page
LONG_ENOUGH = 24  # letters; shorter pieces may stand in both editions by chance
# what print adds to links: "→ p. 34", "(rotterdam.nl)"
_ADDED = re.compile(r"→\s*(?:p|blz)\.\s*\d+|\(\s*(?:[\w-]+\.)+[a-z]{2,}\s*\)")
_LEFTOVER = re.compile(
    r"\{\{|\{%|%\}|^:::|^/{3,}( |$)|\bpage:[a-z]|^None$|\bUndefined\b"
    r"|Traceback \(most recent call|<bound method|<function ",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Made:
    """A rendered handbook and its PDF, if there is one, with its pages read once."""

    book: Handbook
    site: Site
    pdf: Path | None

    @cached_property
    def sheets(self) -> dict[str, articles.Sheet]:
        """All HTML pages by their path in the site."""
        folder = self.site.folder
        return {path.relative_to(folder).as_posix(): articles.read(path) for path in sorted(folder.rglob("*.html"))}

    @cached_property
    def words(self) -> dict[str, str]:
        """The letters of every readable file of the handbook: pages, search index, everything in text."""
        found = {}
        for path in sorted(self.site.folder.rglob("*")):
            if path.suffix in {".html", ".json", ".xml", ".txt", ".ics"}:
                found[path.relative_to(self.site.folder).as_posix()] = articles.letters(
                    path.read_text(encoding="utf-8", errors="replace")
                )
        for name, sheet in self.sheets.items():
            found[name] += articles.letters(sheet.text)
        if self.pdf:
            found[self.pdf.name] = self.pdf_letters
        return found

    @cached_property
    def pdf_letters(self) -> str:
        """The letters of the PDF's pages, without running heads and page numbers."""
        assert self.pdf  # asked for only when there is one
        with pypdfium2.PdfDocument(self.pdf) as document:
            found = []
            for page in document:
                width, height = page.get_size()
                text = page.get_textpage().get_text_bounded(0, MARGIN, width, height - MARGIN)
                found.append(articles.letters(_ADDED.sub(" ", text)))
        return "".join(found)

    def problem(self, file: str, what: str, advice: str, line: int = 0) -> Problem:
        """A problem at the writer's file behind a page of the site, or at the page itself."""
        page = self.book.by_path.get(file.removesuffix(".html") + ".md")
        source = page.body.file if page and page.body else f"{self.book.name}/{file}"
        return Problem("made", Place(source, 0 if page and page.body else line), what, advice, handbook=self.book.name)


def check(made: Made) -> list[Problem]:
    """All findings on a rendered handbook."""
    return [problem for look in CHECKS for problem in look(made)]


def every_page_is_there(made: Made) -> Iterator[Problem]:
    """Each page of the plan became a page of the site."""
    for page in made.book.pages:
        if page.url not in made.sheets:
            yield made.problem(page.url, "the page was not made", "this is a fault of the builder: please report it")


def nothing_is_left_over(made: Made) -> Iterator[Problem]:
    """No template marks, block marks, `None` or tracebacks stand in a page."""
    for name, sheet in made.sheets.items():
        for match in _LEFTOVER.finditer(sheet.text):
            around = " ".join(sheet.text[max(0, match.start() - 30) : match.end() + 30].split())
            yield made.problem(name, f'left over in the page: "{around}"', "look at the source near these words")


def links_arrive(made: Made) -> Iterator[Problem]:
    """Links inside the handbook lead to a file and a name that exist; nothing is asked of another origin."""
    for name, sheet in made.sheets.items():
        for link in sheet.links:
            parts = urlsplit(link.target)
            if parts.scheme or parts.netloc:
                if link.asks and parts.scheme != "data":
                    what = f"the page would ask another server: {link.target}"
                    yield made.problem(name, what, "keep a copy in the handbook", link.line)
                continue
            yield from _arrives(made, name, link, unquote(parts.path), unquote(parts.fragment))


def _arrives(made: Made, name: str, link: articles.Link, path: str, fragment: str) -> Iterator[Problem]:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if name == "404.html" or path.startswith("/"):
        return  # served at any depth, so its links are absolute
    if target.startswith(".."):
        if target.split("/")[1:2] not in [[language] for language in made.book.municipality.languages]:
            yield made.problem(name, f"this link leaves the handbook: {link.target}", "use page:… links", link.line)
        return
    if (made.site.folder / target).is_dir():
        target = posixpath.join(target, "index.html")
    if not (made.site.folder / target).is_file() and not (made.pdf and target == made.pdf.name):
        yield made.problem(name, f"this link leads nowhere: {link.target}", "use page:… links", link.line)
    elif fragment and target in made.sheets and fragment not in made.sheets[target].names | {"__skip"}:
        yield made.problem(
            name, f"there is no such place: {link.target}", "name the heading: ## Title {#name}", link.line
        )


def editions_are_apart(made: Made) -> Iterator[Problem]:
    """No text of the trainer edition stands anywhere in the participant edition."""
    if made.book.edition != "participant":
        return
    for file, fragment in _trainer_text(made.book):
        for name, letters in made.words.items():
            if fragment in letters:
                yield Problem(
                    "leak", Place(file), f"trainer text is in the participants' {name}: “{fragment[:60]}…”",
                    "the same words stand outside a trainer block too: change one of them", handbook=made.book.name,
                )  # fmt: skip
                break


def _trainer_text(book: Handbook) -> Iterator[tuple[str, str]]:
    """Pieces of text that only trainers may read, as letters; not those that participants read as well."""
    open_text = articles.letters(" ".join(_plain(line.text) for line in _lines(book, "participant")))
    for page in book.pages:
        if page.body is None:
            continue
        for line in _only_trainer(page.body.nodes):
            for piece in re.split(r"[|]|\{\{.*?\}\}|\{%.*?%\}", line.text):
                letters = articles.letters(_plain(piece))
                if len(letters) >= LONG_ENOUGH and letters not in open_text:
                    yield page.body.file, letters


def _lines(book: Handbook, edition: str) -> Iterator[blocks.Line]:
    for page in book.pages:
        if page.body:
            yield from blocks.lines(blocks.for_edition(page.body.nodes, edition))


def _only_trainer(nodes: tuple[blocks.Node, ...]) -> Iterator[blocks.Line]:
    for block in blocks.walk(nodes):
        if block.name in blocks.TRAINER_ONLY or block.name == "answer":
            yield from blocks.lines((block,))


def _plain(markdown: str) -> str:
    """A line of Markdown without link targets and attributes, which readers do not see."""
    return re.sub(r"\]\([^)]*\)|\{:[^}]*\}", " ", markdown)


def cities_are_apart(made: Made) -> Iterator[Problem]:
    """No other municipality's own words stand in the handbook (the PDF is made of the same articles)."""
    known = _spoken(" ".join(_common_words(made.book)))
    texts = {name: _spoken(sheet.text) for name, sheet in made.sheets.items()}
    for path in sorted(made.site.folder.glob("search/*.json")):
        texts[path.relative_to(made.site.folder).as_posix()] = _spoken(path.read_text(encoding="utf-8"))
    for slug, profile in made.book.library.profiles.items():
        if slug == made.book.slug:
            continue
        for words in dict.fromkeys(_own_words(profile)):
            if (spoken := _spoken(words)) in known:
                continue
            for name, text in texts.items():
                if spoken in text:
                    what = f'words of {slug} stand here: "{words[:60]}"'
                    yield made.problem(name, what, "look for a fixed name in the text")


def _spoken(text: str) -> str:
    """The words of a text in lower case, each between spaces."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(words)} "


def _common_words(book: Handbook) -> Iterator[str]:
    """What may stand in any handbook: this city's own words, the shared texts, the vocabulary and the glossary."""
    yield from _own_words(book.profile)
    yield from (line.text for line in _lines(book, "trainer"))
    of = book.library
    yield of.vocabulary.model_dump_json()
    yield from (term.model_dump_json() for term in of.glossary.values())


def _own_words(profile: Profile) -> Iterator[str]:
    """What only this municipality says: names, local lines, own prose."""
    of = profile.municipality
    texts: list[Text] = [of.name, of.owner]
    texts += [item.line for item in of.themes]
    texts += [item.name for items in (of.departments, of.partners, of.districts) for item in items]
    for text in texts:
        yield from [text.root] if isinstance(text.root, str) else text.root.values()
    for prose in profile.prose.values():
        yield from (paragraph for own in prose.values() for paragraph in _paragraphs(own))


def _paragraphs(own: LocalText) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", own.text) if len(part) > 40]


def pdf_is_whole(made: Made) -> Iterator[Problem]:
    """Every piece of every article's text is in the PDF."""
    if made.pdf is None:
        return
    for path, article in made.site.articles.items():
        for piece in articles.pieces_of(article):
            if articles.letters(_ADDED.sub(" ", piece)) not in made.pdf_letters:
                what = f'not in {made.pdf.name}: "{piece[:70]}"'
                yield made.problem(
                    path.removesuffix(".md") + ".html", what, "the printer lost it; see guide/architecture.md"
                )


def pdf_has_its_facts(made: Made) -> Iterator[Problem]:
    """The PDF has pages, a title, an author, its language, tags, bookmarks, and its fonts inside."""
    if made.pdf is None:
        return
    with pikepdf.open(made.pdf) as document:
        marks: Any = document.Root.get("/MarkInfo", {})
        facts = {
            "pages": len(document.pages) > 2,
            "a title": bool(str(document.docinfo.get("/Title", "")).strip()),
            "an author": bool(str(document.docinfo.get("/Author", "")).strip()),
            "its language": str(document.Root.get("/Lang", "")) == made.book.language,
            "tags": bool(marks.get("/Marked", False)),
            "bookmarks": "/Outlines" in document.Root,
            "its fonts inside": all(_embedded(font) for font in _fonts(document)),
        }
    for fact, there in facts.items():
        if not there:
            yield made.problem(
                made.pdf.name, f"the PDF has not {fact}", "this is a fault of the printer: please report it"
            )


def _fonts(document: pikepdf.Pdf) -> Iterator[Any]:
    for page in document.pages:
        resources: Any = page.get("/Resources", {})
        yield from resources.get("/Font", {}).values()


def _embedded(font: Any) -> bool:
    for below in font.get("/DescendantFonts", [font]):
        descriptor: Any = below.get("/FontDescriptor", {})
        if not any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")):
            return bool(font.get("/Subtype") == "/Type3")
    return True


CHECKS: tuple[Callable[[Made], Iterator[Problem]], ...] = (
    every_page_is_there,
    nothing_is_left_over,
    links_arrive,
    editions_are_apart,
    cities_are_apart,
    pdf_is_whole,
    pdf_has_its_facts,
)
