"""Logos from municipalities: known raster formats or a cleaned SVG, within limits."""

from __future__ import annotations

import struct
from pathlib import Path

from lxml import etree

from . import figures
from .problems import ContentError, Place, Problem

MAX_BYTES = 500_000
MAX_PIXELS = 4000
_PNG = b"\x89PNG\r\n\x1a\n"


def safe(path: Path) -> bytes:
    """The picture's bytes, after a look at what they really are.

    Raises:
        ContentError: for another format, a larger file or picture, or an SVG that holds more than a drawing.
    """
    name = f"municipalities/{path.parent.name}/{path.name}"
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        _refuse(name, f"the file is larger than {MAX_BYTES // 1000} kB")
    if path.suffix == ".svg":
        return etree.tostring(figures.read(raw, name))
    size = _size(raw)
    if size is None:
        _refuse(name, "this is no PNG or JPEG picture")
    elif max(size) > MAX_PIXELS:
        _refuse(name, f"the picture is larger than {MAX_PIXELS} pixels")
    return raw


def _size(raw: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, of PNG (its first chunk) or JPEG (its frame header)."""
    if raw.startswith(_PNG) and len(raw) >= 24:
        width, height = struct.unpack(">II", raw[16:24])
        return width, height
    if not raw.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 < len(raw) and raw[at] == 0xFF:
        kind, length = raw[at + 1], struct.unpack(">H", raw[at + 2 : at + 4])[0]
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", raw[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _refuse(name: str, what: str) -> None:
    raise ContentError([Problem("picture", Place(name), what, "save the logo as a small PNG, JPEG or plain SVG")])
