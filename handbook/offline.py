"""What makes a site work without a network: the worker's list of files, made when the site is finished."""

from __future__ import annotations

import hashlib
import html
import json
from pathlib import Path

from . import articles, sharing
from .plan import Handbook

WORKER = "worker.js"
# PDFs are large and are kept by who downloads them; the others are for servers, messengers and search engines
_NOT_KEPT = (".pdf", ".zip", ".txt", ".xml", ".gz", WORKER, "404.html", sharing.PICTURE)


def prepare(book: Handbook, folder: Path) -> None:
    """Put the worker at the top of a finished site, with the hash of each file that it keeps.

    Its version is the hash of that list: the same files have the same version. After this nothing in it may change.
    """
    source = folder / "assets" / WORKER
    if not source.is_file():
        return  # a theme of somebody's own
    code = source.read_text(encoding="utf-8")
    source.unlink()
    files = {name: articles.hash_of((folder / name).read_bytes()) for name in _kept(folder)}
    version = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
    edition = {"version": version, "files": files, "missing": _missing(book)}
    facts = json.dumps(edition, ensure_ascii=False, separators=(",", ":"))
    (folder / WORKER).write_text(f"self.handbookEdition={facts};\n{code}", encoding="utf-8")


def _kept(folder: Path) -> list[str]:
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith(_NOT_KEPT) and not Path(name).name.startswith("."))


def _missing(book: Handbook) -> str:
    """What is shown in place of a file that is not kept, when there is no network."""
    title, text, back = (html.escape(book.say(key)) for key in ("offline-title", "offline-text", "back-home"))
    return (
        f'<!doctype html>\n<html lang="{book.language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n</head>\n'
        f'<body>\n<main>\n<h1>{title}</h1>\n<p>{text}</p>\n<p><a href="{{home}}">{back}</a></p>\n'
        "</main>\n</body>\n</html>\n"
    )
