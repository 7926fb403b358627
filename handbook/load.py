"""Step 1, load: the files of a project become the model; every value knows where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import blocks, layers, yamlfile
from .library import (
    Article,
    Body,
    Drawing,
    Glossary,
    Library,
    LocalText,
    Manuscript,
    Outline,
    Phrases,
    Profile,
    Session,
)
from .model import (
    LANGUAGES,
    SLUG,
    SOURCE_LANGUAGE,
    CaseMatter,
    Curriculum,
    Figure,
    ModuleMatter,
    ModuleWords,
    Municipality,
    PageMatter,
    SheetMatter,
    SheetWords,
    Style,
    Text,
    Vocabulary,
)
from .problems import MOST, ContentError, Place, Problem, and_more
from .shape import R, shaped

HOME = Path(__file__).resolve().parent.parent  # the project this package belongs to

# which front matter a file has, by its key and whether it is a translation
Kinds = Callable[[str, bool], type[PageMatter]]


@dataclass
class Shelf:
    """What was read before, kept while the files stay the same, so that `serve` reads only what was saved."""

    kept: dict[tuple[Path, int], tuple[tuple[int, int, int], Any, tuple[Problem, ...]]] = field(default_factory=dict)

    def read(
        self, path: Path, how: Callable[[str, str], tuple[Any, list[Problem]]], name: str
    ) -> tuple[Any, list[Problem]]:
        """The file's reading, from the shelf when the file has not changed."""
        stat = path.lstat()
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        at = (path, id(how))
        if at in self.kept and self.kept[at][0] == stamp:
            return self.kept[at][1], list(self.kept[at][2])
        value, problems = how(yamlfile.decode(path.read_bytes(), name), name)
        self.kept[at] = (stamp, value, tuple(problems))
        return value, problems


def load(root: Path, shelf: Shelf | None = None) -> tuple[Library | None, list[Problem]]:
    """Read a whole project; the library is None when something is missing without which nothing can be checked."""
    return _Loader(root.resolve(), shelf or Shelf()).library()


