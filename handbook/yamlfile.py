"""The one door to PyYAML: text in, plain values with their places out.

Every scalar stays a string (or None) until the model converts it, so `country: NO` is not False and `12:30`
is not 750. Refused, with line and column: repeated keys, anchors and aliases, tags, merge keys, a second
document, control and invisible characters, and anything beyond the limits below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import yaml
from yaml import events

from .problems import ContentError, Place, Problem

Value = str | None | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_TOO_DEEP = (f"nested deeper than {MAX_DEPTH} levels", "write it flatter")
MAX_NODES = 50_000

_NULLS = {"", "~", "null", "Null", "NULL"}
# C0/C1 controls but tab and newline, zero-width, blank and bidi marks, lone surrogates, tags, non-characters
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FINE = bytes([9, 10, 13, *range(32, 127)])  # of ASCII
# the C parser reads events without recursion; the depth limit below stops it long before nesting hurts
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """The value of a YAML text, and where each value and key of it stands."""

    value: Value
    file: str
    values: Mapping[Path, Place] = field(default_factory=dict)
    keys: Mapping[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """The place of the value at the path, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if place := self.values.get(path[:end]):
                return place
        return Place(self.file)

    def key_place(self, path: Path) -> Place:
        """The place of the key that the path ends with."""
        return self.keys.get(path) or self.place(path)


def show_path(path: Path) -> str:
    """A path as people write it: `departments[2].key`, counted from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def decode(raw: bytes, file: str) -> str:
    """The text of a source file: UTF-8, NFC, without a byte order mark or characters that nobody can see.

    Raises:
        ContentError: with the line and column of the first bad character, or when the file is too large.
    """
    if len(raw) > MAX_BYTES:
        _refuse(file, f"the file is larger than {MAX_BYTES // 1000} kB", "split it or make it shorter")
    try:
        text = _lines_apart(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line, column = _position(_lines_apart(raw[: error.start].decode("utf-8")))
        _refuse(file, "this is not UTF-8 text", "save the file with the encoding UTF-8", line, column)
    rest = raw.translate(None, _FINE).decode("utf-8")  # the few letters that need a closer look
    if _FORBIDDEN.search(rest) and (bad := _FORBIDDEN.search(text)):
        _refuse(file, _unseen(bad[0]), "delete it and type the text again", *_position(text[: bad.start()]))
    return unicodedata.normalize("NFC", text)


def _lines_apart(text: str) -> str:
    """The text without a byte order mark, and with one kind of line end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _position(before: str) -> tuple[int, int]:
    """Line and column of what follows a text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _unseen(character: str) -> str:
    return f"an invisible or control character ({unicodedata.name(character, f'U+{ord(character):04X}')})"


def parse(text: str, file: str, first_line: int = 1) -> Document:
    """Read one YAML document; `first_line` is the line of the file on which the text starts.

    Raises:
        ContentError: with the line and column of what is wrong.
    """
    try:
        return _Builder(file, first_line).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + first_line, mark.column + 1) if mark else (0, 0)
        what = " ".join(filter(None, [error.context, error.problem]))
        if "nesting depth" in what:  # libyaml reads ahead in a list and stops by itself, far beyond our limit
            _refuse(file, *_TOO_DEEP, line, column)
        _refuse(file, f"this is not YAML: {what}", _advice(text, line - first_line), line, column)
    except yaml.YAMLError as error:
        _refuse(file, f"this is not YAML: {error}", "look for a character that does not belong here")


def lost_text(text: str, file: str, first_line: int = 1) -> Iterator[Problem]:
    """Warn where YAML silently drops words: a ` #` inside a text starts a comment."""
    for number, line in enumerate(text.splitlines(), first_line):
        if "#" in line and (match := re.match(r"\s*(?:- )?[\w-]+:\s+[^\s'\"#|>\[{&*!][^'\"]*?\s(#\w.*)$", line)):
            yield Problem(
                "yaml-comment", Place(file, number, match.start(1) + 1),
                f'"{match[1]}" is read as a comment and left out',
                "put the whole text between quotes if it belongs to it", "warning",
            )  # fmt: skip


class _Builder:
    """Turns the parser's events into values, and keeps their places."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.nodes = 0
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}

    def build(self, stream: Iterator[events.Event]) -> Document:
        """Read the whole stream; the depth is bounded, so the recursion below is too."""
        self.stream = stream
        value: Value = None
        documents = 0
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(event, "a second document starts here", "keep one document; delete the line ---")
            elif isinstance(event, events.NodeEvent):
                value = self.node(event, ())
        return Document(value, self.file, self.values, self.keys)

    def node(self, event: events.Event, path: Path) -> Value:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(event, f"more than {MAX_NODES} values", "split the file")
        if len(path) > MAX_DEPTH:
            self.refuse(event, *_TOO_DEEP)
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            self.refuse(event, "anchors (&) and aliases (*) are not used here", "write the value out, or quote it")
        if tag := getattr(event, "tag", None):
            self.refuse(event, f"the tag {tag} is not used here", "leave the tag out")
        self.values[path] = self.at(event)
        if isinstance(event, events.ScalarEvent):
            plain = event.style is None or event.style == ""
            return None if plain and event.value in _NULLS else self.text(event)
        if isinstance(event, events.SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path)

    def sequence(self, path: Path) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := next(self.stream), events.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Value]:
        items: dict[str, Value] = {}
        while not isinstance(event := next(self.stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent) or event.anchor or event.tag:
                self.refuse(event, "a key must be a plain word", "write `key: value`")
            key = self.text(event)
            if key == "<<":
                self.refuse(event, "merge keys (<<) are not used here", "write the values out")
            if key in items:
                first = self.keys[(*path, key)]
                self.refuse(event, f'"{key}" stands here twice', f"the first is on line {first.line}; keep one")
            self.keys[(*path, key)] = self.at(event)
            items[key] = self.node(next(self.stream), (*path, key))
        return items

    def text(self, event: events.ScalarEvent) -> str:
        """The words of a scalar; escapes bring in nothing that may not be typed."""
        if bad := _FORBIDDEN.search(event.value):
            self.refuse(event, _unseen(bad[0]), "write the text without it")
        return unicodedata.normalize("NFC", event.value)

    def at(self, event: events.Event) -> Place:
        mark = event.start_mark
        assert mark  # events of a text have one
        return Place(self.file, mark.line + self.first_line, mark.column + 1)

    def refuse(self, event: events.Event, what: str, advice: str) -> NoReturn:
        place = self.at(event)
        _refuse(self.file, what, advice, place.line, place.column)


def _advice(text: str, index: int) -> str:
    lines = text.split("\n")
    near = " ".join(line[:200] for line in lines[max(0, index - 1) : index + 1])
    if "\t" in near:
        return "indent with spaces, not with tabs"
    if re.search(r":\s*[^'\"\s][^'\"]*: ", near):
        return "a text that contains a colon and a space goes between quotes"
    return "look at the indentation and the quotes on this line and the one above"


def _refuse(file: str, what: str, advice: str, line: int = 0, column: int = 0) -> NoReturn:
    raise ContentError([Problem("yaml", Place(file, line, column), what, advice)])
