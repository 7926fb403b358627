"""Publishing: a handbook takes its place in one step, and whatever happens the last good one stays."""

from __future__ import annotations

import ctypes
import itertools
import multiprocessing
import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from conftest import SMALL

from handbook.cities import MARKER
from handbook.load import load
from handbook.plan import Handbook, plan
from handbook.problems import ContentError
from handbook.publish import publish

PAGES = 40
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def book() -> Handbook:
    """A handbook to publish; only its name, its languages and its title matter here."""
    library, _ = load(SMALL)
    assert library
    return plan(library, "veld", "nl", "participant")


def made(folder: Path, edition: int, pages: int = PAGES, size: int = 200) -> Path:
    """A rendered handbook in which every page carries the number of its edition at both ends."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(pages):
        path = folder / ("index.html" if number == 0 else f"part{number % 3}/page{number}.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{edition}\n{'x' * size}\n{edition}", encoding="utf-8")
    return folder


def edition_of(place: Path, pages: int = PAGES) -> int:
    """Which edition is published; fails when it is not whole."""
    texts = [path.read_text(encoding="utf-8") for path in place.rglob("*.html")]
    assert len(texts) == pages
    numbers = {number for text in texts for number in (text.split("\n")[0], text.split("\n")[-1])}
    assert len(numbers) == 1
    assert (place / MARKER).is_file()
    return int(numbers.pop())


def around(output: Path) -> list[str]:
    """What lies in the output, down to the handbooks' folders."""
    return sorted(path.relative_to(output).as_posix() for path in [*output.glob("*"), *output.glob("*/*/*")])


ALONE = [".lock", "participant", "participant/veld/index.html", "participant/veld/nl"]


def refused(book: Handbook, folder: Path, output: Path) -> str:
    """What publishing says when it does not want to."""
    with pytest.raises(ContentError) as error:
        publish(book, folder, output)
    (problem,) = error.value.problems
    return str(problem)


# ---------------------------------------------------------------- the ordinary way


def test_a_handbook_is_published_at_its_place(book: Handbook, tmp_path: Path) -> None:
    """The made folder itself becomes <output>/<edition>/<slug>/<language>; nothing else is left."""
    output = tmp_path / "site"
    folder = made(tmp_path / "made", 1)
    inode = folder.stat().st_ino
    place = publish(book, folder, output)
    assert place == output / "participant" / "veld" / "nl"
    assert (place.stat().st_ino, edition_of(place), folder.exists()) == (inode, 1, False)
    assert around(output) == ALONE


def test_the_visitor_is_sent_to_the_first_language(
    book: Handbook, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    """The page above the languages leads to the first one, whichever language was published last."""
    output = tmp_path / "site"
    texts = []
    for language in ("nl", "en"):
        publish(plan(book.library, "veld", language, "participant"), made(tmp_path / "made", 1), output)
        texts.append((output / "participant" / "veld" / "index.html").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    golden("redirect.html", texts[0])


def test_the_next_edition_replaces_the_last_one(book: Handbook, tmp_path: Path) -> None:
    """Pages that the new edition has not are gone, and no old folder stays behind."""
    output = tmp_path / "site"
    publish(book, made(tmp_path / "made", 1), output)
    place = publish(book, made(tmp_path / "made", 2, pages=7), output)
    assert edition_of(place, pages=7) == 2
    assert around(output) == ALONE


def test_the_last_edition_stays_until_the_swap(book: Handbook, tmp_path: Path) -> None:
    """Somebody who is reading the last edition holds the very folder that was published, until the new one is there."""
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 1), output)
    before = place.stat().st_ino
    seen: list[tuple[int, int]] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.append((place.stat().st_ino, int((place / "index.html").read_text(encoding="utf-8").split("\n")[0])))

    folder = made(tmp_path / "made", 2)
    after = folder.stat().st_ino
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        publish(book, folder, output)
    finally:
        stop.set()
        watcher.join()
    assert {inode for inode, _ in seen} <= {before, after}
    assert place.stat().st_ino == after


