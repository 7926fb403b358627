"""Pages that stand outside the handbooks: a city's first page, and the list of the cities that are published.

The list is made of what lies in the folder, never of what a build knows: each published handbook carries a note.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from . import articles, sharing
from .model import LANGUAGES, Text
from .plan import Handbook

MARKER = ".handbook-site"
SIGN = '<meta name="generator" content="handbook: list of cities">'
_MARK = (
    '<svg class="mark" viewBox="0 0 62 48" aria-hidden="true"><circle cx="24" cy="24" r="18"/>'
    '<circle cx="38" cy="24" r="18"/><path d="M31 7.4a18 18 0 0 1 0 33.2 18 18 0 0 1 0-33.2z"/></svg>\n'
)
Phrases = Mapping[str, Text]

_STYLE = """
:root { color-scheme: light dark; --ink: #1b2430; --soft: #4a5563; --paper: #fff; --card: #fff; --line: #ccd3db; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9edf2; --soft: #b3bdc9; --paper: #161b22; --card: #1d242d; --line: #434d5a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: clamp(2rem, 8vh, 5rem) 1.25rem 4rem; }
h1, h2 { font-family: Georgia, "Times New Roman", serif; line-height: 1.15; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: clamp(2rem, 1.4rem + 3vw, 3.25rem); margin-bottom: 1rem; }
h2 { font-size: 1.5rem; }
.mark { width: 4.5rem; fill: none; stroke: currentcolor; stroke-width: 2; }
.mark path { fill: currentcolor; opacity: .3; stroke: none; }
.lead { margin: 0 0 .35rem; color: var(--soft); max-width: 44rem; }
ul { list-style: none; margin: 0; padding: 0; }
.cities { display: grid; gap: 1.25rem; margin-top: 2.5rem; }
.cities { grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); }
.city { padding: 1.1rem 1.25rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.city { border-top: .5rem solid var(--city); }
.languages { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin-top: .6rem; }
.languages a { display: inline-block; padding: .35rem 0; color: inherit; text-underline-offset: .2em; }
.languages a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid currentcolor; outline-offset: 2px; border-radius: 3px; }
"""


class Note(BaseModel):
    """What a published handbook says of itself in its marker."""

    model_config = ConfigDict(frozen=True)

    name: str
    colour: str
    listed: bool
    index: bool


def note(book: Handbook) -> str:
    """The note of a handbook, for its marker."""
    of = book.municipality
    found = Note(
        name=book.city.name, colour=of.look.accent, listed=of.publication.listed, index=sharing.may_be_listed(book)
    )
    return found.model_dump_json() + "\n"


def city_list(folder: Path, phrases: Phrases) -> str:
    """The page that lists what is published in a folder; "" when nothing there wants to be listed."""
    cities = {slug: notes for slug, notes in _published(folder) if any(note.listed for note in notes.values())}
    if not cities:
        return ""
    counts = {code: sum(code in notes for notes in cities.values()) for code in LANGUAGES}
    languages = sorted((code for code in LANGUAGES if counts[code]), key=lambda code: -counts[code])
    own = [phrases["cities-title"].to(code) for code in languages]
    leads = [f'<p class="lead" lang="{code}">{_e(phrases["cities-text"].to(code))}</p>' for code in languages]
    in_order = sorted(cities.items(), key=lambda city: (_sorted_as(_names(city[1])[0][1]), city[0]))
    items = "\n".join(_city(slug, notes, phrases) for slug, notes in in_order)
    colours = "".join(f".c-{slug} {{ --city: {next(iter(notes.values())).colour}; }}\n" for slug, notes in in_order)
    index = any(note.index for notes in cities.values() for note in notes.values())
    body = f"{_MARK}<h1>{_e(own[0])}</h1>\n" + "\n".join(leads) + f'\n<ul class="cities">\n{items}\n</ul>'
    robots = "index, follow" if index else "noindex"
    about = f'<meta name="description" content="{_e(phrases["cities-text"].to(languages[0]))}">'
    head = f'{SIGN}\n<meta name="robots" content="{robots}">\n{about}'
    return _page(languages[0], _e(" · ".join(own)), head, _STYLE + colours, body)


def _published(folder: Path) -> Iterator[tuple[str, dict[str, Note]]]:
    """The cities in a folder of published handbooks, with the note of each language, in the order of its page."""
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", place.name) or place.is_symlink() or not place.is_dir():
            continue
        notes = {code: found for code in LANGUAGES if (found := _note(place / code))}
        if notes:
            yield place.name, notes


def _note(place: Path) -> Note | None:
    """The note of a published handbook; none when somebody else made what lies there."""
    try:
        return Note.model_validate(json.loads((place / MARKER).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):  # nothing there, or it was published before notes were written
        return None


def _names(notes: Mapping[str, Note]) -> list[tuple[str, str]]:
    """A city's names, each once, with the language it is in."""
    names: dict[str, str] = {}
    for code, found in notes.items():
        names.setdefault(found.name, code)
    return [(code, name) for name, code in names.items()]


