"""The list of the published cities: what lies in the folder, no more and no less."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Said
from lxml import html

from handbook.cities import MARKER, SIGN
from handbook.load import load
from handbook.plan import Handbook, plan
from handbook.publish import publish, renew_list


def book(slug: str = "veld", language: str = "nl", edition: str = "participant") -> Handbook:
    """A handbook of the small project."""
    library, _ = load(SMALL)
    assert library
    return plan(library, slug, language, edition)  # type: ignore[arg-type]  # a name of an edition


def published(output: Path, one: Handbook) -> None:
    """Publish a handbook of one page."""
    made = output.parent / f"made-{one.name.replace('/', '-')}"
    made.mkdir(parents=True)
    (made / "index.html").write_text("page", encoding="utf-8")
    publish(one, made, output)


def listed(output: Path) -> list[tuple[str, list[str]]]:
    """What the list says: each city's name, and where its links lead."""
    root = html.document_fromstring((output / "participant/index.html").read_bytes())
    cities = root.find_class("city")
    return [(city.findtext("h2/span"), [a.get("href") for a in city.iter("a")]) for city in cities]


def test_each_publication_renews_the_list(tmp_path: Path) -> None:
    """Cities of earlier runs stay on it; names are in the alphabet's order; trainers' editions are not on it."""
    output = tmp_path / "site"
    published(output, book("veld"))
    assert listed(output) == [("Veld aan Zee", ["veld/nl/index.html"])]
    published(output, book("berg", "en"))
    published(output, book("veld", "en", "trainer"))
    published(output, book("veld", "en"))
    berg, veld = listed(output)
    assert berg == ("Bergdorp", ["berg/en/index.html"])
    assert veld == ("Veld aan Zee", ["veld/en/index.html", "veld/nl/index.html"])
    assert not (output / "trainer/index.html").exists()


def test_the_list_follows_what_is_in_the_folder(tmp_path: Path) -> None:
    """A city that was taken away is gone at the next run, published or not; the same state gives the same bytes."""
    output = tmp_path / "site"
    published(output, book("veld"))
    once = (output / "participant/index.html").read_bytes()
    published(output, book("berg"))
    assert len(listed(output)) == 2
    shutil.rmtree(output / "participant/berg")
    renew_list(output, book().library.phrases)
    assert (output / "participant/index.html").read_bytes() == once


def test_what_is_not_a_published_handbook_is_not_listed(tmp_path: Path) -> None:
    """Folders of others, broken notes and half-made handbooks do not stand on the list, nor do they stop it."""
    output = tmp_path / "site"
    published(output, book("veld"))
    for name, note in (("thesis/nl", None), ("old/nl", ""), ("torn/nl", '{"name": "To'), (".veld/nl", "{}")):
        place = output / "participant" / name
        place.mkdir(parents=True)
        if note is not None:
            (place / MARKER).write_text(note, encoding="utf-8")
    published(output, book("veld", "en"))
    assert [name for name, _ in listed(output)] == ["Veld aan Zee"]


@pytest.mark.parametrize(("file", "left"), [("berg.yml", ["Veld aan Zee"]), ("_base.yml", [])])
def test_a_city_or_all_can_be_off_the_list(
    tmp_path: Path, handbook: Callable[..., Said], file: str, left: list[str]
) -> None:
    """`listed: no` in a profile takes that city off; in the base layer it takes all off, and the page goes."""
    project = Path(shutil.copytree(SMALL, tmp_path / "small", ignore=shutil.ignore_patterns("build", "site")))
    words = ("build", "--all", "--no-pdf", "--language", "nl", "--edition", "participant", "--project", project)
    assert handbook(*words).code == 0
    assert len(listed(project / "site")) == 2
    profile = project / "municipalities" / file
    text = profile.read_text(encoding="utf-8").replace("publication: {index: no}\n", "")
    profile.write_text(f"{text}publication: {{index: no, listed: no}}\n", encoding="utf-8")
    assert handbook(*words).code == 0
    if left:
        assert [name for name, _ in listed(project / "site")] == left
    else:
        assert not (project / "site/participant/index.html").exists()


def test_a_page_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """Who wrote an index page of their own keeps it."""
    own = tmp_path / "site/participant/index.html"
    own.parent.mkdir(parents=True)
    own.write_text("<h1>Our town</h1>", encoding="utf-8")
    published(tmp_path / "site", book("veld"))
    assert own.read_text(encoding="utf-8") == "<h1>Our town</h1>"


def test_many_publications_at_once_lose_nobody(tmp_path: Path) -> None:
    """Whichever of several publications ends last, all are on the list."""
    output = tmp_path / "site"
    books = [book(slug, language) for slug in ("veld", "berg") for language in ("nl", "en")]
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=published, args=(output, one)) for one in books]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 4
    assert [len(links) for _, links in listed(output)] == [2, 2]


def test_names_are_escaped_and_the_page_runs_nothing(tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """A name with markup in it is shown as it is; the page has no script, and a policy that allows none."""
    project = Path(shutil.copytree(SMALL, tmp_path / "small", ignore=shutil.ignore_patterns("build", "site")))
    profile = project / "municipalities/veld.yml"
    text = profile.read_text(encoding="utf-8").replace("Veld aan Zee", '"<b>Veld</b> & \\"Zee\\""')
    profile.write_text(text, encoding="utf-8")
    said = handbook("build", "veld", "--no-pdf", "--language", "nl", "--edition", "participant", "--project", project)
    assert said.code == 0, said.err
    page = (project / "site/participant/index.html").read_text(encoding="utf-8")
    assert [name for name, _ in listed(project / "site")] == ['<b>Veld</b> & "Zee"']
    assert SIGN in page
    assert "<script" not in page
    assert "default-src 'none'" in page
