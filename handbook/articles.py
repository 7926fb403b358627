"""What rendered HTML says, for the checks: its text in pieces, its links, its names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import html

_BLOCKS = {
    "p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "dl", "table", "tr",
    "thead", "tbody", "caption", "figure", "figcaption", "blockquote", "pre", "section", "article", "br", "hr",
}  # fmt: skip
_HIDDEN = {"script", "style", "template", "svg", "head"}
_URLS = {"a": "href", "link": "href", "area": "href", "img": "src", "script": "src", "iframe": "src", "source": "src"}


@dataclass(frozen=True)
class Link:
    """A reference in a page; `asks` says whether the browser fetches it by itself."""

    target: str
    line: int
    asks: bool


@dataclass(frozen=True)
class Sheet:
    """A page of the site, read once."""

    path: Path
    text: str
    names: frozenset[str]
    links: tuple[Link, ...]


def read(path: Path) -> Sheet:
    """Read a page of the site."""
    root = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    names = frozenset(
        str(e.get("id") or e.get("name")) for e in root.iter() if e.get("id") or (e.tag == "a" and e.get("name"))
    )
    return Sheet(path, "\n".join(pieces(root)), names, tuple(_links(root)))


def _links(root: html.HtmlElement) -> Iterator[Link]:
    for element in root.iter(*_URLS):
        tag = str(element.tag)
        if (target := element.get(_URLS[tag])) is not None:
            follows = tag in {"a", "area"} or (tag == "link" and element.get("rel") in _RELATIONS)
            yield Link(target, element.sourceline or 0, not follows)


_RELATIONS = {"canonical", "alternate", "prev", "next", "license", "author"}  # links that no browser fetches


def pieces_of(article: str) -> list[str]:
    """The text of an article in pieces: one for each paragraph, cell or heading."""
    return list(pieces(html.fragment_fromstring(article, create_parent="div")))


def pieces(root: html.HtmlElement) -> Iterator[str]:
    """The visible text under an element, split where a reader sees a new block."""
    text = "".join(_spoken(root))
    for piece in text.split("\n"):
        if piece := " ".join(piece.split()):
            yield piece


def _spoken(element: html.HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _HIDDEN:
        return
    around = "\n" if element.tag in _BLOCKS else ""
    yield around
    yield (element.text or "").replace("\n", " ")
    for child in element:
        yield from _spoken(child)
        yield (child.tail or "").replace("\n", " ")
    yield around


def letters(text: str) -> str:
    """Only the letters and digits of a text, in lower case: the same before and after hyphens and ligatures."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()
