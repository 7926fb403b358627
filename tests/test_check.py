"""The checks before publication: each finds the fault that was planted in a rendered handbook, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from conftest import REPOSITORY, SMALL

from handbook.check import Made, check
from handbook.load import load
from handbook.plan import Handbook, plan
from handbook.render import Site, render
from handbook.stage import stage


@dataclass(frozen=True)
class Rendered:
    """A handbook as it is before `check`: the participant edition of Veld in Dutch, with its PDF."""

    book: Handbook
    site: Site
    others: Path

    def __call__(self) -> list[str]:
        """What `check` finds: place and message."""
        pdf = self.site.folder / "workbook.pdf"
        return [f"{problem.place}: {problem.what}" for problem in check(Made(self.book, self.site, pdf))]

    def plant(self, page: str, html: str) -> None:
        """Put something at the end of a page's main part."""
        self.replace(page, "</main>", f"{html}</main>")

    def replace(self, file: str, old: str, new: str) -> None:
        """Put one text in the place of another in a file."""
        path = self.site.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, small_site: Path) -> Rendered:
    """The handbook as it should be; its PDF is the one that was published."""
    library, _ = load(SMALL)
    assert library
    book = plan(library, "veld", "nl", "participant")
    work = tmp_path_factory.mktemp("rendered")
    site = render(book, stage(book, work), work / "site", REPOSITORY / "mkdocs.yml", "workbook.pdf")
    for pdf in (small_site / "participant" / "veld" / "nl").rglob("*.pdf"):
        target = site.folder / pdf.relative_to(small_site / "participant" / "veld" / "nl")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pdf, target)
    return Rendered(book, site, small_site)


@pytest.fixture
def veld(good: Rendered, tmp_path: Path) -> Rendered:
    """A copy of it to plant faults in."""
    folder = Path(shutil.copytree(good.site.folder, tmp_path / "site"))
    return Rendered(good.book, Site(folder, good.site.articles), good.others)


def test_a_good_handbook_passes(good: Rendered) -> None:
    """Without a fault there is no finding."""
    assert good() == []


def test_a_page_that_was_not_made(veld: Rendered) -> None:
    """A page of the plan that is not in the site is found, and so are the links to it."""
    (veld.site.folder / "sheets" / "card.html").unlink()
    found = veld()
    assert found[0] == "curricula/sheets/card.nl.md: the page was not made"
    assert {line.partition(": ")[2] for line in found[1:]} == {
        "this link leads nowhere: sheets/card.html",
        "this link leads nowhere: ../sheets/card.html",
        "this link leads nowhere: card.html",
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ city.nmae }}", "{{ city.nmae }}"),
        ("{% if x %}", "{% if x %}"),
        ("the end %}", "the end %}"),
        ("::: keep", "::: keep"),
        ("//// admonition", "//// admonition"),
        ("see page:talk/hello", "see page:talk/hello"),
        ("None", "None"),
        ("an Undefined thing", "an Undefined thing"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ("&lt;bound method City.name&gt;", "<bound method City.name>"),
        ("&lt;function term at 0x1&gt;", "<function term at 0x1>"),
    ],
)
def test_leftovers(veld: Rendered, text: str, shown: str) -> None:
    """Marks of templates and blocks, `None`, tracebacks and the like are found where they stand."""
    veld.plant("index.html", f"<p>Voor.</p><p>{text}</p>")
    found = veld()
    assert found
    assert all(line.startswith('docs/index.nl.md: left over in the page: "') and shown in line for line in found)


def test_words_that_only_look_like_leftovers(veld: Rendered) -> None:
    """Words that contain such marks, in sentences or in the page's data, are no leftovers."""
    veld.plant(
        "index.html", "<p>None of us; Nonette; a homepage: talk; 1//2.</p><script type=application/json>{{}}</script>"
    )
    assert veld() == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="talk/helo.html">x</a>', "this link leads nowhere: talk/helo.html"),
        ('<a href="talk/">x</a>', ""),
        ('<a href="figures/">x</a>', "this link leads nowhere: figures/"),
        ('<a href="talk/hello.html#listn">x</a>', "there is no such place: talk/hello.html#listn"),
        ('<a href="talk/hello.html#listen">x</a>', ""),
        ('<a href="#nowhere">x</a>', "there is no such place: #nowhere"),
        ('<img src="figures/lin.svg" alt="">', "this link leads nowhere: figures/lin.svg"),
        ('<a href="../../../berg/nl/index.html">x</a>', "this link leaves the handbook: ../../../berg/nl/index.html"),
        ('<a href="../en/index.html">x</a>', ""),
        ('<a href="../fr/index.html">x</a>', "this link leaves the handbook: ../fr/index.html"),
        ('<a href="https://example.org/">x</a>', ""),
        ('<a href="mailto:desk@example.org">x</a>', ""),
        ('<a href="workbook.pdf">x</a>', ""),
    ],
)
def test_links(veld: Rendered, html: str, found: str) -> None:
    """A link must arrive: at a file, at a name in it, within the handbook or at its other languages."""
    veld.plant("index.html", html)
    assert veld() == ([f"docs/index.nl.md: {found}"] if found else [])


