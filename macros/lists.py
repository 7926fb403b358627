"""Lists of what belongs to the city, and the glossary."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup

from handbook.escape import as_text
from handbook.model import CaseMatter, ContactPoint, Text

from .here import Cell, Here, Marks, block, bullets, join, table


def departments(here: Here) -> Markup:
    """The departments that take part, with their local names and contacts by function."""
    names = here.book.library.vocabulary.departments
    found = here.book.municipality.departments
    rows = [
        [
            here.text(names[item.key]),
            here.text(item.name) + here.to_confirm(item.confirm),
            here.text(item.contact) if item.contact else "–",
        ]
        for item in found
    ]
    return table([here.say("department"), here.say("local-name"), here.say("contact")], rows, "departments")


def districts(here: Here) -> Markup:
    """The parts of the municipality."""
    return bullets(
        (
            here.text(item.name) + (Markup(" – {}").format(here.text(item.remark)) if item.remark else "")
            for item in here.book.municipality.districts
        ),
        "districts",
    )


def partners(here: Here) -> Markup:
    """Organisations outside the municipality."""
    kinds = here.book.library.vocabulary.partners
    return bullets(
        (
            Markup("{} ({})").format(here.text(item.name), here.text(kinds[item.type])) + here.to_confirm(item.confirm)
            for item in here.book.municipality.partners
        ),
        "partners",
    )


def contacts(here: Here) -> Markup:
    """The reporting route, and whom to ask about accessibility and privacy."""
    of = here.book.municipality
    rows = [
        (here.say("reporting-route"), here.text(of.reporting)),
        (here.say("accessibility-contact"), _contact(here, of.contacts.accessibility)),
        (here.say("privacy-contact"), _contact(here, of.contacts.privacy)),
    ]
    pairs = join((Markup("<dt>{}</dt> <dd>{}</dd>").format(as_text(name), what) for name, what in rows), " ")
    return block(Markup('<dl class="contacts">{}</dl>').format(pairs))


def _contact(here: Here, point: ContactPoint) -> Markup:
    parts = [here.text(point.function)]
    if point.email:
        parts.append(Markup('<a href="mailto:{0}">{0}</a>').format(as_text(point.email)))
    if point.phone:
        parts.append(as_text(point.phone))
    if point.url:
        parts.append(Markup('<a href="{0}">{0}</a>').format(as_text(point.url)))
    return join(parts, ", ")


def themes(here: Here) -> Markup:
    """The city's case themes, each with its local line and public source."""
    names = here.book.library.vocabulary.themes
    rows = []
    for theme in here.book.municipality.themes:
        source: Markup | str = "–"
        if theme.source:
            source = here.text(theme.source.title)
            if theme.source.url:
                source = Markup('<a href="{}">{}</a>').format(as_text(theme.source.url), source)
        rows.append([here.text(names[theme.key]), here.text(theme.line) + here.to_confirm(theme.confirm), source])
    return table([here.say("theme"), here.book.city.name, here.say("source")], rows, "themes")


def cases(here: Here) -> Markup:
    """The cases of the library that fit the city's themes, with the departments that have a part in them."""
    vocabulary = here.book.library.vocabulary
    local_names = {item.key: item.name for item in here.book.municipality.departments}
    rows: list[list[Cell]] = []
    marks: list[Marks] = [{}]
    for page in here.book.pages:
        matter = page.article.source.matter if page.article and page.kind == "case" else None
        if isinstance(matter, CaseMatter):
            known = [_keyed(here, key, local_names[key]) for key in matter.departments if key in local_names]
            rows.append(
                [
                    here.link(page.address, page.title),
                    here.text(vocabulary.themes[matter.theme]),
                    join(known, ", ") if known else "–",
                    join((_keyed(here, key, vocabulary.switches[key]) for key in matter.switches), ", "),
                ]
            )
            marks.append({"theme": matter.theme})
    if not rows:
        return block(Markup("<p>{}</p>").format(as_text(here.say("no-cases"))))
    heads = ("case", "theme", "departments", "switches")
    return table([here.say(name) for name in heads], rows, "cases", marks=marks)


def _keyed(here: Here, key: str, text: Text) -> Markup:
    """A word with its key, by which the case finder tells it from others."""
    return Markup('<span data-key="{}">{}</span>').format(key, here.text(text))


def _letters(word: str) -> str:
    """A word as dictionaries put it in order: without accents and marks."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFD", word))).casefold()


def glossary(here: Here) -> Markup:
    """All terms with their definitions, in the alphabet's order of the language."""
    entries = sorted(here.book.library.glossary.items(), key=lambda pair: _letters(here.book.text(pair[1].name)))
    rows = []
    for key, entry in entries:
        also = Markup('<span class="also">{}: {}</span>').format(
            as_text(here.say("also-called")), join(map(as_text, entry.also), ", ")
        )
        rows.append(
            Markup('<dt id="{}">{}</dt> <dd>{}{}</dd> ').format(
                key, here.text(entry.name), here.text(entry.definition), Markup(" ") + also if entry.also else ""
            )
        )
    return block(Markup('<dl class="glossary">{}</dl>').format(join(rows)))
