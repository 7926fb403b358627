"""Whole builds of the small project: what is published where, what is built again, what never gets out."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from conftest import REPOSITORY, SMALL, Said
from lxml import html

from handbook import farm as farming
from handbook.build import Result
from handbook.library import Library

Run = Callable[..., Said]
EVERY = [f"{city}/{language}/{edition}" for city in ("berg", "veld") for language in ("en", "nl")
         for edition in ("participant", "trainer")]  # fmt: skip


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def build(handbook: Run, project: Path, *words: str) -> dict[str, str]:
    """Build without PDF, and tell how it went with each handbook."""
    said = handbook("build", *words, "--no-pdf", "--project", project)
    ends = re.findall(r"^(\S+): (published|unchanged|has problems)$", said.err, re.MULTILINE)
    assert said.code == (1 if "has problems" in dict(ends).values() else 0)
    return dict(sorted(ends))


# ---------------------------------------------------------------- what is published


def test_published_files(small_site: Path, golden: Callable[[str, str], None]) -> None:
    """Each edition has a folder per city, with a page that leads to a folder per language: the site and its PDF."""
    top = sorted(path.relative_to(small_site).as_posix() for path in small_site.glob("*/*/*"))
    assert top == [
        f"{edition}/{city}/{name}"
        for edition in ("participant", "trainer")
        for city in ("berg", "veld")
        for name in ("en", "index.html", "nl")
    ]
    lines = []
    for edition in ("participant", "trainer"):
        found = {name for name in files(small_site / edition / "veld" / "nl") if not name.startswith("assets/")}
        lines += [f"{edition}/veld/nl/{name}" for name in sorted(found)]
    golden("published.txt", "\n".join(lines) + "\n")


def test_every_page_of_a_plan_and_its_pdf_is_published(small_site: Path) -> None:
    """Every language and edition of every city has its own pages in its own language, and a readable PDF."""
    names = {"participant": "workbook.pdf", "trainer": "trainer-guide.pdf"}
    for handbook in EVERY:
        city, language, edition = handbook.split("/")
        folder = small_site / edition / city / language
        html = (folder / "index.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}"' in html
        with pikepdf.open(folder / names[edition]) as document:
            assert str(document.Root.Lang) == language
            assert len(document.pages) > 5


def test_the_same_bytes_every_time(small_site: Path, tmp_path: Path) -> None:
    """In another folder, on another day, with another hash seed, language and user: every file has the same bytes."""
    project = Path(shutil.copytree(SMALL, tmp_path / "a project", ignore=shutil.ignore_patterns("build")))
    elsewhere = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "77", "LANG": "C", "USER": "somebody", "COLUMNS": "40"}
    done = subprocess.run(
        [sys.executable, "-m", "handbook", "build", "--all", "--force", "--jobs", "3", "--project", str(project)],
        cwd=REPOSITORY, env={**os.environ, **elsewhere}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ours, theirs = files(project / "site"), files(small_site)
    theirs.pop(".done")
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert sum(name.endswith(".pdf") for name in ours) >= 8


# ---------------------------------------------------------------- what never gets out


def readable(path: Path) -> Iterator[str]:
    """Everything that a file says, also what is packed: raw bytes, gzip, text and inner data of PDFs."""
    raw = path.read_bytes()
    yield raw.decode("utf-8", errors="replace")
    if path.suffix == ".gz":
        yield gzip.decompress(raw).decode()
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            yield " ".join(page.get_textpage().get_text_bounded() for page in document)
        with pikepdf.open(path) as document:
            for item in document.objects:
                yield repr(item)
                if isinstance(item, pikepdf.Stream):
                    try:
                        yield item.read_bytes().decode("latin-1")
                    except pikepdf.PdfError:  # a picture or a font
                        continue


def said_in(folder: Path, words: list[str]) -> dict[str, set[str]]:
    """Which of some words stand in which files of a folder; hyphens and line breaks do not hide them."""
    found: dict[str, set[str]] = {word: set() for word in words}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = " ".join(re.sub(r"[\u00ad\u2010-]\s*", "", " ".join(readable(path))).casefold().split())
        for word in words:
            if re.sub(r"[\u00ad\u2010-]\s*", "", word).casefold() in text:
                found[word].add(path.relative_to(folder).as_posix())
    return found


TRAINERS = {
    "nl": ["zebravis", "Voor je begint", "quokkakamer", "Wie is er?", "axolotl", "flap-over"],
    "en": ["zebrafish", "Before you begin", "quokka room", "Who is here?", "axolotl", "flip chart"],
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_trainer_text_is_nowhere_in_the_participant_edition(small_site: Path, language: str) -> None:
    """No file of the participants' says what is for trainers: not a page, the search, the sitemap, a PDF, anything."""
    participants = said_in(small_site / "participant" / "veld" / language, TRAINERS[language])
    assert participants == {word: set() for word in TRAINERS[language]}
    trainers = said_in(small_site / "trainer" / "veld" / language, TRAINERS[language])
    for word, places in trainers.items():  # the test could find them
        assert {"search/index.js", "trainer-guide.pdf"} <= places, word


