"""Text from data on its way into Markdown and HTML: it stays text, whatever it contains."""

from __future__ import annotations

import re

from markupsafe import Markup

_SPECIAL = re.compile(r"[^\w ]|_")


def as_text(value: object) -> Markup:
    """The value as characters that neither Markdown nor HTML reads as markup.

    Every character that is not a letter, digit or space becomes a numeric character reference; line breaks
    and other white space become spaces. Readers, the table of contents and the search see the original text.
    """
    text = re.sub(r"\s+", " ", str(value))
    return Markup(_SPECIAL.sub(lambda found: f"&#{ord(found[0])};", text))  # noqa: S704  # it is escaped right here


def finalize(value: object) -> Markup:
    """What `{{ … }}` prints: markup of our macros as it is, anything else as text.

    Raises:
        TypeError: for None and for functions, which are mistakes and never text.
    """
    if isinstance(value, Markup):
        return value
    if value is None or callable(value):
        shown = "nothing" if value is None else f"the macro {getattr(value, '__name__', '?')} without ()"
        raise TypeError(f"{{{{ … }}}} would print {shown}")
    return as_text(value)