def _city(slug: str, notes: Mapping[str, Note], phrases: Phrases) -> str:
    names = " / ".join(f'<span lang="{code}">{_e(name)}</span>' for code, name in _names(notes))
    links = "".join(
        f'<li><a href="{slug}/{code}/index.html" lang="{code}" hreflang="{code}">{_language(phrases, code)}</a></li>'
        for code in notes
    )
    return f'<li class="city c-{slug}"><h2>{names}</h2><ul class="languages">{links}</ul></li>'


def _language(phrases: Phrases, code: str) -> str:
    """The name of a language in that language."""
    return _e(phrases[f"language-{code}"].to(code).capitalize())


def _sorted_as(name: str) -> str:
    """A name as lists of names are ordered: without accents, small and large letters alike."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))


def front(book: Handbook) -> str:
    """A city's first page: it sends visitors to the first language, and lets them choose without waiting."""
    of = book.municipality
    first = of.languages[0]
    name = of.name.to(first, of.country)
    title = _e(book.library.phrases["handbook-title"].to(first, of.country).format(city=name))
    links = "".join(
        f'<li><a href="{code}/index.html" hreflang="{code}" lang="{code}">'
        f"{_language(book.library.phrases, code)}</a></li>"
        for code in of.languages
    )
    head = "".join(
        f"{line}\n"
        for line in (
            f'<meta name="robots" content="{"index, follow" if sharing.may_be_listed(book) else "noindex"}">',
            f'<meta http-equiv="refresh" content="0; url={first}/index.html">',
            '<meta property="og:type" content="website">',
            f'<meta property="og:title" content="{title}">',
            *_shown(book, first),
        )
    )
    style = f"{_STYLE}main {{ --city: {of.look.accent}; }}\n"
    body = f'<div class="city">\n<h1>{title}</h1>\n<ul class="languages">{links}</ul>\n</div>'
    return _page(first, title, head.rstrip("\n"), style, body)


def _shown(book: Handbook, first: str) -> list[str]:
    """The picture and the address, when there is one."""
    address = book.municipality.publication.address
    if not address or book.edition != "participant":
        return []
    base = _e(address.rstrip("/"))
    return [
        f'<link rel="canonical" href="{base}/{first}/index.html">',
        f'<meta property="og:url" content="{base}/{first}/index.html">',
        f'<meta property="og:image" content="{base}/{first}/{sharing.PICTURE}">',
        '<meta name="twitter:card" content="summary_large_image">',
    ]


def _page(language: str, title: str, head: str, style: str, body: str) -> str:
    """A page that needs no other file; it may run nothing, and load nothing."""
    allowed = articles.hash_of(style.encode())
    policy = f"default-src 'none'; style-src '{allowed}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n{head}\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _e(text: str) -> str:
    return html.escape(text)
