"""Blocks: what is read, what each edition gets, what is refused, and that trainers' text never stays behind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from conftest import HERE
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook.blocks import (
    FOR_ALL,
    NAMES,
    TRAINER_ONLY,
    Block,
    Line,
    Node,
    for_edition,
    in_place,
    lines,
    prose,
    read,
    walk,
    write,
)

FILE = "curricula/talk/hello.md"


def tree(text: str) -> tuple[Node, ...]:
    """The blocks of a text without mistakes."""
    nodes, problems = read(text, FILE)
    assert problems == []
    return nodes


def told(text: str, first_line: int = 1) -> list[str]:
    """What is said of a text's blocks."""
    return [str(problem).removeprefix(f"{FILE}:") for problem in read(text, FILE, first_line)[1]]


def written(text: str, edition: str) -> str:
    """The Markdown of an edition; a block's title is its name where it has none."""
    return write(tree(text), edition, lambda block: block.title or block.name)


def placed(text: str, edition: str) -> str:
    """The lines of an edition, each on its line."""
    return in_place(for_edition(tree(text), edition), 1, text.count("\n") + 1)


# ---------------------------------------------------------------- reading


def test_a_text_without_blocks_is_its_lines() -> None:
    """Lines outside blocks are kept as they are, empty ones too."""
    assert tree("one\n\n  two\n") == (Line("one", 1), Line("", 2), Line("  two", 3), Line("", 4))


def test_blocks_know_their_name_title_minutes_and_lines() -> None:
    """A block has its name, what follows it, its number, its first and last line, and what is inside."""
    text = "::: step 8 Sort in pairs \ninside\n:::\n::: answer 4\n:::\n:::keep\n:::\n::: trainer  A title"
    nodes, _ = read(text + "\n:::", FILE, first_line=10)
    assert nodes == (
        Block("step", "Sort in pairs", 8, 10, (Line("inside", 11),), 12),
        Block("answer", "", 4, 13, (), 14),
        Block("keep", "", 0, 15, (), 16),
        Block("trainer", "A title", 0, 17, (), 18),
    )


def test_blocks_stand_inside_each_other() -> None:
    """Each ::: closes the block that was opened last."""
    nodes = tree("::: step 1 A\n::: say\nsaid\n:::\nafter\n::: keep\n::: note\n:::\n:::\n:::\nend")
    assert nodes == (
        Block("step", "A", 1, 1, (
            Block("say", "", 0, 2, (Line("said", 3),), 4),
            Line("after", 5),
            Block("keep", "", 0, 6, (Block("note", "", 0, 7, (), 8),), 9),
        ), 10),
        Line("end", 11),
    )  # fmt: skip
    assert [block.name for block in walk(nodes)] == ["step", "say", "keep", "note"]
    assert [(line.number, line.text) for line in lines(nodes)] == [(1, "A"), (3, "said"), (5, "after"), (11, "end")]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_known(name: str) -> None:
    """Each name of the guide is a block, and the guide names each of them."""
    number = {"step": " 3 Title", "answer": " 3"}.get(name, "")
    assert [block.name for block in walk(tree(f"::: {name}{number}\ntext\n:::"))] == [name]
    guide = (HERE.parent / "guide" / "modules.md").read_text(encoding="utf-8")
    assert f"`::: {name}" in guide


def test_names_of_headings_become_attributes() -> None:
    """`{#name}` after a heading is written so that templates do not read it as a comment; elsewhere it stays."""
    nodes = tree("## Listen {#listen}\ntext {#listen}\n```\n## In code {#code}\n```")
    assert [line.text for line in lines(nodes)][:2] == ["## Listen {: #listen }", "text {#listen}"]


# ---------------------------------------------------------------- code fences


