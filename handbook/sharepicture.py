"""The drawing child for Typst: one picture, for messengers that show an address.

Run as `python -I sharepicture.py job.json`; says `problem: …` on standard error and exits 1 when something is wrong.
Typst reads nothing outside the job's own folder, loads no packages and no fonts of the machine.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from handbook.typeset import string


def main(job_file: str) -> int:
    """Draw the job's picture; 0 when all is well."""
    job: dict[str, Any] = json.loads(Path(job_file).read_text(encoding="utf-8"))
    limit = job["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    folder = Path(job_file).parent
    shutil.copyfile(Path(job["styles"]) / "share.typ", folder / "share.typ")
    listed = ", ".join(f"{string(key)}: {string(value)}" for key, value in job["facts"].items())
    (folder / "facts.typ").write_text(f"#let facts = ({listed})\n", encoding="utf-8")
    fonts = folder / "fonts"
    fonts.mkdir()
    for packed in sorted(Path(job["fonts"]).glob("*.woff2")):
        font = TTFont(packed, recalcTimestamp=False)
        font.flavor = None  # Typst reads plain TrueType only
        font.save(fonts / f"{packed.stem}.ttf")
    try:
        typst.compile(
            str(folder / "share.typ"), output=job["target"], root=str(folder), font_paths=[str(fonts)],
            ignore_system_fonts=True, format="png", ppi=72.0,
        )  # fmt: skip
    except typst.TypstError as error:
        print(f"problem: the picture for messengers: {error.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