CITIES = {
    "veld": ["Veld aan Zee", "Zeeland", "Team Veiligheid Veld", "Veld safety team", "grote zaal", "big hall"],
    "berg": ["Bergdorp", "Limburg", "Dienst Veiligheid Bergdorp", "Bergdorp safety service"],
}
UNSEEN = ["Duinwijk", "Politie Veld", "Veld Courant", "GM9999"]  # of Veld, which no page asks for


@pytest.mark.parametrize(("city", "other"), [("veld", "berg"), ("berg", "veld")])
def test_cities_do_not_know_of_each_other(small_site: Path, city: str, other: str) -> None:
    """No file of a city's handbooks holds a fact of another city."""
    for edition in ("participant", "trainer"):
        strangers = said_in(small_site / edition / city, [*CITIES[other], *UNSEEN])
        assert {word: places for word, places in strangers.items() if places} == {}
        own = said_in(small_site / edition / city, CITIES[city])
        assert [word for word, places in own.items() if not places] == []


def test_local_prose_is_cleaned(small_site: Path) -> None:
    """A script in a city's own text is not published, the text around it is."""
    page = (small_site / "participant" / "veld" / "nl" / "index.html").read_text(encoding="utf-8")
    assert "Welkom in <strong>Veld</strong>" in page
    assert "alert(1)" not in page


def test_a_fault_of_ours_in_one_handbook_lets_the_others_be_published(
    monkeypatch: pytest.MonkeyPatch, handbook: Run, small: Path
) -> None:
    """What nobody foresaw in one handbook ends with 3 and a traceback, and all others are published before."""
    good = farming.build

    def build(library: Library, slug: str, *rest: Any, **others: Any) -> Result:
        return good(library, slug, *rest, **others) if slug == "veld" else 1 // 0  # type: ignore[return-value]

    monkeypatch.setattr(farming, "build", build)
    said = handbook("build", "--all", "--language", "nl", "--no-pdf", "--project", small)
    assert said.code == 3
    assert "ZeroDivisionError" in said.err
    for edition in ("participant", "trainer"):
        assert (small / "site" / edition / "veld" / "nl" / "index.html").is_file()
        assert not (small / "site" / edition / "berg").exists()


# ---------------------------------------------------------------- what is built again


def test_unchanged_handbooks_are_skipped(handbook: Run, small: Path) -> None:
    """A second build builds nothing; a change in one city's file or folder builds that city's handbooks only."""
    assert build(handbook, small, "--all") == dict.fromkeys(EVERY, "published")
    before = files(small / "site")
    assert build(handbook, small, "--all") == dict.fromkeys(EVERY, "unchanged")
    replace(small / "municipalities" / "veld.yml", "province: Zeeland", "province: Zeelandia")
    only_veld = {name: "published" if name.startswith("veld/") else "unchanged" for name in EVERY}
    assert build(handbook, small, "--all") == only_veld
    after = files(small / "site")
    assert {name.split("/")[1] for name in before if before[name] != after[name]} == {"veld"}
    assert b"Zeelandia" in after["participant/veld/nl/index.html"]
    (small / "municipalities" / "veld" / "welcome.en.md").write_text("Welcome.\n", encoding="utf-8")
    assert build(handbook, small, "--all") == only_veld
    assert b"<p>Welcome.</p>" in files(small / "site")["participant/veld/en/index.html"]


@pytest.mark.parametrize(
    "name",
    ["docs/glossary.nl.md", "docs/figures/line.yml", "curricula/talk/hello.md", "curricula/vocabulary.yml",
     "municipalities/_base.yml"],
)  # fmt: skip
def test_a_change_in_what_all_share_builds_everything(handbook: Run, small: Path, name: str) -> None:
    """A change in docs/, curricula/ or the common layer builds every handbook again."""
    words = ("--all", "--language", "nl", "--edition", "participant")
    assert build(handbook, small, *words) == {"berg/nl/participant": "published", "veld/nl/participant": "published"}
    assert build(handbook, small, *words) == {"berg/nl/participant": "unchanged", "veld/nl/participant": "unchanged"}
    path = small / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert build(handbook, small, *words) == {"berg/nl/participant": "published", "veld/nl/participant": "published"}