@pytest.mark.parametrize(
    ("begin", "end"),
    [("```", "```"), ("~~~", "~~~"), ("````", "````"), ("``` markdown", "```"), ("  ```", "  ```"), ("```", "`````"),
     ("~~~ {.x}", "~~~  ")],
)  # fmt: skip
def test_marks_in_code_are_text(begin: str, end: str) -> None:
    """Between the lines of a code fence nothing is a block, and nothing is checked."""
    text = f"{begin}\n::: trainer\n::: nothing\n:::\n:::\n/// x\n{end}\n::: say\nsaid\n:::"
    assert tree(text) == (
        *(Line(line, number) for number, line in enumerate(text.split("\n")[:7], 1)),
        Block("say", "", 0, 8, (Line("said", 9),), 10),
    )


def test_another_fence_does_not_close() -> None:
    """A fence is closed by its own sign, as often or more often, alone on its line."""
    text = "````\n```\n~~~~\n````x\n::: say\n````\nafter"
    assert [node.number for node in tree(text) if isinstance(node, Line)] == [1, 2, 3, 4, 5, 6, 7]
    assert [line.text for line in prose(tree(text))] == ["after"]


def test_code_inside_a_block_belongs_to_it() -> None:
    """A fence inside a trainers' block goes with it, marks and all."""
    text = "open\n::: trainer\n```\n:::\nsecret\n```\n:::\nend"
    assert placed(text, "participant") == "open\n\n\n\n\n\n\nend"
    assert placed(text, "trainer") == "open\n\n```\n:::\nsecret\n```\n\nend"


def test_prose_is_what_stands_outside_code() -> None:
    """Names, links and headings are looked for outside code fences only, in blocks as well."""
    text = "a\n```python\nb\n```python\nc\n```\nd\n::: keep Title\n~~~\ne\n~~~\nf\n:::"
    assert [(line.number, line.text) for line in prose(tree(text))] == [(1, "a"), (7, "d"), (8, "Title"), (12, "f")]


# ---------------------------------------------------------------- editions

TEXT = """all
::: participant
for participants
:::
::: keep
to keep
::: trainer A note
for trainers
::: keep
inside a note
:::
:::
kept
:::
::: answer 3
the answer
::: say
said
:::
:::
end"""


def test_lines_of_the_participants() -> None:
    """Participants have no line of a trainers' block or of an answer; each other line stays on its line."""
    assert placed(TEXT, "participant").split("\n") == [
        "all", "", "for participants", "", "", "to keep", "", "", "", "", "", "", "kept", "", "", "", "", "", "", "",
        "end",
    ]  # fmt: skip


def test_lines_of_the_trainers() -> None:
    """Trainers have everything but the participants' blocks; titles stand on the line of their mark."""
    assert placed(TEXT, "trainer").split("\n") == [
        "all", "", "", "", "", "to keep", "A note", "for trainers", "", "inside a note", "", "", "kept", "", "",
        "the answer", "", "said", "", "", "end",
    ]  # fmt: skip


def test_markdown_of_the_participants() -> None:
    """The participants' Markdown has lines to write on instead of an answer, and participants' blocks without a box."""
    assert written(TEXT, "participant") == (
        "all\nfor participants\n\n"
        "////// admonition | keep\n    type: keep\n\nto keep\nkept\n\n//////\n\n\n"
        "{{ lines(3) }}\n\nend"
    )


def test_markdown_of_the_trainers() -> None:
    """The trainers' Markdown has a box for each block; an outer box has more slashes than the boxes inside it."""
    assert written(TEXT, "trainer") == (
        "all\n\n"
        "////// admonition | keep\n    type: keep\n\nto keep\n\n"
        "///// admonition | A note\n    type: trainer\n\nfor trainers\n\n"
        "//// admonition | keep\n    type: keep\n\ninside a note\n\n////\n\n\n/////\n\nkept\n\n//////\n\n\n"
        "////// admonition | answer\n    type: answer\n    attrs: {data-lines: '3'}\n\nthe answer\n\n"
        "///// admonition | say\n    type: say\n\nsaid\n\n/////\n\n\n//////\n\nend"
    )


