"""Step 2, validate: rules over everything at once. Each rule is a function that yields problems; RULES lists them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from . import blocks, figures, pictures, style
from .library import Article, Body, Library, LocalText, Session
from .model import Break, CaseMatter, ModuleMatter
from .names import Names
from .problems import ContentError, Place, Problem, did_you_mean
from .translations import theme_of, translations_are_there, translations_match, words_are_in_all_languages
from .yamlfile import Document, Path, show_path

VOCABULARY = "curricula/vocabulary.yml"
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


@dataclass
class Memory:
    """What was found in texts before, so that a preview looks again only at what was saved."""

    names: dict[int, tuple[Body, list[Problem]]] = field(default_factory=dict)
    lists: Any = None

    def find(self, body: Body, look: Callable[[Body], list[Problem]]) -> list[Problem]:
        """What `look` finds in a text, or what it found when the text was the same."""
        known = self.names.get(id(body.manuscript))
        if known is None or known[0].manuscript is not body.manuscript:
            known = self.names[id(body.manuscript)] = (body, look(body))
        return known[1]


def validate(library: Library, macros: tuple[Callable[..., Any], ...], memory: Memory | None = None) -> list[Problem]:
    """All findings on a library but those on style, which stop nothing and which only `check` tells."""
    found = [problem for rule in RULES for problem in rule(library)]
    return [*found, *_names(library, macros, memory or Memory())]


def weigh(library: Library) -> Iterator[Problem]:
    """How texts are written; only where a project says what it wants, in curricula/style.yml."""
    if (wanted := library.style) is None:
        return
    found = [
        problem for article in library.articles() for body in article.bodies.values()
        for problem in style.style_of(body, wanted)
    ]  # fmt: skip
    yield from style.without_accepted([*found, *style.style_of_library(library, wanted)], wanted)


# ---------------------------------------------------------------- sessions and modules


def outline_is_whole(library: Library) -> Iterator[Problem]:
    """The outline names existing pages, and every page of docs/ stands in it."""
    document = library.outline_places
    named: list[str] = []
    there = {*library.docs, *library.unread("docs")}
    for index, entry in enumerate(library.outline):
        if isinstance(entry, str):
            named.append(entry)
            if entry not in {"sessions", "sheets", "cases"}:
                yield from _known(document, (index,), entry, there, "page", "docs/")
        else:
            named.extend(entry.pages)
            for place, key in enumerate(entry.pages):
                yield from _known(document, (index, "pages", place), key, there, "page", "docs/")
    for key, article in library.docs.items():
        if key not in named:
            yield Problem(
                "unused", Place(article.source.file), "this page is in no handbook", "add it to docs/outline.yml"
            )
        if key in library.sessions or key in {"sheets", "cases", "figures", "assets"}:
            yield Problem("name-taken", Place(article.source.file), f'the address "{key}" is taken', "rename the page")


def parts_are_modules(library: Library) -> Iterator[Problem]:
    """A curriculum names existing modules, each once, and every module has its place."""
    for session in library.sessions.values():
        seen: set[str] = set()
        there = {*session.modules, *library.unread(f"curricula/{session.key}")}
        for index, part in enumerate(session.curriculum.parts):
            if isinstance(part, Break):
                continue
            path: Path = ("parts", index)
            yield from _known(session.places, path, part, there, "module", f"curricula/{session.key}/")
            if part in seen:
                yield _problem(session.places, path, f'{show_path(path)}: "{part}" stands here twice', "keep one")
            seen.add(part)
        for key, article in session.modules.items():
            if key not in seen:
                yield Problem(
                    "unused", Place(article.source.file), "this module is in no session",
                    f"add it to the parts in curricula/{session.key}/curriculum.yml, or delete it",
                )  # fmt: skip


def minutes_add_up(library: Library) -> Iterator[Problem]:
    """Parts add up to the session's length, steps to their module's minutes."""
    for session in library.sessions.values():
        total = sum(_minutes(session, part) for part in session.curriculum.parts)
        unread = library.unread(f"curricula/{session.key}").intersection(map(str, session.curriculum.parts))
        if total != session.curriculum.minutes and not unread:
            yield _problem(
                session.places, ("minutes",),
                f"the parts add up to {total} minutes, the session has {session.curriculum.minutes}",
                "change the parts' minutes or the session's",
            )  # fmt: skip
        for article in session.modules.values():
            yield from _steps_add_up(article)


def _minutes(session: Session, part: str | Break) -> int:
    if isinstance(part, Break):
        return part.minutes
    article = session.modules.get(part)
    matter = article.source.matter if article else None
    return matter.minutes if isinstance(matter, ModuleMatter) else 0


def _steps_add_up(article: Article) -> Iterator[Problem]:
    matter = article.source.matter
    assert isinstance(matter, ModuleMatter)  # what load makes of a module
    for body in article.bodies.values():
        steps = [block for block in blocks.walk(body.nodes) if block.name == "step"]
        total = sum(step.amount for step in steps)
        if steps and total != matter.minutes:
            yield Problem(
                "minutes", Place(body.file, steps[0].line, 1),
                f"the steps add up to {total} minutes, the module has {matter.minutes}",
                "change the steps' minutes or the module's",
            )  # fmt: skip


def module_keys_are_known(library: Library) -> Iterator[Problem]:
    """Method, group form, lead, materials and sheets of a module are in their lists."""
    of = library.vocabulary
    sheets = {*library.sheets, *library.unread("curricula/sheets")}
    for session in library.sessions.values():
        for article in session.modules.values():
            matter, places = article.source.matter, article.source.places
            assert isinstance(matter, ModuleMatter)  # what load makes of a module
            yield from _known(places, ("method",), matter.method, of.methods, "method")
            yield from _known(places, ("group",), matter.group, of.groups, "group form")
            yield from _known(places, ("lead",), matter.lead, of.leads, "lead")
            for index, need in enumerate(matter.materials):
                yield from _known(places, ("materials", index, "key"), need.key, of.materials, "material")
            for index, key in enumerate(matter.sheets):
                yield from _known(places, ("sheets", index), key, sheets, "worksheet", "curricula/sheets/")


def case_keys_are_known(library: Library) -> Iterator[Problem]:
    """Theme, departments and switches of a case are in their lists."""
    of = library.vocabulary
    for article in _all_cases(library):
        matter, places = article.source.matter, article.source.places
        assert isinstance(matter, CaseMatter)  # what load makes of a case
        yield from _known(places, ("theme",), matter.theme, of.themes, "theme")
        for name, listed, noun in (("departments", of.departments, "department"), ("switches", of.switches, "switch")):
            for index, key in enumerate(getattr(matter, name)):
                yield from _known(places, (name, index), key, listed, noun)


def _all_cases(library: Library) -> Iterator[Article]:
    """The library's cases, and those of the municipalities."""
    yield from library.cases.values()
    for profile in library.profiles.values():
        yield from profile.cases.values()


