"""Step 7, check: look at what was made, before it is published. Each check yields problems; CHECKS lists them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import articles, blocks, searching
from .checkpdf import can_be_read, page_letters, pdf_problems
from .documents import DEFAULT, Paper, papers
from .library import Profile
from .model import Text
from .plan import Handbook
from .problems import Place, Problem
from .render import Site

LONG_LINE = 40  # letters; a municipality's shorter lines may stand in other texts by chance
LONG_ENOUGH = 24  # letters; shorter pieces may stand in both editions by chance
_STRIDE = 8  # letters from one look for trainer text to the next
_MARK = LONG_ENOUGH - _STRIDE + 1  # letters of a fragment that are sure to stand at such a place
# one of these is in everything that can be left over
_SUSPECT = ("{", "}", ":::", "//", "page:", "None", "Undefined", "Traceback", "<bound", "<function")
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
    papers: tuple[Paper, ...] = ()

    @cached_property
    def files(self) -> frozenset[str]:
        """The paths of all files of the site."""
        folder = self.site.folder
        return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    @cached_property
    def sheets(self) -> dict[str, articles.Sheet]:
        """All HTML pages by their path in the site."""
        pages = sorted(name for name in self.files if name.endswith(".html"))
        return {name: articles.read(self.site.folder / name) for name in pages}

    @cached_property
    def words(self) -> dict[str, str]:
        """The letters of every readable file of the handbook: pages, search index, everything in text.

        Of pages both what is shown and what is written; a line that stands in many, such as those of the menu, once.
        """
        found = {}
        seen: set[str] = set()
        for name, text in self.sources():
            lines = text.splitlines()
            found[name] = articles.letters("\n".join(line for line in lines if line not in seen))
            seen.update(lines)
        for name, sheet in self.sheets.items():
            found[name] += articles.letters(sheet.text)
        for paper, path in self.printed:
            if paper.shape != "booklet":  # it is the workbook again
                found[paper.file] = "".join(page_letters(self.book, paper, path))
        return found

    def sources(self) -> Iterator[tuple[str, str]]:
        """What is written in every readable file."""
        for name in sorted(self.files):
            if name in self.sheets:
                yield name, self.sheets[name].source
            elif name.endswith((".json", ".xml", ".txt", ".ics", ".svg")) or name == searching.INDEX:
                yield name, (self.site.folder / name).read_text(encoding="utf-8", errors="replace")

    @property
    def printed(self) -> list[tuple[Paper, Path]]:
        """The papers and their files: those that are named, or the book alone."""
        if self.papers or self.pdf is None:
            return [(paper, self.site.folder / paper.file) for paper in self.papers]
        return [(paper, self.pdf) for paper in papers(self.book, self.site, DEFAULT)]

    def problem(self, file: str, what: str, advice: str, line: int = 0) -> Problem:
        """A problem at the writer's file behind a page of the site, or at the page itself."""
        page = self.book.by_path.get(file.removesuffix(".html") + ".md")
        source = page.body.file if page and page.body else f"{self.book.name}/{file}"
        return Problem("made", Place(source, 0 if page and page.body else line), what, advice, handbook=self.book.name)


def check(made: Made) -> list[Problem]:
    """All findings on a rendered handbook."""
    if unread := [paper for paper, path in made.printed if not can_be_read(path)]:
        advice = "this is a fault of the printer: please report it"
        return [made.problem(paper.file, "this PDF cannot be read", advice) for paper in unread]
    return [problem for look in CHECKS for problem in look(made)]


def every_page_is_there(made: Made) -> Iterator[Problem]:
    """Each page of the plan became a page of the site."""
    for page in made.book.pages:
        if page.url not in made.sheets:
            yield made.problem(page.url, "the page was not made", "this is a fault of the builder: please report it")


def nothing_is_left_over(made: Made) -> Iterator[Problem]:
    """No template marks, block marks, `None` or tracebacks stand in a page."""
    for name, sheet in made.sheets.items():
        if not any(mark in sheet.text for mark in _SUSPECT):
            continue
        for match in _LEFTOVER.finditer(sheet.text):
            around = " ".join(sheet.text[max(0, match.start() - 30) : match.end() + 30].split())
            yield made.problem(name, f'left over in the page: "{around}"', "look at the source near these words")


