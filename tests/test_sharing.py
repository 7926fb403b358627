"""What search engines and messengers are told of a page: from the page, escaped, and only what is true of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Said
from lxml import html

from handbook import colour, sharing
from handbook.pictures import _size
from handbook.sharing import duration

ADDRESS = "https://example.org/veld"
BREAKS = "</script><script>alert(1)</script><!-- \"' \\u2028 ]]>"


@pytest.fixture
def made(tmp_path: Path, handbook: Callable[..., Said]) -> Callable[..., Path]:
    """Build the small project's Veld with a changed profile; returns the published folder."""

    def build(publication: str, **changes: str) -> Path:
        project = tmp_path / "small"
        shutil.copytree(SMALL, project, ignore=shutil.ignore_patterns("build", "site"), dirs_exist_ok=True)
        profile = project / "municipalities" / "veld.yml"
        text = profile.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        profile.write_text(f"{text}publication: {publication}\n", encoding="utf-8")
        said = handbook("build", "veld", "--no-pdf", "--project", project, "--jobs", 1)
        assert said.code == 0, said.err
        return project / "site"

    return build


def head(path: Path) -> dict[str, list[str]]:
    """What a page's head says: metas and links by their name, data for search engines under "data"."""
    root = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))
    found: dict[str, list[str]] = {"title": [str(root.findtext(".//title"))]}
    for meta in root.iter("meta"):
        found.setdefault(meta.get("name") or meta.get("property") or "", []).append(meta.get("content") or "")
    for link in root.iter("link"):
        kind = " ".join(filter(None, (link.get("rel"), link.get("hreflang"))))
        found.setdefault(kind, []).append(link.get("href") or "")
    found["data"] = [script.text or "" for script in root.iter("script") if script.get("type") == "application/ld+json"]
    return found


def data(path: Path) -> dict[str, Any]:
    """The data for search engines of a page that has some."""
    (text,) = head(path)["data"]
    return dict(json.loads(text))


# ---------------------------------------------------------------- with and without an address


def test_without_an_address_nothing_is_told_that_needs_one(small_site: Path) -> None:
    """No canonical link, no picture, no links to translations, no site map; but title, description and type."""
    place = small_site / "participant" / "veld" / "nl"
    found = head(place / "talk" / "hello.html")
    wanting = {"canonical", "og:url", "og:image", "alternate nl", "alternate en", "alternate x-default"}
    assert not wanting & set(found)
    assert found["og:title"] == ["Hallo: jij & <ik> · Een gesprek"]
    assert found["description"] == found["og:description"] == ["Na afloop kun je: Zegt hallo."]
    assert (found["og:type"], found["og:locale"], found["og:locale:alternate"]) == (["article"], ["nl_NL"], ["en_GB"])
    assert not list(place.glob("sitemap.xml*"))
    assert not (place / sharing.PICTURE).exists()
    assert "url" not in json.dumps(data(place / "index.html"))