def codes_are_unique(library: Library) -> Iterator[Problem]:
    """No two modules of a session, sheets or cases share a code."""
    groups = [library.sheets.values(), library.cases.values()]
    groups += [session.modules.values() for session in library.sessions.values()]
    groups += [{**library.cases, **profile.cases}.values() for profile in library.profiles.values() if profile.cases]
    for articles in groups:
        first: dict[str, str] = {}
        for article in articles:
            code = getattr(article.source.matter, "code", "")
            if code in first:
                yield _problem(
                    article.source.places,
                    ("code",),
                    f'code: "{code}" is also the code of {first[code]}',
                    "choose another",
                )
            first.setdefault(code, article.source.file)


# ---------------------------------------------------------------- texts


def links_lead_somewhere(library: Library) -> Iterator[Problem]:
    """Links name pages and headings that exist; other addresses are http, https, mailto or tel."""
    addresses = dict(_addresses(library))
    unread = {key.removeprefix("docs/").removeprefix("curricula/") for key in library.broken}
    for file, line in _prose_of(library):
        for match in _LINK.finditer(line.text) if "](" in line.text else ():
            yield from _link(match[1], Place(file, line.number, match.start(1) + 1), addresses, unread)


def _prose_of(library: Library) -> Iterator[tuple[str, blocks.Line]]:
    """The lines of all articles, and of the municipalities' own texts."""
    for article in library.articles():
        for body in article.bodies.values():
            yield from ((body.file, line) for line in body.manuscript.prose)
    for text in _own_texts(library):
        yield from ((text.file, blocks.Line(line, number)) for number, line in enumerate(text.text.splitlines(), 1))


