"""One reader of Markdown for all pages of a handbook; MkDocs would make one, with all extensions, for each page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

# the marks that begin something inside a line, for the patterns of Python-Markdown and of its footnotes
_MARKS = re.compile(r"[`\\!\[<&*_\n\x02]")
_KNOWN = frozenset({
    "backtick", "escape", "reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref",
    "autolink", "automail", "linebreak", "html", "entity", "not_strong", "em_strong", "em_strong2", "footnote",
})  # fmt: skip
# what looks at texts after the patterns, and does not mind that they are plain
_AFTER = frozenset({
    "inline", "prettify", "unescape", "attr_list", "footnote", "footnote-duplicate", "toc", "blocks_on_inline_end",
})  # fmt: skip


def reader(extensions: Sequence[Any], settings: Mapping[str, Any]) -> Markdown:
    """Make the reader; `reset` it before each page. A project may have extensions of its own that look at all text."""
    made = Markdown(extensions=extensions, extension_configs=settings)
    if _only(made.inlinePatterns, _KNOWN) and _only(made.treeprocessors, _AFTER):
        made.treeprocessors.register(_Plain(made), "plain", 21)  # just before the patterns are tried
    return made


def _only(registry: Any, known: frozenset[str]) -> bool:
    """Whether nothing is registered that is not known."""
    return len(registry) == sum(name in registry for name in known)


class _Plain(Treeprocessor):  # type: ignore[misc]  # ships no types
    """Says of texts without any mark that they are plain: four in five are, and each pattern would look at them."""

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.text and not _MARKS.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _MARKS.search(element.tail):
                element.tail = AtomicString(element.tail)
