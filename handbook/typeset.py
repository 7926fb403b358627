"""A rendered article as Typst source: one function per element, and a closed list of what a page may hold.

Every text becomes a string in Typst's code, so nothing in it is ever read as markup. The functions that are called
(`#lines`, `#box-of` …) are defined in theme/print/book.typ. An element or class that is not known here is a problem
with its page's name, never silence.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from lxml import html

from . import columns

Element: TypeAlias = html.HtmlElement

BOXES = ("prepare", "step", "say", "debrief", "trouble", "variants", "cut", "evidence", "trainer", "keep", "example",
         "card", "note", "answer", "goals", "fallback")  # fmt: skip
_SHEET_HEAD = ("sheet-code", "sheet-purpose")
SHORT = 240  # letters of a paragraph that stays with the list or table below it
_QUIET_SPANS = {"term", "confirm", "also", "sheet-link", "local", ""}
REFERENCE = re.compile(r'#inside\("([^"\\]*)"')  # a link to a place in the book, before its page is known


class UnknownConstructError(Exception):
    """An element or class that the printer does not know."""


@dataclass
class Article:
    """One page on its way to paper."""

    path: str
    level: int
    labels: frozenset[str]
    notes: Mapping[str, Element] = field(default_factory=dict)
    workbook: Mapping[str, str] = field(default_factory=dict)

    def label(self, fragment: str) -> str:
        """The name of a place in the book."""
        return f"{self.path}#{fragment}"


def typeset(
    path: str, source: str, level: int, labels: frozenset[str], workbook: Mapping[str, str] | None = None
) -> str:
    """An article in Typst; `level` is the heading level of its title, `labels` are all places that are printed.

    `workbook` says for pages that the participants' book has as well where they stand there: "workbook p. 34".

    Raises:
        UnknownConstructError: with the element and its class.
    """
    root = html.fragment_fromstring(source, create_parent="div")
    return "".join(_blocks(root, _article(path, root, level, labels, workbook)))


def cards_of(path: str, source: str) -> list[tuple[str, str]]:
    """The `::: card` blocks of an article: title and content, for cards that are cut out.

    Raises:
        UnknownConstructError: with the element and its class.
    """
    root = html.fragment_fromstring(source, create_parent="div")
    article = _article(path, root, 1, frozenset(), None)
    cards = []
    for box in root.xpath("./div[contains(concat(' ', @class, ' '), ' card ')]"):
        title = box.find("p")
        title.drop_tree()
        cards.append((_words(title), "".join(_blocks(box, article))))
    return cards


def _article(
    path: str, root: Element, level: int, labels: frozenset[str], workbook: Mapping[str, str] | None
) -> Article:
    notes = {str(item.get("id")): item for item in root.iter("li") if str(item.get("id", "")).startswith("fn:")}
    return Article(path, level, labels, notes, workbook or {})


def labels_of(path: str, source: str) -> Iterator[str]:
    """The places of an article that links can lead to."""
    root = html.fragment_fromstring(source, create_parent="div")
    yield f"{path}#"
    for element in root.iter("h2", "h3", "h4", "h5", "h6", "dt"):  # the title stands above the article
        if element.get("id"):
            yield f"{path}#{element.get('id')}"


def string(text: str) -> str:
    """A Typst string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _text(text: str | None) -> str:
    """Text as content; runs of white space are one space, as in a browser."""
    shown = re.sub(r"[ \t\r\n]+", " ", text or "")
    return f"#{string(shown)}" if shown else ""


def content(inner: str) -> str:
    """A content block."""
    return f"[{inner}]"


# ---------------------------------------------------------------- inline