def links_arrive(made: Made) -> Iterator[Problem]:
    """Links inside the handbook lead to a file and a name that exist; nothing is asked of another origin."""
    looked_at: set[tuple[str, str, bool]] = set()  # the menu's links are the same on all pages of a folder
    for name, sheet in made.sheets.items():
        for link in sheet.links:
            parts = urlsplit(link.target)
            place = posixpath.dirname(name) if parts.path and name != _LOST else name
            if (place, link.target, link.asks) in looked_at:
                continue
            looked_at.add((place, link.target, link.asks))
            if parts.scheme or parts.netloc:
                if link.asks and parts.scheme != "data":
                    yield made.problem(name, f"{_ASKS}: {link.target}", _KEEP, link.line)
                continue
            yield from _arrives(made, name, link, unquote(parts.path), unquote(parts.fragment))
    for name in sorted(name for name in made.files if name.endswith(".css")):
        for target in articles.asked_by((made.site.folder / name).read_text(encoding="utf-8")):
            if re.match(r"https?:|//", target):
                yield made.problem(name, f"{_ASKS}: {target}", _KEEP)


_LOST = "404.html"
_ASKS = "the page would ask another server"
_KEEP = "keep a copy in the handbook"


def _arrives(made: Made, name: str, link: articles.Link, path: str, fragment: str) -> Iterator[Problem]:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if name == _LOST or path.startswith("/"):
        return  # served at any depth, so its links are absolute
    if target.startswith(".."):
        if target.split("/")[1:2] not in [[language] for language in made.book.municipality.languages]:
            yield made.problem(name, f"this link leaves the handbook: {link.target}", "use page:… links", link.line)
        return
    index = posixpath.normpath(posixpath.join(target, "index.html"))
    target = index if index in made.files else target
    if target not in made.files and not (made.pdf and target == made.pdf.name):
        yield made.problem(name, f"this link leads nowhere: {link.target}", "use page:… links", link.line)
    elif fragment and target in made.sheets and fragment not in made.sheets[target].names | {"__skip"}:
        yield made.problem(
            name, f"there is no such place: {link.target}", "name the heading: ## Title {#name}", link.line
        )


def policy_is_kept(made: Made) -> Iterator[Problem]:
    """Nothing stands in a page that browsers would refuse, because the page's policy does not allow it."""
    for name, sheet in made.sheets.items():
        for what, line in sheet.refused:
            advice = (
                "browsers refuse styles and scripts inside pages: give it a class, and the class its style in theme/"
            )
            yield made.problem(name, f"this will not work in the page: {what}", advice, line)


def editions_are_apart(made: Made) -> Iterator[Problem]:
    """No text of the trainer edition stands anywhere in the participant edition."""
    if made.book.edition != "participant":
        return
    pieces = list(_trainer_text(made.book))
    found = _found({fragment for _, fragment in pieces}, made.words)
    for file, fragment in pieces:
        if name := found.get(fragment):
            yield Problem(
                "leak", Place(file), f"trainer text is in the participants' {name}: “{fragment[:60]}…”",
                "the same words stand outside a trainer block too: change one of them", handbook=made.book.name,
            )  # fmt: skip


