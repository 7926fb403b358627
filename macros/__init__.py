"""What writers may call inside Markdown. Each macro is a plain function; the tuple below registers them all.

The first argument, `here`, is filled in: the handbook and the page the macro stands on. mkdocs-macros-plugin
loads this package (`module_name: macros` in mkdocs.yml) and calls `define_env`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from handbook.plan import Handbook

from .fields import field, lines, scale, tick
from .here import Here
from .lists import cases, contacts, departments, districts, glossary, partners, themes
from .times import materials, programme, sessions
from .words import figure, local, sheet, term, word

MACROS: tuple[Callable[..., Any], ...] = (
    programme, materials, sessions,
    departments, districts, partners, contacts, themes, cases, glossary,
    term, word, sheet, figure, local,
    lines, field, tick, scale,
)  # fmt: skip


def define_env(env: Any) -> None:
    """Register the macros and the `city` with mkdocs-macros-plugin."""
    book: Handbook = env.conf["extra"]["handbook"]
    env.variables["city"] = book.city
    for macro in MACROS:
        env.macro(_placed(macro, book, env), macro.__name__)


def _placed(macro: Callable[..., Any], book: Handbook, env: Any) -> Callable[..., Any]:
    @functools.wraps(macro)
    def call(*args: Any, **named: Any) -> Any:
        return macro(Here(book, book.by_path[env.page.file.src_uri]), *args, **named)

    return call
