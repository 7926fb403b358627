"""Every document that can be printed, of a small town with a difficult name, and Rotterdam's own: what is in them."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import page as conformance
import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # ships no types
import pytest
from conftest import HERE, REPOSITORY, Said, _built_once, _copied
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from handbook import print as printing
from handbook.articles import letters
from handbook.colour import ENOUGH, WHITE, Rgb, contrast, hexed, readable, rgb, towards
from handbook.load import load
from handbook.model import Edition
from handbook.plan import Handbook, NavItem, Page, plan

Run = Callable[..., Said]
TOWN = "Súdwest-Ñüë ’t Veld – aan Zee"
OWNER = '#panic("x") $x$ *a* _b_ `c` @d <e> = f ] [ \\ " // /* #read("/etc/hostname")'
MM = 72 / 25.4
SHEETS = ("card", "pocket-card", "log-sheet", "canvas")
PARTICIPANTS = {
    "workbook.pdf", "workbook-a5.pdf", "pocket-card.pdf", "intervision-log.pdf", "handbook.pdf",
    *(f"sheets/{name}.pdf" for name in SHEETS), "sheets/canvas-a3.pdf",
}  # fmt: skip
TRAINERS = {"trainer-guide.pdf", "attendance.pdf", "handbook.pdf"}


# ---------------------------------------------------------------- what is printed


def _project(target: Path) -> Path:
    """The small project with a town whose name and values are difficult, worksheets that hang on walls, and notes."""
    _copied(target)
    shutil.copytree(HERE / "projects" / "printed", target, dirs_exist_ok=True)
    return target


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's handbooks, published with every document; what is read here comes from the project beside it."""
    project = _project(tmp_path_factory.mktemp("printed-project"))
    return _built_once(tmp_path_factory, "printed-site", "veld", "--print", "all", "--project", str(project))


@pytest.fixture(scope="session")
def rotterdam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rotterdam's Dutch documents for participants, besides the workbook."""
    names = ("workbook-a5", "pocket-card", "sheets", "intervision-log", "handbook")
    return _built_once(tmp_path_factory, "rotterdam-papers", "rotterdam", *names, "--language", "nl", command="print")


def _book(project: Path, slug: str, language: str, edition: Edition) -> Handbook:
    library, _ = load(project)
    assert library
    return plan(library, slug, language, edition)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Handbook]:
    """The plans of the town's handbooks, by folder."""
    project = _project(tmp_path_factory.mktemp("printed-plans"))
    editions: tuple[Edition, ...] = ("participant", "trainer")
    return {
        f"{edition}/veld/{language}": _book(project, "veld", language, edition)
        for edition, language in itertools.product(editions, ("nl", "en"))
    }