def _own_texts(library: Library) -> Iterator[LocalText]:
    return (text for of in library.profiles.values() for texts in of.prose.values() for text in texts.values())


def own_texts_are_plain(library: Library) -> Iterator[Problem]:
    """A municipality's own texts hold no template marks: nothing in them is ever run."""
    for text in _own_texts(library):
        for number, line in enumerate(text.text.splitlines(), 1):
            if match := _TEMPLATE.search(line):
                yield Problem(
                    "template", Place(text.file, number, match.start() + 1),
                    f"{match[0]} is not allowed here: this is text, not a template", "write the words themselves",
                )  # fmt: skip


def _link(target: str, place: Place, addresses: dict[str, set[str]], unread: set[str]) -> Iterator[Problem]:
    if re.match(r"(https?://|mailto:|tel:|#)", target):
        return
    if not target.startswith("page:"):
        yield Problem(
            "link", place, f'this link is not understood: "{target}"',
            "write page:… for a page of the handbook, or a full https:// address",
        )  # fmt: skip
        return
    address, _, fragment = target.removeprefix("page:").partition("#")
    if unread & {address, address.partition("/")[0]}:
        return
    if address not in addresses:
        yield Problem(
            "link", place, f'no page has the address "{address}"', did_you_mean(address, addresses, "the guide")
        )
    elif fragment and fragment not in addresses[address]:
        yield Problem(
            "link", place, f'"{address}" has no heading "{fragment}"',
            did_you_mean(fragment, addresses[address]) or "give the heading this name: ## Title {#name}",
        )  # fmt: skip


def _addresses(library: Library) -> Iterator[tuple[str, set[str]]]:
    """Every address a link may name, with the fixed names of its headings."""
    for key, article in library.docs.items():
        yield key, heading_names(article.source) | (set(library.glossary) if key == "glossary" else set())
    for key, session in library.sessions.items():
        yield key, heading_names(session.index.source)
        for name, article in session.modules.items():
            yield f"{key}/{name}", heading_names(article.source)
    for folder, articles in (("sheets", library.sheets), ("cases", library.cases)):
        yield folder, set()
        for key, article in articles.items():
            yield f"{folder}/{key}", heading_names(article.source)
    for profile in library.profiles.values():
        yield from ((f"cases/{key}", heading_names(article.source)) for key, article in profile.cases.items())


def heading_names(body: Body) -> set[str]:
    """The names that writers gave to headings: `## Title {#name}`."""
    return {match[3] for _, match in body.manuscript.headings if match[3]}


def no_city_is_named(library: Library) -> Iterator[Problem]:
    """A text that all municipalities share names none of them, and no word that is a town's name and no other word."""
    lines = [
        (body.file, line) for article in _shared(library) for body in article.bodies.values()
        for line in body.manuscript.prose
    ]  # fmt: skip
    text = "\n".join(line.text for _, line in lines)
    names = {name for profile in library.profiles.values() for name in profile.municipality.name.all() if name in text}
    if names:  # Best is a town, and how a sentence may begin
        everyday = set(re.findall(r"\b[^\W\d_A-Z][\w-]+", text))
        names = {name for name in names if name.lower() not in everyday}
    if not names:
        return
    written = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w-])")
    for file, line in lines:
        if match := written.search(line.text):
            yield Problem(
                "city-name", Place(file, line.number, match.start() + 1),
                f'"{match[0]}" would stand in every municipality\'s handbook', "write {{ city.name }}", "warning",
            )  # fmt: skip


def _shared(library: Library) -> Iterator[Article]:
    return (article for article in library.articles() if not article.folder.startswith("municipalities/"))


def comments_are_not_published(library: Library) -> Iterator[Problem]:
    """HTML comments would be published; template comments are not."""
    for article in library.articles():
        for body in article.bodies.values():
            for line in body.manuscript.prose:
                if (column := line.text.find("<!--")) >= 0:
                    yield Problem(
                        "comment", Place(body.file, line.number, column + 1), "an HTML comment would be published",
                        "write {# … #} instead",
                    )  # fmt: skip


