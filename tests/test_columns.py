"""Printed tables: columns share the page whatever their texts are, and heights are told for any table."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook.columns import PLAIN, ROOM, RUNNING, Texts, Type, heights_of, widths_of

TEXT = st.one_of(st.just(""), st.text(st.characters(codec="latin-1"), max_size=200))
ROWS = st.lists(st.lists(TEXT, min_size=1, max_size=40), max_size=6)


@pytest.mark.parametrize("of", [PLAIN, RUNNING])
@given(head=st.lists(TEXT, max_size=40), rows=ROWS)
def test_any_table_has_its_widths_and_heights(of: Type, head: list[str], rows: list[list[str]]) -> None:
    """There is a width for each column, they fit on the page, and the first rows are no higher than the whole."""
    table = Texts(head, rows)
    count = max([len(head), *map(len, rows)])
    widths = widths_of(table, count, of)
    assert len(widths) == count
    assert all(width >= 0 for width in widths)
    assert sum(widths) <= ROOM + 0.001
    whole, first = heights_of(table, widths, of)
    assert isfinite(whole)
    assert 0 <= first <= whole


def test_each_column_holds_its_longest_word() -> None:
    """A long text leaves room for the words of the short ones beside it."""
    table = Texts(["who leads", "what you need"], [["host and trainer", "flip-over sheets, pens and cards " * 9]] * 3)
    lead, needs = widths_of(table, 2, PLAIN)
    assert lead >= len("trainer") * PLAIN.letter + PLAIN.inset
    assert needs > 3 * lead