def test_readers_see_a_whole_handbook_at_every_moment(book: Handbook, tmp_path: Path) -> None:
    """While 60 editions follow each other every page can be read all the time, whole, and never an older one again."""
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 0), output)
    names = [path.relative_to(place) for path in sorted(place.rglob("*.html"))]
    faults: list[str] = []
    reads: list[int] = []
    stop = threading.Event()

    def read() -> None:
        newest = 0
        for name in itertools.cycle(names):
            if stop.is_set():
                return
            try:
                first, _, rest = (place / name).read_text(encoding="utf-8").partition("\n")
            except OSError as error:
                faults.append(f"{name}: {error}")
                continue
            if not rest.endswith(f"\n{first}") or int(first) < newest:
                faults.append(f"{name}: {first!r} after {newest}")
            newest = int(first)
            reads.append(newest)

    poller = threading.Thread(target=read)
    poller.start()
    try:
        for edition in range(1, 61):
            publish(book, made(tmp_path / "made", edition), output)
    finally:
        stop.set()
        poller.join()
    assert faults == []
    assert edition_of(place) == 60
    assert len(set(reads)) > 10  # the poller really looked in between


def test_several_builds_may_publish_at_once(book: Handbook, tmp_path: Path) -> None:
    """Four processes that publish the same handbook wait for each other; the result is whole."""
    output = tmp_path / "site"

    def many(first: int) -> None:
        for edition in range(first, first + 10):
            publish(book, made(tmp_path / f"made{first}", edition), output)

    processes = [FORK.Process(target=many, args=(first,)) for first in (100, 200, 300, 400)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert edition_of(output / "participant" / "veld" / "nl") in {109, 209, 309, 409}
    assert around(output) == ALONE


# ---------------------------------------------------------------- kills


def publishing_forever(book: Handbook, folder: Path, output: Path, first: int) -> BaseProcess:
    """A process that publishes one edition after the other."""

    def run() -> None:
        for edition in itertools.count(first):
            publish(book, made(folder, edition), output)

    process = FORK.Process(target=run, daemon=True)
    process.start()
    return process


def test_a_kill_at_any_moment_leaves_a_whole_handbook(book: Handbook, tmp_path: Path) -> None:
    """After each of 40 kills the public folder is whole, and the next publication clears what lies around it."""
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 0), output)
    chance = random.Random(2)  # noqa: S311  # only moments to kill at
    disturbed = 0
    for round_ in range(40):
        process = publishing_forever(book, tmp_path / "victim", output, 1000 * (round_ + 1))
        time.sleep(chance.uniform(0.01, 0.08))
        process.kill()
        process.join()
        edition = edition_of(place)
        assert edition == 0 or edition >= 1000
        disturbed += around(output) != ALONE
        publish(book, made(tmp_path / "made", 0), output)
        assert (edition_of(place), around(output)) == (0, ALONE)
    assert disturbed > 0  # some of the kills came in the middle of a publication


# ---------------------------------------------------------------- what is in the way


def test_a_folder_of_somebody_else_is_refused(book: Handbook, tmp_path: Path) -> None:
    """A folder without our marker is never overwritten; the message says what to do."""
    place = tmp_path / "site" / "participant" / "veld" / "nl"
    place.mkdir(parents=True)
    (place / "thesis.txt").write_text("three years of work", encoding="utf-8")
    assert refused(book, made(tmp_path / "made", 1), tmp_path / "site") == (
        f"{place}: this folder was not made by handbook\n  move it away; it would be overwritten"
    )
    assert [path.name for path in place.iterdir()] == ["thesis.txt"]


def test_a_symbolic_link_is_refused(book: Handbook, tmp_path: Path) -> None:
    """A link in the handbook's place is not followed, even to a folder that we have made."""
    elsewhere = publish(book, made(tmp_path / "made", 1), tmp_path / "elsewhere")
    place = tmp_path / "site" / "participant" / "veld" / "nl"
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere)
    assert refused(book, made(tmp_path / "made", 2), tmp_path / "site") == (
        f"{place}: this folder was not made by handbook\n  move it away; it would be overwritten"
    )
    assert edition_of(elsewhere) == 1


