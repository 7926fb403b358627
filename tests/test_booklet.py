"""The booklet: pages in the order in which folded sheets are read, for any number of pages."""

from __future__ import annotations

from pathlib import Path

import page as conformance
import pikepdf
import pypdfium2  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from handbook.booklet import MM, MOST_SHEETS, PAPER, Side, creep, impose, sides_of

A4 = (595.0, 842.0)


def folded(section: list[Side]) -> list[int | None]:
    """The pages of a section in the order in which a reader turns them, after folding."""
    sheets = [(section[i], section[i + 1]) for i in range(0, len(section), 2)]
    first_half = [page for front, back in sheets for page in (front[1], back[0])]
    second_half = [page for front, back in reversed(sheets) for page in (back[1], front[0])]
    return first_half + second_half


@given(st.integers(min_value=1, max_value=900))
def test_folded_sheets_read_in_order(pages: int) -> None:
    """Folded and laid on each other, the sections give every page once, in order; only the end may be empty."""
    read = [page for section in sides_of(pages) for page in folded(section)]
    assert read == [*range(pages), *[None] * (-pages % 4)]


@given(st.integers(min_value=1, max_value=900))
def test_sections_can_be_stapled(pages: int) -> None:
    """No section has more sheets than a stapler takes, and sections differ by at most one sheet."""
    sheets = [len(section) // 2 for section in sides_of(pages)]
    assert max(sheets) <= MOST_SHEETS
    assert max(sheets) - min(sheets) <= 1


def test_eight_pages_by_hand() -> None:
    """Two sheets of eight pages are printed as every bookbinder knows: 8-1, 2-7, 6-3, 4-5."""
    assert sides_of(8) == [[(7, 0), (1, 6), (5, 2), (3, 4)]]


@given(st.integers(min_value=1, max_value=80))
def test_inner_sheets_move_to_the_fold(pages: int) -> None:
    """Both sides of a sheet move alike, and each sheet one thickness of paper more than the one around it."""
    for section in sides_of(pages):
        shifts = [creep(side) for side in range(len(section))]
        assert shifts[0::2] == shifts[1::2]
        assert [round(shift, 6) for shift in shifts[0::2]] == [
            round(sheet * PAPER * MM, 6) for sheet in range(len(section) // 2)
        ]


def _book(path: Path, pages: int) -> Path:
    """A book whose pages each say their number, small, in the middle."""
    with pikepdf.new() as made:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )  # fmt: skip
        for number in range(pages):
            made.add_blank_page(page_size=A4)
            page = made.pages[-1]
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.contents_add(f"/P <</MCID 0>> BDC BT /F 12 Tf 290 420 Td (page {number}) Tj ET EMC".encode())
        made.Root.Lang = "nl"
        made.docinfo["/Title"] = "A book"
        made.Root.Metadata = made.make_stream(_XMP, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        made.save(path)
    return path


_XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
    b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A book</rdf:li></rdf:Alt></dc:title>'
    b'</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def test_pages_stand_where_the_fold_needs_them(tmp_path: Path) -> None:
    """In the made file, each half of a side shows the page of the plan, and the odd half stays empty."""
    pages = 10
    target = tmp_path / "booklet.pdf"
    impose(_book(tmp_path / "book.pdf", pages), target, "pages {pages}")
    plan = [side for section in sides_of(pages) for side in section]
    found = []
    with pypdfium2.PdfDocument(target) as made:
        for side in made:
            width, height = side.get_size()
            assert (round(width), round(height)) == (842, 595)
            text = side.get_textpage()
            halves = (text.get_text_bounded(left, 0, left + width / 2, height) for left in (0, width / 2))
            found.append(tuple(int(half.split()[1]) if half.strip() else None for half in halves))
    assert found == plan


def test_creep_is_drawn(tmp_path: Path) -> None:
    """On an inner sheet, the text of both halves stands nearer to the fold by what the plan says."""
    target = tmp_path / "booklet.pdf"
    impose(_book(tmp_path / "book.pdf", 12), target, "pages {pages}")
    lefts = []
    with pypdfium2.PdfDocument(target) as made:
        for number in (0, 2, 4):  # the fronts of three sheets
            text = made[number].get_textpage()
            boxes = [text.get_rect(index) for index in range(text.count_rects())]
            lefts.append((min(box[0] for box in boxes), max(box[0] for box in boxes)))
    outer, middle, inner = lefts
    assert round(middle[0] - outer[0], 1) == round(creep(2), 1) == round(outer[1] - middle[1], 1)
    assert round(inner[0] - outer[0], 1) == round(creep(4), 1) == round(outer[1] - inner[1], 1)


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    """Imposing twice gives the same file."""
    book = _book(tmp_path / "book.pdf", 7)
    impose(book, tmp_path / "one.pdf", "pages {pages}")
    impose(book, tmp_path / "two.pdf", "pages {pages}")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_sides_are_pictures_with_an_alternative(tmp_path: Path) -> None:
    """Each side has one tag, a figure whose alternative names its pages; PDF/UA finds nothing but our test's font."""
    target = tmp_path / "booklet.pdf"
    impose(_book(tmp_path / "book.pdf", 4), target, "pages {pages}")
    with pikepdf.open(target) as made:
        pictures = list(made.Root.StructTreeRoot.K.K)  # type: ignore[call-overload]
        assert [(str(p.S), str(p.Alt)) for p in pictures] == [("/Figure", "pages 4, 1"), ("/Figure", "pages 2, 3")]
    report = conformance.validate_pdf(target, profile=conformance.ValidationProfile.PDF_UA_1)
    assert {failure.rule_id for failure in report.failures if "FONT" not in failure.rule_id} == set()
