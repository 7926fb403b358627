"""Projects with something wrong in each: what `handbook check` says of them, word for word.

A case is a folder in tests/projects/bad with the files that differ from tests/projects/small, and with the whole
output in expected.txt. A warning of the small project itself, a page that is not translated, stands in most of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HERE, Said

from handbook.load import load
from handbook.validate import RULES

BAD = HERE / "projects" / "bad"
CASES = sorted(path.name for path in BAD.iterdir())


def laid_over(small: Path, case: str) -> Path:
    """The small project with the case's files in place of its own."""
    shutil.copytree(BAD / case, small, symlinks=True, dirs_exist_ok=True, ignore=lambda *_: {"expected.txt"})
    return small


@pytest.mark.parametrize("case", CASES)
def test_check_says_what_is_wrong(
    case: str, small: Path, handbook: Callable[..., Said], request: pytest.FixtureRequest
) -> None:
    """`check` tells each fault with its place and its advice, all at once, and nothing else."""
    said = handbook("check", "--project", laid_over(small, case))
    told = said.out + said.err
    expected = BAD / case / "expected.txt"
    if request.config.getoption("--update-goldens"):
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
    assert said.code == (1 if " error" in told.splitlines()[-1] else 0)


def test_every_rule_has_a_bad_project(tmp_path: Path, small: Path) -> None:
    """Each rule of `validate` finds something in at least one of the bad projects."""
    silent = {rule.__name__ for rule in RULES}
    for case in CASES:
        library, _ = load(laid_over(Path(shutil.copytree(small, tmp_path / case)), case))
        if library is not None:
            silent -= {rule.__name__ for rule in RULES if rule.__name__ in silent and any(rule(library))}
    assert not silent
