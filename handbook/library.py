"""What was read from a project: the records that load fills and all later steps use. Frozen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import RootModel

from . import blocks, yamlfile
from .model import (
    EDITIONS,
    SOURCE_LANGUAGE,
    Curriculum,
    Figure,
    Key,
    Municipality,
    PageMatter,
    Section,
    Style,
    Term,
    Text,
    Vocabulary,
)

# the name is looked for behind the bracket: an expression that begins with one letter is searched for much faster
_CALL = re.compile(r"\((?:(?<=\b(local)\()|(?<=\b(figure)\()|(?<=\b(sheet)\()|(?<=\b(term)\())\s*[\"']([a-z0-9-]+)")
_SHEET_LINK = re.compile(r"page:sheets/([a-z0-9-]+)")


def _calls(lines: Iterable[blocks.Line]) -> frozenset[tuple[str, str]]:
    text = "\n".join(line.text for line in lines)
    links = {("sheet", key) for key in _SHEET_LINK.findall(text)}
    return frozenset(("".join(names), word) for *names, word in _CALL.findall(text)) | links


class Glossary(RootModel[dict[Key, Term]]):
    """`curricula/glossary.yml`."""


class Phrases(RootModel[dict[Key, Text]]):
    """`curricula/phrases.yml`: the words that the builder itself puts on pages."""


class Outline(RootModel[tuple[Key | Section, ...]]):
    """`docs/outline.yml`: the order of the pages."""


@dataclass(frozen=True)
class Manuscript:
    """A Markdown file as it was read: the places of its front matter, and its text as a tree of blocks."""

    places: yamlfile.Document
    nodes: tuple[blocks.Node, ...]
    first_line: int
    last_line: int

    @cached_property
    def prose(self) -> tuple[blocks.Line, ...]:
        """The lines outside code fences."""
        return tuple(blocks.prose(self.nodes))

    @cached_property
    def headings(self) -> tuple[tuple[blocks.Line, re.Match[str]], ...]:
        """The headings among them, taken apart: level, words, and the name that its writer gave it."""
        lines = (line for line in self.prose if line.text.startswith("#"))
        return tuple((line, match) for line in lines if (match := blocks.HEADING.match(line.text)))

    @cached_property
    def editions(self) -> Mapping[str, tuple[blocks.Node, ...]]:
        """The tree of each edition; the same one twice when nothing is for one of them alone."""
        if blocks.is_for_all(self.nodes):
            return dict.fromkeys(EDITIONS, self.nodes)
        return {edition: blocks.for_edition(self.nodes, edition) for edition in EDITIONS}

    @cached_property
    def called(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """For each edition, which macros are called with which fixed first word: ("figure", "five-roles")."""
        if blocks.is_for_all(self.nodes):
            return dict.fromkeys(EDITIONS, _calls(self.prose))
        return {edition: _calls(blocks.prose(nodes)) for edition, nodes in self.editions.items()}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The text of each edition, each line on its line of the file; once when nothing is for one of them alone."""
        trees = [self.nodes] if blocks.is_for_all(self.nodes) else list(self.editions.values())
        return tuple(dict.fromkeys(blocks.in_place(tree, self.first_line, self.last_line) for tree in trees))


@dataclass(frozen=True)
class Body:
    """The text of an article in one language."""

    file: str
    language: str
    matter: PageMatter
    manuscript: Manuscript

    @property
    def nodes(self) -> tuple[blocks.Node, ...]:
        """The tree of blocks."""
        return self.manuscript.nodes

    @property
    def places(self) -> yamlfile.Document:
        """The places of the front matter."""
        return self.manuscript.places

    def calls(self, macro: str, edition: str = "") -> set[str]:
        """The fixed words that a macro is called with in an edition, or in any."""
        editions = [edition] if edition else EDITIONS
        return {word for one in editions for name, word in self.manuscript.called[one] if name == macro}


@dataclass(frozen=True)
class Article:
    """A page that somebody wrote: its front matter and its text in each language it exists in."""

    key: str
    folder: str
    bodies: Mapping[str, Body]
    language: str = SOURCE_LANGUAGE  # of its source; a municipality writes its own cases in its own language

    @property
    def source(self) -> Body:
        """The source language's text."""
        return self.bodies[self.language]

    def body(self, language: str) -> Body:
        """The text for a reader; the source's when it is not translated."""
        return self.bodies.get(language, self.source)


@dataclass(frozen=True)
class Session:
    """A session: its curriculum, its first page and its modules."""

    key: str
    curriculum: Curriculum
    places: yamlfile.Document
    index: Article
    modules: Mapping[str, Article]


@dataclass(frozen=True)
class LocalText:
    """A municipality's own prose, in the language of its file name."""

    file: str
    language: str
    text: str


@dataclass(frozen=True)
class Profile:
    """A resolved municipality and where each of its values comes from."""

    slug: str
    municipality: Municipality
    places: yamlfile.Document
    prose: Mapping[str, Mapping[str, LocalText]]
    files: Mapping[str, Path]
    cases: Mapping[str, Article]


@dataclass(frozen=True)
class Drawing:
    """A figure: the SVG and its words."""

    key: str
    svg: Path
    words: Figure
    places: yamlfile.Document


@dataclass(frozen=True)
class Library:
    """Everything that was read: what is taught, and for whom."""

    root: Path
    vocabulary: Vocabulary
    vocabulary_places: yamlfile.Document
    glossary: Mapping[str, Term]
    glossary_places: yamlfile.Document
    phrases: Mapping[str, Text]
    style: Style | None
    outline: tuple[str | Section, ...]
    outline_places: yamlfile.Document
    docs: Mapping[str, Article]
    sessions: Mapping[str, Session]
    sheets: Mapping[str, Article]
    cases: Mapping[str, Article]
    figures: Mapping[str, Drawing]
    profiles: Mapping[str, Profile]
    slugs: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()  # "curricula/intro/fuel": it could not be read, and that is told already

    def unread(self, folder: str) -> set[str]:
        """The keys in a folder whose files are there but could not be read."""
        return {key.rpartition("/")[2] for key in self.broken if key.rpartition("/")[0] == folder}

    def articles(self) -> Iterator[Article]:
        """All articles, each once."""
        yield from self.docs.values()
        for session in self.sessions.values():
            yield session.index
            yield from session.modules.values()
        yield from self.sheets.values()
        yield from self.cases.values()
        for profile in self.profiles.values():
            yield from profile.cases.values()
