"""How wide the columns of a printed table are, and about how high it becomes: reckoned from its texts.

Typst could measure, but would lay out each table twice. Heights are estimates; they decide which tables stay whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

ROOM = 150.0  # millimetres for all columns
FIRST = 2  # rows that stand under a table's head before a page may end
_WORD = 18  # letters of a word that need not be divided
_BOLD = 1.07  # how much wider the first column is set
_LEAST = 2.0  # millimetres of text in a column, however many columns there are


class Type(NamedTuple):
    """About how large a table is set, in millimetres; theme/print/book.typ does it."""

    letter: float
    line: float
    inset: float  # at both sides of a cell
    around: float  # above and below its text
    narrow: float  # a column that is as wide as its words
    to_write: float  # the height of an empty cell


PLAIN = Type(letter=1.75, line=3.8, inset=4.4, around=4.2, narrow=14.0, to_write=8.5)
RUNNING = Type(letter=1.45, line=3.2, inset=2.4, around=3.0, narrow=11.0, to_write=0.0)  # nobody writes in it


@dataclass(frozen=True)
class Texts:
    """The words in a table's cells, head first; missing cells are not there."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def all(self) -> list[Sequence[str]]:
        """Every row, the head too if there is one."""
        return [self.head, *self.rows] if self.head else list(self.rows)


def widths_of(table: Texts, count: int, of: Type) -> list[float]:
    """Column widths in millimetres: 0 where it is as wide as its short words; the others share what is left.

    Each can hold its longest word. Longer texts have more room, but not in proportion: they may run over lines.
    """
    columns = [[row[i] for row in (table.head, *table.rows) if i < len(row)] for i in range(count)]
    longest = [max(map(len, column), default=0) for column in columns]
    empty = [bool(table.rows) and not any(column[1:]) for column in columns]
    narrow = [size <= 10 and not blank and sum(longest) > 30 for size, blank in zip(longest, empty, strict=True)]
    to_write = min(4.5 * sum(empty), 10.0)  # one such column holds a word or two, several hold sentences
    wanted = [max(size**0.7, to_write if blank else 3.0) for size, blank in zip(longest, empty, strict=True)]
    words = [max((len(word) for text in column for word in text.split()), default=0) for column in columns]
    least = [min(word, _WORD) * of.letter + of.inset + 0.1 for word in words]
    least[:1] = [part * _BOLD for part in least[:1]]
    shared = [i for i in range(count) if not narrow[i]]
    room = max(ROOM - of.narrow * sum(narrow), ROOM / 4)  # however many columns of short words there are
    parts = _shared(room, [wanted[i] for i in shared], [least[i] for i in shared])
    found = dict(zip(shared, parts, strict=True))
    return [found.get(i, 0.0) for i in range(count)]


def _shared(room: float, wanted: list[float], least: list[float]) -> list[float]:
    """So much room in the proportions that are wanted, and each at least its part; in proportion to those at worst."""
    if sum(least) >= room:
        return [room * part / sum(least) for part in least]
    held: set[int] = set()
    while True:
        free = room - sum(least[i] for i in held)
        share = free / (sum(part for i, part in enumerate(wanted) if i not in held) or 1.0)
        short = {i for i, part in enumerate(wanted) if i not in held and part * share < least[i]}
        if not short:
            return [least[i] if i in held else part * share for i, part in enumerate(wanted)]
        held |= short


def heights_of(table: Texts, widths: Sequence[float], of: Type) -> tuple[float, float]:
    """About how high a table and its first rows are, in millimetres."""

    def lines(text: str, width: float) -> int:
        return math.ceil(len(text) * of.letter / max(width - of.inset, _LEAST)) if width else int(bool(text))

    def high(row: Sequence[str]) -> float:
        needed = [lines(text, width) for text, width in zip(row, widths, strict=False)]
        return of.around + max([of.to_write if 0 in needed else 0.0, *(number * of.line for number in needed)])

    each = [high(row) for row in table.all]
    return sum(each), sum(each[: FIRST + bool(table.head)])