def headings_are_in_order(library: Library) -> Iterator[Problem]:
    """Headings begin with ## and skip no level: screen readers and the contents rely on it."""
    for article in library.articles():
        for body in article.bodies.values():
            level = 1
            for line, match in body.manuscript.headings:
                now = len(match[1])
                if now == 1:
                    advice = "begin with ##; the title of the front matter is the first heading"
                    yield Problem("heading", Place(body.file, line.number, 1), "a page has one title only", advice)
                elif now > level + 1:
                    advice = f"write {'#' * (level + 1)} here"
                    yield Problem("heading", Place(body.file, line.number, 1), "a level of heading is skipped", advice)
                level = now


def figures_are_whole(library: Library) -> Iterator[Problem]:
    """Every word of a figure has its translation, and the drawing holds nothing but a drawing."""
    for drawing in library.figures.values():
        name = drawing.svg.relative_to(library.root).as_posix() if drawing.svg.is_relative_to(library.root) else ""
        keys, problems = figures.words_in(drawing.svg, name)
        yield from problems
        for key in keys:
            if key not in drawing.words.texts:
                yield _problem(drawing.places, ("texts",), f'texts: "{key}" of the drawing is missing', "add its words")
        for key in drawing.words.texts:
            if not problems and key not in keys:
                yield _problem(
                    drawing.places, ("texts", key), f"texts.{key}: not in the drawing", "delete it, or draw it"
                )


# ---------------------------------------------------------------- municipalities


def municipality_keys_are_known(library: Library) -> Iterator[Problem]:
    """Departments, themes, partners, start door and sessions of a municipality are in their lists."""
    of = library.vocabulary
    sessions = {*library.sessions, *library.unread("curricula")}
    for profile in library.profiles.values():
        city, places = profile.municipality, profile.places
        yield from _known(places, ("start",), city.start, of.starts, "start door")
        for index, department in enumerate(city.departments):
            yield from _known(places, ("departments", index, "key"), department.key, of.departments, "department")
        for index, partner in enumerate(city.partners):
            yield from _known(places, ("partners", index, "type"), partner.type, of.partners, "kind of partner")
        for index, theme in enumerate(city.themes):
            yield from _known(places, ("themes", index, "key"), theme.key, of.themes, "theme")
        for index, planned in enumerate(city.programme):
            path: Path = ("programme", index, "session")
            yield from _known(places, path, planned.session, sessions, "session", "curricula/")
        for index, name in enumerate(city.confirm):
            yield from _known(places, ("confirm", index), name, type(city).model_fields, "key", "guide/municipality.md")


def nothing_stands_twice(library: Library) -> Iterator[Problem]:
    """Lists with keys name each key once, languages too."""
    for profile in library.profiles.values():
        city = profile.municipality
        for name, keys in (
            ("departments", [item.key for item in city.departments]),
            ("themes", [item.key for item in city.themes]),
            ("languages", list(city.languages)),
        ):
            for index, key in enumerate(keys):
                if key in keys[:index]:
                    what = f'{name}[{index + 1}]: "{key}" stands here twice'
                    yield _problem(profile.places, (name, index), what, "keep one")


def groups_fit(library: Library) -> Iterator[Problem]:
    """No more people are planned than a session's group may have."""
    for profile in library.profiles.values():
        for index, planned in enumerate(profile.municipality.programme):
            session = library.sessions.get(planned.session)
            if session and planned.people and planned.people > session.curriculum.group.max:
                yield _problem(
                    profile.places, ("programme", index, "people"),
                    f"programme[{index + 1}].people: {planned.people} is more than the "
                    f"{session.curriculum.group.max} of this session",
                    "plan a second group: one more entry with the same session and a label",
                )  # fmt: skip


def regions_fit(library: Library) -> Iterator[Problem]:
    """Belgian municipalities name their region, Dutch ones have none."""
    for profile in library.profiles.values():
        city = profile.municipality
        if (city.country == "be") != (city.region is not None):
            what = "region: must be given in Belgium" if city.country == "be" else "region: only in Belgium"
            yield _problem(profile.places, ("region",), what, "flanders, wallonia or brussels")


def prose_is_used(library: Library) -> Iterator[Problem]:
    """A municipality's own texts have names that some page asks for, and its logo is there."""
    asked = _asked_prose(library)
    for profile in library.profiles.values():
        for name, texts in profile.prose.items():
            if name not in asked and not library.broken:
                file = next(iter(texts.values())).file
                yield Problem("unused", Place(file), f'no page asks for "{name}"', did_you_mean(name, asked))
        logo = profile.municipality.look.logo
        if logo and logo not in profile.files:
            yield _problem(
                profile.places, ("look", "logo"), f'look.logo: there is no "{logo}" in municipalities/{profile.slug}/',
                "put the file there: PNG, JPEG or SVG",
            )  # fmt: skip
        elif logo:
            yield from _picture(profile.files[logo])