def test_with_an_address_pages_name_themselves_and_their_translations(made: Callable[..., Path]) -> None:
    """Whole addresses; x-default is the first language; a page that is not translated names its original."""
    site = made(f"{{address: {ADDRESS}/, index: yes}}")
    found = head(site / "participant/veld/en/talk/hello.html")
    assert found["canonical"] == found["og:url"] == [f"{ADDRESS}/en/talk/hello.html"]
    assert found["alternate nl"] == found["alternate x-default"] == [f"{ADDRESS}/nl/talk/hello.html"]
    assert found["alternate en"] == [f"{ADDRESS}/en/talk/hello.html"]
    assert found["og:image"] == [f"{ADDRESS}/en/assets/share.png"]
    assert found["robots"] == ["index, follow"]
    untranslated = head(site / "participant/veld/nl/talk/answers.html")
    assert untranslated["canonical"] == [f"{ADDRESS}/en/talk/answers.html"]
    assert "alternate en" not in untranslated
    sitemap = (site / "participant/veld/nl/sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{ADDRESS}/nl/talk/hello.html</loc>" in sitemap
    front = head(site / "participant/veld/index.html")
    assert front["og:image"] == [f"{ADDRESS}/nl/assets/share.png"]
    assert f'href="{ADDRESS}/nl/"' in (site / "participant/veld/nl/404.html").read_text(encoding="utf-8")


def test_trainers_pages_are_for_nobody_else(made: Callable[..., Path]) -> None:
    """The trainers' edition is never listed, and never claims the participants' addresses."""
    site = made(f"{{address: {ADDRESS}, index: yes}}")
    for path in (site / "trainer").rglob("*.html"):
        found = head(path)
        assert found["robots"] == ["noindex"], path
        assert not {"canonical", "og:image", "alternate nl"} & set(found), path
    assert not list((site / "trainer").rglob("sitemap.xml*"))


def test_who_does_not_want_to_be_listed_has_no_site_map(made: Callable[..., Path]) -> None:
    """Without `index: yes` every page sends search engines away."""
    site = made(f"{{address: {ADDRESS}}}")
    assert {robots for path in site.rglob("*.html") for robots in head(path)["robots"]} == {"noindex"}
    assert not list(site.rglob("sitemap.xml*"))


# ---------------------------------------------------------------- titles, descriptions, data


def test_every_page_has_its_own_title_and_description(real_site: Path) -> None:
    """No two pages of Rotterdam's handbook share a title or a description, in either edition and language."""
    for folder in ("participant/rotterdam/nl", "trainer/rotterdam/en"):
        pages = [path for path in (real_site / folder).rglob("*.html") if path.name != "404.html"]
        for name in ("title", "description"):
            told = [head(path)[name][0] for path in pages]
            assert len(told) > 80
            assert sorted(told) == sorted(set(told))


def test_the_course_and_its_parts(real_site: Path) -> None:
    """The home page is a course with its sessions and dates, a module a part of its session, with its minutes."""
    place = real_site / "participant/rotterdam/nl"
    course = data(place / "index.html")
    assert (course["@type"], course["inLanguage"], course["timeRequired"]) == ("Course", "nl", "PT16H")
    assert course["provider"]["name"] == "Rotterdam"
    assert course["hasCourseInstance"][0]["startDate"] == "2027-03-18T13:30"
    module = data(place / "intro/fuel.html")
    assert (module["@type"], module["timeRequired"]) == ("LearningResource", "PT15M")
    assert (module["isPartOf"]["name"], module["isPartOf"]["isPartOf"]["@type"]) == ("Introductie", "Course")
    assert data(place / "sheets/pocket-card.html")["learningResourceType"] == "worksheet"
    assert data(place / "cases/football.html")["license"] == sharing.LICENCE
    assert head(place / "privacy.html")["data"] == []


def test_no_value_breaks_out_of_the_data(made: Callable[..., Path]) -> None:
    """A name with the end of a script in it stays a name: the data reads back as it was written."""
    site = made(f"{{address: {ADDRESS}, index: yes}}", **{"Veld aan Zee": json.dumps(BREAKS)})
    found = data(site / "participant/veld/nl/index.html")
    assert found["provider"]["name"] == " ".join(BREAKS.split())
    for path in site.rglob("*.html"):
        root = html.document_fromstring(path.read_bytes())
        assert not [script for script in root.iter("script") if "alert" in (script.text or "")[:9]], path


@pytest.mark.parametrize(("minutes", "written"), [(0, "PT0M"), (15, "PT15M"), (60, "PT1H"), (150, "PT2H30M")])
def test_durations_are_iso_8601(minutes: int, written: str) -> None:
    """Minutes become hours and minutes."""
    assert duration(minutes) == written


# ---------------------------------------------------------------- the picture


def test_the_picture_has_its_size_and_is_the_same_each_time(made: Callable[..., Path]) -> None:
    """1200 × 630, small, and the same bytes for the same name, colour and language; other languages have their own."""
    first = made(f"{{address: {ADDRESS}}}")
    picture = first / "participant/veld/nl" / sharing.PICTURE
    raw = picture.read_bytes()
    assert _size(raw) == sharing.PICTURE_SIZE
    assert len(raw) < 100_000
    assert raw != (first / "participant/veld/en" / sharing.PICTURE).read_bytes()
    shutil.rmtree(first)
    shutil.rmtree(first.parent / "build")
    assert (made(f"{{address: {ADDRESS}}}") / "participant/veld/nl" / sharing.PICTURE).read_bytes() == raw


@pytest.mark.parametrize("accent", ["#ffee00", "#ffffff", "#00811f", "#000000"])
def test_white_letters_are_read_on_every_city_colour(accent: str) -> None:
    """The picture's ground is the city's colour, made dark enough for white letters."""
    assert colour.contrast(colour.rgb(colour.readable(accent, colour.WHITE)), colour.WHITE) >= colour.ENOUGH