def _pdfs(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.pdf"))
    assert found
    return found


def _texts(pdf: Path) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_every_document_is_made(town: Path) -> None:
    """`--print all` makes each document of each edition, and nothing else."""
    for edition, expected in (("participant", PARTICIPANTS), ("trainer", TRAINERS)):
        folder = town / edition / "veld" / "en"
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf")} == expected


# ---------------------------------------------------------------- complete, and like the site


def _pieces(page: Path) -> Iterator[str]:
    """The letters of each paragraph, cell and heading of a page of the site, as a reader of paper must find them."""
    (article,) = html.parse(page, parser=html.HTMLParser(encoding="utf-8")).getroot().iter("article")
    for gone in article.xpath(
        ".//*[starts-with(@class, 'hb-') or contains(@class, 'headerlink') or contains(@class, 'footnote-')"
        " or @class='workbook-page' or @class='calendar'] | .//script | .//template | .//svg | .//button"
    ):
        gone.drop_tree()
    for leaf in article.iter("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "figcaption", "caption"):
        if not leaf.xpath(".//p | .//li | .//td | .//dd | .//div"):
            yield letters(leaf.text_content())


# what paper adds to links: the page, the workbook's page, the address
_ADDED = re.compile(
    r"\s*→\s*(?:p|blz)\.\s*\d+|\s*\((?:werkboek blz\.|workbook p\.)\s*\d+\)|\s*\(\s*(?:[\w-]+\.)+[a-z]{2,}\s*\)"
)


def _said(pdf: Path) -> str:
    """The letters of a book without running heads, tabs and page numbers; pdfium marks hyphens with U+FFFE."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = []
        for page in document:
            width, height = page.get_size()
            texts.append(page.get_textpage().get_text_bounded(9 * MM, 17 * MM, width - 9 * MM, height - 17 * MM))
    return letters(_ADDED.sub("", "\n".join(texts).replace("\ufffe", "").replace("\u00ad", "")))


def _lacks(book: Handbook, site: Path, pdf: Path) -> list[str]:
    """Pieces of the site's pages that are not in a PDF, or that do not stand after the ones before them."""
    said = _said(pdf)
    missing, reached = [], 0
    for page in _in_order(book):
        for piece in _pieces(site / page.url):
            place = said.find(piece)
            if place < 0:
                missing.append(f"{page.url}: {piece[:60]}")
            elif len(piece) >= 30 and said.find(piece, place + 1) < 0:
                if place < reached:
                    missing.append(f"{page.url}, not in order: {piece[:60]}")
                reached = max(reached, place)
    return missing


def _in_order(book: Handbook) -> list[Page]:
    def walk(items: Iterable[NavItem]) -> Iterator[Page]:
        for item in items:
            if item.page:
                yield item.page
            yield from walk(item.children)

    return list(walk(book.nav))


BOOKS = [("participant", "workbook.pdf"), ("trainer", "trainer-guide.pdf")]


@pytest.mark.parametrize(("edition", "name"), [*BOOKS, ("participant", "handbook.pdf"), ("trainer", "handbook.pdf")])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_books_are_complete(town: Path, books: dict[str, Handbook], edition: Edition, language: str, name: str) -> None:
    """Every piece of text of the published pages stands in the book, in the site's order."""
    folder = f"{edition}/veld/{language}"
    assert _lacks(books[folder], town / folder, town / folder / name) == []


@pytest.mark.parametrize(("edition", "name"), BOOKS)
def test_rotterdams_books_are_complete(real_site: Path, edition: Edition, name: str) -> None:
    """The same of the real content."""
    site = real_site / edition / "rotterdam" / "nl"
    assert _lacks(_book(REPOSITORY, "rotterdam", "nl", edition), site, site / name) == []


def _bookmarks(pdf: Path) -> list[str]:
    def walk(items: Iterable[pikepdf.OutlineItem]) -> Iterator[str]:
        for item in items:
            yield letters(item.title)
            yield from walk(item.children)

    with pikepdf.open(pdf) as document, document.open_outline() as outline:
        return list(walk(outline.root))


@pytest.mark.parametrize(("edition", "name"), BOOKS)
def test_headings_of_site_and_paper_are_the_same(real_site: Path, edition: Edition, name: str) -> None:
    """Bookmarks are the titles of the site's pages and sections, and the headings in them, in the site's order."""
    site = real_site / edition / "rotterdam" / "nl"

    def headings(items: Iterable[NavItem], above: str = "") -> Iterator[str]:
        for item in items:
            if item.title != above:
                yield letters(item.title)
            if item.page:
                (article,) = (
                    html.parse(site / item.page.url, html.HTMLParser(encoding="utf-8")).getroot().iter("article")
                )
                for heading in article.iter("h2", "h3", "h4", "h5", "h6"):
                    yield letters("".join(heading.xpath("./text() | ./*[not(contains(@class, 'headerlink'))]//text()")))
            yield from headings(item.children, item.title)

    assert _bookmarks(site / name) == list(headings(_book(REPOSITORY, "rotterdam", "nl", edition).nav))


@pytest.mark.parametrize(("edition", "name"), BOOKS)
def test_sheets_and_steps_of_site_and_paper_are_the_same(real_site: Path, edition: Edition, name: str) -> None:
    """Worksheets, steps with their minutes, and places to write are as many on paper as on the site."""
    site = real_site / edition / "rotterdam" / "nl"
    pages = [
        (site / page.url).read_text(encoding="utf-8") for page in _book(REPOSITORY, "rotterdam", "nl", edition).pages
    ]
    said = _said(site / name)
    for kind in ("sheet-code", "minutes", "lines-label"):
        found = [
            letters(element.text_content())
            for page in pages
            for element in html.document_fromstring(page.encode()).xpath(f"//article//*[@class='{kind}']")
        ]
        assert found or edition == "participant"
        assert {words: said.count(words) >= found.count(words) for words in set(found)} == dict.fromkeys(found, True)


# ---------------------------------------------------------------- accessible


def _all(*folders: Path) -> list[Path]:
    return [pdf for folder in folders for pdf in _pdfs(folder)]


def test_every_document_is_pdf_ua(town: Path, rotterdam: Path) -> None:
    """A validator finds nothing against PDF/UA-1 in any document, with-pdf's included."""
    found = {}
    for pdf in _all(town, rotterdam):
        report = conformance.validate_pdf(pdf, profile=conformance.ValidationProfile.PDF_UA_1)
        found[pdf.name] = [failure.rule_id for failure in report.failures]
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_rotterdams_books_are_pdf_ua(real_site: Path) -> None:
    """The same of Rotterdam's workbook and guide in both languages."""
    for pdf in _pdfs(real_site):
        report = conformance.validate_pdf(pdf, profile=conformance.ValidationProfile.PDF_UA_1)
        assert [failure.rule_id for failure in report.failures] == [], pdf


def _tags(element: Any) -> Iterator[pikepdf.Dictionary]:
    """All tags of a structure tree or below a tag, in reading order."""
    todo = [element]
    while todo:
        tag = todo.pop()
        if not isinstance(tag, pikepdf.Dictionary):
            continue
        if "/S" in tag:
            yield tag
        inner: Any = tag.get("/K", [])
        todo.extend(reversed(list(inner) if isinstance(inner, pikepdf.Array) else [inner]))


def _fonts(document: pikepdf.Pdf) -> Iterator[tuple[str, bool]]:
    """Names of fonts in use, and whether their files are inside."""
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            yield str(item.FontName), any(f"/FontFile{n}" in item for n in ("", "2", "3"))


def test_what_a_screen_reader_needs(town: Path, rotterdam: Path, real_site: Path) -> None:
    """Our own look at every document: title, language, tags, subset fonts, alternatives, headings, header cells."""
    for pdf in _all(town, rotterdam, real_site):
        with pikepdf.open(pdf) as document:
            language = (pdf.parent.parent if pdf.parent.name == "sheets" else pdf.parent).name
            root: Any = document.Root
            assert str(root.Lang) == language, pdf
            assert str(document.docinfo["/Title"]).strip(), pdf
            assert bool(root.ViewerPreferences.DisplayDocTitle), pdf
            assert bool(root.MarkInfo.Marked), pdf
            assert not {"/CreationDate", "/ModDate"} & set(document.docinfo.keys()), pdf
            for name, inside in _fonts(document):
                assert inside, (pdf, name)
                assert re.match(r"/[A-Z]{6}\+", name), (pdf, name)
            tags = list(_tags(root.StructTreeRoot))
            for tag in tags:
                if str(tag.S) == "/Figure":
                    assert str(tag.get("/Alt", "")).strip(), pdf
            levels = [int(str(tag.S)[2]) for tag in tags if re.fullmatch(r"/H[1-6]", str(tag.S))]
            assert all(after <= before + 1 for before, after in itertools.pairwise([0, *levels])), (pdf, levels)
            tables = [tag for tag in tags if str(tag.S) == "/Table"]
            for table in tables:
                assert any(str(tag.S) == "/TH" for tag in _tags(table)), pdf


@pytest.mark.parametrize("name", ["workbook.pdf", "trainer-guide.pdf", "handbook.pdf"])
def test_books_have_bookmarks_and_metadata(town: Path, name: str) -> None:
    """Books have bookmarks to their parts; title, owner and licence stand in the document's facts, without a clock."""
    for pdf in town.rglob(name):
        assert len(_bookmarks(pdf)) > 8
        with pikepdf.open(pdf) as document:
            assert TOWN in str(document.docinfo["/Title"])
            assert str(document.docinfo["/Author"]) == OWNER


def test_documents_of_typst_name_licence_and_version(town: Path) -> None:
    """What Typst sets names its licence and version."""
    for pdf in _pdfs(town):
        if pdf.name != "handbook.pdf":
            with pikepdf.open(pdf) as document:
                assert "CC BY 4.0" in str(document.docinfo["/Keywords"]), pdf
                assert "1.0" in str(document.docinfo["/Keywords"]), pdf


# ---------------------------------------------------------------- the same bytes, any name


def test_print_alone_gives_the_bytes_of_a_build(town: Path, tmp_path: Path, handbook: Run) -> None:
    """`handbook print` in another folder makes the same files, byte for byte, as the build did."""
    project = _project(tmp_path / "project")
    said = handbook("print", "veld", "--language", "en", "--project", project, "--output", tmp_path / "papers")
    assert said.code == 0, said.err
    made = {
        path.relative_to(tmp_path / "papers" / "veld" / "en").as_posix(): path for path in _pdfs(tmp_path / "papers")
    }
    assert set(made) == PARTICIPANTS | TRAINERS
    for name, path in made.items():
        edition = "trainer" if name in TRAINERS else "participant"
        assert path.read_bytes() == (town / edition / "veld" / "en" / name).read_bytes(), name


def test_difficult_names_are_printed(town: Path) -> None:
    """A town's name with `ñ ü ë ’ –` and an owner made of Typst's marks are in the books letter by letter."""
    for pdf in (*town.rglob("workbook.pdf"), *town.rglob("trainer-guide.pdf")):
        text = " ".join(" ".join(_texts(pdf)[:2]).split())
        assert TOWN in text
        assert OWNER in text.replace("’", "'"), text
    for pdf in _pdfs(town):
        assert "\ufffd" not in "".join(_texts(pdf)), pdf


def test_a_letter_that_no_font_has_is_told(tmp_path: Path, handbook: Run) -> None:
    """A letter that would be an empty box on paper is a problem that names the letter, and nothing is published."""
    project = _project(tmp_path / "project")
    profile = project / "municipalities" / "veld.yml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("Súdwest", "𓀀udwest"), encoding="utf-8")
    said = handbook("print", "veld", "workbook", "--project", project, "--output", tmp_path / "papers")
    assert said.code == 1
    assert "𓀀" in said.err or "U+13000" in said.err, said.err
    assert not list((tmp_path / "papers").rglob("*.pdf"))


# ---------------------------------------------------------------- page numbers


def _number(text: str, pdf: Path) -> int | None:
    """The page number that stands at the foot of a page, if there is one."""
    last = text.strip().splitlines()[-1] if text.strip() else ""
    found = re.match(r"(\d+)\s", last) or re.search(r"\s(\d+)$", last) or re.fullmatch(r"(\d+)", last)
    assert found or pdf.name != "x"
    return int(found[1]) if found else None


@pytest.mark.parametrize(("edition", "name"), BOOKS)
def test_pages_carry_their_number(real_site: Path, edition: Edition, name: str) -> None:
    """Each page after the contents carries the number that a reader's program shows."""
    pdf = real_site / edition / "rotterdam" / "nl" / name
    numbers = [_number(text, pdf) for text in _texts(pdf)]
    first = next(place for place, number in enumerate(numbers) if number == place + 1)
    assert first < 8
    assert numbers[first:] == list(range(first + 1, len(numbers) + 1))


def test_the_guide_knows_the_pages_of_the_workbook(real_site: Path) -> None:
    """Wherever the guide names a worksheet, both page numbers beside it are those on which the sheet begins."""
    guide = [" ".join(text.split()) for text in _texts(real_site / "trainer/rotterdam/nl/trainer-guide.pdf")]
    workbook = [" ".join(text.split()) for text in _texts(real_site / "participant/rotterdam/nl/workbook.pdf")]
    book = _book(REPOSITORY, "rotterdam", "nl", "trainer")
    sheets = {page.title: page for page in book.pages if page.kind == "sheet"}
    whole = " ".join(guide)
    told = 0
    for title in sheets:
        for own, theirs in re.findall(rf"{re.escape(title)} ?→ blz\. ?(\d+) \(werkboek blz\. ?(\d+)\)", whole):
            told += 1
            for pages, number in ((guide, own), (workbook, theirs)):
                begins = pages[int(number) - 1]
                assert title in begins and "Werkblad S" in begins, (title, number)
    assert told > 60


def test_the_site_knows_the_pages_of_the_workbook(real_site: Path) -> None:
    """Each worksheet of the site says where it stands in the workbook, for both editions."""
    workbook = _texts(real_site / "participant/rotterdam/nl/workbook.pdf")
    for edition in ("participant", "trainer"):
        site = real_site / edition / "rotterdam" / "nl"
        told = 0
        for page in (
            page for page in _book(REPOSITORY, "rotterdam", "nl", "participant").pages if page.kind == "sheet"
        ):
            text = (site / page.url).read_text(encoding="utf-8")
            found = re.search(r'class="workbook-page">[^<]*?(\d+)[^<]*<', text)
            assert found, page.url
            if edition == "participant":
                assert page.title in " ".join(workbook[int(found[1]) - 1].split())
            told += 1
        assert told > 30


def test_links_lead_where_their_words_say(real_site: Path) -> None:
    """The page that a link's words name is the page to which the link leads, in workbook and guide."""
    for name in ("participant/rotterdam/nl/workbook.pdf", "trainer/rotterdam/nl/trainer-guide.pdf"):
        with pikepdf.open(real_site / name) as document, pypdfium2.PdfDocument(real_site / name) as shown:
            places = {page.objgen: number for number, page in enumerate(document.pages, 1)}
            compared = 0
            for number, page in enumerate(document.pages):
                read = shown[number].get_textpage()
                for note in page.get("/Annots", []):  # type: ignore[union-attr]  # an array when it is there
                    dest = note.get("/Dest", note.get("/A", {}).get("/D"))
                    if not isinstance(dest, pikepdf.Array):
                        continue
                    _, bottom, right, top = (float(value) for value in note.Rect)
                    after = read.get_text_bounded(right - 1, bottom - 1, right + 24 * MM, top + 1)
                    if found := re.match(r".{0,3}→ blz\.\s(\d+)", after):  # the next cell's digits may follow
                        assert found[1].startswith(str(places[dest[0].objgen])), (name, number, after)
                        compared += 1
            assert compared > 100


# ---------------------------------------------------------------- no page goes wrong


def _boxes(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """The boxes of a page's text, in points from below left."""
    text = page.get_textpage()
    for index in range(text.count_rects()):
        yield text.get_rect(index)


def test_no_page_is_empty(town: Path, rotterdam: Path, real_site: Path) -> None:
    """No page is empty: where a part begins on the right, the page on the left is for notes."""
    for pdf in _all(town, rotterdam, real_site):
        if pdf.name == "workbook-a5.pdf":
            continue
        with pypdfium2.PdfDocument(pdf) as document:
            for number, page in enumerate(document, 1):
                width, height = page.get_size()
                inner = page.get_textpage().get_text_bounded(9 * MM, 22 * MM, width - 9 * MM, height - 19 * MM)
                assert letters(inner), (pdf, number)


def _pages_of(tag: Any, numbers: dict[Any, int]) -> set[int]:
    """The pages on which the content of a tag stands."""
    found = set()
    todo = [(tag, None)]
    while todo:
        each, page = todo.pop()
        if isinstance(each, pikepdf.Dictionary):
            page = each.get("/Pg", page)
            inner: Any = each.get("/K", [])
            todo.extend((one, page) for one in (list(inner) if isinstance(inner, pikepdf.Array) else [inner]))
        if not isinstance(each, pikepdf.Dictionary) or "/MCID" in each:  # content, not another tag
            found.add(numbers[page.objgen])
    return found


@pytest.mark.parametrize(("edition", "name"), BOOKS)
def test_no_table_begins_with_a_row_at_the_foot_of_a_page(real_site: Path, edition: Edition, name: str) -> None:
    """Where a table goes over pages, at least its head and two rows stand on the first; and few tables do so."""
    for pdf in (real_site / edition).rglob(name):
        with pikepdf.open(pdf) as document:
            numbers = {page.objgen: number for number, page in enumerate(document.pages, 1)}
            tables = [tag for tag in _tags(document.Root.StructTreeRoot) if str(tag.S) == "/Table"]
            torn = []
            for table in tables:
                there = [_pages_of(row, numbers) for row in _tags(table) if str(row.S) == "/TR"]
                rows = [min(pages) for pages in there if pages]  # rows to write in hold nothing
                if len(set(rows)) > 1:
                    torn.append(rows)
            assert [rows for rows in torn if rows.count(rows[0]) < 3] == [], pdf
            assert tables
            assert len(torn) <= len(tables) / 10, pdf


def test_text_stays_in_its_place(town: Path, rotterdam: Path, real_site: Path) -> None:
    """No text runs out of the text's column into the outer margin or over the edge of the paper, on any page."""
    outside: list[tuple[str, int, str]] = []
    for pdf in _all(town, rotterdam, real_site):
        with pypdfium2.PdfDocument(pdf) as document:
            for number, page in enumerate(document, 1):
                width, height = page.get_size()
                least = (24 if pdf.name in {"workbook.pdf", "trainer-guide.pdf"} else 5) * MM
                for left, bottom, right, top in _boxes(page):
                    tab = left > width - 9 * MM or right < 9 * MM  # the part's name on the outer edge
                    in_column = least <= left and right <= width - least + 1
                    on_paper = bottom >= 5 * MM and top <= height - 4 * MM
                    if number > 1 and not (tab or (in_column and on_paper)):
                        outside.append(
                            (pdf.name, number, page.get_textpage().get_text_bounded(left, bottom, right, top))
                        )
    assert outside == []


def test_pocket_cards_hold_their_text(rotterdam: Path) -> None:
    """The text of each of the eight cards lies inside the card, with room to cut."""
    with pypdfium2.PdfDocument(rotterdam / "rotterdam" / "nl" / "pocket-card.pdf") as document:
        (page,) = document
        width, height = page.get_size()
        for left, bottom, right, top in _boxes(page):
            if right - left < 6 * MM and left < 4 * MM:  # the scissors
                continue
            column = int(left // (width / 4))
            assert column * width / 4 + 4 * MM <= left and right <= (column + 1) * width / 4 - 3 * MM
            upper = bottom > height / 2
            assert bottom >= (height / 2 if upper else 0) + 4 * MM
            assert top <= (height if upper else height / 2) - 4 * MM


def test_sheets_for_the_wall_are_a3(rotterdam: Path) -> None:
    """Canvas, one-pager and role map also come as a page of A3; the others fit on a sheet of A4, except the charter."""
    folder = rotterdam / "rotterdam" / "nl" / "sheets"
    walls = {path.name: _sizes(path) for path in folder.glob("*-a3.pdf")}
    assert walls == {f"{name}-a3.pdf": [(420, 297)] for name in ("canvas", "role-map", "strategy-one-pager")}
    for path in folder.glob("*.pdf"):
        if path.name not in walls:
            assert set(_sizes(path)) == {(210, 297)}
            most = 3 if path.name == "pool-charter.pdf" else 2  # a group writes it together, over an afternoon
            assert len(_sizes(path)) <= most, path.name


def _sizes(pdf: Path) -> list[tuple[int, int]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [(round(page.get_width() / MM), round(page.get_height() / MM)) for page in document]


def test_the_booklet_is_the_workbook_folded(town: Path) -> None:
    """The real booklet, folded in thought, shows the pages of the workbook in order."""
    from handbook.booklet import sides_of  # noqa: PLC0415  # this test alone folds

    for pdf in town.rglob("workbook-a5.pdf"):
        texts = [letters(text) for text in _texts(pdf.with_name("workbook.pdf"))]
        plan_of_sides = [side for section in sides_of(len(texts)) for side in section]
        with pypdfium2.PdfDocument(pdf) as document:
            assert len(document) == len(plan_of_sides)
            for side, pages in zip(document, plan_of_sides, strict=True):
                width, height = side.get_size()
                read = side.get_textpage()
                halves = (read.get_text_bounded(x, 0, x + width / 2, height) for x in (0, width / 2))
                for half, page in zip(halves, pages, strict=True):
                    assert letters(half) == ("" if page is None else texts[page])


def test_the_log_and_the_lists_hold_no_names(town: Path) -> None:
    """The log comes for a year's meetings, the list for as many people as come, with columns to fill in by hand."""
    log = _texts(town / "participant/veld/en/intervision-log.pdf")
    assert len(log) == 6
    assert all("What we learned" in text for text in log)
    (listed,) = _texts(town / "trainer/veld/en/attendance.pdf")
    assert [int(n) for n in re.findall(r"^(\d+)\s*$", listed, re.MULTILINE)] == list(range(1, 21))
    assert "Function Department Initials" in listed


# ---------------------------------------------------------------- grey


def _palette() -> dict[str, Rgb]:
    design = (REPOSITORY / "theme" / "print" / "book.typ").read_text(encoding="utf-8")
    return {name: rgb(value) for name, value in re.findall(r'^#let (\w+) = rgb\("(#\w{6})"\)', design, re.MULTILINE)}


def _grey(colour: Rgb) -> Rgb:
    """What a black-and-white printer makes of a colour (ITU-R BT.601, as PDF's DeviceGray)."""
    level = round(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2])
    return level, level, level


CITIES = [
    found[1]
    for path in sorted((REPOSITORY / "municipalities").glob("*.yml"))
    if (found := re.search(r'accent: *"(#\w{6})"', path.read_text(encoding="utf-8")))
]
_ACCENTS = st.one_of(
    st.sampled_from(["#ffffff", "#000000", "#ffff00", "#00ff00", "#ff0000", "#0000ff", "#00ffff", *CITIES]),
    st.tuples(*[st.integers(0, 255)] * 3).map(hexed),
)


@given(accent=_ACCENTS)
def test_text_can_be_read_in_colour_and_in_grey(accent: str) -> None:
    """Ink and grey on paper and tint, the city's colour on them, white on it: 4.5 or more, also printed in grey."""
    colours = _palette()
    own = rgb(readable(accent, printing.GROUND))
    pairs = [(colours[text], ground) for text in ("ink", "grey") for ground in (WHITE, colours["tint"])]
    pairs += [(own, WHITE), (own, colours["tint"]), (colours["grey"], towards(WHITE, own, 0.1))]
    for text, ground in pairs:
        assert contrast(text, ground) >= ENOUGH
        assert contrast(_grey(text), _grey(ground)) >= ENOUGH - 0.01


def test_every_colour_of_text_is_one_of_the_palette(town: Path) -> None:
    """Text in documents of Typst has no colour but those whose contrast is tested."""
    known = {*_palette().values(), WHITE, (0, 0, 0), rgb(readable("#0b5c8a", printing.GROUND))}
    for pdf in _pdfs(town):
        if pdf.name in {"handbook.pdf", "workbook-a5.pdf"}:
            continue
        with pypdfium2.PdfDocument(pdf) as document:
            for page in document:
                for item in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT]):
                    parts = [pdfium.c_uint() for _ in range(4)]
                    assert pdfium.FPDFPageObj_GetFillColor(item, *parts)
                    assert (parts[0].value, parts[1].value, parts[2].value) in known, pdf


# ---------------------------------------------------------------- what goes wrong is told


def test_a_construct_that_the_printer_does_not_know(tmp_path: Path, handbook: Run) -> None:
    """The message names the writer's file and the element, and nothing is published."""
    project = _project(tmp_path / "project")
    module = project / "curricula" / "talk" / "hello.md"
    module.write_text(module.read_text(encoding="utf-8") + '\n<video src="x"></video>\n', encoding="utf-8")
    said = handbook(
        "print", "veld", "workbook", "--language", "en", "--project", project, "--output", tmp_path / "papers"
    )
    assert said.code == 1
    assert "curricula/talk/hello.md: talk/hello.md: the printer does not know <video>" in said.err
    assert not list((tmp_path / "papers").rglob("*.pdf"))


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("SECONDS", 0.2, "printing took longer than 0.2 seconds"), ("MEGABYTES", 60, "the printer stopped")],
)
def test_limits_of_a_printer(
    town: Path, tmp_path: Path, handbook: Run, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, words: str
) -> None:
    """A printer that takes too long or too much memory is stopped, told, and leaves no document."""
    del town
    monkeypatch.setattr(printing, limit, value)
    project = _project(tmp_path / "project")
    said = handbook("print", "veld", "workbook", "--project", project, "--output", tmp_path / "papers")
    assert said.code == 1
    assert words in said.err
    assert not list((tmp_path / "papers").rglob("*.pdf"))


