"""Words, pictures and texts of the city inside a sentence or between paragraphs."""

from __future__ import annotations

import re
from typing import Annotated

import markdown
import nh3
from markupsafe import Markup

from handbook import figures
from handbook.escape import as_text
from handbook.model import SOURCE_LANGUAGE, SheetMatter

from .here import Among, Here, block

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "table", "thead", "tbody",
         "tr", "th", "td", "code", "hr"}  # fmt: skip
_PAGE_LINK = re.compile(r'<a href="page:([^"#]*)(?:#([^"]*))?">(.*?)</a>', re.DOTALL)


def term(here: Here, key: Annotated[str, Among("glossary")], text: str = "") -> Markup:
    """A word of the glossary with its definition at hand; `text` is the form that fits the sentence."""
    entry = here.book.library.glossary[key]
    shown = as_text(text) if text else here.own(entry.name)
    definition = as_text(here.book.text(entry.definition))
    page = here.book.by_address.get("glossary")
    if page is None:
        return Markup('<span class="term" title="{}">{}</span>').format(definition, shown)
    return Markup('<a class="term" href="{}#{}" title="{}">{}</a>').format(here.url(page.url), key, definition, shown)


def word(here: Here, key: Annotated[str, Among("words")]) -> Markup:
    """A word that differs between the Netherlands and Flanders."""
    return here.own(here.book.library.vocabulary.words[key])


def sheet(here: Here, key: Annotated[str, Among("sheets")]) -> Markup:
    """A line that leads to a worksheet."""
    article = here.book.library.sheets[key]
    title = here.say("sheet-line", title=article.body(here.book.language).matter.title)
    matter = article.source.matter
    code = matter.code if isinstance(matter, SheetMatter) else ""
    return Markup('<span class="sheet-link">{} <small>({})</small></span>').format(
        here.link(f"sheets/{key}", title), code
    )


def figure(here: Here, key: Annotated[str, Among("figures")]) -> Markup:
    """A picture with its text alternative and its caption, in the handbook's language."""
    drawn = here.book.library.figures[key]
    drawing = drawn.words
    width, height = figures.size(drawn.svg)
    return block(
        Markup(
            '<figure class="figure"><img src="{}" alt="{}" width="{}" height="{}" loading="lazy">'
            "<figcaption>{}</figcaption></figure>"
        ).format(
            here.url(f"figures/{key}.svg"),
            as_text(here.book.text(drawing.alt)),
            width,
            height,
            here.text(drawing.caption),
        )
    )


def local(here: Here, name: Annotated[str, Among("prose")]) -> Markup:
    """The city's own text, cleaned; nothing when it has none of this name."""
    texts = here.book.profile.prose.get(name)
    if not texts:
        return Markup("")
    found = texts.get(here.book.language) or texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()))
    html = markdown.markdown(found.text, extensions=["tables", "sane_lists"])
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}, "th": {"scope"}},
                      url_schemes={"http", "https", "mailto", "tel", "page"}, link_rel=None)  # fmt: skip
    # nh3 has made the words safe
    linked = _PAGE_LINK.sub(lambda match: here.link(match[1], Markup(match[3]), match[2] or ""), clean)  # noqa: S704
    language = Markup(' lang="{}"').format(found.language) if found.language != here.book.language else Markup("")
    # empty lines would end the HTML block for Markdown
    return block(Markup('<div class="local"{}>{}</div>').format(language, Markup(linked.replace("\n", " "))))  # noqa: S704
