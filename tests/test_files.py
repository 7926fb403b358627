"""Files: no link is followed, odd names are told and do no harm, a stage empties and rewrites only what is its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said

from handbook.load import Shelf, load
from handbook.plan import Handbook, plan
from handbook.problems import ContentError
from handbook.stage import MARKER, stage

HERE = "put the file itself here"
FOLDER = "put the folder itself here"
NAME = "write name.md or name.nl.md: small letters, digits and -"


def told(handbook: Callable[..., Said], project: Path) -> list[str]:
    """The errors that `check` tells, each on one line: place, what, advice."""
    found = json.loads(handbook("check", "--project", project, "--format", "json").out)
    return [f"{p['file']}: {p['message']} | {p['advice']}" for p in found if p["severity"] == "error"]


def book_of(project: Path, edition: str = "trainer") -> Handbook:
    """The plan of a handbook of a project."""
    library, _ = load(project)
    assert library is not None
    return plan(library, "veld", "nl", "trainer" if edition == "trainer" else "participant")


# ---------------------------------------------------------------- links


@pytest.mark.parametrize(
    "file",
    [
        "municipalities/veld.yml", "municipalities/_base.yml", "municipalities/_nl.yml",
        "municipalities/veld/welcome.nl.md", "docs/index.md", "docs/index.nl.md", "docs/outline.yml",
        "docs/figures/line.svg", "docs/figures/line.yml", "curricula/vocabulary.yml", "curricula/glossary.yml",
        "curricula/talk/curriculum.yml", "curricula/talk/hello.md", "curricula/sheets/card.md",
        "curricula/cases/fireworks.md",
    ],
)  # fmt: skip
def test_linked_files_are_refused(file: str, small: Path, tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """A file that is a symbolic link is not read, even when what it leads to would be right."""
    path = small / file
    away = path.rename(tmp_path / path.name)
    path.symlink_to(away)
    said = handbook("check", "--project", small)
    assert f"{file}: symbolic links are not followed\n    {HERE}\n" in said.out + said.err
    assert (said.out + said.err).count("symbolic links") == 1
    assert said.code == 1


@pytest.mark.parametrize("file", ["docs/secret.md", "municipalities/veld/secret.nl.md", "curricula/talk/secret.md"])
@pytest.mark.parametrize("target", ["/etc/passwd", "/nowhere", ".", "/"])
def test_what_a_link_leads_to_is_not_told(file: str, target: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A link out of the project, to nothing or to a folder is told as a link; nothing behind it is looked at."""
    (small / file).symlink_to(target)
    kind = HERE if target in {"/etc/passwd", "/nowhere"} else FOLDER
    assert told(handbook, small) == [f"{file}: symbolic links are not followed | {kind}"]


