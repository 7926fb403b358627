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
        TypeError: for anything but texts and numbers: None, functions, lists and records are mistakes.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        text = as_text(value)
        # a number and the writer's full stop after it would begin a list
        return Markup(f"&#{ord(text[0])};{text[1:]}") if text.isdigit() else text  # noqa: S704  # it is escaped
    if callable(value):
        shown = f"the macro {getattr(value, '__name__', '?')} without ()"
    else:
        shown = "nothing" if value is None else f"a {type(value).__name__}, which is no text"
    raise TypeError(f"{{{{ … }}}} would print {shown}")