class _Loader:
    """Reads the files and collects what is wrong with them."""

    def __init__(self, root: Path, shelf: Shelf) -> None:
        self.root = root
        self.place = root.as_posix()
        self.shelf = shelf
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def library(self) -> tuple[Library | None, list[Problem]]:
        vocabulary = self.record(self.root / "curricula/vocabulary.yml", Vocabulary)
        glossary = self.record(self.root / "curricula/glossary.yml", Glossary)
        outline = self.record(self.root / "docs/outline.yml", Outline)
        phrases = self.phrases()
        style_file = self.root / "curricula/style.yml"
        style = self.record(style_file, Style) if style_file.exists() else None
        docs, sheets, cases = (
            self.articles(folder, kinds)
            for folder, kinds in (("docs", _page), ("curricula/sheets", _sheet), ("curricula/cases", _case))
        )
        sessions, figures, profiles = self.sessions(), self.figures(), self.profiles()
        if not (vocabulary and glossary and outline and phrases):
            return None, self.problems
        return Library(
            root=self.root,
            vocabulary=vocabulary[0], vocabulary_places=vocabulary[1],
            glossary=glossary[0].root, glossary_places=glossary[1],
            phrases=phrases,
            style=style[0] if style else None,
            outline=outline[0].root, outline_places=outline[1],
            docs=docs, sessions=sessions, sheets=sheets, cases=cases, figures=figures,
            profiles=profiles, slugs=tuple(self.slugs()), broken=frozenset(self.broken),
        ), self.problems  # fmt: skip

    def phrases(self) -> dict[str, Text]:
        """The builder's own words, and the project's in their place where it has some."""
        found: dict[str, Text] = {}
        for path in dict.fromkeys((HOME / "curricula/phrases.yml", self.root / "curricula/phrases.yml")):
            if path.exists() and (record := self.record(path, Phrases)):
                found.update(record[0].root)
        return found

    # -- files

    def name(self, path: Path) -> str:
        """A path as it is shown: relative to the project, and what cannot be printed as an escape."""
        text = path.as_posix()
        text = text.removeprefix(f"{self.place}/" if text.startswith(f"{self.place}/") else f"{HOME.as_posix()}/")
        if text.isprintable():
            return text
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

    def files(self, folder: str, suffixes: tuple[str, ...]) -> list[Path]:
        """The regular files of a folder, sorted; symbolic links are refused, not followed."""
        place = self.root / folder
        if not self.is_folder(place):
            return []
        found = []
        for path in sorted(place.iterdir()):
            if path.is_symlink():
                self.linked(path)
            elif path.is_file() and path.suffix in suffixes:
                found.append(path)
        return found

    def is_folder(self, place: Path) -> bool:
        """Whether it is a real folder; a symbolic link to one is refused."""
        if place.is_symlink():
            self.linked(place)
            return False
        return place.is_dir()

    def linked(self, path: Path) -> None:
        kind = "folder" if path.is_dir() else "file"
        self.problem(
            "symlink", Place(self.name(path)), "symbolic links are not followed", f"put the {kind} itself here"
        )

    def problem(self, code: str, place: Place, what: str, advice: str) -> None:
        self.problems.append(Problem(code, place, what, advice))

    def shelved(self, path: Path, how: Callable[[str, str], tuple[Any, list[Problem]]]) -> Any:
        if path.is_symlink():
            self.linked(path)
            return None
        try:
            value, problems = self.shelf.read(path, how, self.name(path))
        except FileNotFoundError:
            self.problem(
                "missing",
                Place(self.name(path)),
                "this file is missing",
                "add it; the guide tells what is in it",
            )
            return None
        except OSError as error:
            what = f"this file cannot be read: {error.strerror}"
            self.problem("unreadable", Place(self.name(path)), what, "look at what it is, and who may read it")
            return None
        except ContentError as error:
            self.problems.extend(error.problems)
            return None
        self.problems.extend(problems)
        return value

    def record(self, path: Path, kind: type[R]) -> tuple[R, yamlfile.Document] | None:
        """A YAML file as a record of the model."""
        document = self.shelved(path, _yaml)
        record, problems = shaped(document, kind) if document else (None, [])
        self.problems.extend(problems)
        return (record, document) if record is not None and document is not None else None

    # -- articles

    def articles(self, folder: str, kinds: Kinds, sources: Sequence[str] = (SOURCE_LANGUAGE,)) -> dict[str, Article]:
        """All articles of a folder: `key.md` is English, `key.<language>.md` another language.

        The source is the text in the first of the languages that `sources` names; the others are translations.
        """
        files: dict[str, dict[str, Path]] = {}
        for path in self.files(folder, (".md",)):
            key, _, language = path.stem.partition(".")
            language = language or SOURCE_LANGUAGE
            if not SLUG.fullmatch(key) or language not in LANGUAGES:
                self.problem(
                    "file-name", Place(self.name(path)), "this file name is not understood",
                    "write name.md or name.nl.md: small letters, digits and -",
                )  # fmt: skip
                continue
            files.setdefault(key, {})[language] = path
        found = {}
        for key, paths in files.items():
            source = next((language for language in sources if language in paths), "")
            texts = {
                language: body
                for language, path in paths.items()
                if (body := self.body(path, language, kinds(key, language != source)))
            }
            if source in texts:
                found[key] = Article(key, folder, texts, source)
            elif source:
                self.broken.add(f"{folder}/{key}")
            else:
                self.problem(
                    "no-source", Place(self.name(next(iter(paths.values())))), "this translation has no source",
                    f"add {folder}/{key}.md, the {SOURCE_LANGUAGE} text",
                )  # fmt: skip
        return found

    def body(self, path: Path, language: str, kind: type[PageMatter]) -> Body | None:
        parsed = self.shelved(path, _markdown)
        if parsed is None:
            return None
        matter, problems = shaped(parsed.places, kind)
        self.problems.extend(problems)
        return Body(self.name(path), language, matter, parsed) if matter else None

    def sessions(self) -> dict[str, Session]:
        found = {}
        folder = self.root / "curricula"
        folders = sorted(folder.iterdir()) if self.is_folder(folder) else []
        keys = [path.name for path in folders if (path / "curriculum.yml").exists() and self.is_folder(path)]
        for key in keys:
            if not SLUG.fullmatch(key):
                self.problem(
                    "file-name", Place(self.name(folder / key)), "this folder name cannot be used",
                    "small letters, digits and -: it becomes part of the web address",
                )  # fmt: skip
                continue
            curriculum = self.record(folder / key / "curriculum.yml", Curriculum)
            modules = self.articles(f"curricula/{key}", _module)
            first = modules.pop("index", None)
            if first is None and f"curricula/{key}/index" not in self.broken:
                self.problem(
                    "missing", Place(f"curricula/{key}/index.md"), "this file is missing",
                    "every session has a first page with this name",
                )  # fmt: skip
            if curriculum and first:
                found[key] = Session(key, *curriculum, first, modules)
            else:
                self.broken.add(f"curricula/{key}")
        return found

    def figures(self) -> dict[str, Drawing]:
        found = {}
        for path in self.files("docs/figures", (".svg",)):
            if words := self.record(path.with_suffix(".yml"), Figure):
                found[path.stem] = Drawing(path.stem, path, *words)
            else:
                self.broken.add(f"docs/figures/{path.stem}")
        return found

    # -- municipalities

    def slugs(self) -> list[str]:
        names = [Path(self.name(path)).stem for path in self.files("municipalities", (".yml",))]
        return [name for name in names if not name.startswith("_")]

    def profiles(self) -> dict[str, Profile]:
        found = {}
        for path in self.files("municipalities", (".yaml", ".YML", ".YAML")):
            self.problem(
                "file-name", Place(self.name(path)), "files with this ending are not read",
                f"rename it to {path.stem}.yml",
            )  # fmt: skip
        for slug in self.slugs():
            if not SLUG.fullmatch(slug):
                self.problem(
                    "file-name", Place(f"municipalities/{slug}.yml"), "this file name cannot be used",
                    "small letters, digits and -: it becomes part of the web address",
                )  # fmt: skip
            elif profile := self.profile(slug):
                found[slug] = profile
        return found

    def profile(self, slug: str) -> Profile | None:
        own = self.shelved(self.root / f"municipalities/{slug}.yml", _yaml)
        if own is None:
            return None
        if not isinstance(own.value, dict):
            self.no_map(own)
            return None
        resolved = layers.merge([*self.below(own.value.get("country")), own])
        missing = [path for path in resolved.values if layers.value_at(resolved.value, path) is None]
        self.problems.extend(_missing(resolved, path, own.file) for path in missing[:MOST])
        self.problems.extend(and_more(own.file, len(missing)))
        if missing:
            return None
        municipality, problems = shaped(resolved, Municipality)
        self.problems.extend(problems)
        if municipality is None:
            return None
        cases = self.articles(f"municipalities/{slug}/cases", _case, (SOURCE_LANGUAGE, *municipality.languages))
        return Profile(slug, municipality, resolved, *self.beside(slug), cases)

    def below(self, country: yamlfile.Value) -> list[yamlfile.Document]:
        """The layers under a municipality: the common one and its country's."""
        paths = [self.root / "municipalities/_base.yml"]
        if isinstance(country, str) and re.fullmatch(r"[a-z]{2}", country):
            paths.append(self.root / f"municipalities/_{country}.yml")
        found = [document for path in paths if path.exists() and (document := self.shelved(path, _yaml))]
        for document in found:
            if not isinstance(document.value, dict | None):
                self.no_map(document)
        return [document for document in found if isinstance(document.value, dict)]

    def no_map(self, document: yamlfile.Document) -> None:
        self.problem("shape", document.place(()), "expected `key: value` lines", "see guide/municipality.md")

    def beside(self, slug: str) -> tuple[dict[str, dict[str, LocalText]], dict[str, Path]]:
        """The municipality's own folder: prose per name and language, and other files."""
        prose: dict[str, dict[str, LocalText]] = {}
        files: dict[str, Path] = {}
        for path in self.files(f"municipalities/{slug}", (".md", ".png", ".jpg", ".jpeg", ".svg")):
            if path.suffix != ".md":
                files[path.name] = path
                continue
            key, _, language = path.stem.partition(".")
            if not SLUG.fullmatch(key) or language not in LANGUAGES:
                self.problem(
                    "file-name", Place(self.name(path)), "this file name is not understood",
                    "write name.language.md, such as welcome.nl.md",
                )  # fmt: skip
            elif text := self.shelved(path, _prose):
                prose.setdefault(key, {})[language] = LocalText(self.name(path), language, text)
        return prose, files


