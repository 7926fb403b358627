"""What was read from a project: the records that load fills and all later steps use. Frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import RootModel

from . import blocks, yamlfile
from .model import (
    SOURCE_LANGUAGE,
    Curriculum,
    Figure,
    Key,
    Municipality,
    PageMatter,
    Section,
    Term,
    Text,
    Vocabulary,
)


class Glossary(RootModel[dict[Key, Term]]):
    """`curricula/glossary.yml`."""


class Phrases(RootModel[dict[Key, Text]]):
    """`curricula/phrases.yml`: the words that the builder itself puts on pages."""


class Outline(RootModel[tuple[Key | Section, ...]]):
    """`docs/outline.yml`: the order of the pages."""


@dataclass(frozen=True)
class Body:
    """The text of an article in one language."""

    file: str
    language: str
    matter: PageMatter
    nodes: tuple[blocks.Node, ...]
    first_line: int
    last_line: int
    places: yamlfile.Document


@dataclass(frozen=True)
class Article:
    """A page that somebody wrote: its front matter and its text in each language it exists in."""

    key: str
    folder: str
    bodies: Mapping[str, Body]

    @property
    def source(self) -> Body:
        """The source language's text."""
        return self.bodies[SOURCE_LANGUAGE]

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
    outline: tuple[str | Section, ...]
    outline_places: yamlfile.Document
    docs: Mapping[str, Article]
    sessions: Mapping[str, Session]
    sheets: Mapping[str, Article]
    cases: Mapping[str, Article]
    figures: Mapping[str, Drawing]
    profiles: Mapping[str, Profile]
    slugs: tuple[str, ...] = ()

    def articles(self) -> Iterator[Article]:
        """All articles, each once."""
        yield from self.docs.values()
        for session in self.sessions.values():
            yield session.index
            yield from session.modules.values()
        yield from self.sheets.values()
        yield from self.cases.values()
