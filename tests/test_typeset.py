"""A rendered article as Typst source: each construct, text that stays text, and what the printer does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook.typeset import REFERENCE, UnknownConstructError, cards_of, labels_of, string, typeset

CONSTRUCTS = {
    "a paragraph": ("<p>One  \n two.</p>", '#"One two."'),
    "strong and emphasis": ("<p><strong>a</strong> <em>b</em></p>", '#strong[#"a"]#" "#emph[#"b"]'),
    "small, sub and code": (
        "<p><small>a</small><sub>b</sub><code>c</code></p>",
        '#small[#"a"]#sub[#"b"]#raw("c")',
    ),
    "a line break": ("<p>a<br>b</p>", '#"a"#linebreak()#"b"'),
    "a heading with a name": (
        '<h2 id="here">Title<a class="headerlink" href="#here">¶</a></h2>',
        '#[#heading(level: 3)[#"Title"]#label("talk/page.html#here")]',
    ),
    "a heading in another language": (
        '<h3 lang="en">Title</h3>',
        '#[#heading(level: 4)[#text(lang: "en")[#"Title"]]]',
    ),
    "a list": ("<ul><li>a</li><li><p>b</p></li></ul>", '#list([#"a"], [#"b"])'),
    "a list that begins at 3": ('<ol start="3"><li>a</li></ol>', '#enum(start: 3, [#"a"])'),
    "boxes to tick": (
        '<ul><li><span class="tick"><span class="tick-box"></span> Done</span></li></ul>',
        '#ticks([#tick[#" Done"]])',
    ),
    "a definition list": ("<dl><dt>a</dt><dd>b</dd></dl>", '#definitions("plain", (([#"a"], [#"b"]),))'),
    "facts": (
        '<dl class="facts"><div><dt>Code</dt><dd>A1</dd></div></dl>',
        '#definitions("facts", (([#"Code"], [#"A1"]),))',
    ),
    "a box": (
        '<div class="admonition keep"><p class="admonition-title">Keep</p><p>a</p></div>',
        '#box-of("keep", [#"Keep"])[#"a"\n\n]',
    ),
    "a step": (
        '<div class="admonition step"><p class="admonition-title"><span class="minutes">5 min</span> Go</p></div>',
        '#box-of("step", [#minutes("5 min")#" Go"])[]',
    ),
    "an answer on lines": (
        '<div class="admonition answer" data-lines="4"><p class="admonition-title">Answer</p><p>a</p></div>',
        '#answer(4, [#"Answer"])[#"a"\n\n]',
    ),
    "lines to write on": (
        '<div class="lines" data-lines="3"><p class="lines-label">Why?</p><div class="line"></div></div>',
        '#lines("Why?", 3)',
    ),
    "a question before lines to write on": (
        '<p>Why?</p><div class="lines" data-lines="3"><p class="lines-label">Because</p></div>',
        '#kept[#"Why?"]\n\n#lines("Because", 3)',
    ),
    "a field": (
        '<p><span class="field"><span class="field-label">Date</span> <span class="field-line"></span></span></p>',
        '#field("Date")',
    ),
    "a scale": (
        '<div class="scale"><p class="lines-label">How? <small>(choose)</small></p><ul><li>0</li><li>1</li></ul></div>',
        '#scale("How? (choose)", ("0", "1",))',
    ),
    "the head of a sheet": (
        '<div class="sheet-head"><p class="sheet-code">Sheet S1</p><p class="sheet-purpose">To write.</p>'
        '<p class="workbook-page"></p></div>',
        '#sheet-head("talk/page.html#", [#"Sheet S1"], [#"To write."])',
    ),
    "a figure": (
        '<figure class="figure"><img src="../figures/line.svg" alt="A line."><figcaption>Line</figcaption></figure>',
        '#drawing("figures/line.svg", "A line.")[#"Line"]',
    ),
    "a quotation": ("<blockquote><p>a</p></blockquote>", '#quote(block: true)[#"a"]'),
    "code": ("<pre><code>a\n  b</code></pre>", '#raw("a\\n  b", block: true)'),
    "a rule": ("<hr>", "#rule()"),
    "prose of the city": ('<div class="local"><p>a</p></div>', '#local[#"a"\n\n]'),
    "another language": ('<div lang="en"><p>a</p></div>', '#[#set text(lang: "en")\n#"a"\n\n]'),
    "a link inside": (
        '<p><a href="../index.html">a</a></p>',
        '#inside("index.html#", there: none)[#"a"]',
    ),
    "a link to a worksheet that the workbook has": (
        '<p><a href="../sheets/card.html">a</a></p>',
        '#inside("sheets/card.html#", there: "workbook p. 7")[#"a"]',
    ),
    "a link to a part of that worksheet": (
        '<p><a href="../sheets/card.html#two">a</a></p>',
        '#inside("sheets/card.html#two", there: "workbook p. 7")[#"a"]',
    ),
    "a link to what is not printed": ('<p><a href="../other.html">a</a></p>', '#"a"'),
    "a word of the glossary": (
        '<p><a class="term" href="../glossary.html#fuel" title="What it is">fuel</a></p>',
        '#term("glossary.html#fuel")[#"fuel"]',
    ),
    "a link to another site": (
        '<p><a href="https://example.org/a?b=1&amp;c=2">a</a></p>',
        '#away("https://example.org/a?b=1&c=2")[#"a"]',
    ),
    "a note": (
        '<p>a<sup id="fnref:1"><a href="#fn:1">1</a></sup></p><div class="footnote"><ol><li id="fn:1"><p>Note.'
        '<a class="footnote-backref" href="#fnref:1">↩</a></p></li></ol></div>',
        '#"a"#footnote[#"Note."]',
    ),
    "an abbreviation": ('<p><abbr title="what">w</abbr></p>', '#"w"'),
}
LABELS = frozenset({"index.html#", "sheets/card.html#", "sheets/card.html#two", "glossary.html#fuel"})


@pytest.mark.parametrize("name", sorted(CONSTRUCTS))
def test_each_construct(name: str) -> None:
    """Each thing that an article may hold becomes the call that the design knows, with its text as strings."""
    source, expected = CONSTRUCTS[name]
    made = typeset("talk/page.html", source, 2, LABELS, {"sheets/card.html": "workbook p. 7"})
    assert made.strip() == expected


def test_a_table_with_a_header_and_an_empty_cell() -> None:
    """A table becomes widths, heights, header cells, caption, whether rows have headers, and cells; some are empty."""
    made = typeset(
        "page.html",
        "<table><caption>All</caption><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><th>1</th><td>2</td></tr><tr><th>3</th></tr></tbody></table>",
        1,
        frozenset(),
    )
    expected = (
        '#grid-of("plain", (75.0fr, 75.0fr,), (24mm, 24mm), ([#"a"], [#"b"],), [#"All"], true, '
        '([#"1"], [#"2"], [#"3"], [],))'
    )
    assert made.strip() == expected


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return (
        f"<table><thead><tr>{''.join(f'<th>{word}</th>' for word in head)}</tr></thead>"
        f"<tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"
    )


def test_columns_to_write_in_are_wide_enough() -> None:
    """Empty columns have room for words; two of them have room for sentences, however short their heads are."""
    question = "What do people say here, in their own words?"
    one = typeset("a.html", _table(["question", "how often"], [[question, ""]]), 1, frozenset())
    two = typeset("a.html", _table(["question", "end 1", "end 2"], [[question, "", ""]]), 1, frozenset())
    assert "(112.8fr, 37.2fr,)" in one
    assert "(66.0fr, 42.0fr, 42.0fr,)" in two


def test_long_rows_make_a_table_higher() -> None:
    """The height grows with the lines that cells need; the first rows are the head and two more."""
    short = typeset("a.html", _table(["a", "b"], [["one", "two"]] * 9), 1, frozenset())
    long = typeset("a.html", _table(["a", "b"], [["one", "two " * 60]] * 9), 1, frozenset())
    assert "(80mm, 24mm)" in short
    assert "(183mm, 47mm)" in long


@pytest.mark.parametrize(
    ("paragraph", "leads"),
    [
        ("<p>You find in it:</p>", True),
        ("<p><strong>A week before</strong></p>", True),
        ("<p>It is a list.</p>", True),
        (f"<p>{'It is not. ' * 30}</p>", False),
        (f"<p>{'You find in it ' * 30}:</p>", True),
    ],
)
def test_what_leads_to_a_list_stays_with_it(paragraph: str, leads: bool) -> None:
    """A label, a short paragraph and a sentence that ends in a colon are not left alone at the foot of a page."""
    made = typeset("a.html", f"{paragraph}<ul><li>one</li></ul>", 1, frozenset())
    assert made.startswith("#leading[") == leads


def test_a_short_paragraph_stays_with_its_table() -> None:
    """What introduces a table stands on the page on which the table begins; a long text may end before it."""
    table = _table(["a"], [["b"]])
    assert typeset("a.html", f"<p>This is it.</p>{table}", 1, frozenset()).startswith("#leading[")
    assert not typeset("a.html", f"<p>{'This is it. ' * 30}</p>{table}", 1, frozenset()).startswith("#leading[")


def test_links_before_their_pages_are_known() -> None:
    """The place of a link can be found in the source, so that a layout's page number can be put there."""
    made = typeset("a.html", '<p><a href="index.html">x</a></p>', 1, frozenset({"index.html#"}))
    assert REFERENCE.findall(made) == ["index.html#"]
    assert REFERENCE.findall(typeset("a.html", '<p>#inside("index.html#")</p>', 1, frozenset())) == []