def _missing(resolved: yamlfile.Document, path: yamlfile.Path, own: str) -> Problem:
    """What is said of a value that nobody gives."""
    place, shown = resolved.place(path), yamlfile.show_path(path)
    if place.file == own:
        return Problem("must-give", place, f"{shown}: has no value", "write a value, or delete the line")
    return Problem("must-give", Place(own), f"{shown}: must be given", f"add it to this file (asked for by {place})")


# ---------------------------------------------------------------- readings, each of one file


def _yaml(text: str, file: str) -> tuple[yamlfile.Document, list[Problem]]:
    return yamlfile.parse(text, file), list(yamlfile.lost_text(text, file))


def _prose(text: str, file: str) -> tuple[str, list[Problem]]:
    del file
    return text, []


def _markdown(text: str, file: str) -> tuple[Manuscript, list[Problem]]:
    front = re.match(r"---[ \t]*\n(.*?)^---[ \t]*$\n?", text, re.DOTALL | re.MULTILINE)
    if not front:
        problem = Problem("front-matter", Place(file, 1, 1), "the front matter is missing",
                          "begin the file with ---, title: …, --- (each on its line)")  # fmt: skip
        raise ContentError([problem])
    document = yamlfile.parse(front[1], file, first_line=2)
    first = text[: front.end()].count("\n") + 1
    body = text[front.end() :].rstrip("\n")
    nodes, problems = blocks.read(body, file, first)
    last = first + body.count("\n")
    return Manuscript(document, nodes, first, last), [*yamlfile.lost_text(front[1], file, 2), *problems]


# ---------------------------------------------------------------- kinds of front matter


def _page(key: str, translated: bool) -> type[PageMatter]:
    del key, translated
    return PageMatter


def _sheet(key: str, translated: bool) -> type[PageMatter]:
    del key
    return SheetWords if translated else SheetMatter


def _case(key: str, translated: bool) -> type[PageMatter]:
    del key
    return PageMatter if translated else CaseMatter


def _module(key: str, translated: bool) -> type[PageMatter]:
    if key == "index":
        return PageMatter
    return ModuleWords if translated else ModuleMatter