def test_the_title_of_an_answer_is_for_trainers() -> None:
    """What stands behind `::: answer 4` is part of the answer."""
    text = "::: answer 4 The axolotl\ntext\n:::"
    assert placed(text, "participant") == "\n\n"
    assert written(text, "participant") == "\n{{ lines(4) }}\n"
    assert placed(text, "trainer") == "The axolotl\ntext\n"


@pytest.mark.parametrize(
    "name", ["prepare", "step", "say", "debrief", "trouble", "variants", "cut", "evidence", "trainer"]
)
def test_every_trainers_block_is_taken_out(name: str) -> None:
    """No trainers' block leaves its title or its text to the participants, not even one inside a block for all."""
    start = f"::: {name} 3 Secret title" if name == "step" else f"::: {name} Secret title"
    text = f"::: keep\n{start}\nsecret\n:::\n:::"
    assert name in TRAINER_ONLY
    assert placed(text, "participant").strip() == ""
    assert "ecret" not in written(text, "participant")


@pytest.mark.parametrize("name", FOR_ALL)
def test_blocks_for_all_are_for_all(name: str) -> None:
    """Both editions have a block that is for everybody, in the same words."""
    text = f"::: {name} Title\ntext\n:::"
    assert written(text, "participant") == written(text, "trainer") == (
        f"\n//// admonition | Title\n    type: {name}\n\ntext\n\n////\n"
    )  # fmt: skip


# ---------------------------------------------------------------- what is wrong

STEP = "step needs a number and a title\n  write `::: step 8 What happens`"
ANSWER = "answer needs a number\n  write `::: answer 4`, with the number of lines"
ALONE = "a block mark stands alone at the beginning of its line\n  write `::: name` or `:::`"
FENCE = "this code fence is not closed\n  add a line with ``` after its last line"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::: keep\ntext", ['1:1: the block "keep" is not closed\n  add a line with ::: after its last line']),
        ("::: step 1 A\n::: say\ntext", [
            '2:1: the block "say" is not closed\n  add a line with ::: after its last line',
            '1:1: the block "step" is not closed\n  add a line with ::: after its last line',
        ]),
        ("text\n:::", ["2:1: this ::: closes nothing\n  delete it, or look for a block that is closed twice"]),
        ("::: keep\n:::\n:::", [
            "3:1: this ::: closes nothing\n  delete it, or look for a block that is closed twice"
        ]),
        ("::: trianer\n:::", [
            '1:5: unknown block "trianer"\n  did you mean "trainer"? choose from ' + ", ".join(sorted(NAMES))
        ]),
        ("::: Trainer\n:::", [
            '1:5: unknown block "Trainer"\n  did you mean "trainer"? choose from ' + ", ".join(sorted(NAMES))
        ]),
        ("::::\ntext\n:::", ['1:5: unknown block ":"\n  choose from ' + ", ".join(sorted(NAMES))]),
        ("::: step\n:::", [f"1:1: {STEP}"]),
        ("::: step Title\n:::", [f"1:1: {STEP}"]),
        ("::: step 8\n:::", [f"1:1: {STEP}"]),
        ("::: step 8x Title\n:::", [f"1:1: {STEP}"]),
        ("::: step 1234 Title\n:::", [f"1:1: {STEP}"]),
        ("::: answer\n:::", [f"1:1: {ANSWER}"]),
        ("::: answer four\n:::", [f"1:1: {ANSWER}"]),
        ("  ::: trainer\n", [f"1:1: {ALONE}"]),
        ("\t:::\n", [f"1:1: {ALONE}"]),
        ("\u00a0::: trainer\n", [f"1:1: {ALONE}"]),
        ("/// note\ntext\n///", ["1:1: /// has a meaning of its own\n  put a space before it, or write it otherwise",
                                 "3:1: /// has a meaning of its own\n  put a space before it, or write it otherwise"]),
        ("```\n::: trainer\nsecret\n:::", [f"1:1: {FENCE}"]),
        ("text\n~~~\n```\n", ["2:1: this code fence is not closed\n  add a line with ~~~ after its last line"]),
        ("::: trainer\n```\nsecret\n:::\n", [
            f"2:1: {FENCE}", '1:1: the block "trainer" is not closed\n  add a line with ::: after its last line'
        ]),
    ],
)  # fmt: skip
def test_mistakes(text: str, expected: list[str]) -> None:
    """A mark that is misspelt, indented, incomplete or left open is told with its line and what to do."""
    assert told(text) == expected


