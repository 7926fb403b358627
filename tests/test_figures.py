"""Figures: a drawing and nothing else, with the words of a language and the colour of a city."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, SMALL, Said
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from handbook.figures import ACCENT, has_known_colours, inline, localised, read, words_in
from handbook.problems import ContentError

FILE = "docs/figures/line.svg"
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"
ONLY = "keep shapes and words only"
AGAIN = "save the drawing again"


def drawing(inside: str) -> bytes:
    """An SVG with something inside, on its second line."""
    return f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" viewBox="0 0 9 9">\n{inside}\n</svg>\n'.encode()


def told(raw: bytes, file: str = FILE) -> str:
    """What is said of a drawing that is refused."""
    with pytest.raises(ContentError) as refused:
        read(raw, file)
    return str(refused.value).removeprefix(f"{file}:")


# ---------------------------------------------------------------- what a drawing must not hold


@pytest.mark.parametrize(
    ("inside", "tag"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<script xlink:href="https://example.org/x.js"/>', "script"),
        ('<a href="https://example.org"><rect/></a>', "a"),
        ('<image href="https://example.org/x.png"/>', "image"),
        ('<image href="file:///etc/passwd"/>', "image"),
        (f'<foreignObject><div xmlns="{XHTML}">x</div></foreignObject>', "foreignObject"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "animate"),
        ('<set attributeName="onload" to="alert(1)"/>', "set"),
        ("<style>@import url(https://example.org)</style>", "style"),
        ('<filter><feImage href="https://example.org"/></filter>', "filter"),
        ("<handler>alert(1)</handler>", "handler"),
        ('<video src="https://example.org"/>', "video"),
        ("<metadata/>", "metadata"),
        ("<unknown/>", "unknown"),
        ("<SCRIPT/>", "SCRIPT"),
        # foreign elements, also those that are called like a shape
        (f'<iframe xmlns="{XHTML}" src="https://example.org"/>', "no-svg:iframe"),
        (f'<title xmlns="{XHTML}">x</title>', "no-svg:title"),
        (f'<h:script xmlns:h="{XHTML}">alert(1)</h:script>', "h:script"),
        (f'<h:path xmlns:h="{XHTML}"/>', "h:path"),
        ('<rect xmlns=""/>', "no-svg:rect"),
        ('<?xml-stylesheet href="https://example.org"?>', "instruction"),
    ],
)
def test_anything_but_shapes_and_words_is_refused(inside: str, tag: str) -> None:
    """Scripts, links, pictures, animations, style sheets and foreign elements are no part of a drawing."""
    assert told(drawing(inside)) == f"2: <{tag}> is not a drawing\n  {ONLY}"


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        ('onload="alert(1)"', "onload"), ('ONCLICK="alert(1)"', "ONCLICK"), ('onfocusin="x"', "onfocusin"),
        ('style="fill:red"', "style"), ('href="https://example.org#a"', "href"), ('href="javascript:alert(1)"', "href"),
        ('href="data:image/svg+xml,x"', "href"), ('href=" #a"', "href"), ('href=""', "href"), ('src="x.png"', "src"),
        ('xlink:href="https://example.org#a"', f"{{{XLINK}}}href"), ('xlink:href="//example.org"', f"{{{XLINK}}}href"),
        ('fill="url(https://example.org#a)"', "fill"), ('fill="URL(//example.org)"', "fill"),
        ("clip-path=\"url( 'https://example.org' )\"", "clip-path"),
        ('mask="url(&quot;https://example.org&quot;)"', "mask"),
        ('fill="u\\72l(https://example.org)"', "fill"), ("mask=\"image-set('https://example.org' 1x)\"", "mask"),
        ('cursor="src(https://example.org)"', "cursor"),
        ('xml:base="https://example.org"', "{http://www.w3.org/XML/1998/namespace}base"),
    ],
)  # fmt: skip
def test_attributes_that_act_or_ask_are_refused(attribute: str, name: str) -> None:
    """No attribute runs a script, styles, or asks for another file, however it is written."""
    assert told(drawing(f"<rect {attribute}/>")) == f"2: the attribute {name} is not allowed\n  {ONLY}"


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", f"1: this is not SVG: Document is empty, line 1, column 1\n  {AGAIN}"),
        (b"a picture", f"1: this is not SVG: Start tag expected, '<' not found, line 1, column 1\n  {AGAIN}"),
        (b"\x89PNG\r\n\x1a\n", "1:1: this is not UTF-8 text\n  save the file with the encoding UTF-8"),
        (drawing("<rect"), f"3: this is not SVG: error parsing attribute name, line 3, column 1\n  {AGAIN}"),
        (drawing("&x;"), f"2: this is not SVG: Entity 'x' not defined, line 2, column 4\n  {AGAIN}"),
        (drawing("<rect/>") + b"<script/>",
         f"4: this is not SVG: Extra content at the end of the document, line 4, column 1\n  {AGAIN}"),
        (b"<svg/>", f'1: this is not SVG: it begins with <no-svg:svg>, not with <svg xmlns="{SVG}">\n  {AGAIN}'),
        (f'<html xmlns="{XHTML}"/>'.encode(),
         f'1: this is not SVG: it begins with <no-svg:html>, not with <svg xmlns="{SVG}">\n  {AGAIN}'),
        (f'<g xmlns="{SVG}"/>'.encode(),
         f'1: this is not SVG: it begins with <g>, not with <svg xmlns="{SVG}">\n  {AGAIN}'),
        (drawing("<title>a\u200bb</title>"),
         "2:9: an invisible or control character (ZERO WIDTH SPACE)\n  delete it and type the text again"),
        (b'<!DOCTYPE svg [<!ENTITY x "y">]>' + drawing("<title>&x;</title>"),
         f"2: <instruction> is not a drawing\n  {ONLY}"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + drawing("<title>&x;</title>"),
         f"2: <instruction> is not a drawing\n  {ONLY}"),
    ],
)  # fmt: skip
def test_what_is_no_svg(raw: bytes, expected: str) -> None:
    """Other formats, broken files, entities and a root of another kind are refused with their line."""
    assert told(raw) == expected


def test_entities_do_not_grow() -> None:
    """Entities inside entities are stopped before they fill the memory."""
    raw = f'<!DOCTYPE svg [<!ENTITY e0 "x">{ENTITIES}]><svg xmlns="{SVG}" class="&e9;"/>'.encode()
    assert "Maximum entity amplification factor exceeded" in told(raw)


def test_deep_drawings_are_refused() -> None:
    """Groups inside groups without end are stopped."""
    assert "Excessive depth in document: 256" in told(drawing("<g>" * 3000 + "</g>" * 3000))


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?>', '<?xml-stylesheet href="https://example.org"?>', "<!-- a remark -->",
        '<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">', '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>',
    ],
)  # fmt: skip
def test_what_stands_before_a_drawing_is_left_out(before: str) -> None:
    """Of a drawing only the drawing itself is used: no instruction, comment or document type before it."""
    raw = before.encode() + drawing("<rect/><!-- another --><g/>")
    shown = localised(raw, FILE, str, "#000000").decode()
    assert shown == drawing("<rect/><g/>").decode().rstrip("\n")


def test_links_inside_the_drawing_are_allowed() -> None:
    """A drawing may use its own parts: markers, patterns, clip paths."""
    raw = drawing(
        '<defs><marker id="a"><path d="M0 0"/></marker></defs><use xlink:href="#a"/><use href="#a"/>'
        '<line marker-end="url(#a)"/>'
    )
    assert [etree.QName(element).localname for element in read(raw, FILE).iter()] == [
        "svg", "defs", "marker", "path", "use", "use", "line"
    ]  # fmt: skip


# ---------------------------------------------------------------- words and colour

WORDS = '<text x="3" y="4" data-text="{key}">word</text>'


def test_words_are_replaced() -> None:
    """Each word becomes that of the language, each line of it a line of the drawing; the key is gone."""
    raw = drawing(
        WORDS.format(key="top") + WORDS.format(key="below") + "<text y='1' data-text='free'><tspan>a</tspan></text>"
    )
    words = {"top": "boven", "below": "onder\nde <streep> & meer", "free": "x\ny"}
    assert localised(raw, FILE, words.__getitem__, "#000000").decode() == drawing(
        '<text x="3" y="4">boven</text>'
        '<text x="3" y="4">onder<tspan x="3" dy="1.2em">de &lt;streep&gt; &amp; meer</tspan></text>'
        '<text y="1">x<tspan x="0" dy="1.2em">y</tspan></text>'
    ).decode().rstrip("\n")  # fmt: skip


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1).filter(str.strip))
def test_any_word_stays_a_word(text: str) -> None:
    """Whatever a translator writes, the drawing keeps its shape and shows these very words."""
    shown = etree.fromstring(localised(drawing(WORDS.format(key="a")), FILE, lambda _: text, "#000000"))
    assert [etree.QName(element).localname for element in shown.iter()] == ["svg", "text"]
    assert "".join(map(str, shown.itertext())).strip("\n") == text


def test_the_accent_becomes_the_colour_of_the_city() -> None:
    """The colour that figures are drawn in gives way to the city's, in capitals too; others stay."""
    raw = drawing(f'<line stroke="{ACCENT}"/><line stroke="{ACCENT.upper()}" fill="#0b5c8b"/>')
    assert localised(raw, FILE, str, "#00811f").decode() == drawing(
        '<line stroke="#00811f"/><line stroke="#00811f" fill="#0b5c8b"/>'
    ).decode().rstrip("\n")  # fmt: skip