@pytest.mark.parametrize(
    "folder", ["docs", "docs/figures", "curricula", "curricula/talk", "curricula/sheets", "municipalities/veld"]
)
def test_linked_folders_are_refused(folder: str, small: Path, tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """A folder that is a symbolic link is not entered."""
    path = small / folder
    away = path.rename(tmp_path / path.name)
    path.symlink_to(away)
    said = handbook("check", "--project", small)
    assert f"{folder}: symbolic links are not followed\n    {FOLDER}\n" in said.out + said.err
    assert said.code == 1


def test_a_linked_phrase_book_is_refused(small: Path, tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """The project's own phrases are read from a file, not through a link."""
    (tmp_path / "phrases.yml").write_text("menu: {en: Menu}\n", encoding="utf-8")
    (small / "curricula/phrases.yml").symlink_to(tmp_path / "phrases.yml")
    assert told(handbook, small) == [f"curricula/phrases.yml: symbolic links are not followed | {HERE}"]


# ---------------------------------------------------------------- names and kinds of files


@pytest.mark.parametrize(
    ("file", "shown", "what"),
    [
        ("docs/Upper.md", "docs/Upper.md", "this file name is not understood"),
        ("docs/two words.md", "docs/two words.md", "this file name is not understood"),
        ("docs/café.md", "docs/café.md", "this file name is not understood"),
        ("docs/page.de.md", "docs/page.de.md", "this file name is not understood"),
        ("docs/page.nl.nl.md", "docs/page.nl.nl.md", "this file name is not understood"),
        ("docs/-page.md", "docs/-page.md", "this file name is not understood"),
        ("docs/.hidden.md", "docs/.hidden.md", "this file name is not understood"),
        (f"docs/{'x' * 64}.md", f"docs/{'x' * 64}.md", "this file name is not understood"),
        ("docs/<img src=x onerror=alert(1)>.md", "docs/<img src=x onerror=alert(1)>.md",
         "this file name is not understood"),
        ("docs/line\nbreak.md", "docs/line\\nbreak.md", "this file name is not understood"),
        ("docs/\x1b[31mred.md", "docs/\\x1b[31mred.md", "this file name is not understood"),
        ("docs/\u202etxt.md", "docs/\\u202etxt.md", "this file name is not understood"),
        ("curricula/talk/Hello.md", "curricula/talk/Hello.md", "this file name is not understood"),
    ],
)  # fmt: skip
def test_odd_page_names(file: str, shown: str, what: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A page whose name cannot be an address is told; what cannot be printed is shown as an escape."""
    (small / file).write_text("---\ntitle: a\n---\n", encoding="utf-8")
    assert told(handbook, small) == [f"{shown}: {what} | {NAME}"]


def test_names_that_are_not_utf_8(small: Path, handbook: Callable[..., Said]) -> None:
    """File names from another century are told, and written so that every terminal can show them."""
    for folder in ("docs", "municipalities", "curricula/talk"):
        name = os.fsencode(small / folder) + (b"/caf\xe9.yml" if folder == "municipalities" else b"/caf\xe9.md")
        Path(os.fsdecode(name)).write_text("---\ntitle: a\n---\n", encoding="utf-8")
    found = told(handbook, small)
    assert found == [
        f"curricula/talk/caf\\udce9.md: this file name is not understood | {NAME}",
        f"docs/caf\\udce9.md: this file name is not understood | {NAME}",
        "municipalities/caf\\udce9.yml: this file name cannot be used | "
        "small letters, digits and -: it becomes part of the web address",
    ]
    assert all(line.isprintable() for line in found)


def test_names_that_are_not_utf_8_do_not_stop_a_build(small: Path, handbook: Callable[..., Said]) -> None:
    """A file of another program with such a name lies beside the pages without harm to a build."""
    Path(os.fsdecode(os.fsencode(small / "docs") + b"/caf\xe9.txt")).write_text("x", encoding="utf-8")
    said = handbook("build", "veld", "--no-pdf", "--language", "nl", "--edition", "participant", "--project", small)
    assert (said.code, said.err.splitlines()[-1]) == (0, "veld/nl/participant: published")


@pytest.mark.parametrize("slug", ["Genk", "genk city", "-genk", "genk.old", "gënk", "line\nbreak", "x" * 64])
def test_odd_municipality_names(slug: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A municipality whose file name cannot be an address is told, and stops no other one."""
    (small / "municipalities" / f"{slug}.yml").write_bytes((small / "municipalities/berg.yml").read_bytes())
    shown = slug.replace("\n", "\\n")
    assert told(handbook, small) == [
        f"municipalities/{shown}.yml: this file name cannot be used | "
        "small letters, digits and -: it becomes part of the web address"
    ]
    assert handbook("plan", "veld", "--project", small).code == 0


@pytest.mark.parametrize("name", ["Talk", "two words", "line\nbreak", "<b>"])
def test_odd_session_names(name: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A session whose folder cannot be an address is told."""
    (small / "curricula" / name).mkdir()
    curriculum = (small / "curricula/talk/curriculum.yml").read_bytes()
    (small / "curricula" / name / "curriculum.yml").write_bytes(curriculum)
    shown = name.replace("\n", "\\n")
    assert told(handbook, small) == [
        f"curricula/{shown}: this folder name cannot be used | "
        "small letters, digits and -: it becomes part of the web address"
    ]


def test_files_that_are_none_of_ours_are_left_alone(small: Path, handbook: Callable[..., Said]) -> None:
    """Other files beside the content are neither read nor told."""
    before = handbook("check", "--project", small)
    for name in ("docs/notes.txt", "municipalities/veld.yml~", "docs/.index.md.swp", "curricula/talk/~$hello.docx"):
        (small / name).write_bytes(b"\xff\xfe{{ x }}")
    (small / "docs/folder.md").mkdir()
    os.mkfifo(small / "docs/pipe.md")
    assert handbook("check", "--project", small) == before


@pytest.mark.parametrize(
    "file", ["curricula/vocabulary.yml", "curricula/glossary.yml", "docs/outline.yml", "docs/figures/line.yml"]
)
def test_a_folder_in_place_of_a_file(file: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A folder where a file should be is told, not fallen over."""
    (small / file).unlink()
    (small / file).mkdir()
    said = handbook("check", "--project", small)
    assert f"{file}: this file cannot be read: Is a directory\n" in said.out + said.err
    assert said.code == 1


@pytest.mark.parametrize(
    "file", ["curricula/vocabulary.yml", "curricula/glossary.yml", "docs/outline.yml", "docs/figures/line.yml"]
)
def test_a_file_that_is_missing(file: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A file without which nothing can be made is asked for by name."""
    (small / file).unlink()
    said = handbook("check", "--project", small)
    assert f"{file}: this file is missing\n    add it; the guide tells what is in it\n" in said.out + said.err
    assert said.code == 1


def test_the_shelf_reads_again_what_was_saved(small: Path) -> None:
    """A file is read again when it was saved, and only then; what was wrong with it is told each time."""
    shelf = Shelf()
    first, _ = load(small, shelf)
    again, problems = load(small, shelf)
    assert first is not None
    assert again is not None
    assert first.docs["index"].source.manuscript is again.docs["index"].source.manuscript
    (small / "docs/index.md").write_text("---\ntitle: Other\n---\n\n:::\n", encoding="utf-8")
    for _ in range(2):
        after, problems = load(small, shelf)
        assert after is not None
        assert after.docs["index"].source.matter.title == "Other"
        assert after.docs["glossary"].source.manuscript is first.docs["glossary"].source.manuscript
        assert [str(p.place) for p in problems if p.severity == "error"] == ["docs/index.md:5:1"]


# ---------------------------------------------------------------- the stage


def contents(folder: Path) -> dict[str, bytes | None]:
    """What lies in a folder: files with their bytes, folders and links by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("inside", ["letter.txt", "docs/index.md", ".git/config"])
def test_a_folder_without_the_marker_is_not_emptied(inside: str, small: Path, tmp_path: Path) -> None:
    """A folder that no stage has made is refused, and everything in it stays."""
    folder = tmp_path / "letters"
    (folder / inside).parent.mkdir(parents=True)
    (folder / inside).write_text("keep me", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        stage(book_of(small), folder)
    assert str(refused.value) == (
        f"{folder}: this folder was not made by handbook\n  move it away; it would be overwritten"
    )
    assert [name for name, raw in contents(folder).items() if raw is not None] == [inside]
    assert (folder / inside).read_text(encoding="utf-8") == "keep me"


def test_a_file_or_a_link_is_no_stage(small: Path, tmp_path: Path) -> None:
    """A file where the stage should be, and a link to a folder, even to a stage, are refused."""
    book = book_of(small)
    stage(book, tmp_path / "stage")
    before = contents(tmp_path / "stage")
    (tmp_path / "link").symlink_to(tmp_path / "stage")
    (tmp_path / "file").write_text("keep me", encoding="utf-8")
    for name in ("link", "file"):
        with pytest.raises(ContentError, match="this folder was not made by handbook"):
            stage(book, tmp_path / name)
    assert contents(tmp_path / "stage") == before
    assert (tmp_path / "file").read_text(encoding="utf-8") == "keep me"


def test_an_empty_or_missing_folder_becomes_a_stage(small: Path, tmp_path: Path) -> None:
    """A folder with nothing in it may be used, and one that is not there is made."""
    (tmp_path / "empty").mkdir()
    book = book_of(small)
    made = [contents(stage(book, tmp_path / name).folder) for name in ("empty", "deep/er/missing")]
    assert made[0] == made[1]
    assert made[0][MARKER] == b""


def test_only_what_changed_is_written(small: Path, tmp_path: Path) -> None:
    """Staging again touches no file; after a change, exactly the pages that show it are written and told."""
    first = stage(book_of(small), tmp_path / "stage")
    names = {path.relative_to(first.docs).as_posix() for path in first.docs.rglob("*") if path.is_file()}
    assert first.changed == names
    stamps = {name: (first.docs / name).stat() for name in names}

    assert stage(book_of(small), tmp_path / "stage").changed == frozenset()
    assert {name: (first.docs / name).stat() for name in names} == stamps

    page = small / "curricula/talk/hello.nl.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Zeg hallo.", "Zeg dag."), encoding="utf-8")
    assert stage(book_of(small), tmp_path / "stage").changed == {"talk/hello.md"}
    touched = {name for name in names if (first.docs / name).stat() != stamps[name]}
    assert touched == {"talk/hello.md"}


def test_what_is_not_wanted_any_more_goes(small: Path, tmp_path: Path) -> None:
    """Pages that are gone from the content, what a killed build left and what somebody put there are taken away."""
    folder = tmp_path / "stage"
    stage(book_of(small), folder)
    expected = contents(folder)
    (folder / "docs/old.md").write_text("old", encoding="utf-8")
    (folder / "docs/talk/hello.md.4711.new").write_text("half", encoding="utf-8")
    (folder / "docs/a/b").mkdir(parents=True)
    (folder / "docs/a/b/c.md").write_text("c", encoding="utf-8")
    (folder / "docs/index.md").write_text("changed by hand", encoding="utf-8")
    changed = stage(book_of(small), folder).changed
    assert changed == {"old.md", "talk/hello.md.4711.new", "a/b/c.md", "index.md"}
    stage(book_of(small), folder)
    assert contents(folder) == expected


def test_the_marker_is_not_published(small: Path, tmp_path: Path) -> None:
    """The marker lies beside the pages, not among them."""
    made = stage(book_of(small), tmp_path / "stage")
    assert (made.folder / MARKER).exists()
    assert not list(made.docs.rglob(MARKER))


@pytest.mark.parametrize("where", ["docs", "docs/talk", "docs/index.md", "docs/new", "docs/figures"])
def test_links_in_a_stage_are_not_followed(where: str, small: Path, tmp_path: Path) -> None:
    """Nothing is written, read or emptied through a link that lies in a stage: it is taken away."""
    folder = tmp_path / "stage"
    stage(book_of(small), folder)
    expected = contents(folder)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_text("keep me", encoding="utf-8")
    target = folder / where
    if target.exists():
        target.rename(tmp_path / "away")
    target.symlink_to(outside / "letter.txt" if where.endswith(".md") else outside)
    stage(book_of(small), folder)
    stage(book_of(small), folder)
    assert contents(folder) == expected
    assert contents(outside) == {"letter.txt": b"keep me"}


def test_editions_are_staged_apart(small: Path, tmp_path: Path) -> None:
    """In the stage of the participants no file holds a word of the trainers."""
    staged = {}
    for edition in ("participant", "trainer"):
        made = stage(book_of(small, edition), tmp_path / edition)
        staged[edition] = b"".join(filter(None, contents(made.docs).values())).decode()
    for word in ("zebravis", "quokkakamer", "axolotl", "Wie is er?"):
        assert word in staged["trainer"]
        assert word not in staged["participant"]


def test_a_project_in_a_folder_with_an_odd_name(small: Path, tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """A project may lie anywhere: in a folder with blanks, quotes, braces or letters of other scripts."""
    odd = tmp_path / "my 'own' {{ project }} été #1 &amp; 100%"
    small.rename(odd)
    said = handbook("check", "--project", odd)
    assert (said.code, said.out.splitlines()[-1]) == (0, "1 warning in 1 file")
