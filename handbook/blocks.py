"""The writers' notation for blocks: `::: name` … `:::`, read into a tree and written for one edition.

Trainer-only blocks are taken out here, before anything else sees the text. Code fences are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .problems import Place, Problem, did_you_mean

TRAINER_ONLY = ("prepare", "step", "say", "debrief", "trouble", "variants", "cut", "evidence", "trainer")
FOR_ALL = ("keep", "example", "card", "note")
OTHER = ("participant", "answer")
NAMES = (*TRAINER_ONLY, *FOR_ALL, *OTHER)

_MARK = re.compile(r"^:::\s*(?:(?P<name>[^\s]+)(?:\s+(?P<rest>.*?))?)?\s*$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)(?:\s*\{[:]?\s*#([a-z0-9-]+)\s*\})?\s*$")
_BEGINS = frozenset(":`~/#")  # what marks, fences and headings begin with; most lines are none of them
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_HEADING_NAME = re.compile(r"^(#{1,6} .*?)\{#([a-z0-9-]+)\}\s*$")


class Line(NamedTuple):  # a dataclass takes three times as long to make, and a project has tens of thousands
    """A line of Markdown as it stands in the file."""

    text: str
    number: int


@dataclass(frozen=True)
class Block:
    """A block with its name, what follows the name, its minutes or lines, and what is inside."""

    name: str
    title: str
    amount: int
    line: int
    inside: tuple[Node, ...]
    end: int


Node = Line | Block


def read(text: str, file: str, first_line: int = 1) -> tuple[tuple[Node, ...], list[Problem]]:
    """The tree of a Markdown text, and what is wrong with its blocks."""
    reader = _Reader(file)
    for number, line in enumerate(text.split("\n"), first_line):
        reader.take(line, number)
    return reader.finish(first_line + text.count("\n"))


def walk(nodes: tuple[Node, ...]) -> Iterator[Block]:
    """All blocks of a tree, outer ones first."""
    for node in nodes:
        if isinstance(node, Block):
            yield node
            yield from walk(node.inside)


def is_for_all(nodes: tuple[Node, ...]) -> bool:
    """Whether both editions have all of the tree."""
    return all(block.name in FOR_ALL for block in walk(nodes))


def for_edition(nodes: tuple[Node, ...], edition: str) -> tuple[Node, ...]:
    """The tree without the text that belongs to the other edition."""
    kept: list[Node] = []
    for node in nodes:
        if isinstance(node, Line):
            kept.append(node)
        elif edition == "trainer" and node.name != "participant":
            kept.append(_inside(node, for_edition(node.inside, edition)))
        elif edition == "participant" and node.name not in TRAINER_ONLY:
            kept.append(_space(node) if node.name == "answer" else _inside(node, for_edition(node.inside, edition)))
    return tuple(kept)


def in_place(nodes: tuple[Node, ...], first_line: int, last_line: int) -> str:
    """The tree's own lines, each on its line of the file, with empty lines for what is not in the tree."""
    kept = [""] * (last_line - first_line + 1)
    for line in lines(nodes):
        kept[line.number - first_line] = line.text
    return "\n".join(kept)


def write(nodes: tuple[Node, ...], edition: str, title: Callable[[Block], str]) -> str:
    """The tree as Markdown with the blocks of pymdownx, which the renderer knows."""
    return "\n".join(_written(for_edition(nodes, edition), edition, title, _depth(nodes)))


def _written(nodes: tuple[Node, ...], edition: str, title: Callable[[Block], str], depth: int) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Line):
            yield node.text
            continue
        inside = _written(node.inside, edition, title, depth - 1)
        if node.name == "participant":
            yield from inside
        elif node.name == "answer" and edition == "participant":
            yield from ("", f"{{{{ lines({node.amount}) }}}}", "")
        else:
            # an outer block has more slashes than the blocks inside it; the empty lines keep it apart
            fence = "/" * (3 + depth)
            lines_beside = [f"    attrs: {{data-lines: '{node.amount}'}}"] if node.name == "answer" else []
            yield from ("", f"{fence} admonition | {title(node)}", f"    type: {node.name}", *lines_beside, "")
            yield from inside
            yield from ("", fence, "")


def _depth(nodes: tuple[Node, ...]) -> int:
    return max((1 + _depth(node.inside) for node in nodes if isinstance(node, Block)), default=0)