def test_words_in_a_drawing(tmp_path: Path) -> None:
    """The keys of a drawing's words come in its order; a drawing that is refused has problems instead."""
    path = tmp_path / "line.svg"
    path.write_bytes(drawing(WORDS.format(key="top") + WORDS.format(key="below")))
    assert words_in(path, FILE) == (["top", "below"], [])
    path.write_bytes(drawing("<text>top</text>"))
    keys, problems = words_in(path, FILE)
    assert (keys, [str(problem) for problem in problems]) == (
        [], [f"{FILE}:2: a text without data-text\n  give it a key, and its words in the .yml"]
    )  # fmt: skip


@pytest.mark.parametrize("path", sorted((REPOSITORY / "docs" / "figures").glob("*.svg")), ids=lambda path: path.stem)
def test_real_figures_are_drawings(path: Path) -> None:
    """Every figure of the real content is a drawing whose words have keys, in the colour that cities change."""
    keys, problems = words_in(path, f"docs/figures/{path.name}")
    assert problems == []
    assert all(keys)


def test_a_figure_in_a_project_is_checked(small: Path, handbook: Callable[..., Said]) -> None:
    """`handbook check` tells a drawing that would do something."""
    path = small / FILE
    path.write_bytes((SMALL / FILE).read_bytes().replace(b"<line ", b"<script/><line "))
    said = handbook("check", "--project", small)
    assert said.out.splitlines()[:2] == [f"{FILE}:1: <script> is not a drawing", f"    {ONLY}"]
    assert said.code == 1