def _child(folder: Path, design: str, figures: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The printing child with a design of our own; it begins with the real one."""
    styles, site, work = folder / "styles", folder / "site", folder / "work"
    for made in (styles, site, work):
        made.mkdir()
    shutil.copyfile(REPOSITORY / "theme" / "print" / "book.typ", styles / "book.typ")
    with (styles / "book.typ").open("a", encoding="utf-8") as text:
        text.write(design)
    if figures:
        (site / "figures").symlink_to(figures)
    says = {name: name for name in ("page", "notes", "scan", "part")}
    entry = {"title": "T", "path": "t.md", "url": "t.html", "kind": "", "article": "<p>Hello.</p>", "children": []}
    paper = {"shape": "sheets", "subtitle": "S", "size": "a4", "target": str(folder / "made.pdf"), "entries": [entry]}
    job = {
        "site": str(site), "styles": str(styles), "fonts": str(REPOSITORY / "theme" / "assets" / "fonts"),
        "megabytes": 3000, "language": "en", "title": "T", "author": "A", "licence": "L", "description": "D",
        "accent": "#000000", "address": "", "says": says, "imprint": [], "contents": "C", "version": "1", "city": "C",
        "logo": "", "edition": "participant", "made_for": "M", "papers": [paper], "workbook": {},
        "pages": str(folder / "pages.json"),
    }  # fmt: skip
    (work / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(REPOSITORY / "handbook" / "typstpdf.py"), str(work / "job.json")],
        cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_child_sets_a_page(tmp_path: Path) -> None:
    """The child alone, with nothing wrong, makes its document; so the next test can fail."""
    done = _child(tmp_path, "")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Hello." in _texts(tmp_path / "made.pdf")[0]


@pytest.mark.parametrize("path", ["/etc/hostname", "../../../../../../../../etc/hostname", "{folder}/secret.txt"])
def test_no_file_outside_can_be_read(tmp_path: Path, path: str) -> None:
    """Even a design that asks for a file of the machine gets none: Typst sees the job's own folder only."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    asked = path.format(folder=tmp_path)
    done = _child(tmp_path, f'\n#let leaked = read("{asked}")\n')
    assert done.returncode == 1
    assert done.stderr.startswith("problem: made.pdf: ")
    assert not (tmp_path / "made.pdf").exists()
