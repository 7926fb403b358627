"""What a handbook is made of: a hash of all its inputs tells whether something changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from .load import HOME

_TOOLS = (
    "mkdocs",
    "mkdocs-material",
    "mkdocs-macros-plugin",
    "mkdocs-with-pdf",
    "weasyprint",
    "typst",
    "pikepdf",
    "segno",
    "pymdown-extensions",
)


def mark_of(root: Path, slug: str, config_file: Path, *about: object) -> str:
    """A hash of everything that a municipality's handbook is made of, and of what is made of it."""
    return mark(sum_of(root, slug, config_file), *about)


def sum_of(root: Path, slug: str, config_file: Path) -> str:
    """A hash of all files and tools that a municipality's handbooks are made of."""
    sums = hashlib.sha256(repr([version(tool) for tool in _TOOLS]).encode())
    for path in _files(root, slug, config_file):
        sums.update(os.fsencode(path) + b"\0" + path.read_bytes() + b"\0")
    return sums.hexdigest()


def mark(inputs: str, *about: object) -> str:
    """The hash of one thing that is made of these inputs."""
    return hashlib.sha256(repr((inputs, about)).encode()).hexdigest()


def _files(root: Path, slug: str, config_file: Path) -> Iterator[Path]:
    folders = [root / "docs", root / "curricula", HOME / "curricula/phrases.yml", HOME / "handbook", HOME / "macros",
               config_file, config_file.parent / "theme", root / "municipalities" / slug]  # fmt: skip
    for folder in dict.fromkeys(folders):
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        yield from (path for path in paths if path.is_file() and "__pycache__" not in path.parts)
    yield from (path for path in sorted((root / "municipalities").glob("_*.yml")))
    yield root / "municipalities" / f"{slug}.yml"