def test_lines_of_mistakes_are_those_of_the_file() -> None:
    """Below front matter, mistakes have the lines of the file."""
    assert told("text\n:::", first_line=12)[0].startswith("13:1: ")


def test_inline_code_is_no_trap() -> None:
    """Three backticks that begin a sentence cannot hide the blocks below them: the text is refused."""
    assert told("```code``` in a sentence\n::: trainer\nsecret\n:::") == [f"1:1: {FENCE}"]


# ---------------------------------------------------------------- any text at all


@dataclass
class Lines:
    """Any lines and marks, and by a simple count of what is open, which of them each edition may have."""

    participant: list[str] = field(default_factory=list)
    trainer: list[str] = field(default_factory=list)
    untitled: set[str] = field(default_factory=set)
    wrong: bool = False
    fence: str = ""
    around: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """One more line; `shown` is what of it may be seen."""
        shown = line
        blocks = list(self.around)
        if self.fence:
            self.fence = "" if line == self.fence else self.fence
        elif line in {"```", "~~~"}:
            self.fence = line
        elif line == ":::":
            shown = ""
            self.wrong |= not self.around
            self.around = self.around[:-1]
        elif line.startswith("::: "):
            _, name, *_, shown = line.split()
            self.wrong |= name not in NAMES
            self.untitled |= {shown} if name == "participant" else set()
            self.around.append(name)
            blocks.append(name)
        else:
            self.wrong |= line.startswith(" :::")
        self.participant.append("" if {*TRAINER_ONLY, "answer"}.intersection(blocks) else shown)
        self.trainer.append("" if "participant" in blocks else shown)


def _numbered(pieces: list[str]) -> list[str]:
    """Lines in which each word stands once."""
    return [piece.replace("word", f"word{number}x") for number, piece in enumerate(pieces)]


_MARKS = [f"::: {name} {'8 ' if name in {'step', 'answer'} else ''}word" for name in NAMES]
_PIECES = st.sampled_from([*_MARKS, "::: unknwon word", *[":::"] * 14, *["word"] * 12, "", "```", "~~~", " ::: word"])
_LINES = st.lists(_PIECES, min_size=1, max_size=40).map(_numbered)


@settings(max_examples=500, deadline=None)
@given(text=_LINES)
def test_any_text_is_kept_apart(text: list[str]) -> None:
    """For any lines and marks, each edition has exactly its own lines, each on its line of the file.

    No line inside a trainers' block reaches the participants, and a text in which that could be in doubt is refused.
    """
    expected = Lines()
    for line in text:
        expected.take(line)
    nodes, problems = read("\n".join(text), FILE)
    assert bool(problems) == (expected.wrong or bool(expected.fence) or bool(expected.around))
    for edition, own in (("participant", expected.participant), ("trainer", expected.trainer)):
        assert in_place(for_edition(nodes, edition), 1, len(text)).split("\n") == own
        staged = set(re.findall(r"word[0-9]+x", write(nodes, edition, lambda block: block.title)))
        assert staged == set(re.findall(r"word[0-9]+x", " ".join(own))) - expected.untitled


@given(text=_LINES, first=st.integers(1, 50))
def test_any_text_has_its_lines(text: list[str], first: int) -> None:
    """Wherever a text begins in its file, every line that is read has its number there."""
    nodes, problems = read("\n".join(text), FILE, first)
    for line in lines(nodes):
        assert line.text in text[line.number - first]
    assert all(first <= problem.place.line < first + len(text) for problem in problems)
