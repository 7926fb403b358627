"""The first draft of a municipality's profile, with what must be given left open."""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from pathlib import Path

from .load import HOME
from .model import SLUG
from .problems import ContentError, Place, Problem


def slug_of(name: str) -> str:
    """The file name for a municipality: `'s-Hertogenbosch` is s-hertogenbosch, `Súdwest-Fryslân` sudwest-fryslan."""
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:63].rstrip("-")


def draft(root: Path, name: str, country: str, today: datetime.date) -> Path:
    """Write `municipalities/<slug>.yml` from `_new.yml`, and return its path.

    Raises:
        ContentError: when the name gives no file name, or there is such a file already.
    """
    slug = slug_of(name)
    if not SLUG.fullmatch(slug):
        what = f'no file name can be made of "{name}"'
        raise ContentError([Problem("draft", Place("municipalities"), what, "give the name as people write it")])
    path = root / "municipalities" / f"{slug}.yml"
    if path.exists() or path.is_symlink():
        raise ContentError([Problem("draft", Place(f"municipalities/{slug}.yml"), "this municipality is here already",
                                    f"open that file, or look at it: handbook show {slug}")])  # fmt: skip
    own = root / "municipalities/_new.yml"
    text = (own if own.is_file() else HOME / "municipalities/_new.yml").read_text(encoding="utf-8")
    lines = [re.sub(rf"\s*\[{country}\]$", "", line) for line in text.splitlines()]
    text = "\n".join(line for line in lines if not re.search(r"\[[a-z]{2}\]$", line)) + "\n"
    shown = " ".join(name.split())
    text = text.replace("{name}", shown).replace("{slug}", slug)
    given = {"name": json.dumps(shown, ensure_ascii=False), "country": country, "date": today.isoformat()}
    text = re.sub(rf"^({'|'.join(given)}): null$", lambda key: f"{key[1]}: {given[key[1]]}", text, flags=re.MULTILINE)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
