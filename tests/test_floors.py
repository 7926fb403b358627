"""The house: who may import whom, and which outside thing each module is the only door to.

The tables are the architecture (guide/architecture.md tells it in words); the tests below hold them with `ast`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest
from conftest import REPOSITORY

# from the ground up: a module imports only from the floors below its own
FLOORS: tuple[tuple[str, ...], ...] = (
    ("problems", "columns", "reader"),
    ("yamlfile", "blocks", "escape", "colour", "articles", "typeset", "booklet"),
    ("model",),
    ("library", "layers", "shape", "figures", "schema"),
    ("load", "plan", "style", "translations", "pictures"),
    ("names", "dates", "inputs", "draft", "searching", "sharing"),
    ("validate", "stage", "cities", "offline"),
    ("macros", "publish"),
    ("render",),
    ("documents",),
    ("print", "withpdf", "typstpdf", "sharepicture", "checkpdf"),
    ("check",),
    ("build",),
    ("farm",),
    ("show", "serve"),
    ("cli",),
    ("__main__",),
)

# each outside thing, and the modules that may touch it
DOORS: dict[str, set[str]] = {
    "yaml": {"yamlfile"},
    "jinja2": {"names", "render"},
    "markdown": {"reader", "render", "macros.words"},
    "mkdocs": {"render", "serve"},
    "mkdocs_macros": {"render"},
    "mkdocs_with_pdf": {"withpdf"},
    "weasyprint": {"withpdf"},
    "nh3": {"macros.words"},
    "rich": {"cli"},
    "watchfiles": {"serve"},
}

MOST_LINES = 600
MODULES = {
    (path.stem if folder == "handbook" else f"macros.{path.stem}").removesuffix(".__init__"): path
    for folder in ("handbook", "macros")
    for path in sorted((REPOSITORY / folder).glob("*.py"))
}


@cache
def imports(module: str) -> frozenset[str]:
    """What a module imports anywhere in its text: our modules by their short names, others by their first name."""
    return frozenset(_imports(module))


def _imports(module: str) -> Iterator[str]:
    package = "macros" if module.startswith("macros") else "handbook"
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = f"{package}.{node.module or ''}".rstrip(".") if node.level else node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield _short(name)


def _short(name: str) -> str:
    """`handbook.plan.City` as `plan`, `macros.here.Here` as `macros.here`, `yaml.events` as `yaml`."""
    first, _, rest = name.partition(".")
    if first not in {"handbook", "macros"}:
        return first
    second = rest.partition(".")[0]
    known = second if first == "handbook" else f"macros.{second}"
    return known if known in MODULES else "__init__" if first == "handbook" else "macros"


def floor_of(module: str) -> int:
    """The number of a module's floor; the modules of macros/ share one."""
    room = module.partition(".")[0]
    found = [number for number, rooms in enumerate(FLOORS) if room in rooms]
    assert found, f"{module} has no floor yet: give it one in FLOORS"
    return found[0]


def test_every_module_has_its_floor() -> None:
    """The table names every module of handbook/ once, and nothing else."""
    named = [room for rooms in FLOORS for room in rooms]
    rooms = {module.partition(".")[0] for module in MODULES} - {"__init__"}
    assert sorted(named) == sorted(rooms)


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"__init__"}))
def test_imports_point_down(module: str) -> None:
    """A module imports only from floors below its own; macros know each other."""
    ours = {name for name in imports(module) if name in MODULES} - {"__init__"}
    wrong = {
        name
        for name in ours
        if floor_of(name) >= floor_of(module) and not (module.startswith("macros") and name.startswith("macros."))
    }
    assert not wrong


def test_the_guide_shows_the_same_floors() -> None:
    """guide/architecture.md has the table of floors as it stands here."""
    guide = (REPOSITORY / "guide" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| (.*) \|$", guide, re.MULTILINE)
    shown = tuple(tuple(re.findall(r"`([a-z_]+)`", re.sub(r"\(.*?\)", "", row))) for row in rows)
    assert shown == FLOORS


def test_no_import_circles() -> None:
    """No module imports itself by way of others."""
    graph = {module: {name for name in imports(module) if name in MODULES} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("thing", sorted(DOORS))
def test_each_outside_thing_has_one_door(thing: str) -> None:
    """An outside library is imported exactly by the modules that the table names."""
    assert {module for module in MODULES if thing in imports(module)} == DOORS[thing]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_modules_stay_short(module: str) -> None:
    """No module is longer than 600 lines; longer ones do more than one thing."""
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= MOST_LINES