def _picture(path: FilePath) -> Iterator[Problem]:
    try:
        pictures.safe(path)
    except ContentError as error:
        yield from error.problems


def themes_have_cases(library: Library) -> Iterator[Problem]:
    """Every theme of a city has a case, and each case of its own is on one of its themes."""
    for profile in library.profiles.values():
        known = {theme_of(case) for case in (*library.cases.values(), *profile.cases.values())}
        taken = [theme.key for theme in profile.municipality.themes]
        for case in profile.cases.values():
            if (theme := theme_of(case)) in library.vocabulary.themes and theme not in taken:
                yield Problem(
                    "no-theme", case.source.places.place(("theme",)),
                    f'theme: "{theme}" is not among the themes of {profile.slug}, so nobody sees this case',
                    f"add it to themes in municipalities/{profile.slug}.yml, or take another", "warning",
                )  # fmt: skip
        for index, key in enumerate(taken):
            if key in library.vocabulary.themes and key not in known:
                yield Problem(
                    "no-case", profile.places.place(("themes", index, "key")),
                    f'themes[{index + 1}].key: no case on "{key}" yet',
                    f"write one in curricula/cases/, or in municipalities/{profile.slug}/cases/", "warning",
                )  # fmt: skip


# ---------------------------------------------------------------- names in templates


def _asked_prose(library: Library) -> set[str]:
    return {name for article in library.articles() for body in article.bodies.values() for name in body.calls("local")}


def _names(library: Library, macros: tuple[Callable[..., Any], ...], memory: Memory) -> Iterator[Problem]:
    """Every name and key in `{{ }}` exists, in each language and edition, in all branches."""
    lists = {
        "glossary": set(library.glossary),
        "words": set(library.vocabulary.words),
        "sheets": {*library.sheets, *library.unread("curricula/sheets")},
        "figures": {*library.figures, *library.unread("docs/figures")},
        "prose": _asked_prose(library),
    }
    if memory.lists != (lists, macros):
        memory.lists, memory.names = (lists, macros), {}
    names = Names(macros, lists)
    for article in library.articles():
        for body in article.bodies.values():
            yield from memory.find(body, lambda text: _names_in(text, names))


def _names_in(body: Body, names: Names) -> list[Problem]:
    """What is wrong in either edition of a text, once."""
    found: dict[Problem, None] = {}
    for text in body.manuscript.texts:
        found.update(dict.fromkeys(names.check(text, body.file, body.manuscript.first_line)))
    return list(found)


# ---------------------------------------------------------------- small pieces


def _problem(document: Document, path: Path, what: str, advice: str) -> Problem:
    return Problem("rule", document.place(path), what, advice)


def _known(  # noqa: PLR0913, PLR0917  # one line a rule needs all of it
    document: Document, path: Path, key: str, listed: Iterable[str], noun: str, where: str = VOCABULARY
) -> Iterator[Problem]:
    choices = list(listed)
    if key not in choices:
        yield Problem(
            "unknown-key", document.place(path), f'{show_path(path)}: unknown {noun} "{key}"',
            did_you_mean(key, choices, where),
        )  # fmt: skip


def profile_problems(problems: Iterable[Problem], slug: str) -> list[Problem]:
    """The errors that stand in a municipality's own files."""
    own = (f"municipalities/{slug}.yml", f"municipalities/{slug}/")
    return [p for p in problems if p.severity == "error" and p.place.file.startswith(own)]


RULES: tuple[Callable[[Library], Iterator[Problem]], ...] = (
    outline_is_whole,
    parts_are_modules,
    minutes_add_up,
    module_keys_are_known,
    case_keys_are_known,
    codes_are_unique,
    links_lead_somewhere,
    no_city_is_named,
    own_texts_are_plain,
    comments_are_not_published,
    headings_are_in_order,
    translations_match,
    translations_are_there,
    figures_are_whole,
    words_are_in_all_languages,
    municipality_keys_are_known,
    nothing_stands_twice,
    groups_fit,
    regions_fit,
    prose_is_used,
    themes_have_cases,
)
