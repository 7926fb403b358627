"""Figures: an SVG with English words becomes one with the words of a language and the city's colour."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from . import yamlfile
from .problems import ContentError, Place, Problem

ACCENT = "#0b5c8a"  # drawn in figures; the city's colour takes its place
PALETTE = {ACCENT, "#1d2733", "#5b6673", "#c9d1d9", "#e0e4e9", "#eef1f4", "#f6f8f9", "#ffffff", "none"}
_SVG = "{http://www.w3.org/2000/svg}"
_ASKS = re.compile(r"\burl\(\s*['\"]?(?!#)|\b(?:src|image|image-set)\(", re.IGNORECASE)
_ALLOWED = {"svg", "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
            "marker", "pattern", "clipPath", "use", "linearGradient", "stop", "title", "desc"}  # fmt: skip


def words_in(svg: Path, name: str) -> tuple[list[str], list[Problem]]:
    """The keys of the words in a drawing, and what a drawing must not hold."""
    try:
        root = read(svg.read_bytes(), name)
    except ContentError as error:
        return [], list(error.problems)
    return [element.get("data-text", "") for element in root.iter(f"{_SVG}text")], []


def read(raw: bytes, name: str) -> etree._Element:
    """A drawing as a tree.

    Raises:
        ContentError: when it is no SVG, or holds scripts, links to other files, or anything but a drawing.
    """
    try:
        root = etree.fromstring(yamlfile.decode(raw, name).encode(), _parser())  # no entities, no network
    except etree.XMLSyntaxError as error:
        place = Place(name, error.lineno or 0)
        raise ContentError(
            [Problem("figure", place, f"this is not SVG: {error.msg}", "save the drawing again")]
        ) from None
    if root.tag != f"{_SVG}svg":
        what = f'this is not SVG: it begins with <{_tag(root)}>, not with <svg xmlns="{_SVG[1:-1]}">'
        raise ContentError([Problem("figure", Place(name, _line(root)), what, "save the drawing again")])
    for element in root.iter():
        tag = _tag(element)
        bad = [str(a) for a, v in element.attrib.items() if _unsafe(str(a), str(v))]
        if tag not in _ALLOWED or bad:
            what = (
                f"<{tag}> is not a drawing" if tag not in _ALLOWED else f"the attribute {', '.join(bad)} is not allowed"
            )
            place = Place(name, _line(element))
            raise ContentError([Problem("figure", place, what, "keep shapes and words only")])
        if tag == "text" and not element.get("data-text") and name.startswith("docs/"):
            place = Place(name, _line(element))
            raise ContentError(
                [Problem("figure", place, "a text without data-text", "give it a key, and its words in the .yml")]
            )
    return root


def _tag(element: etree._Element) -> str:
    """The name of an SVG element; other things have a name that no SVG element has."""
    if not isinstance(element.tag, str):
        return "instruction"
    word = etree.QName(element).localname
    return word if element.tag == f"{_SVG}{word}" else f"{element.prefix or 'no-svg'}:{word}"


@functools.cache
def size(svg: Path) -> tuple[int, int]:
    """Width and height of a drawing in its own units, from its viewBox; browsers keep the place free with them."""
    found = re.search(rb'viewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', svg.read_bytes())
    return (round(float(found[1])), round(float(found[2]))) if found else (720, 480)


def _parser() -> etree.XMLParser:
    """No entities, no network, no comments, nothing huge."""
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False)


def _line(element: etree._Element) -> int:
    return element.sourceline if isinstance(element.sourceline, int) else 0


def _unsafe(name: str, value: str) -> bool:
    local = name.rpartition("}")[2].lower()
    if local.startswith("on") or local in {"style", "base"} or "\\" in value:  # CSS reads u\72l as url
        return True
    return (local in {"href", "src"} and not value.startswith("#")) or bool(_ASKS.search(value))


def localised(raw: bytes, name: str, word: Callable[[str], str], accent: str) -> bytes:
    """The drawing with its words from `word(key)` (line breaks become lines) and the city's colour."""
    root = read(raw, name)
    for element in root.iter(f"{_SVG}text"):
        lines = word(element.get("data-text", "")).split("\n")
        for child in list(element):
            element.remove(child)
        element.text = lines[0]
        for line in lines[1:]:
            extra = etree.SubElement(element, f"{_SVG}tspan", x=element.get("x", "0"), dy="1.2em")
            extra.text = line
        del element.attrib["data-text"]
    text = etree.tostring(root, encoding="unicode")
    return re.sub(ACCENT, accent, text, flags=re.IGNORECASE).encode()


def has_known_colours(raw: bytes) -> bool:
    """Whether a drawing keeps to the palette, for which theme/assets/content.css has the colours of the night."""
    drawn = {
        str(value).lower()
        for element in etree.fromstring(raw, _parser()).iter()
        for name, value in element.attrib.items()
        if name in {"fill", "stroke", "stop-color"}
    }
    return drawn <= PALETTE


def inline(raw: bytes, mark: str, alt: str) -> str:
    """A localised drawing to stand in a page itself, where it takes the page's fonts and colours.

    `mark` sets its names apart from those of other drawings on the page; "" for a drawing that only a file can hold.
    """
    root = etree.fromstring(raw, _parser())
    if root.prefix:  # HTML knows SVG's elements by their bare names only
        return ""
    for element in root.iter():
        for key, found in element.attrib.items():
            name, value = str(key), str(found)
            if name == "id":
                element.set(name, f"{mark}-{value}")
            elif name.endswith("href"):
                element.set(name, value.replace("#", f"#{mark}-", 1))
            else:
                element.set(name, re.sub(r"(url\(\s*['\"]?)#", rf"\1#{mark}-", value))
    for size_ in {"width", "height"} & set(root.attrib):
        del root.attrib[size_]
    if has_known_colours(raw):
        root.set("class", "drawn")
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("data-search-exclude", "")  # its words stand in the text beside it, in sentences
    return re.sub(r">\s+<", "><", etree.tostring(root, encoding="unicode").strip())