def test_a_dead_link_is_told_though_the_page_for_lost_addresses_has_it_too(veld: Rendered) -> None:
    """Links of that page lead anywhere, for it is shown at any depth; the same link of another page is followed."""
    for page in ("404.html", "index.html"):
        veld.plant(page, '<a href="nowhere.html">x</a>')
    assert veld() == ["docs/index.nl.md: this link leads nowhere: nowhere.html"]


@pytest.mark.parametrize(
    ("html", "target"),
    [
        ('<script src="https://example.org/x.js"></script>', "https://example.org/x.js"),
        ('<img src="//example.org/x.png" alt="">', "//example.org/x.png"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "https://example.org/x.css"),
        ('<link rel="preconnect" href="https://example.org">', "https://example.org"),
        ('<iframe src="http://example.org/"></iframe>', "http://example.org/"),
        ('<video><source src="https://example.org/x.mp4"></video>', "https://example.org/x.mp4"),
        ('<video src="https://example.org/x.mp4"></video>', "https://example.org/x.mp4"),
        ('<video poster="https://example.org/x.png"></video>', "https://example.org/x.png"),
        ('<img src="figures/line.svg" srcset="https://example.org/x.png 2x" alt="">', "https://example.org/x.png"),
        ('<object data="https://example.org/x"></object>', "https://example.org/x"),
        ('<embed src="https://example.org/x">', "https://example.org/x"),
        ('<p style="background: url(https://example.org/x.png)">x</p>', "https://example.org/x.png"),
        ('<style>@import "https://example.org/x.css";</style>', "https://example.org/x.css"),
    ],
)
def test_requests_to_others(veld: Rendered, html: str, target: str) -> None:
    """Whatever a browser would fetch by itself from another server is found."""
    veld.plant("index.html", html)
    found = [line for line in veld() if "this will not work in the page" not in line]  # styles do not even work
    assert found == [f"docs/index.nl.md: the page would ask another server: {target}"]


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ('<p style="color: red">x</p>', 'style="color: red"'),
        ('<p onclick="go()">x</p>', 'onclick="go()"'),
        ("<script>go()</script>", "<script>go()"),
        ("<style>p { color: red }</style>", "<style>p { color: red }"),
    ],
)
def test_what_the_policy_refuses(veld: Rendered, html: str, what: str) -> None:
    """A style, a handler or a script inside a page is told, because browsers would leave it out without a word."""
    veld.plant("talk/hello.html", html)
    assert veld() == [f"curricula/talk/hello.nl.md: this will not work in the page: {what}"]


def test_data_in_pages_is_fine(veld: Rendered) -> None:
    """JSON in a page is no script."""
    veld.plant("index.html", '<script type="application/ld+json">{"a": 1}</script>')
    assert veld() == []


def test_requests_of_style_sheets(veld: Rendered) -> None:
    """A style sheet that would fetch a font or a picture from another server is found."""
    path = veld.site.folder / "assets" / "site.css"
    path.write_text("@font-face { src: url('https://example.org/x.woff2') }", encoding="utf-8")
    assert veld() == [
        "veld/nl/participant/assets/site.css: the page would ask another server: https://example.org/x.woff2"
    ]


TRAINER_LINE = "Trainers in deze test kennen het woord zebravis."


@pytest.mark.parametrize("page", ["index.html", "talk/hello.html", "glossary.html"])
def test_trainer_text_in_a_page(veld: Rendered, page: str) -> None:
    """A sentence of the trainer edition in a page of the participants' is a leak."""
    veld.plant(page, f"<p hidden>{TRAINER_LINE}</p>")
    assert veld() == [
        f"docs/index.nl.md: trainer text is in the participants' {page}: “trainersindezetestkennenhetwoordzebravis…”"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("search/index.js", '"text":"', f'"text":"{TRAINER_LINE} '),
        ("index.html", "<body", f'<body data-note="{TRAINER_LINE}"'),
        ("index.html", "</body>", f"<!-- {TRAINER_LINE} --></body>"),
        ("index.html", "</body>", f"<script>const note = '{TRAINER_LINE}'</script></body>"),
        ("dates/talk-1.ics", "SUMMARY:", f"SUMMARY:{TRAINER_LINE} "),
        ("figures/line.svg", "</svg>", f"<desc>{TRAINER_LINE}</desc></svg>"),
    ],
)
def test_trainer_text_out_of_sight(veld: Rendered, file: str, old: str, new: str) -> None:
    """It is a leak in the search index, an attribute, a comment, a script, a calendar file or a figure as well."""
    veld.replace(file, old, new)
    found = [line for line in veld() if "this will not work in the page" not in line]
    assert [line.partition(": “")[0] for line in found] == [
        f"docs/index.nl.md: trainer text is in the participants' {file}"
    ]