def test_force_and_lost_files(handbook: Run, small: Path) -> None:
    """--force builds what has not changed; so does a published folder or a note of it that is gone or damaged."""
    words = ("veld", "--language", "nl", "--edition", "trainer")
    name = "veld/nl/trainer"
    assert build(handbook, small, *words) == {name: "published"}
    assert build(handbook, small, *words, "--force") == {name: "published"}
    assert build(handbook, small, *words) == {name: "unchanged"}
    shutil.rmtree(small / "site" / "trainer" / "veld" / "nl")
    assert build(handbook, small, *words) == {name: "published"}
    for damage in (b"", b"{", b"\xff\xfe", b"[]"):
        (small / "build" / name / "published.json").write_bytes(damage)
        assert build(handbook, small, *words) == {name: "published"}
    shutil.rmtree(small / "build")
    assert build(handbook, small, *words) == {name: "published"}


def test_language_and_edition_choose(handbook: Run, small: Path) -> None:
    """--language and --edition build and publish only what fits; several cities can be named."""
    assert build(handbook, small, "veld", "--language", "en") == {
        "veld/en/participant": "published", "veld/en/trainer": "published",
    }  # fmt: skip
    assert build(handbook, small, "berg", "veld", "--language", "nl", "--edition", "trainer") == {
        "berg/nl/trainer": "published", "veld/nl/trainer": "published",
    }  # fmt: skip
    assert sorted(path.relative_to(small / "site").as_posix() for path in (small / "site").glob("*/*/??")) == [
        "participant/veld/en", "trainer/berg/nl", "trainer/veld/en", "trainer/veld/nl",
    ]  # fmt: skip


def test_no_pdf(handbook: Run, small: Path) -> None:
    """--no-pdf publishes the site without a PDF, and without a link to one."""
    build(handbook, small, "veld", "--language", "nl")
    made = files(small / "site")
    assert [name for name in made if name.endswith(".pdf")] == []
    assert [name for name, raw in made.items() if name.endswith(".html") and b".pdf" in raw] == []


def test_pages_that_are_no_more_are_gone(handbook: Run, small: Path) -> None:
    """A page that left the outline is not in the next edition, nor in the menu, the search or the sitemap."""
    words = ("veld", "--language", "nl", "--edition", "participant")
    build(handbook, small, *words)
    assert "participant/veld/nl/cases/index.html" in files(small / "site")
    replace(small / "docs" / "outline.yml", "- cases\n", "")
    build(handbook, small, *words)
    made = files(small / "site")
    assert [name for name in made if "/cases/" in name] == []
    assert [name for name, raw in made.items() if name.endswith((".html", ".json", ".xml")) and b"cases/" in raw] == []


# ---------------------------------------------------------------- what goes wrong


@pytest.fixture
def published(handbook: Run, small: Path) -> Path:
    """The small project with its Dutch participants' handbooks published."""
    build(handbook, small, "--all", "--language", "nl", "--edition", "participant")
    return small


def rebuilt(handbook: Run, project: Path) -> tuple[Said, bool, bool]:
    """Build again after a change: what was said, whether Berg's folder changed, whether Veld's did."""
    before = {city: files(project / "site" / "participant" / city) for city in ("berg", "veld")}
    said = handbook("build", "--all", "--language", "nl", "--edition", "participant", "--no-pdf", "--project", project)
    after = {city: files(project / "site" / "participant" / city) for city in ("berg", "veld")}
    return said, before["berg"] != after["berg"], before["veld"] != after["veld"]


def problems_in(said: Said) -> str:
    """The report at the end of a build, without the steps."""
    return "\n".join(line for line in said.err.splitlines() if not re.match(r"\w+/\w+/\w+: [a-z ]+$", line))


KEEPS = "published; what failed keeps its last edition."


def test_a_broken_city_keeps_its_last_edition_while_others_publish(handbook: Run, published: Path) -> None:
    """One broken municipality file stops that city only: exit 1, the message names file and line, the rest goes on."""
    replace(published / "municipalities" / "veld.yml", "key: safety", "key: saftey")
    replace(published / "municipalities" / "berg.yml", "Limburg", "Brabant")
    said, berg, veld = rebuilt(handbook, published)
    assert (said.code, said.out, berg, veld) == (1, "", True, False)
    assert problems_in(said) == (
        'municipalities/veld.yml:7:10: departments[1].key: unknown department "saftey"\n'
        '    did you mean "safety"? the list is in curricula/vocabulary.yml\n\n1 error in 1 file'
        + f"\n\n1 handbook is {KEEPS}"
    )