def test_labels_are_headings_and_words() -> None:
    """Links can lead to a page, to its headings below the title, and to words of the glossary."""
    source = '<h1 id="top">T</h1><h2 id="a">A</h2><p id="b">B</p><dl><dt id="c">C</dt><dd>d</dd></dl>'
    assert list(labels_of("p.html", source)) == ["p.html#", "p.html#a", "p.html#c"]


def test_cards_of_a_sheet() -> None:
    """Cards are the card boxes of an article in order, with their titles; what stands around them stays out."""
    source = (
        '<p>Cut.</p><div class="admonition card"><p class="admonition-title">One</p><p>a</p></div>'
        '<div class="admonition note"><p class="admonition-title">N</p></div>'
        '<div class="admonition card"><p class="admonition-title">Two</p><p>b</p></div>'
    )
    assert cards_of("p.html", source) == [("One", '#"a"\n\n'), ("Two", '#"b"\n\n')]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("<p><video></video></p>", "<video>"),
        ("<section></section>", "<section>"),
        ('<div class="tabbed-set"></div>', '<div class="tabbed-set">'),
        ('<div class="admonition warning"></div>', '<div class="admonition warning">'),
        ('<p><span class="sparkle">a</span></p>', '<span class="sparkle">'),
        ("<figure></figure>", "a figure without a picture"),
    ],
)
def test_what_the_printer_does_not_know(source: str, named: str) -> None:
    """An element or class that is not in the list is named, and never dropped."""
    with pytest.raises(UnknownConstructError) as error:
        typeset("p.html", source, 1, frozenset())
    assert str(error.value) == named


