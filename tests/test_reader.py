"""One reader for all pages says what a fresh one says for each; what is loaded late is loaded when it is used."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from handbook import articles
from handbook.build import Where
from handbook.farm import MEMORY, Order, farm
from handbook.load import load
from handbook.reader import reader


def _extensions() -> tuple[list[str], dict[str, object]]:
    """What mkdocs.yml takes."""
    named = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
    settings = {name: of for entry in named if isinstance(entry, dict) for name, of in entry.items()}
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in named], settings


EXTENSIONS, SETTINGS = _extensions()
ONE = reader(EXTENSIONS, SETTINGS)
# words, and everything that begins something in Markdown, in HTML or in the blocks
PIECES = st.sampled_from([
    "word", "Zin. ", " ", "\n", "\n\n", "  \n", "`", "``", "\\", "\\*", "!", "[", "]", "](", ")", "[a](b.html)",
    "<", ">", "&", "&amp;", "&#46;", "*", "**", "_", "__", "# ", "## ", "- ", "1. ", "> ", ": ", "    ",
    "| a | b |\n|---|---|\n| c | d |\n", "[^1]", "[^1]: note\n", "{: .x #y }", "<b>", "</b>", "<div markdown>\n",
    "</div>\n", "/// admonition | T\n    type: note\n\n", "///\n", "```\n", "~~~\n", "http://a.nl", "a@b.nl", "é", "–",
    "[x]: http://a.nl\n", "[x]", "\x02", "\x03", "wzxhzdk:0",
])  # fmt: skip


@given(st.lists(st.lists(PIECES, max_size=24).map("".join), min_size=1, max_size=3))
def test_one_reader_says_what_a_fresh_one_says(texts: list[str]) -> None:
    for text in texts:
        fresh = Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
        assert ONE.reset().convert(text) == fresh.convert(text)


@pytest.mark.parametrize(
    ("extension", "text", "said"),
    [
        ("pymdownx.mark", "this ==stands out== here", "<p>this <mark>stands out</mark> here</p>"),
        ("abbr", "the WHO\n\n*[WHO]: health", '<p>the <abbr title="health">WHO</abbr></p>'),
        ("smarty", "well -- yes", "<p>well &ndash; yes</p>"),
        ("pymdownx.smartsymbols", "all (c) here", "<p>all &copy; here</p>"),
    ],
)
def test_other_extensions_of_a_project_see_all_text(extension: str, text: str, said: str) -> None:
    assert "plain" in reader(EXTENSIONS, SETTINGS).treeprocessors
    assert reader([*EXTENSIONS, extension], SETTINGS).convert(text) == said


@given(st.text(alphabet=st.characters(codec=None)))
def test_letters_are_letters_and_digits_in_lower_case(text: str) -> None:
    assert all(letter.isalnum() for letter in articles.letters(text.lower()))
    assert articles.letters(f"{text} _ - {text}") == articles.letters(text) * 2


def test_letters_of_known_texts() -> None:
    assert articles.letters("De «eﬃciënte» Aanpak_van 2026: ½ — ÉÉN!") == "deefficiënteaanpakvan202612één"


def test_a_site_alone_loads_nothing_that_reads_pdfs(small: Path) -> None:
    looked_for = ["handbook.check", "pikepdf._core", "pypdfium2.raw", "requests.api"]
    code = (
        "import sys; from handbook.__main__ import run; status = run();"
        f"print(status, [name for name in {looked_for} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, "build", "veld", "--project", str(small), "--no-pdf"]
    one = ["--language", "en", "--edition", "participant"]  # several would be built in other processes
    done = subprocess.run([*command, *one], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.splitlines()[-1] == "0 ['handbook.check']"


def test_a_handbook_built_alone_has_limits_and_leaves_none(small: Path) -> None:
    library, _ = load(small)
    assert library
    before, collects = resource.getrlimit(resource.RLIMIT_AS), gc.isenabled()
    where = Where(REPOSITORY / "mkdocs.yml", small / "build", small / "site")
    seen = []

    def told(_: str, step: str) -> None:
        seen.append((step, resource.getrlimit(resource.RLIMIT_AS)[0], gc.isenabled()))

    outcomes = list(farm(library, Order((("veld", "en", "participant"),), where, ""), told))
    assert [outcome.problems for outcome in outcomes] == [()]
    assert seen == [(step, MEMORY, False) for step in ("plan", "stage", "render", "check", "publish")]
    assert (resource.getrlimit(resource.RLIMIT_AS), gc.isenabled()) == (before, collects)


def test_deep_nesting_is_read_to_its_end(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><body>{'<div>' * 300}deep{'</div>' * 300}<p>after</p></body></html>", encoding="utf-8")
    assert articles.read(page).text.split() == ["deep", "after"]


def test_modules_that_are_loaded_late_look_like_modules() -> None:
    code = (
        "import handbook, importlib.util, sys; "
        "print(all(importlib.util.find_spec(name) for name in ('requests', 'pikepdf', 'pypdfium2'))); "
        "import pikepdf; print(hasattr(sys.modules['pikepdf'], '__file__')); "
        "print(pikepdf.Pdf.__name__, hasattr(sys.modules['pikepdf'], '__file__'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.split() == ["True", "False", "Pdf", "True"]