def test_shared_content_that_is_broken_stops_everything(handbook: Run, published: Path) -> None:
    """A mistake in what all share stops all handbooks before anything is made; all keep their last edition."""
    replace(published / "docs" / "glossary.nl.md", "glossary()", "glosary()")
    said, berg, veld = rebuilt(handbook, published)
    assert (berg, veld) == (False, False)
    assert said == Said(
        1, "",
        'docs/glossary.nl.md:5:4: unknown name "glosary"\n'
        '    did you mean "glossary"? the list is in guide/modules.md\n\n1 error in 1 file\n',
    )  # fmt: skip


def test_a_macro_that_fails_for_one_city(handbook: Run, published: Path) -> None:
    """What only rendering shows stops the one handbook that it concerns, and names the writer's file."""
    page = published / "docs" / "glossary.nl.md"
    call = '\n{% if city.slug == "veld" %}{{ scale("Hoe?", "a", 3) }}{% endif %}\n'
    page.write_text(page.read_text(encoding="utf-8") + call, encoding="utf-8")
    replace(published / "municipalities" / "berg.yml", "Limburg", "Brabant")
    said, berg, veld = rebuilt(handbook, published)
    assert (said.code, said.out, berg, veld) == (1, "", True, False)
    assert problems_in(said) == (
        "docs/glossary.nl.md: a macro failed: 'str' object cannot be interpreted as an integer\n"
        "    look at the page in the stage (build/…/docs) to see what the renderer was given\n"
        f"    in veld/nl/participant\n\n1 error in 1 file\n\n1 handbook is {KEEPS}"
    )


def test_a_check_that_fails_keeps_the_last_edition(handbook: Run, published: Path) -> None:
    """What the checks find in the made site stops its publication."""
    (published / "municipalities" / "veld" / "welcome.nl.md").write_text("Welkom.\n\nNone\n", encoding="utf-8")
    said, berg, veld = rebuilt(handbook, published)
    assert (said.code, said.out, berg, veld) == (1, "", False, False)
    assert problems_in(said) == (
        'docs/index.nl.md: left over in the page: "d aan Zee in Zeeland. Welkom. None Bijeenkomst Datum Tijd Plaats"\n'
        "    look at the source near these words\n    in veld/nl/participant\n\n1 error in 1 file"
        + f"\n\n1 handbook is {KEEPS}"
    )


def test_a_file_that_is_not_ours_is_not_overwritten(handbook: Run, published: Path) -> None:
    """Neither the folder for stages nor the published one is emptied when somebody else has put it there."""
    stage = published / "build" / "berg" / "nl" / "participant"
    shutil.rmtree(stage)
    stage.mkdir()
    (stage / "thesis.txt").write_text("years", encoding="utf-8")
    place = published / "site" / "participant" / "veld" / "nl"
    (place / ".handbook-site").unlink()
    replace(published / "docs" / "glossary.nl.md", "title: Begrippen", "title: Woorden")
    said, berg, veld = rebuilt(handbook, published)
    assert (said.code, berg, veld, (stage / "thesis.txt").read_text(encoding="utf-8")) == (1, False, False, "years")
    assert problems_in(said) == (
        f"{stage}: this folder was not made by handbook\n    move it away; it would be overwritten\n"
        f"{place}: this folder was not made by handbook\n    move it away; it would be overwritten\n\n"
        "2 errors in 2 files" + f"\n\n0 handbooks are {KEEPS}"
    )


def test_problems_of_many_handbooks_are_told_once(handbook: Run, small: Path) -> None:
    """The same finding in several handbooks comes once, with their list."""
    page = small / "docs" / "glossary.nl.md"
    page.write_text(page.read_text(encoding="utf-8") + '\n{{ scale("Hoe?", "a", 3) }}\n', encoding="utf-8")
    said = handbook("build", "--all", "--language", "nl", "--no-pdf", "--project", small)
    assert said.code == 1
    assert problems_in(said).splitlines()[2:] == [
        "    in berg/nl/participant, berg/nl/trainer, veld/nl/participant, veld/nl/trainer",
        "", "1 error in 1 file", "", f"0 handbooks are {KEEPS}",
    ]  # fmt: skip


def test_the_menu_marks_the_page_and_opens_its_chapter(real_site: Path) -> None:
    """In each page's menu one link is the page itself, and the chapter around it is the one that is open."""
    pages = [path for path in sorted((real_site / "trainer/rotterdam/en").rglob("*.html")) if path.name != "404.html"]
    assert len(pages) > 90
    for path in pages:
        menu = html.parse(path, html.HTMLParser(encoding="utf-8")).getroot().get_element_by_id("hb-menu")
        marked = menu.xpath(".//a[@aria-current='page']")
        assert [(path.parent / link.get("href")).resolve() for link in marked] == [path.resolve()]
        opened = menu.xpath(".//li[contains(@class, 'hb-menu__chapter--open')]")
        assert opened == marked[0].xpath("ancestor::li[contains(@class, 'hb-menu__chapter')]")
