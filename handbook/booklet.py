"""A book as a booklet for the copy shop: two pages side by side, in the order in which folded sheets are read.

Saddle stitch: the sheets lie in one another and are stapled in the fold. More sheets than a stapler takes are parted
into sections of (nearly) the same size, each folded and stapled by itself and laid on the one before.
"""

from __future__ import annotations

from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary

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


def impose(source: Path, target: Path) -> None:
    """Write the booklet of a book of A4 pages: A5 pages, two on a landscape A4 side. Duplex, flipped on the short edge.

    It is a form for the printer's hands: reading order and tags stay in the book itself.
    """
    with pikepdf.open(source) as book, pikepdf.new() as made:
        for key, value in book.docinfo.items():
            made.docinfo[key] = str(value)
        made.Root.Lang = str(book.Root.get("/Lang", ""))
        forms = [made.copy_foreign(page.as_form_xobject()) for page in book.pages]
        sizes = [(float(page.mediabox[2]), float(page.mediabox[3])) for page in book.pages]
        width, height = sizes[0][1], sizes[0][0]
        for section in sides_of(len(forms)):
            for number, side in enumerate(section):
                made.add_blank_page(page_size=(width, height))
                _fill(made.pages[-1], [None if page is None else forms[page] for page in side], creep(number))
        made.save(target, deterministic_id=True)


def _fill(page: pikepdf.Page, halves: list[pikepdf.Object | None], shift: float) -> None:
    width, height = float(page.mediabox[2]), float(page.mediabox[3])
    drawn = []
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
    page.contents_add(" ".join(drawn).encode())
