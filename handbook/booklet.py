"""A book as a booklet for the copy shop: two pages side by side, in the order in which folded sheets are read.

Saddle stitch: the sheets lie in one another and are stapled in the fold. More sheets than a stapler takes are parted
into sections of (nearly) the same size, each folded and stapled by itself and laid on the one before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

MOST_SHEETS = 20  # in one section: what a stapler takes, and what still closes
PAPER = 0.1  # millimetres that a sheet of 80 g/m² is thick: creep
MM = 72 / 25.4
Side = tuple[int | None, int | None]  # the pages on a side, left and right, from 0; None is empty


def sides_of(pages: int) -> list[list[Side]]:
    """For each section the printed sides, front and back in turn; two sides are a sheet."""
    sheets = -(-pages // 4)
    sections = -(-sheets // MOST_SHEETS)
    found = []
    first = 0
    for number in range(sections):
        count = sheets * (number + 1) // sections - sheets * number // sections
        found.append(_section(first, count, pages))
        first += 4 * count
    return found


def _section(first: int, sheets: int, pages: int) -> list[Side]:
    """Outer sheet first: its front has the last page beside the first, its back the second beside the last but one."""

    def there(number: int) -> int | None:
        return first + number if first + number < pages else None

    last = 4 * sheets - 1
    sides: list[Side] = []
    for sheet in range(sheets):
        outer = 2 * sheet
        sides.append((there(last - outer), there(outer)))
        sides.append((there(outer + 1), there(last - outer - 1)))
    return sides


def creep(side: int) -> float:
    """How far the pages of a side move to the fold, in points: inner sheets stick out by what the outer ones take."""
    return (side // 2) * PAPER * MM


def impose(source: Path, target: Path, alternative: str) -> None:
    """Write the booklet of a book of A4 pages: A5 pages, two on a landscape A4 side. Duplex, flipped on the short edge.

    It is a form for the printer's hands, in which nobody could read aloud: each side is a picture, whose `alternative`
    names its {pages} and the book itself.
    """
    with pikepdf.open(source) as book, pikepdf.new() as made:
        for page in book.pages:
            page.obj.Contents = book.make_stream(pikepdf.unparse_content_stream(_untagged(page)))
        forms = [made.copy_foreign(page.as_form_xobject()) for page in book.pages]
        height, width = (float(length) for length in list(book.pages[0].mediabox)[2:])
        pictures = Array()
        for section in sides_of(len(forms)):
            for number, side in enumerate(section):
                made.add_blank_page(page_size=(width, height))
                page = made.pages[-1]
                _fill(page, [None if place is None else forms[place] for place in side], creep(number))
                shown = ", ".join(str(place + 1) for place in side if place is not None)
                pictures.append(_picture(made, page, alternative.format(pages=shown or "–")))
        _describe(book, made, pictures)
        made.save(target, deterministic_id=True)


def _untagged(page: pikepdf.Page) -> list[Any]:
    """A page's drawing without the marks of the book's own tags."""
    marks = {"BDC", "BMC", "EMC", "MP", "DP"}
    return [each for each in pikepdf.parse_content_stream(page) if str(each.operator) not in marks]


def _fill(page: pikepdf.Page, halves: list[pikepdf.Object | None], shift: float) -> None:
    width, height = float(page.mediabox[2]), float(page.mediabox[3])
    drawn = ["/Figure <</MCID 0>> BDC"]
    forms = {}
    for place, form in enumerate(halves):
        if form is None:
            continue
        box = [float(number) for number in Array(form.BBox)]
        scale = min(width / 2 / box[2], height / box[3])
        left = place * width / 2 + (width / 2 - scale * box[2]) / 2 + (shift if place == 0 else -shift)
        name = f"/Page{place}"
        forms[name] = form
        # each half is cut at the fold, so that a page that moved does not lie on its neighbour
        half = f"{place * width / 2:.3f} 0 {width / 2:.3f} {height:.3f} re W n"
        drawn.append(f"q {half} {scale:.6f} 0 0 {scale:.6f} {left:.4f} 0 cm {name} Do Q")
    page.obj.Resources = Dictionary(XObject=Dictionary(forms))
    page.contents_add("\n".join([*drawn, "EMC"]).encode())


def _picture(made: pikepdf.Pdf, page: pikepdf.Page, alternative: str) -> pikepdf.Object:
    """The tag of a side."""
    box = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(page.mediabox))
    return made.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Figure, Alt=alternative, Pg=page.obj, K=0, A=box))


def _describe(book: pikepdf.Pdf, made: pikepdf.Pdf, pictures: Array) -> None:
    """The tags of all sides in order, and the book's title, language and facts."""
    whole = made.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=pictures))
    tree = made.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=whole))
    whole.P = tree
    numbers = Array()
    for number, (page, picture) in enumerate(zip(made.pages, pictures, strict=True)):
        picture.P = whole
        page.obj.StructParents = number
        page.obj.Tabs = Name.S
        numbers.append(number)
        numbers.append(Array([picture]))
    tree.ParentTree = made.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(pictures)
    made.Root.StructTreeRoot = tree
    made.Root.MarkInfo = Dictionary(Marked=True)
    made.Root.Lang = str(book.Root.Lang)
    made.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for key, value in book.docinfo.items():
        made.docinfo[key] = str(value)
    made.Root.Metadata = made.make_stream(book.Root.Metadata.read_bytes(), Type=Name.Metadata, Subtype=Name.XML)
