"""What rendered HTML says, for the checks: its text in pieces, its links, its names."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree, html

_BLOCKS = {
    "p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "dl", "table", "tr",
    "thead", "tbody", "caption", "figure", "figcaption", "blockquote", "pre", "section", "article", "br", "hr",
}  # fmt: skip
_HIDDEN = {"script", "style", "template", "svg", "head"}
_URLS = {
    "a": ("href",), "area": ("href",), "link": ("href",), "script": ("src",), "iframe": ("src",), "embed": ("src",),
    "img": ("src", "srcset"), "source": ("src", "srcset"), "video": ("src", "poster"), "audio": ("src",),
    "track": ("src",), "input": ("src",), "object": ("data",), "image": ("href", "xlink:href"), "use": ("href",),
}  # fmt: skip
Element = Any  # of lxml, whose types do not know what an expression finds
_IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Link(NamedTuple):
    """A reference in a page; `asks` says whether the browser fetches it by itself."""

    target: str
    line: int
    asks: bool


@dataclass(frozen=True)
class Sheet:
    """A page of the site, read once."""

    path: Path
    source: str
    text: str
    names: frozenset[str]
    links: tuple[Link, ...]
    refused: tuple[tuple[str, int], ...] = ()  # what the page's own policy keeps from working, and its line


def read(path: Path) -> Sheet:
    """Read a page of the site."""
    raw = path.read_bytes()
    written = raw.lower()
    styled, acts = bool(_STYLE.search(written)), bool(_ACT.search(written))
    root: Element = etree.fromstring(raw, _PARSER)
    names = frozenset(map(str, root.xpath("//@id | //a/@name", smart_strings=False)))
    links, refused = tuple(_links(root, styled)), tuple(_refused(root, styled or acts))
    return Sheet(path, raw.decode("utf-8", "replace"), "\n".join(pieces(root)), names, links, refused)


_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True)  # else it gives up on deep nesting, without a word
# hardly any page has a style or an act in it, and lxml takes longer to find none
_STYLE = re.compile(rb"<style|style\s*=")
_ACT = re.compile(rb"on(?<![\w-]on)[a-z]+\s*=")


def _refused(root: Element, inline: bool) -> Iterator[tuple[str, int]]:
    """Inline scripts and styles that the page's Content-Security-Policy does not name by their hash."""
    policy = "".join(meta.get("content") or "" for meta in root.iter("meta") if meta.get("http-equiv") == _POLICY)
    for attribute in root.xpath("//@style | //@*[starts-with(name(), 'on')]") if inline else ():
        yield f'{attribute.attrname}="{attribute}"', attribute.getparent().sourceline or 0
    for element in root.iter("script", "style"):
        runs = not element.get("src") and not (element.get("type") or "").endswith("json")
        if runs or element.tag == "style":
            text = element.text or ""
            if f"'{hash_of(text.encode())}'" not in policy:
                yield f"<{element.tag}>{' '.join(text.split())[:40]}", element.sourceline or 0


_POLICY = "Content-Security-Policy"


def hash_of(raw: bytes) -> str:
    """The name by which a Content-Security-Policy, or subresource integrity, knows a text: `sha256-…`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(raw).digest()).decode()


def _links(root: Element, styled: bool) -> Iterator[Link]:
    for element in root.iter(*_URLS):
        tag = str(element.tag)
        follows = tag in {"a", "area"} or (tag == "link" and element.get("rel") in _RELATIONS)
        for name in _URLS[tag]:
            value = element.get(name)
            if value and name == "srcset":
                targets = [part.split()[0] for part in value.split(",") if part.strip()]
                yield from (Link(target, element.sourceline or 0, not follows) for target in targets)
            elif value:
                yield Link(value, element.sourceline or 0, not follows)
    for element in root.xpath("//style | //*[@style]") if styled else ():
        style = (element.text or "") if element.tag == "style" else element.get("style") or ""
        yield from (Link(target, element.sourceline or 0, True) for target in asked_by(style))


def asked_by(style: str) -> list[str]:
    """The addresses that a style sheet makes a browser fetch."""
    return [address or imported for address, imported in _IN_STYLES.findall(style)]


_RELATIONS = {"canonical", "alternate", "prev", "next", "license", "author"}  # links that no browser fetches


def pieces_of(article: str) -> list[str]:
    """The text of an article in pieces: one for each paragraph, cell or heading."""
    return list(pieces(html.fragment_fromstring(article, create_parent="div")))


def pieces(root: Element) -> Iterator[str]:
    """The visible text under an element, split where a reader sees a new block."""
    said: list[str] = []
    _speak(root, said)
    for piece in "".join(said).split("\n"):
        if piece := " ".join(piece.split()):
            yield piece


def _speak(element: Element, said: list[str]) -> None:
    tag = element.tag  # each look at an element goes through lxml, and there are many
    if tag in _HIDDEN or not isinstance(tag, str):
        return
    around = "\n" if tag in _BLOCKS else ""
    said.append(around)
    if text := element.text:
        said.append(text.replace("\n", " "))
    for child in element:
        _speak(child, said)
        if tail := child.tail:
            said.append(tail.replace("\n", " "))
    said.append(around)


def letters(text: str) -> str:
    """Only the letters and digits of a text, in lower case: the same before and after hyphens and ligatures."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    found = text.encode(errors="surrogatepass").translate(None, _SIGNS).decode(errors="surrogatepass")
    return (found if found.isascii() else _NO_LETTERS.sub("", found)).casefold()


_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())  # taken out first: that is a good deal faster
_NO_LETTERS = re.compile(r"[\W_]+")


def spoken(text: str) -> str:
    """The words of a text in lower case, each between spaces."""
    return f" {' '.join(_WORDS.findall(text.casefold()))} "


_WORDS = re.compile(r"[^\W_]+")


def boxes_of(article: str, kind: str) -> str:
    """Only the boxes of one kind in an article, such as its cards."""
    root = html.fragment_fromstring(article, create_parent="div")
    found = (box for box in root.iter("div") if kind in (box.get("class") or "").split())
    return "".join(html.tostring(box, encoding="unicode", with_tail=False) for box in found)