def test_trainer_text_in_the_pdf(veld: Rendered) -> None:
    """The trainers' guide in the place of the workbook is a leak of all its text."""
    guide = veld.others / "trainer" / "veld" / "nl" / "trainer-guide.pdf"
    shutil.copyfile(guide, veld.site.folder / "workbook.pdf")
    leaks = [line for line in veld() if "trainer text" in line]
    assert leaks == [
        "docs/index.nl.md: trainer text is in the participants' workbook.pdf: "
        "“trainersindezetestkennenhetwoordzebravis…”",
        "curricula/talk/hello.nl.md: trainer text is in the participants' workbook.pdf: "
        "“doededeurvandequokkakameropen…”",
        "curricula/talk/answers.md: trainer text is in the participants' workbook.pdf: “itisasentenceabouttheaxolotl…”",
    ]


@pytest.mark.parametrize(
    "words", ["Dienst Veiligheid Bergdorp", "Bergdorp", "In Bergdorp gaat het over knallen op het plein."]
)
def test_words_of_another_city(veld: Rendered, words: str) -> None:
    """What only another municipality says may not stand in this one's pages."""
    veld.plant("glossary.html", f"<p>Vraag het bij de {words}</p>")
    found = veld()
    assert f'docs/glossary.nl.md: words of berg stand here: "{words}"' in found
    assert {line.partition(': "')[0] for line in found} == {"docs/glossary.nl.md: words of berg stand here"}


def test_words_of_another_city_in_the_search(veld: Rendered) -> None:
    """They may not stand in the search index either."""
    veld.replace("search/index.js", '"text":"', '"text":"Dienst Veiligheid Bergdorp ')
    assert veld()[0] == ('veld/nl/participant/search/index.js: words of berg stand here: "Bergdorp"')


# ---------------------------------------------------------------- the PDF


def changed(veld: Rendered, change: Callable[[pikepdf.Pdf], None]) -> None:
    """Change the PDF."""
    path = veld.site.folder / "workbook.pdf"
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        change(document)
        document.save(path)


def without_title(document: pikepdf.Pdf) -> None:
    """Take the title out of a PDF."""
    del document.docinfo["/Title"]


def without_author(document: pikepdf.Pdf) -> None:
    """Take the author out of a PDF."""
    document.docinfo["/Author"] = "  "


def without_language(document: pikepdf.Pdf) -> None:
    """Take the language out of a PDF."""
    del document.Root.Lang


def in_another_language(document: pikepdf.Pdf) -> None:
    """Say that a PDF is in English."""
    document.Root.Lang = "en"


def without_tags(document: pikepdf.Pdf) -> None:
    """Take the tags out of a PDF."""
    del document.Root.MarkInfo


def without_bookmarks(document: pikepdf.Pdf) -> None:
    """Take the bookmarks out of a PDF."""
    del document.Root.Outlines


def without_fonts(document: pikepdf.Pdf) -> None:
    """Take the font files out of a PDF."""
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            for name in ("/FontFile", "/FontFile2", "/FontFile3"):
                if name in item:
                    del item[name]


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (without_title, "a title"),
        (without_author, "an author"),
        (without_language, "its language"),
        (in_another_language, "its language"),
        (without_tags, "tags"),
        (without_bookmarks, "bookmarks"),
        (without_fonts, "its fonts inside"),
    ],
)
def test_facts_of_the_pdf(veld: Rendered, change: Callable[[pikepdf.Pdf], None], fact: str) -> None:
    """A PDF without title, author, language, tags, bookmarks or fonts is found."""
    changed(veld, change)
    assert f"veld/nl/participant/workbook.pdf: workbook.pdf has not {fact}" in veld()


def test_a_pdf_that_lost_a_page(veld: Rendered) -> None:
    """Text of the pages that is not in the PDF is found, with the page it belongs to."""

    def drop(document: pikepdf.Pdf) -> None:
        del document.pages[-1]

    changed(veld, drop)
    found = veld()
    assert found
    assert {line.partition(": ")[0] for line in found} <= {"docs/glossary.nl.md", "curricula/cases/fireworks.nl.md"}
    assert all(': not in workbook.pdf: "' in line for line in found)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_pdf_that_was_cut_short(veld: Rendered, share: float) -> None:
    """A PDF of which the end is missing is a problem with a message, not a crash."""
    path = veld.site.folder / "workbook.pdf"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    found = veld()
    assert found == ["veld/nl/participant/workbook.pdf: this PDF cannot be read"]


def test_a_pdf_that_is_not_there(veld: Rendered) -> None:
    """A PDF that was not written is found."""
    (veld.site.folder / "workbook.pdf").unlink()
    assert veld() == ["veld/nl/participant/workbook.pdf: this PDF cannot be read"]
