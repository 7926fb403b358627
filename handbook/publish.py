"""Step 8, publish: a checked handbook takes its place in one rename; the last good one stays until then."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from . import cities
from .cities import MARKER
from .plan import Handbook
from .problems import ContentError, Place, Problem

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE = -100  # AT_FDCWD


def place_of(book: Handbook, output: Path) -> Path:
    """Where a handbook is published: `<output>/<edition>/<slug>/<language>`."""
    return output / book.edition / book.slug / book.language


def publish(book: Handbook, made: Path, output: Path) -> Path:
    """Move the folder `made` to its public place, and return that place.

    Raises:
        ContentError: when something stands there that handbook has not made, or the disk refuses.
    """
    place = place_of(book, output)
    try:
        with _lock(output):
            place.parent.mkdir(parents=True, exist_ok=True)
            (made / MARKER).write_text(cities.note(book), encoding="utf-8")
            if place.is_symlink() or (place.exists() and not (place / MARKER).exists()):
                raise ContentError([Problem("publish", Place(str(place)), "this folder was not made by handbook",
                                            "move it away; it would be overwritten")])  # fmt: skip
            _swap(_beside(made, place), place)
            _write(place.parent / "index.html", cities.front(book))
            _renew_list(output, book.library.phrases)
    except OSError as error:
        what = f"could not be published: {error.strerror or error}"
        advice = "the last good handbook is untouched; make room or mend the folder's permissions, and build again"
        raise ContentError([Problem("publish", Place(str(place)), what, advice, handbook=book.name)]) from error
    return place


def renew_list(output: Path, phrases: cities.Phrases) -> None:
    """Make the list of cities again from what is published; for a run that found nothing new to publish."""
    with suppress(OSError), _lock(output):  # the handbooks are there all the same
        _renew_list(output, phrases)


def _renew_list(output: Path, phrases: cities.Phrases) -> None:
    """The list of cities in the participants' folder; a page that somebody else put there stays."""
    folder = output / "participant"
    place = folder / "index.html"
    if place.is_symlink() or (
        place.exists() and cities.SIGN not in place.read_text(encoding="utf-8", errors="replace")
    ):
        return
    if text := cities.city_list(folder, phrases):
        _write(place, text)
    else:
        place.unlink(missing_ok=True)


@contextmanager
def _lock(output: Path) -> Iterator[None]:
    """One publisher at a time, also of several builds at once."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _beside(made: Path, place: Path) -> Path:
    """The made folder, on the same disk as its public place."""
    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        made.rename(new)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(made, new)
        shutil.rmtree(made)
    return new


def _copy(made: Path, new: Path) -> None:
    """A copy on another disk; one that does not fit is taken away again, for it would keep the disk full."""
    try:
        for path in [made, *sorted(made.rglob("*"))]:
            target = new / path.relative_to(made)
            if path.is_dir():
                target.mkdir()
            else:
                shutil.copyfile(path, target)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _swap(new: Path, place: Path) -> None:
    """Put `new` in the place of what is there: in one step where the system can, else in two renames."""
    old = place.with_name(f".{place.name}.old")
    if not place.exists():
        new.rename(place)
    elif not _exchange(new, place):
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        new.rename(place)
    for last in (new, old):  # the last edition, also one that a kill has left here
        shutil.rmtree(last, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders with renameat2(2); False where the system has no such call."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _write(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


# ---------------------------------------------------------------- one file for a USB stick


def pack(output: Path, edition: str, slug: str, day: date) -> Path:
    """Pack all published languages of a municipality into `<output>/<edition>/<slug>.zip`, and return that path.

    Unpacked, its index.html opens by double click. The same files give the same bytes: every file in it has the date
    of the edition.

    Raises:
        ContentError: when the disk refuses.
    """
    folder = output / edition / slug
    target = folder.with_name(f"{slug}.zip")
    beside = folder.with_name(f".{slug}.zip.new")
    try:
        with _lock(output), zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder)
                if path.is_file() and not any(part.startswith(".") for part in name.parts):
                    archive.writestr(_entry(f"{slug}-{edition}/{name.as_posix()}", day), path.read_bytes())
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        what = f"could not be packed: {error.strerror or error}"
        advice = "the handbook itself is published; make room or mend the folder's permissions, and build again"
        raise ContentError([Problem("publish", Place(str(target)), what, advice)]) from error
    return target


def _entry(name: str, day: date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))  # the format begins in 1980
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, on every system that packs
    entry.external_attr = 0o644 << 16
    return entry