def test_a_file_in_the_place_is_refused(book: Handbook, tmp_path: Path) -> None:
    """A file where the handbook belongs is left alone."""
    place = tmp_path / "site" / "participant" / "veld" / "nl"
    place.parent.mkdir(parents=True)
    place.write_text("a note", encoding="utf-8")
    assert refused(book, made(tmp_path / "made", 1), tmp_path / "site") == (
        f"{place}: this folder was not made by handbook\n  move it away; it would be overwritten"
    )
    assert place.read_text(encoding="utf-8") == "a note"


STAYS = "the last good handbook is untouched; make room or mend the folder's permissions, and build again"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")


def test_a_full_disk_loses_nothing(book: Handbook, small_disk: Path, tmp_path: Path) -> None:
    """On a full disk the last edition stays, the message names the cause, and no rubbish keeps the disk full."""
    output = small_disk / "site"
    place = publish(book, made(tmp_path / "made", 1, size=9_000), output)
    assert refused(book, made(tmp_path / "made", 2, size=20_000), output) == (
        f"{place}: could not be published: No space left on device\n  {STAYS}"
    )
    assert edition_of(place) == 1
    assert around(output) == ALONE
    publish(book, made(tmp_path / "made", 3, size=9_000), output)
    assert edition_of(place) == 3


def test_a_read_only_folder_loses_nothing(book: Handbook, small_disk: Path, tmp_path: Path) -> None:
    """On a disk that cannot be written the last edition stays, and the message names the cause."""
    output = small_disk / "site"
    place = publish(book, made(tmp_path / "made", 1), output)
    _mount("-o", "remount,ro", str(small_disk))
    folder = made(tmp_path / "made", 2)
    assert refused(book, folder, output) == f"{place}: could not be published: Read-only file system\n  {STAYS}"
    assert (edition_of(place), around(output)) == (1, ALONE)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_permission_loses_nothing(book: Handbook, tmp_path: Path) -> None:
    """In a folder that may not be written the last edition stays, and the message names the cause."""
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 1), output)
    place.parent.chmod(0o555)
    try:
        told = refused(book, made(tmp_path / "made", 2), output)
    finally:
        place.parent.chmod(0o755)
    assert told == f"{place}: could not be published: Permission denied\n  {STAYS}"
    assert edition_of(place) == 1


def test_another_disk_is_no_hindrance(book: Handbook, small_disk: Path, tmp_path: Path) -> None:
    """A handbook that was made on another disk is copied beside its place first, then swapped like any other."""
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 1), output)
    folder = made(small_disk / "made", 2)
    assert folder.stat().st_dev != output.stat().st_dev
    publish(book, folder, output)
    assert (edition_of(place), around(output), folder.exists()) == (2, ALONE, False)


# ---------------------------------------------------------------- systems that cannot exchange


class OlderSystem:
    """A C library from before renameat2."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what `ctypes.CDLL` takes."""


def test_systems_without_exchange_use_two_renames(
    book: Handbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no exchange of folders, the result is the same and nothing stays behind."""
    monkeypatch.setattr(ctypes, "CDLL", OlderSystem)
    output = tmp_path / "site"
    for edition in (1, 2, 3):
        place = publish(book, made(tmp_path / "made", edition), output)
        assert (edition_of(place), around(output)) == (edition, ALONE)


def test_an_interrupted_second_rename_is_put_right(
    book: Handbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without exchange a kill between the two renames leaves the old folder aside; the next publication clears it."""
    monkeypatch.setattr(ctypes, "CDLL", OlderSystem)
    output = tmp_path / "site"
    place = publish(book, made(tmp_path / "made", 1), output)
    place.rename(place.with_name(".nl.old"))
    made(place.with_name(".nl.new"), 2)
    publish(book, made(tmp_path / "made", 3), output)
    assert edition_of(place) == 3
    assert around(output) == ALONE