def _inline(element: Element, article: Article) -> str:
    """What is inside an element, as text in a line."""
    parts = [_text(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_inline_element(child, article))
        parts.append(_text(child.tail))
    return "".join(parts)


def _inline_element(element: Element, article: Article) -> str:
    handler = _INLINE.get(str(element.tag))
    if handler is None:
        raise UnknownConstructError(_name(element))
    return handler(element, article)


def _wrapped(function: str) -> Callable[[Element, Article], str]:
    return lambda element, article: f"#{function}[{_inline(element, article)}]"


def _link(element: Element, article: Article) -> str:
    inside = _inline(element, article)
    href = element.get("href", "")
    parts = urlsplit(href)
    if parts.scheme:
        return f"#away({string(href)})[{inside}]"
    path = posixpath.normpath(posixpath.join(posixpath.dirname(article.path), unquote(parts.path)))
    target = f"{article.path if not parts.path else path}#{unquote(parts.fragment)}"
    if target not in article.labels:
        return inside
    if "term" in _classes(element):
        return f"#term({string(target)})[{inside}]"
    there = article.workbook.get(target.partition("#")[0])  # where the sheet begins
    return f"#inside({string(target)}, there: {string(there) if there else 'none'})[{inside}]"


def _span(element: Element, article: Article) -> str:
    names = _classes(element) or [""]
    if "field" in names:
        return f"#field({string(_words(element.find('span')))})"
    if "tick" in names:
        return f"#tick[{_inline(element, article)}]"
    if names[0] in {"tick-box", "field-line"}:
        return ""
    if "minutes" in names:
        return f"#minutes({string(_words(element))})"
    if names[0] not in _QUIET_SPANS:
        raise UnknownConstructError(_name(element))
    inner = _inline(element, article)
    if language := element.get("lang"):
        return f"#text(lang: {string(language)})[{inner}]"
    return inner


def _image(element: Element, article: Article) -> str:
    del article
    name = posixpath.basename(element.get("src", ""))
    return f"#picture({string(f'figures/{name}')}, {string(element.get('alt', ''))})"


def _footnote(element: Element, article: Article) -> str:
    link = element.find("a")
    name = (link.get("href", "") if link is not None else "").removeprefix("#")
    note = article.notes.get(name)
    if note is None:
        return f"#super[{_inline(element, article)}]"
    for back in note.xpath(".//a[contains(@class, 'footnote-backref')]"):
        back.drop_tree()
    return f"#footnote[{' '.join(_inline(p, article) for p in note.iter('p'))}]"


def _break(element: Element, article: Article) -> str:
    del element, article
    return "#linebreak()"


_INLINE: dict[str, Callable[[Element, Article], str]] = {
    "a": _link,
    "strong": _wrapped("strong"),
    "b": _wrapped("strong"),
    "em": _wrapped("emph"),
    "i": _wrapped("emph"),
    "small": _wrapped("small"),
    "code": lambda element, _article: f"#raw({string(_words(element))})",
    "sup": _footnote,
    "sub": _wrapped("sub"),
    "span": _span,
    "abbr": _inline,
    "img": _image,
    "br": _break,
}


# ---------------------------------------------------------------- blocks


def _blocks(element: Element, article: Article) -> Iterator[str]:
    """What is inside an element, as blocks; loose text in it becomes a paragraph."""
    line = [_text(element.text)]
    for child in element:
        if not isinstance(child.tag, str):
            line.append(_text(child.tail))
            continue
        if str(child.tag) in _INLINE:
            line.append(_inline_element(child, article))
        else:
            yield from _paragraph("".join(line))
            line = []
            made = _block(child, article)
            if _asks(child):
                made = f"#kept[{made.strip()}]\n\n"
            elif _leads(child):
                made = f"#leading[{made.strip()}]\n\n"
            yield made
        line.append(_text(child.tail))
    yield from _paragraph("".join(line))


def _asks(element: Element) -> bool:
    """Whether the room to answer comes right after: no page should end between the two."""
    after = element.getnext()
    if after is None or element.tag not in {"p", "div"} or (element.tail or "").strip():
        return False
    return _is_room(after) and not _is_room(element)


def _leads(element: Element) -> bool:
    """Whether a paragraph belongs to what comes right after: it is a label, ends in a colon, or is short."""
    after = element.getnext()
    if after is None or element.tag != "p" or after.tag not in {"ul", "ol", "dl", "table", "figure", "blockquote"}:
        return False
    words = _words(element)
    label = len(element) == 1 and element[0].tag == "strong" and not (element.text or element[0].tail or "").strip()
    return label or words.endswith(":") or (after.tag in {"ul", "ol", "table"} and len(words) < SHORT)


def _is_room(element: Element) -> bool:
    return "lines" in _classes(element) or "data-lines" in element.attrib


def _paragraph(inner: str) -> Iterator[str]:
    if inner.strip() and inner.replace('#" "', "").strip():
        yield f"{inner}\n\n"


def _block(element: Element, article: Article) -> str:
    handler = _BLOCK.get(str(element.tag))
    if handler is None:
        raise UnknownConstructError(_name(element))
    return handler(element, article)


def _heading(element: Element, article: Article) -> str:
    for link in element.xpath(".//a[contains(@class, 'headerlink')]"):
        link.drop_tree()
    level = article.level + int(str(element.tag)[1]) - 1
    mark = f"#label({string(article.label(element.get('id', '')))})" if element.get("id") else ""
    inner = _inline(element, article)
    if language := element.get("lang"):
        inner = f"#text(lang: {string(language)})[{inner}]"
    listed = ", outlined: false, bookmarked: true" if level == 2 else ""  # contents list pages and parts
    return f"#[#heading(level: {level}{listed})[{inner}]{mark}]\n\n"


def _division(element: Element, article: Article) -> str:
    names = _classes(element)
    if "admonition" in names:
        return _admonition(element, article)
    if "lines" in names:
        label = element.find("p")
        return f"#lines({string(_words(label))}, {int(element.get('data-lines', '1'))})\n\n"
    if "scale" in names:
        numbers = ", ".join(string(_words(item)) for item in element.iter("li"))
        return f"#scale({string(_words(element.find('p')))}, ({numbers},))\n\n"
    if "sheet-head" in names:
        return _sheet_head(element, article)
    if "footnote" in names:
        return ""  # its notes stand at the foot of the pages that refer to them
    if names and names[0] not in {"local"}:
        raise UnknownConstructError(_name(element))
    inner = "".join(_blocks(element, article))
    if language := element.get("lang"):
        inner = f"#[#set text(lang: {string(language)})\n{inner}]\n\n"
    return f"#local[{inner}]\n\n" if "local" in names else inner


def _sheet_head(element: Element, article: Article) -> str:
    """The code and purpose of a worksheet; "In your workbook: p. 34" is for the site only."""
    code, purpose = (content(_inline(element.xpath(f"./p[@class='{name}']")[0], article)) for name in _SHEET_HEAD)
    return f"#sheet-head({string(article.label(''))}, {code}, {purpose})\n\n"


def _admonition(element: Element, article: Article) -> str:
    kind = next((name for name in _classes(element) if name in BOXES), None)
    if kind is None:
        raise UnknownConstructError(_name(element))
    title = next((child for child in element if "admonition-title" in _classes(child)), None)
    head = _inline(title, article) if title is not None else ""
    if title is not None:
        title.drop_tree()
    inner = "".join(_blocks(element, article))
    if kind == "answer" and element.find(".//table") is not None:
        return f"#answer-table({content(head)})[{inner}]\n\n"
    if kind == "answer" and (count := element.get("data-lines")):
        return f"#answer({int(count)}, {content(head)})[{inner}]\n\n"
    return f"#box-of({string(kind)}, {content(head)})[{inner}]\n\n"


def _list(element: Element, article: Article) -> str:
    items = ", ".join(content("".join(_blocks(item, article)).strip()) for item in element if item.tag == "li")
    function = "list" if element.tag == "ul" else "enum"
    start = f"start: {int(element.get('start', '1'))}, " if element.tag == "ol" else ""
    function = "ticks" if element.tag == "ul" and element.xpath("./li/span[@class='tick']") else function
    return f"#{function}({start}{items})\n\n" if items else ""


def _definitions(element: Element, article: Article) -> str:
    kind = (_classes(element) or ["plain"])[0]
    pairs: list[str] = []
    term = ""
    for child in element.iter("dt", "dd"):
        if child.tag == "dt":
            mark = f"#label({string(article.label(child.get('id', '')))})" if child.get("id") else ""
            term = f"[#[#metadata(none){mark}]{_inline(child, article)}]" if mark else content(_inline(child, article))
        else:
            pairs.append(f"({term}, {content(''.join(_blocks(child, article)).strip())})")
    return f"#definitions({string(kind)}, ({', '.join(pairs)},))\n\n"


def _table(element: Element, article: Article) -> str:
    head = element.xpath("./thead/tr[1]/*")
    rows = element.xpath("./tbody/tr") or [row for row in element.iter("tr") if row.getparent().tag != "thead"]
    count = max([len(head), *(len(row) for row in rows)])
    kind = (_classes(element) or ["plain"])[0]
    caption = element.find("caption")
    cells = [content(_cell(cell, article)) for row in rows for cell in _filled(row, count)]
    heads = ", ".join(content(_cell(cell, article)) for cell in head)
    texts = columns.Texts([_words(cell) for cell in head], [[_words(cell) for cell in row] for row in rows])
    of = columns.RUNNING if kind == "running-sheet" else columns.PLAIN
    widths = columns.widths_of(texts, count, of)
    wide = ", ".join(f"{width:.1f}fr" if width else "auto" for width in widths)
    high = ", ".join(f"{height:.0f}mm" for height in columns.heights_of(texts, widths, of))
    arguments = [string(kind), f"({wide},)", f"({high})", f"({heads},)"]
    arguments.append(content(_inline(caption, article)) if caption is not None else "none")
    row_heads = "true" if rows and rows[0][0].tag == "th" else "false"
    return f"#grid-of({', '.join(arguments)}, {row_heads}, ({', '.join(cells)},))\n\n"


def _filled(row: Element, count: int) -> list[Element | None]:
    return [*row, *([None] * (count - len(row)))]


def _cell(cell: Element | None, article: Article) -> str:
    if cell is None:
        return ""
    if any(str(child.tag) in _BLOCK for child in cell):
        return "".join(_blocks(cell, article)).strip()
    return _inline(cell, article).strip()


def _figure(element: Element, article: Article) -> str:
    image = element.find(".//img")
    if image is None:
        raise UnknownConstructError("a figure without a picture")
    caption = element.find("figcaption")
    words = _inline(caption, article) if caption is not None else ""
    name = posixpath.basename(image.get("src", ""))
    return f"#drawing({string(f'figures/{name}')}, {string(image.get('alt', ''))})[{words}]\n\n"


def _quote(element: Element, article: Article) -> str:
    return f"#quote(block: true)[{''.join(_blocks(element, article)).strip()}]\n\n"


def _code(element: Element, article: Article) -> str:
    del article
    return f"#raw({string(element.text_content())}, block: true)\n\n"


def _p(element: Element, article: Article) -> str:
    return "".join(_paragraph(_inline(element, article)))


def _rule(element: Element, article: Article) -> str:
    del element, article
    return "#rule()\n\n"


_BLOCK: dict[str, Callable[[Element, Article], str]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "p": _p,
    "div": _division,
    "ul": _list,
    "ol": _list,
    "dl": _definitions,
    "table": _table,
    "figure": _figure,
    "blockquote": _quote,
    "pre": _code,
    "hr": _rule,
}


# ---------------------------------------------------------------- small pieces


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _words(element: Element | None) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""


def _name(element: Element) -> str:
    kind = f' class="{element.get("class")}"' if element.get("class") else ""
    return f"<{element.tag}{kind}>"
