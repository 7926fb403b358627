"""Logos: looked at for what they really are, and kept small."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handbook.pictures import MAX_BYTES, MAX_PIXELS, safe
from handbook.problems import ContentError

FILE = "municipalities/veld/logo"
SMALLER = "save the logo as a small PNG, JPEG or plain SVG"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def png(width: int = 1, height: int = 1) -> bytes:
    """A PNG whose header says how large it is."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def jpeg(width: int = 1, height: int = 1, before: bytes = b"", frame: int = 0xC0) -> bytes:
    """A JPEG with a frame header, after other segments."""
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + before
        + bytes([0xFF, frame]) + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00\xff\xd9"
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a municipality."""
    (tmp_path / "municipalities" / "veld").mkdir(parents=True)
    return tmp_path / "municipalities" / "veld"


def told(path: Path, raw: bytes) -> str:
    """What is said of a picture that is refused."""
    path.write_bytes(raw)
    with pytest.raises(ContentError) as refused:
        safe(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("logo.png", png()), ("logo.png", png(MAX_PIXELS, MAX_PIXELS)), ("logo.jpg", jpeg()),
        ("logo.jpeg", jpeg(MAX_PIXELS, 1)), ("logo.jpg", jpeg(2, 3, b"\xff\xdb\x00\x04ab\xff\xc4\x00\x03c")),
        ("logo.jpg", jpeg(frame=0xC2)), ("logo.png", png() + b"\0" * (MAX_BYTES - len(png()))), ("logo.svg", SVG),
    ],
)  # fmt: skip
def test_pictures_are_kept_as_they_are(name: str, raw: bytes, folder: Path) -> None:
    """A PNG or JPEG within the limits and a plain drawing are used byte for byte."""
    (folder / name).write_bytes(raw)
    assert safe(folder / name) == raw


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg", "logo.jpeg"])
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"GIF89a\x01\x00\x01\x00", b"RIFF\x00\x00\x00\x00WEBP", b"BM\x00\x00", b"%PDF-1.7", SVG,
        b"<html><script>alert(1)</script></html>", b"MZ\x90\x00", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\n\x1a\n" + png()[8:], png()[:20], b" " + png(), b"\xff\xd8\xff", jpeg()[:20], jpeg()[:27],
        b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe0\x00\x00" * 50, b"\xff\xd8\xff" + b"\xff" * 100,
    ],
    ids=lambda raw: repr(raw[:10]),
)  # fmt: skip
def test_what_a_picture_is_called_does_not_count(name: str, raw: bytes, folder: Path) -> None:
    """A file that does not begin like a PNG or JPEG is no picture, whatever its name ends with."""
    assert told(folder / name, raw) == f"{FILE}.{name[5:]}: this is no PNG or JPEG picture\n  {SMALLER}"


def test_pictures_are_not_taken_for_drawings(folder: Path) -> None:
    """A PNG that is called a drawing is refused as well."""
    assert told(folder / "logo.svg", png()).startswith(f"{FILE}.svg:1:1: this is not UTF-8 text")


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("logo.png", png(MAX_PIXELS + 1, 1)), ("logo.png", png(1, MAX_PIXELS + 1)),
        ("logo.png", png(2**32 - 1, 2**32 - 1)),
        ("logo.jpg", jpeg(MAX_PIXELS + 1, 1)), ("logo.jpg", jpeg(1, 65535)), ("logo.jpg", jpeg(1, 5000, frame=0xCF)),
    ],
)  # fmt: skip
def test_pixels_are_limited(name: str, raw: bytes, folder: Path) -> None:
    """A picture wider or higher than 4000 pixels is refused before anything unpacks it."""
    assert told(folder / name, raw) == f"{FILE}.{name[5:]}: the picture is larger than 4000 pixels\n  {SMALLER}"


@pytest.mark.parametrize(
    ("name", "raw"), [("logo.png", png()), ("logo.jpg", jpeg()), ("logo.svg", SVG)]
)  # fmt: skip
def test_bytes_are_limited(name: str, raw: bytes, folder: Path) -> None:
    """A file of more than 500 kB is refused, whatever it is."""
    assert (
        told(folder / name, raw.ljust(MAX_BYTES + 1))
        == f"{FILE}.{name[5:]}: the file is larger than 500 kB\n  {SMALLER}"
    )


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        (b"<script>alert(1)</script>", "<script> is not a drawing"),
        (b'<rect onload="alert(1)"/>', "the attribute onload is not allowed"),
        (b'<image href="https://example.org/x.png"/>', "<image> is not a drawing"),
    ],
)
def test_drawings_are_cleaned(inside: bytes, what: str, folder: Path) -> None:
    """A logo that is a drawing holds shapes and words only, like a figure."""
    raw = SVG.replace(b"<rect", inside + b"<rect")
    assert told(folder / "logo.svg", raw) == f"{FILE}.svg:1: {what}\n  keep shapes and words only"


def test_words_in_a_logo_need_no_key(folder: Path) -> None:
    """The words of a logo are the municipality's own; comments and document types do not go along."""
    raw = SVG.replace(b"<rect", b"<text>Veld</text><!-- draft --><rect")
    (folder / "logo.svg").write_bytes(b"<!DOCTYPE svg>" + raw)
    assert safe(folder / "logo.svg") == raw.replace(b"<!-- draft -->", b"")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    raw=st.tuples(st.sampled_from([b"", png()[:16], b"\xff\xd8\xff", jpeg()[:20], SVG[:40]]), st.binary(max_size=60)),
    name=st.sampled_from(["logo.png", "logo.jpg", "logo.svg"]),
)
def test_any_bytes_are_a_picture_or_refused(raw: tuple[bytes, bytes], name: str, folder: Path) -> None:
    """Whatever a file holds, it is used as it is or refused with its name: nothing else happens."""
    path = folder / name
    path.write_bytes(b"".join(raw))
    try:
        assert safe(path)
    except ContentError as error:
        assert [problem.place.file for problem in error.problems] == [f"{FILE}.{name[5:]}"]
