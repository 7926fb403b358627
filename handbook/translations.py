"""Rules on translations: the same structure as their source, counted where they are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from . import blocks
from .library import Article, Body, Library
from .model import LANGUAGES, SOURCE_LANGUAGE, CaseMatter, ModuleMatter, ModuleWords, Text
from .problems import Place, Problem
from .yamlfile import Document, Path, show_path


def translations_match(library: Library) -> Iterator[Problem]:
    """A translation has the same blocks, headings and number of goals as its source."""
    for article in library.articles():
        for language, body in article.bodies.items():
            if language == article.language:
                continue
            source, words = article.source.matter, body.matter
            if (
                isinstance(source, ModuleMatter)
                and isinstance(words, ModuleWords)
                and len(source.goals) != len(words.goals)
            ):
                yield Problem(
                    "rule", body.places.place(("goals",)),
                    f"goals: {len(words.goals)} here, {len(source.goals)} in the source",
                    f"see {article.source.file}",
                )  # fmt: skip
            yield from _same_structure(article.source, body)


def _same_structure(source: Body, body: Body) -> Iterator[Problem]:
    ours, theirs = list(_structure(body)), list(_structure(source))
    for (mine, line), (other, other_line) in zip(ours, theirs, strict=False):
        if mine != other:
            yield Problem(
                "structure", Place(body.file, line, 1), f"{mine} here, {other} in the source",
                f"see {source.file}:{other_line}", "warning",
            )  # fmt: skip
            return
    if len(ours) != len(theirs):
        longer = ours if len(ours) > len(theirs) else theirs
        what, line = longer[min(len(ours), len(theirs))]
        here = "here, not in the source" if longer is ours else "in the source, not here"
        yield Problem(
            "structure", Place(body.file, line if longer is ours else body.manuscript.last_line, 1), f"{what} {here}",
            f"see {source.file}", "warning",
        )  # fmt: skip


def _structure(body: Body) -> Iterator[tuple[str, int]]:
    """Blocks and headings in order, as words, with their lines."""
    found = [
        (f"the block {block.name}{f' {block.amount}' if block.amount else ''}", block.line)
        for block in blocks.walk(body.nodes)
    ]
    for line, match in body.manuscript.headings:
        found.append((f"a heading {match[1]}{f' #{match[3]}' if match[3] else ''}", line.number))
    return iter(sorted(found, key=lambda item: item[1]))


def translations_are_there(library: Library) -> Iterator[Problem]:
    """Count what readers of a language still see in another one: one finding per folder and language."""
    missing: dict[tuple[str, str, str, str], list[str]] = {}
    sheets = _users_of_sheets(library)
    for article in library.articles():
        for language in LANGUAGES:
            if language not in article.bodies:
                for slug in _readers(library, article, language, sheets):
                    missing.setdefault((article.folder, language, slug, article.language), []).append(article.key)
    for (folder, language, slug, source), keys in missing.items():
        pages = f"{len(keys)} page{'' if len(keys) == 1 else 's'}"
        end = ".md" if language == SOURCE_LANGUAGE else f".{language}.md"
        shown = ", ".join(key + end for key in keys[:3]) + (" …" if len(keys) > 3 else "")
        yield Problem(
            "not-translated", Place(folder),
            f"{pages} not translated into {language}: readers see {source} with a notice",
            f"write {shown}", "warning", slug,
        )  # fmt: skip


def _readers(library: Library, article: Article, language: str, sheets: Mapping[str, set[str]]) -> list[str]:
    """The municipalities whose handbooks show the article in the language."""
    shown = {"sheets": sheets.get(article.key, set()), "cases": {f"theme:{theme_of(article)}"}}
    folder = article.folder.split("/")[-1]
    found = []
    for slug, profile in library.profiles.items():
        if article.folder.startswith("municipalities/") and article is not profile.cases.get(article.key):
            continue
        of = profile.municipality
        takes = {planned.session for planned in of.programme} | {f"theme:{theme.key}" for theme in of.themes} | {"docs"}
        if language in of.languages and takes & shown.get(folder, {folder}):
            found.append(slug)
    return found


def theme_of(article: Article) -> str:
    """The theme of a case; nothing for other articles."""
    matter = article.source.matter
    return matter.theme if isinstance(matter, CaseMatter) else ""


def _users_of_sheets(library: Library) -> dict[str, set[str]]:
    """For each worksheet the sessions (or docs) that use it."""
    users: dict[str, set[str]] = {}
    for article in library.articles():
        for sheet in {*getattr(article.source.matter, "sheets", ()), *article.source.calls("sheet")}:
            users.setdefault(sheet, set()).add(article.folder.split("/")[-1])
    return users


def words_are_in_all_languages(library: Library) -> Iterator[Problem]:
    """Names and definitions exist in every language that is offered."""
    wanted = {language for profile in library.profiles.values() for language in profile.municipality.languages}
    of = library.vocabulary
    for name in type(of).model_fields:
        for key, entry in getattr(of, name).items():
            text = entry if isinstance(entry, Text) else entry.name
            yield from _languages(library.vocabulary_places, (name, key), text, wanted)
    for key, term in library.glossary.items():
        yield from _languages(library.glossary_places, (key, "name"), term.name, wanted)
        yield from _languages(library.glossary_places, (key, "definition"), term.definition, wanted)


def _languages(document: Document, path: Path, text: Text, wanted: Iterable[str]) -> Iterator[Problem]:
    missing = sorted(language for language in wanted if not text.has(language))
    if missing:
        yield Problem(
            "not-translated", document.place(path), f"{show_path(path)}: no text in {', '.join(missing)}",
            "add it; readers see another language until then", "warning",
        )  # fmt: skip