# ---------------------------------------------------------------- in a page


def test_a_drawing_in_a_page_has_its_own_names_and_words() -> None:
    """Names and what points to them are set apart, the text alternative is escaped, space between shapes goes."""
    raw = drawing('<defs><clipPath id="a"><rect/></clipPath></defs> <g clip-path="url(#a)"><use href="#a"/></g>')
    text = inline(raw, "figure-2", 'two "ends" & <a> middle')
    assert 'id="figure-2-a"' in text
    assert 'clip-path="url(#figure-2-a)"' in text
    assert 'href="#figure-2-a"' in text
    assert 'aria-label="two &quot;ends&quot; &amp; &lt;a&gt; middle"' in text
    assert "> <" not in text


def test_only_drawings_of_the_palette_change_at_night() -> None:
    """A drawing with a colour that has no counterpart in the dark keeps its white sheet."""
    known = drawing('<rect fill="#FFFFFF" stroke="#1d2733"/>')
    assert has_known_colours(known)
    assert 'class="drawn"' in inline(known, "f", "")
    other = drawing('<rect fill="#123456"/>')
    assert not has_known_colours(other)
    assert 'class="drawn"' not in inline(other, "f", "")


def test_every_figure_of_the_handbook_keeps_to_the_palette() -> None:
    """All our own figures have colours for the night."""
    figures = sorted((REPOSITORY / "docs" / "figures").glob("*.svg"))
    assert len(figures) >= 10
    assert [path.name for path in figures if not has_known_colours(path.read_bytes())] == []


def test_a_drawing_with_prefixed_names_stays_a_file() -> None:
    """HTML does not know <svg:rect>, so such a drawing is not put into a page."""
    assert inline(f'<s:svg xmlns:s="{SVG}" viewBox="0 0 9 9"><s:rect/></s:svg>'.encode(), "f", "") == ""
