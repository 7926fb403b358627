"""What the search of a site is made of: passages of text as a script, lunr, and the language's stemmer."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import as_file, files
from pathlib import Path

from .plan import Handbook

INDEX = "search/index.js"
_SCRIPTS = "assets/search"
_HEADING = re.compile(r'<h([1-6])\b[^>]*? id="([^"]*)"[^>]*>(.*?)</h\1>', re.DOTALL)
_IN_LINE = re.compile(r"</?(?:a|abbr|b|code|em|i|small|span|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def prepare(book: Handbook, articles: Mapping[str, str], folder: Path) -> None:
    """Write what the search reads: the passages of all articles, and beside them the scripts that look through them.

    A script and not JSON: a page that was opened from a file may load scripts, but nothing else.
    """
    passages = json.dumps(list(_passages(book, articles)), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # JavaScript takes JSON as it is; these two would end a line of a script in old browsers
    passages = passages.replace("\u2028", " ").replace("\u2029", " ")
    (folder / INDEX).parent.mkdir(exist_ok=True)
    (folder / INDEX).write_text(f"handbookPassages={passages};\n", encoding="utf-8")
    scripts = folder / _SCRIPTS
    scripts.mkdir(parents=True, exist_ok=True)
    with as_file(files("mkdocs").joinpath("contrib/search/templates/search/lunr.js")) as lunr:
        shutil.copyfile(lunr, scripts / "lunr.js")
    if book.language == "en":  # lunr itself knows English
        return
    with as_file(files("material").joinpath("templates/assets/javascripts/lunr/min")) as stemmers:
        for name in ("lunr.stemmer.support.min.js", f"lunr.{book.language}.min.js"):
            shutil.copyfile(stemmers / name, scripts / name)


def _passages(book: Handbook, articles: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The text under each heading, plain, with the title of its page and the glossary's other words."""
    terms = [(book.text(term.name).casefold(), term.also) for term in book.library.glossary.values() if term.also]
    for page in book.pages:
        article = articles[page.path]
        headings = list(_HEADING.finditer(article))
        ends = [*(heading.start() for heading in headings[1:]), len(article)]
        for heading, end in zip(headings, ends, strict=True):
            level, name, words = heading.groups()
            title = _plain(words)
            yield {
                "place": page.url if level == "1" else f"{page.url}#{name}",
                "page": page.title,
                "title": title,
                "text": " ".join([_plain(article[heading.end() : end]), *_other_words(terms, title)]).strip(),
            }


def _plain(markup: str) -> str:
    """The words of HTML; only what stands in a line joins what is around it."""
    return " ".join(html.unescape(_TAG.sub(" ", _IN_LINE.sub("", markup))).split())


def _other_words(terms: Iterable[tuple[str, Iterable[str]]], title: str) -> list[str]:
    """The other names of the terms that a title holds: who types "roddelmethode" finds the aside method."""
    spoken = title.casefold()
    words = [other for name, others in terms if name in spoken for other in others]
    return [f"({', '.join(words)})"] if words else []
