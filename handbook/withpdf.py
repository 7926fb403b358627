"""The printing child: drives mkdocs-with-pdf over rendered articles, with its faults mended.

Run as `python -I withpdf.py job.json`; says `problem: …` on standard error and exits 1 when something is wrong.
What is mended, and why, is told at each place; the facts were measured with mkdocs-with-pdf 0.9.3 and WeasyPrint 70.
"""

from __future__ import annotations

import functools
import gc
import json
import logging
import os
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import mkdocs_with_pdf.generator as with_pdf
import weasyprint
from bs4 import BeautifulSoup, Tag
from mkdocs_with_pdf.options import Options
from weasyprint.urls import URLFetcher, URLFetcherResponse


@dataclass
class Entry:
    """What mkdocs-with-pdf expects of a page or section of MkDocs' menu."""

    title: str
    path: str
    url: str
    article: str
    children: list[Entry] = field(default_factory=list)
    ancestors: list[Entry] = field(default_factory=list)

    @property
    def is_section(self) -> bool:
        """Sections have no page of their own."""
        return not self.path

    @property
    def file(self) -> SimpleNamespace:
        """The page's files, as MkDocs names them."""
        return SimpleNamespace(url=self.url, src_path=self.path, abs_dest_path=str(SITE / self.url))


@dataclass
class Fetcher(URLFetcher):  # type: ignore[misc]
    """Gives WeasyPrint the site's files and fonts, nothing else; refusals are remembered."""

    refused: list[str] = field(default_factory=list)

    def __init__(self, folders: list[Path]) -> None:
        super().__init__(allowed_protocols=("file",))
        self.folders = folders
        self.refused = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Read a file of the site, or refuse."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        inside = any(path.is_relative_to(folder) for folder in self.folders)
        if parts.scheme != "file" or not inside or not path.is_file():
            self.refused.append(url)
            raise ValueError(f"refused: {url}")
        return super().fetch(path.as_uri(), headers)


class Warnings(logging.Handler):
    """Remembers what WeasyPrint and mkdocs-with-pdf complain about; by itself nobody would hear it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.found.append(record.getMessage())


SITE = Path()


def main(job_file: str) -> int:
    """Print the job; 0 when all is well."""
    global SITE  # noqa: PLW0603  # one job a process
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    resource.setrlimit(resource.RLIMIT_AS, (job["megabytes"] * 1_000_000,) * 2)
    gc.disable()  # one book, then the process ends: looking for garbage took a fifth of the time
    SITE = Path(job["site"])
    warnings = Warnings()
    for name in ("weasyprint", "mkdocs.with-pdf", "fontTools"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [warnings], False
    fetcher = Fetcher([SITE, Path(job["styles"])])
    generator = _generator(job, fetcher)
    entries = [_entry(item, []) for item in job["entries"]]
    generator.on_nav(entries)
    for entry in _pages(entries):
        generator.on_post_page(f"<html><body><article>{entry.article}</article></body></html>", entry, "")
    target = Path(job["target"])
    generator.on_post_build({"site_dir": str(target.parent)}, target.name)
    problems = [*warnings.found, *(f"a file outside the site was asked for: {url}" for url in fetcher.refused)]
    for problem in dict.fromkeys(problems):
        print(f"problem: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _entry(item: dict[str, Any], ancestors: list[Entry]) -> Entry:
    entry = Entry(item["title"], item["path"], item["url"], item["article"], ancestors=ancestors)
    entry.children = [_entry(child, [entry, *ancestors]) for child in item["children"]]
    return entry


def _pages(entries: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry.path:
            yield entry
        yield from _pages(entry.children)


def _generator(job: dict[str, Any], fetcher: Fetcher) -> Any:
    """mkdocs-with-pdf's generator, with what does not work put right."""
    options = {
        "author": job["author"], "copyright": job["licence"], "cover": True, "cover_title": job["title"],
        "cover_subtitle": job["subtitle"], "toc_title": job["contents"], "toc_level": 2, "heading_shift": True,
        "ordered_chapter_level": 0, "custom_template_path": job["styles"], "output_path": job["target"],
    }  # fmt: skip
    defaults = {name: option.default for name, option in Options.config_scheme}
    config = {
        "strict": False, "site_author": job["author"], "copyright": job["licence"],
        "theme": SimpleNamespace(name="generic"), "site_url": "", "repo_url": "",
        "extra": {key: job[key] for key in ("language", "made_for", "version", "logo", "edition")},
    }  # fmt: skip
    # its own styles and Material's are replaced by one small sheet: with them a book costs three times as much
    # time, and `min-height: 100vh` on articles makes WeasyPrint 69 and later lose most of the book
    with_pdf.style_for_print = lambda _options: (Path(job["styles"]) / "book.css").read_text(encoding="utf-8")
    with_pdf.HTML = functools.partial(_book, job, fetcher)
    generator = with_pdf.Generator(Options({**defaults, **options}, config, logging.getLogger("mkdocs.with-pdf")))
    generator._theme = SimpleNamespace(get_stylesheet=lambda _debug: "", inject_link=lambda content, _path: content)
    # it takes writing lines, fields and empty cells for waste
    generator._remove_empty_tags = lambda _soup: None
    return generator


