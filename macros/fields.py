"""Worksheet fields: space to write on paper."""

from __future__ import annotations

from markupsafe import Markup

from handbook.escape import as_text

from .here import Here, block, join


def lines(here: Here, count: int, label: str = "") -> Markup:
    """A label and `count` lines to write on."""
    title = Markup('<p class="lines-label">{}</p>').format(as_text(label or here.say("answer-space")))
    ruled = Markup('<div class="line"></div>') * count
    return block(Markup('<div class="lines" data-lines="{}">{}{}</div>').format(count, title, ruled))


def field(here: Here, label: str) -> Markup:
    """A label and one short line."""
    del here
    return Markup(
        '<span class="field"><span class="field-label">{}</span> <span class="field-line"></span></span>'
    ).format(as_text(label))


def tick(here: Here, label: str) -> Markup:
    """A box to tick."""
    del here
    return Markup('<span class="tick"><span class="tick-box"></span> {}</span>').format(as_text(label))


def scale(here: Here, label: str, low: int, high: int) -> Markup:
    """Numbers from `low` to `high`, to circle."""
    numbers = join(Markup("<li>{}</li>").format(n) for n in range(low, high + 1))
    return block(
        Markup('<div class="scale"><p class="lines-label">{} <small>({})</small></p><ul>{}</ul></div>').format(
            as_text(label), as_text(here.say("choose-a-number")), numbers
        )
    )