def _found(fragments: set[str], words: Mapping[str, str]) -> dict[str, str]:
    """The first file in which a fragment stands, for those that stand in any.

    Thousands of fragments in millions of letters: only the letters at every eighth place are compared, with what
    may stand there when a fragment begins at one of the eight places before.
    """
    marks: dict[str, list[str]] = {}
    for fragment in fragments:
        for start in range(_STRIDE):
            marks.setdefault(fragment[start : start + _MARK], []).append(fragment)
    found: dict[str, str] = {}
    places = [slice(at, at + _MARK) for at in range(0, max(map(len, words.values()), default=0), _STRIDE)]
    for name, letters in words.items():
        there = map(letters.__getitem__, places[: len(letters) // _STRIDE + 1])
        for mark in marks.keys() & there:
            found.update((fragment, name) for fragment in marks[mark] if fragment not in found and fragment in letters)
    return found


def _trainer_text(book: Handbook) -> Iterator[tuple[str, str]]:
    """Pieces of text that only trainers may read, as letters; not those that participants read as well."""
    pieces = [
        (page.body.file, letters)
        for page in book.pages
        if page.body
        for piece in _PARTS.split(_plain(_only_trainer(page.body.nodes)))
        if len(piece) >= LONG_ENOUGH and len(letters := articles.letters(piece)) >= LONG_ENOUGH
    ]
    open_nodes = (page.body.manuscript.editions["participant"] for page in book.pages if page.body)
    open_text = articles.letters(_plain("\n".join(line.text for nodes in open_nodes for line in blocks.lines(nodes))))
    read_by_all = _found({letters for _, letters in pieces}, {"": open_text})
    yield from ((file, letters) for file, letters in pieces if letters not in read_by_all)


_PARTS = re.compile(r"[|\n]|\{\{.*?\}\}|\{%.*?%\}")  # lines, cells, and what stands around calls


def _only_trainer(nodes: tuple[blocks.Node, ...]) -> str:
    inside = (block for block in blocks.walk(nodes) if block.name in blocks.TRAINER_ONLY or block.name == "answer")
    return "\n".join(line.text for block in inside for line in blocks.lines((block,)))


def _plain(markdown: str) -> str:
    """Markdown without link targets and attributes, which readers do not see."""
    return re.sub(r"\]\([^)\n]*\)|\{:[^}\n]*\}", " ", markdown)


def cities_are_apart(made: Made) -> Iterator[Problem]:
    """No other municipality's own words stand in the handbook (the PDF is made of the same articles)."""
    texts = {name: articles.spoken(sheet.text) for name, sheet in made.sheets.items()}
    if searching.INDEX in made.files:
        texts[searching.INDEX] = articles.spoken((made.site.folder / searching.INDEX).read_text(encoding="utf-8"))
    there = {word for text in texts.values() for word in text.split()}
    known = cache(lambda: articles.spoken(" ".join(_common_words(made.book))))
    for slug, profile in made.book.library.profiles.items():
        if slug == made.book.slug:
            continue
        for words in dict.fromkeys(_own_words(profile)):
            spoken = articles.spoken(words)
            if not there.issuperset(spoken.split()) or spoken in known():
                continue
            for name, text in texts.items():
                if spoken in text:
                    what = f'words of {slug} stand here: "{words[:60]}"'
                    yield made.problem(name, what, "look for a fixed name in the text")


def _common_words(book: Handbook) -> Iterator[str]:
    """What may stand in any handbook: this city's own words, the shared texts, the vocabulary and the glossary."""
    yield from _own_words(book.profile)
    yield from (line.text for page in book.pages if page.body for line in blocks.lines(page.body.nodes))
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
        yield from text.all()
    for prose in profile.prose.values():
        yield from (part for own in prose.values() for part in re.split(r"\n\s*\n", own.text) if len(part) > LONG_LINE)
    for case in profile.cases.values():
        for body in case.bodies.values():
            yield from (part for line in body.manuscript.prose for part in _own_parts(line.text))


def _own_parts(line: str) -> list[str]:
    """What a reader sees of a line of a case, without calls, marks and what is too short to be its own."""
    return [part for part in re.split(r"[|*_]|\{\{.*?\}\}", _plain(line)) if len(part) > LONG_LINE]


def papers_are_right(made: Made) -> Iterator[Problem]:
    """Every PDF holds all its text, in order, and the facts that readers and screen readers need."""
    yield from pdf_problems(made.book, made.printed)


CHECKS: tuple[Callable[[Made], Iterator[Problem]], ...] = (
    every_page_is_there,
    nothing_is_left_over,
    links_arrive,
    policy_is_kept,
    editions_are_apart,
    cities_are_apart,
    papers_are_right,
)