def _book(job: dict[str, Any], fetcher: Fetcher, *, string: str) -> Any:
    """The whole book, made right for accessible PDF, ready to render. Stands in for `weasyprint.HTML`."""
    soup = BeautifulSoup(string, "html.parser")
    _head(soup, job)
    _links(soup)
    _headings(soup)
    _shapes(soup)
    document = weasyprint.HTML(string=str(soup), base_url=f"{SITE.as_uri()}/", url_fetcher=fetcher)
    render = functools.partial(document.render, pdf_variant="pdf/ua-1")

    def rendered() -> Any:
        made = render()
        made.write_pdf = functools.partial(made.write_pdf, pdf_variant="pdf/ua-1", pdf_identifier=b"handbook")
        return made

    return SimpleNamespace(render=rendered)


def _head(soup: BeautifulSoup, job: dict[str, Any]) -> None:
    """Language and metadata, which mkdocs-with-pdf has no place for, and the city's colour."""
    assert soup.html and soup.head  # mkdocs-with-pdf has just made them
    soup.html["lang"] = job["language"]
    title = soup.new_tag("title")
    title.string = f"{job['title']} – {job['subtitle']}"
    soup.head.insert(0, title)
    for name in ("author", "description"):
        soup.head.append(soup.new_tag("meta", attrs={"name": name, "content": job[name]}))
    city = SITE / "assets/city.css"
    style = soup.new_tag("style")
    style.string = city.read_text(encoding="utf-8") if city.is_file() else ""
    soup.head.append(style)
    for order in soup.select("#doc-toc > h1"):
        order["class"] = "contents-title"


def _links(soup: BeautifulSoup) -> None:
    """Links inside the book point at what is there; a link to something that is not printed keeps its words.

    mkdocs-with-pdf rewrites links for directory addresses, and asks for `…:` anchors that it gives to articles.
    """
    there = {str(tag["id"]) for tag in soup.find_all(id=True)}
    for link in soup.find_all("a", href=True):
        href = str(link["href"])
        if not href.startswith("#"):
            continue
        name = unquote(href[1:])
        if name not in there:
            name = name if name.startswith(".") else name.replace("./", "", 1)
        if name in there:
            link["href"] = f"#{name}"
        else:
            link.unwrap()


def _headings(soup: BeautifulSoup) -> None:
    """No level deeper than 6, since shifting headings makes `h7`, which is nothing, and none that skips a level."""
    level = 0
    for tag in soup.find_all(re.compile(r"^h[1-9]$")):
        level = min(int(tag.name[1]), level + 1, 6)
        tag.name = f"h{level}"


def _shapes(soup: BeautifulSoup) -> None:
    """What PDF/UA needs and the articles' HTML does not say."""
    for cell in soup.find_all("th"):
        cell.attrs.setdefault("scope", "col")
    for picture in soup.find_all("img"):
        picture.attrs.pop("loading", None)
    _lists(soup)
    # a heading inside a link's table of contents entry is text there
    for toc in soup.select("#doc-toc a"):
        for tag in toc.find_all(True):
            if isinstance(tag, Tag) and tag.name not in {"em", "strong", "span"}:
                tag.unwrap()


def _lists(soup: BeautifulSoup) -> None:
    """A list inside a list belongs to one of its items; an item is one thing beside its mark."""
    for inner in soup.select("ul > ul, ul > ol, ol > ul, ol > ol"):
        before = inner.find_previous_sibling("li")
        if isinstance(before, Tag):
            before.append(inner.extract())
        else:
            inner.wrap(soup.new_tag("li"))
    for paragraph in soup.select("li > p"):  # WeasyPrint tags it in place of the item's body
        if paragraph.find_previous_sibling() is not None:
            paragraph.insert_before(soup.new_tag("br"))
        paragraph.unwrap()
    for group in soup.select("ul, ol, dl, dl > div"):
        for space in group.find_all(string=True, recursive=False):
            space.extract()  # between items in a line it becomes a child that a list may not have
    for group in soup.select("dl > div"):  # it tags the group between the list and its items
        group.unwrap()


if __name__ == "__main__":
    os.umask(0o022)
    raise SystemExit(main(sys.argv[1]))
