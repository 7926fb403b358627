"""Where a macro stands, and the few pieces of HTML that all macros share."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handbook.escape import as_text
from handbook.model import Text
from handbook.plan import Handbook, Page, SessionPlan

Cell = str | Markup
Marks = Mapping[str, object]


@dataclass(frozen=True)
class Among:
    """Marks an argument that must be a key of one of the library's lists; checked before a build."""

    name: str


@dataclass(frozen=True)
class Here:
    """The handbook and the page on which a macro is called."""

    book: Handbook
    page: Page

    def say(self, phrase: str, **values: object) -> str:
        """A fixed phrase."""
        return self.book.say(phrase, **values)

    def text(self, text: Text) -> Markup:
        """A text of the model, with its language marked when it is not the handbook's."""
        found, language = text.find(self.book.language, self.book.municipality.country)
        if language in {"", self.book.language}:
            return as_text(found)
        return Markup('<span lang="{}">{}</span>').format(language, as_text(found))

    def own(self, text: Text) -> Markup:
        """A text of the model inside a sentence: in the language of the page, which is not translated perhaps."""
        language = self.page.body.language if self.page.body else self.book.language
        if language == self.book.language:
            return self.text(text)
        return as_text(text.to(language, self.book.municipality.country))

    def url(self, target: str) -> str:
        """The relative address from this page to a file of the site."""
        return posixpath.relpath(target, posixpath.dirname(self.page.url) or ".")

    def link(self, address: str, text: Cell, fragment: str = "") -> Markup:
        """A link to a page of the handbook; only the text when the handbook has no such page."""
        page = self.book.by_address.get(address)
        shown = shield(text)
        if page is None:
            return shown
        return Markup('<a href="{}">{}</a>').format(self.url(page.url) + (f"#{fragment}" if fragment else ""), shown)

    def session(self) -> SessionPlan | None:
        """The session that this page belongs to."""
        return next((plan for plan in self.book.sessions if plan.key == self.page.session), None)

    def to_confirm(self, confirm: bool) -> Markup:
        """In the trainer edition, the mark of a value that the municipality must still confirm."""
        if not confirm or self.book.edition != "trainer":
            return Markup("")
        return Markup(' <span class="confirm">({})</span>').format(as_text(self.say("to-confirm")))


def shield(value: Cell) -> Markup:
    """Markup as it is, anything else as text."""
    return value if isinstance(value, Markup) else as_text(value)


def join(parts: Iterable[Cell], between: str = "") -> Markup:
    """Several pieces as one."""
    return Markup(between).join(  # noqa: S704  # our own separators
        shield(part) for part in parts
    )


def block(html: Markup) -> Markup:
    """HTML that stands alone, so that Markdown leaves it as it is."""
    return Markup("\n\n{}\n\n").format(html)


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    kind: str,
    caption: str = "",
    marks: Sequence[Marks] = (),
) -> Markup:
    """A table with a header row; the first cell of each row is its header. Wide ones scroll by keyboard too.

    The spaces between the cells keep their words apart in the search.
    `marks` is what scripts have to know, as `data-` attributes: of the table first, then of each of its rows.
    """
    unmarked: Marks = {}
    about, *known = [*marks, *[unmarked] * (1 + len(rows) - len(marks))]
    title = Markup("<caption>{}</caption> ").format(as_text(caption)) if caption else ""
    heads = join((Markup('<th scope="col">{}</th>').format(as_text(h)) for h in head), " ")
    body = join(
        Markup('<tr{}><th scope="row">{}</th> {}</tr> ').format(
            _attributes(facts),
            shield(row[0]),
            join((Markup("<td>{}</td>").format(shield(cell)) for cell in row[1:]), " "),
        )
        for row, facts in zip(rows, known, strict=True)
    )
    return block(
        Markup('<table class="{}"{}>{}<thead><tr>{}</tr></thead> <tbody>{}</tbody></table>').format(
            kind, _attributes(about), title, heads, body
        )
    )


def _attributes(marks: Marks) -> Markup:
    return join(Markup(' data-{}="{}"').format(name, as_text(str(value))) for name, value in marks.items())


def bullets(items: Iterable[Cell], kind: str) -> Markup:
    """An unordered list; nothing when it is empty."""
    rows = join(Markup("<li>{}</li>").format(shield(item)) for item in items)
    return block(Markup('<ul class="{}">{}</ul>').format(kind, rows)) if rows else Markup("")
