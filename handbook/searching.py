"""What the search of a site is made of: passages of text as a script, lunr, and the language's stemmer."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from .plan import Handbook

INDEX = "search/index.js"
_SCRIPTS = "assets/search"
_TAG = re.compile(r"<[^>]*>")


def prepare(book: Handbook, folder: Path) -> None:
    """Turn the index that MkDocs wrote into ours, and put beside it what reads it.

    A script and not JSON: a page that was opened from a file may load scripts, but nothing else.
    """
    found = folder / "search" / "search_index.json"
    if not found.is_file():
        return
    entries = json.loads(found.read_text(encoding="utf-8"))["docs"]
    found.unlink()
    passages = json.dumps(list(_passages(book, entries)), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # JavaScript takes JSON as it is; these two would end a line of a script in old browsers
    passages = passages.replace("\u2028", " ").replace("\u2029", " ")
    (folder / INDEX).write_text(f"handbookPassages={passages};\n", encoding="utf-8")
    scripts = folder / _SCRIPTS
    scripts.mkdir(parents=True, exist_ok=True)
    with as_file(files("mkdocs").joinpath("contrib/search/templates/search/lunr.js")) as lunr:
        shutil.copyfile(lunr, scripts / "lunr.js")
    stemmers = folder / "assets" / "javascripts" / "lunr" / "min"  # the theme brings them
    if book.language != "en":  # lunr itself knows English
        for name in ("lunr.stemmer.support.min.js", f"lunr.{book.language}.min.js"):
            shutil.copyfile(stemmers / name, scripts / name)


def _passages(book: Handbook, entries: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """The text under each heading, plain, with the title of its page and the glossary's other words."""
    terms = [(book.text(term.name).casefold(), term.also) for term in book.library.glossary.values() if term.also]
    titles = {entry["location"]: _plain(entry["title"]) for entry in entries}
    for entry in entries:
        title = _plain(entry["title"])
        text = " ".join([_plain(entry["text"]), *_other_words(terms, title)]).strip()
        page = titles.get(entry["location"].partition("#")[0], title)
        yield {"place": entry["location"], "page": page, "title": title, "text": text}


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _other_words(terms: Iterable[tuple[str, Iterable[str]]], title: str) -> list[str]:
    """The other names of the terms that a title holds: who types "roddelmethode" finds the aside method."""
    spoken = title.casefold()
    words = [other for name, others in terms if name in spoken for other in others]
    return [f"({', '.join(words)})"] if words else []
