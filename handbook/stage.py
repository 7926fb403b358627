"""Step 4, stage: a handbook as plain Markdown on disk, for one edition, readable and comparable.

Text of the other edition is gone here. Macros still stand in the text; they run when the site is rendered.
"""

from __future__ import annotations

import html
import json
import os
import posixpath
import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import blocks, colour, dates, figures, pictures
from .escape import as_text
from .model import Figure
from .plan import Handbook, Page
from .problems import ContentError, Place, Problem

MARKER = ".handbook-stage"
WORKBOOK_PAGE = '<p class="workbook-page"></p>'
_PAGE_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(page:([a-z0-9/-]+)(?:#([a-z0-9-]+))?\)")


@dataclass(frozen=True)
class Stage:
    """What was staged: the folder with the pages, and which files changed since the last time."""

    folder: Path
    changed: frozenset[str]

    @property
    def docs(self) -> Path:
        """The folder that the renderer reads."""
        return self.folder / "docs"


def stage(book: Handbook, folder: Path) -> Stage:
    """Write the handbook's pages, figures and colours into `folder`/docs; files that stay the same are not touched.

    Raises:
        ContentError: when the folder holds something that no stage has written.
    """
    _claim(folder)
    wanted = dict(_files(book))
    docs = folder / "docs"
    changed = set(_swept(docs, wanted))
    changed.update(name for name, raw in wanted.items() if _write(docs / name, raw))
    return Stage(folder, frozenset(changed))


def _swept(docs: Path, wanted: Container[str]) -> Iterator[str]:
    """Take away what is not wanted any more, and links that somebody put there: nothing is written through them."""
    for old in sorted(docs.rglob("*"), reverse=True):
        name = old.relative_to(docs).as_posix()
        if old.is_dir() and not old.is_symlink():
            if not any(old.iterdir()):
                old.rmdir()
        elif old.is_symlink() or name not in wanted:
            old.unlink()
            yield name


def _claim(folder: Path) -> None:
    """Make sure that nothing but a stage is ever emptied."""
    full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if folder.is_symlink() or (full and not (folder / MARKER).exists()):
        raise ContentError([Problem("stage", Place(str(folder)), "this folder was not made by handbook",
                                    "move it away; it would be overwritten")])  # fmt: skip
    if (folder / "docs").is_symlink():
        (folder / "docs").unlink()
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


def _write(path: Path, raw: bytes) -> bool:
    """Write when the content differs; whether it did."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == raw:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(raw)
    beside.replace(path)
    return True


def _files(book: Handbook) -> Iterator[tuple[str, bytes]]:
    used: set[str] = set()
    for page in book.pages:
        text = markdown(book, page)
        used.update(page.body.calls("figure", book.edition) if page.body else ())
        yield page.path, text.encode()
    accent = book.municipality.look.accent
    for key in sorted(used & set(book.library.figures)):
        drawing = book.library.figures[key]
        raw = figures.localised(
            drawing.svg.read_bytes(), f"docs/figures/{key}.svg", _words(book, drawing.words),
            colour.readable(accent, colour.WHITE),
        )  # fmt: skip
        yield f"figures/{key}.svg", raw
    yield from dates.files(book)
    yield "assets/city.css", colour.city_css(accent).encode()
    if book.municipality.look.logo:
        logo = book.profile.files[book.municipality.look.logo]
        yield f"assets/logo{logo.suffix}", pictures.safe(logo)


def _words(book: Handbook, figure: Figure) -> Callable[[str], str]:
    return lambda key: book.text(figure.texts[key])


def markdown(book: Handbook, page: Page) -> str:
    """A page as it is staged."""
    front = {"title": html.escape(page.title, quote=False)}
    if page.body and page.body.matter.description:
        front["description"] = html.escape(page.body.matter.description, quote=True)
    head = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items())
    return f"---\n{head}---\n\n{_content(book, page)}\n"


def _content(book: Handbook, page: Page) -> str:
    title = _plain(page.title)
    if page.body is None:
        return f"# {title}\n\n{_overview(book, page)}"
    text = "\n".join([*_facts(book, page), blocks.write(page.body.nodes, book.edition, lambda b: _title(book, b))])
    text = re.sub(r"\n{3,}", "\n\n", _linked(book, page, text)).strip("\n")
    if page.body.language == book.language:
        return f"# {title}\n\n{text}"
    return _foreign(book, page, title, text)


def _foreign(book: Handbook, page: Page, title: str, text: str) -> str:
    """A page that is not translated: a notice in the reader's language, the text marked with its own."""
    assert page.body  # a page without a text of its own has nothing to translate
    other = page.body.language
    notice = book.say(
        "not-translated", language=book.say(f"language-{book.language}"), other=book.say(f"language-{other}")
    )
    return (
        f"# {title} {{: lang={other} }}\n\n/// html | div.admonition.fallback\n{_plain(notice)}\n///\n\n"
        f"//////////// html | div[lang='{other}']\n\n{text}\n\n////////////"
    )


def _facts(book: Handbook, page: Page) -> Iterator[str]:
    """What stands above a module: how long, in what form, with what; for trainers also who and how urgent."""
    matter = page.module
    body = page.body
    if page.kind == "sheet":
        yield _sheet_head(book, page)
    if matter is None or body is None:
        return
    of = book.library.vocabulary
    facts = [("duration", book.say("minutes" if book.edition == "trainer" else "about-minutes", n=matter.minutes))]
    facts.append(("group-form", book.text(of.groups[matter.group])))
    if book.edition == "trainer":
        facts.insert(0, ("code", matter.code))
        facts.append(("method", book.text(of.methods[matter.method])))
        facts.append(("lead", book.text(of.leads[matter.lead])))
        facts.append(("priority", book.say(matter.priority)))
        if matter.materials:
            facts.append(("materials", ", ".join(book.text(of.materials[need.key].name) for need in matter.materials)))
    items = "".join(f"<div><dt>{as_text(book.say(key))}</dt> <dd>{as_text(value)}</dd></div> " for key, value in facts)
    yield f'<dl class="facts">{items}</dl>\n'
    goals = getattr(body.matter, "goals", matter.goals)
    yield f"/// admonition | {_plain(book.say('goals'))}\n    type: goals\n"
    yield "\n".join(f"- {goal}" for goal in goals)
    yield "\n///\n"
    if matter.sheets:
        yield "\n".join(f'- {{{{ sheet("{key}") }}}}' for key in matter.sheets) + "\n"


def _sheet_head(book: Handbook, page: Page) -> str:
    """A worksheet's code and purpose, and room for its page in the workbook, which print fills in."""
    assert page.article and page.body  # a sheet is always written by somebody
    code = getattr(page.article.source.matter, "code", "")
    purpose = getattr(page.body.matter, "purpose", "")
    return (
        f'<div class="sheet-head"><p class="sheet-code">{as_text(book.say("sheet"))} {as_text(code)}</p>'
        f'<p class="sheet-purpose">{as_text(purpose)}</p>{WORKBOOK_PAGE}</div>\n'
    )


def _overview(book: Handbook, page: Page) -> str:
    """The first page of the worksheets or the cases."""
    if page.kind == "cases":
        return "{{ cases() }}"
    rows = [
        f"| {getattr(item.article.source.matter, 'code', '')} | [{_plain(item.title)}](page:{item.address}) "
        f"| {_plain(getattr(item.body.matter, 'purpose', ''))} |"
        for item in book.pages
        if item.kind == "sheet" and item.article and item.body
    ]
    head = f"| {_plain(book.say('code'))} | {_plain(book.say('sheet'))} | {_plain(book.say('purpose'))} |"
    return _linked(book, page, "\n".join([head, "|---|---|---|", *rows]))


def _title(book: Handbook, block: blocks.Block) -> str:
    """What stands above a block."""
    if block.name == "step":
        minutes = book.say("minutes", n=block.amount)
        return f'<span class="minutes">{as_text(minutes)}</span> {block.title}'
    return block.title or _plain(book.say(block.name))


def _linked(book: Handbook, page: Page, text: str) -> str:
    """`page:` links as relative ones; only their words when the handbook has no such page."""

    def link(match: re.Match[str]) -> str:
        words, address, fragment = match.groups()
        target = book.by_address.get(address)
        if target is None:
            return words
        path = posixpath.relpath(target.path, posixpath.dirname(page.path) or ".")
        return f"[{words}]({path}{f'#{fragment}' if fragment else ''})"

    return _PAGE_LINK.sub(link, text)


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return re.sub(r"([\\`*_{}\[\]|])", r"\\\1", html.escape(text, quote=False))
