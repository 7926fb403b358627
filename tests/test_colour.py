"""Colours of a municipality: whatever it chooses, text in it can be read."""

from __future__ import annotations

import re

import pytest
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

from handbook.colour import NIGHT, WHITE, Rgb, city_css, contrast, hexed, luminance, readable, rgb, towards

_PART = st.integers(0, 255)
_RGB = st.tuples(_PART, _PART, _PART)
_COLOURS = _RGB.map(hexed)
BLACK: Rgb = (0, 0, 0)
ENOUGH = 4.5  # WCAG 2.1, success criterion 1.4.3


@given(colour=_COLOURS, on=st.sampled_from([WHITE, NIGHT]))
def test_any_colour_is_readable_on_white_and_at_night(colour: str, on: Rgb) -> None:
    """Text in any colour, made readable, has a contrast of 4.5 or more on both backgrounds of the pages."""
    assert contrast(rgb(readable(colour, on)), on) >= ENOUGH


@given(colour=_COLOURS, on=_RGB)
def test_any_colour_is_readable_on_any_background(colour: str, on: Rgb) -> None:
    """The same holds for any background, so also for tints of the colour itself."""
    assert contrast(rgb(readable(colour, on)), on) >= ENOUGH


@given(colour=_COLOURS, on=_RGB)
def test_a_readable_colour_stays_as_it_is(colour: str, on: Rgb) -> None:
    """A colour is changed only when it must be, and what is readable once is readable for good."""
    found = readable(colour, on)
    assert readable(found, on) == found
    assert (found == colour) == (contrast(rgb(colour), on) >= ENOUGH)


@given(colour=_COLOURS)
def test_a_colour_moves_no_further_than_needed(colour: str) -> None:
    """On white a colour becomes darker, at night lighter, and a hundredth less would not be enough."""
    dark, light = readable(colour, WHITE), readable(colour, NIGHT)
    assert luminance(rgb(dark)) <= luminance(rgb(colour)) <= luminance(rgb(light))
    for found, on, goal in ((dark, WHITE, BLACK), (light, NIGHT, WHITE)):
        mixes = [towards(rgb(colour), goal, step / 100) for step in range(101)]
        enough = [contrast(mix, on) >= ENOUGH for mix in mixes]
        assert found == hexed(mixes[enough.index(True)])


@given(colour=_RGB)
def test_colours_are_written_as_they_are_read(colour: Rgb) -> None:
    """A colour as `#rrggbb` and as three numbers is the same colour."""
    assert rgb(hexed(colour)) == colour


@given(one=_RGB, other=_RGB)
def test_contrast_is_what_wcag_says(one: Rgb, other: Rgb) -> None:
    """Contrast is between 1 and 21, the same both ways, and 1 only between equally light colours."""
    assert 1 <= contrast(one, other) <= 21.0001
    assert contrast(one, other) == contrast(other, one)
    assert (contrast(one, other) == 1) == (luminance(one) == luminance(other))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54),
     ("#0000ff", "#ffffff", 8.59), ("#ff0000", "#ffffff", 4.00)],
)  # fmt: skip
def test_known_contrasts(one: str, other: str, ratio: float) -> None:
    """Contrasts are those that WCAG's own examples and other calculators give."""
    assert contrast(rgb(one), rgb(other)) == pytest.approx(ratio, abs=0.005)


@given(colour=_COLOURS)
def test_the_style_sheet_of_a_city(colour: str) -> None:
    """The city's style sheet holds four colours and nothing else; text is readable on the city's own tint."""
    found = re.fullmatch(
        r":root \{\n  --city: (#\w{6});\n  --city-ink: (#\w{6});\n  --city-tint: (#\w{6});\n"
        r"  --city-night: (#\w{6});\n\}\n",
        city_css(colour),
    )
    assert found is not None
    own, ink, tint, night = found.groups()
    assert own == colour
    assert contrast(rgb(ink), rgb(tint)) >= ENOUGH
    assert contrast(rgb(ink), WHITE) >= ENOUGH
    assert contrast(rgb(night), NIGHT) >= ENOUGH
    assert contrast(rgb(night), towards(NIGHT, WHITE, 0.08)) >= ENOUGH


def test_the_backgrounds_are_those_of_the_theme() -> None:
    """The night that colours are made readable on is the one in the theme's style sheet."""
    sheets = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "theme" / "assets").glob("*.css"))
    assert hexed(NIGHT) in sheets.lower()
