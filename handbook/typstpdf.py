"""The printing child for Typst: sets a job's articles as a book and reports the pages on which they begin.

Run as `python -I typstpdf.py job.json`; says `problem: …` on standard error and exits 1 when something is wrong.
Typst reads nothing outside the job's own folder, loads no packages and no fonts of the machine.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from handbook.typeset import UnknownConstructError, labels_of, string, typeset

Job = dict[str, Any]
Entry = dict[str, Any]


def main(job_file: str) -> int:
    """Set the job; 0 when all is well."""
    job: Job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    limit = job["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    folder = Path(job_file).parent
    _lay_out(folder, job)
    try:
        (folder / "main.typ").write_text(_source(job), encoding="utf-8")
        _compile(folder, job)
    except UnknownConstructError as error:
        print(f"problem: {error}", file=sys.stderr)
        return 1
    except typst.TypstError as error:
        print(f"problem: {error.message} {_where(folder, error.diagnostic)}", file=sys.stderr)
        return 1
    return 0


def _lay_out(folder: Path, job: Job) -> None:
    """Everything that Typst may read: the design, the figures, the logo, the fonts."""
    shutil.copyfile(Path(job["styles"]) / "book.typ", folder / "book.typ")
    site = Path(job["site"])
    if (site / "figures").is_dir():
        shutil.copytree(site / "figures", folder / "figures")
    if job["logo"]:
        shutil.copyfile(site / job["logo"], folder / Path(job["logo"]).name)
    fonts = folder / "fonts"
    fonts.mkdir()
    for packed in sorted(Path(job["fonts"]).glob("*.woff2")):
        font = TTFont(packed)
        font.flavor = None  # Typst reads plain TrueType only
        font.save(fonts / f"{packed.stem}.ttf")


def _compile(folder: Path, job: Job) -> None:
    compiler = typst.Compiler(
        str(folder / "main.typ"), root=str(folder), font_paths=[str(folder / "fonts")], ignore_system_fonts=True,
    )  # fmt: skip
    compiler.compile(output=job["target"], pdf_standards=["ua-1"])
    places = json.loads(compiler.query("<place>", field="value"))
    pages = {place["mark"].removesuffix("#"): place["page"] for place in places}
    Path(job["pages"]).write_text(json.dumps(pages), encoding="utf-8")


def _source(job: Job) -> str:
    """The whole book."""
    facts = {
        "title": job["title"], "author": job["author"], "description": job["description"], "language": job["language"],
        "accent": job["accent"], "kind": job["subtitle"], "owner-line": job["version"], "page-short": job["page_short"],
    }  # fmt: skip
    listed = ", ".join(f"{string(key)}: {string(value)}" for key, value in facts.items())
    logo = f"logo: {string(Path(job['logo']).name)}" if job["logo"] else ""
    imprint = ", ".join(string(line) for line in job["imprint"])
    labels = frozenset(label for entry in _pages(job["entries"]) for label in labels_of(entry["url"], entry["article"]))
    parts = [
        f'#import "book.typ": *\n#show: book.with(({listed}, keywords: ()))\n',
        f"#cover({logo})\n#imprint(({imprint},))\n#contents({string(job['contents'])})\n",
    ]
    for number, entry in enumerate(job["entries"], 1):
        parts.append(f"#part({string(entry['title'])}, {string(f'part-{number}')})\n")
        parts.extend(_part(entry, labels))
    return "".join(parts)


def _pages(entries: list[Entry]) -> Iterator[Entry]:
    for entry in entries:
        if entry["path"]:
            yield entry
        yield from _pages(entry["children"])


def _part(entry: Entry, labels: frozenset[str]) -> Iterator[str]:
    """A part: its own article, or its pages; the first one begins under the part's title."""
    first = True
    for page in [entry, *entry["children"]] if entry["path"] else entry["children"]:
        own = page["title"] == entry["title"]
        yield f"#article({string(page['url'] + '#')}, fresh: {'false' if first else 'true'})\n"
        if not own:
            yield f"#heading(level: 2, {string(page['title'])})\n"
        yield _article(page, 1 if own else 2, labels)
        first = False


def _article(page: Entry, level: int, labels: frozenset[str]) -> str:
    body = re.sub(r"<h1\b.*?</h1>", "", page["article"], count=1, flags=re.DOTALL)  # the title stands above it
    try:
        return f"// page: {page['path']}\n{typeset(page['url'], body, level, labels)}"
    except UnknownConstructError as error:
        raise UnknownConstructError(f"{page['path']}: the printer does not know {error}") from error


def _where(folder: Path, diagnostic: str) -> str:
    """The page that Typst's diagnostic points at, found by the marks in the source."""
    found = re.search(r"main\.typ:(\d+)", diagnostic)
    if not found:
        return f"({' '.join(diagnostic.split())[:300]})"
    lines = (folder / "main.typ").read_text(encoding="utf-8").split("\n")[: int(found[1])]
    page = next((line for line in reversed(lines) if line.startswith("// page: ")), "")
    return f"(in {page.removeprefix('// page: ') or 'the book'})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