def prose(nodes: tuple[Node, ...]) -> Iterator[Line]:
    """The lines of a tree outside code fences."""
    fence = ""
    for line in lines(nodes):
        if fence:
            fence = "" if _closes(line.text, fence) else fence
        elif mark := _fence_in(line.text):
            fence = mark
        else:
            yield line


def _fence_in(line: str) -> str:
    """The marks with which a line begins code, or ""."""
    found = _FENCE.match(line) if "```" in line or "~~~" in line else None
    return found[1] if found else ""


def _closes(line: str, fence: str) -> bool:
    """Whether a line ends the code that the fence began."""
    return line.strip().startswith(fence) and not line.strip().strip(fence[0])


def _inside(block: Block, inside: tuple[Node, ...]) -> Block:
    return Block(block.name, block.title, block.amount, block.line, inside, block.end)


def _space(answer: Block) -> Block:
    """What participants have of an answer: its place and the number of its lines."""
    return Block(answer.name, "", answer.amount, answer.line, (), answer.end)


def lines(nodes: tuple[Node, ...]) -> Iterator[Line]:
    """The lines of a tree in order; the title of a block stands on the line of its mark."""
    for node in nodes:
        if isinstance(node, Line):
            yield node
        else:
            if node.title:
                yield Line(node.title, node.line)
            yield from lines(node.inside)


class _Reader:
    """Reads line by line and keeps a stack of open blocks."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.open: list[tuple[str, str, int, int, list[Node]]] = []
        self.top: list[Node] = []
        self.fence = ""
        self.fence_line = 0

    def take(self, line: str, number: int) -> None:
        if not self.fence and line.lstrip()[:1] not in _BEGINS:
            self.here.append(Line(line, number))
            return
        if self.fence:
            self.fence = "" if _closes(line, self.fence) else self.fence
        elif fence := _fence_in(line):
            self.fence, self.fence_line = fence, number
        elif mark := _MARK.match(line):
            if mark["name"]:
                self.start(mark["name"], mark["rest"] or "", number)
            else:
                self.close(number)
            return
        elif line.strip().startswith(":::"):
            self.problem(number, "a block mark stands alone at the beginning of its line", "write `::: name` or `:::`")
        elif re.match(r"^/{3,}(\s|$)", line):
            self.problem(number, "/// has a meaning of its own", "put a space before it, or write it otherwise")
        # {#name} is how writers name a heading; templates would read {# as the start of a comment
        self.here.append(Line(_HEADING_NAME.sub(r"\1{: #\2 }", line), number))

    @property
    def here(self) -> list[Node]:
        return self.open[-1][4] if self.open else self.top

    def start(self, name: str, rest: str, number: int) -> None:
        if name not in NAMES:
            self.problem(number, f'unknown block "{name}"', did_you_mean(name, NAMES), 5)
        amount = 0
        if name in {"step", "answer"}:
            found = re.match(r"([0-9]{1,3})\b\s*", rest)
            if not found or (name == "step" and not rest[found.end() :]):
                want = "`::: step 8 What happens`" if name == "step" else "`::: answer 4`, with the number of lines"
                self.problem(
                    number,
                    f"{name} needs a number{' and a title' if name == 'step' else ''}",
                    f"write {want}",
                )
            else:
                amount, rest = int(found[1]), rest[found.end() :]
        self.open.append((name, rest, amount, number, []))

    def close(self, number: int) -> None:
        if not self.open:
            self.problem(number, "this ::: closes nothing", "delete it, or look for a block that is closed twice")
            return
        name, title, amount, line, inside = self.open.pop()
        self.here.append(Block(name, title, amount, line, tuple(inside), number))

    def finish(self, last_line: int) -> tuple[tuple[Node, ...], list[Problem]]:
        if self.fence:  # all marks below it would be read as code, and trainers' text as everybody's
            advice = f"add a line with {self.fence} after its last line"
            self.problem(self.fence_line, "this code fence is not closed", advice)
        for name, _, _, line, _ in reversed(self.open):
            self.problem(line, f'the block "{name}" is not closed', "add a line with ::: after its last line")
        while self.open:
            self.close(last_line)
        return tuple(self.top), self.problems

    def problem(self, line: int, what: str, advice: str, column: int = 1) -> None:
        self.problems.append(Problem("block", Place(self.file, line, column), what, advice))