@pytest.fixture(scope="module")
def read_back(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for Typst."""
    return tmp_path_factory.mktemp("typst")


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_is_a_string(read_back: Path, text: str) -> None:
    """Typst reads back exactly the text that was given, whatever is in it."""
    main = read_back / "main.typ"
    main.write_text(f"#metadata({string(text)})<here>", encoding="utf-8")
    assert json.loads(typst.query(str(main), "<here>", field="value")) == [text]


HOSTILE = r"""#panic("x") $x$ *a* _b_ `c` @d <e> = f ] [ \ " // /* #import "g.typ" #read("/etc/hostname")"""


def test_hostile_text_is_printed(read_back: Path) -> None:
    """Typst's own marks in a text are printed as they are: in a paragraph, in a cell, in a field's label."""
    from html import escape  # noqa: PLC0415  # the article's side of the escape

    shown = escape(HOSTILE)
    source = typeset(
        "p.html", f'<p>{shown}</p><p><span class="field"><span>{shown}</span></span></p>', 1, frozenset()
    )  # fmt: skip
    main = read_back / "hostile.typ"
    main.write_text(
        f"#let field(label) = [#metadata(label)<said>]\n#show text: it => [#metadata(it.text)<said>]\n{source}",
        encoding="utf-8",
    )
    said = json.loads(typst.query(str(main), "<said>", field="value"))
    assert "".join(said).replace(" ", "") == (HOSTILE + HOSTILE).replace(" ", "")


def test_an_answer_that_is_a_table_has_no_lines_behind_it() -> None:
    """The participants' lines would run through the rows of a table."""
    answer = '<div class="admonition answer" data-lines="4"><p class="admonition-title">Answer</p>{}</div>'
    assert typeset("a.html", answer.format(_table(["a"], [["b"]])), 1, frozenset()).startswith(
        '#answer-table([#"Answer"])'
    )
    assert typeset("a.html", answer.format("<p>b</p>"), 1, frozenset()).startswith('#answer(4, [#"Answer"])')
