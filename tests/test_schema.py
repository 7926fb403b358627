"""What editors are told while somebody types: the JSON Schemas and the key-by-key guide, made from the model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from conftest import REPOSITORY, Said
from jsonschema import Draft7Validator

from handbook.schema import files

SCHEMAS = REPOSITORY / "guide" / "schema"


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it, version 1.2: `yes` and `2027-03-31` are texts, `12` is a number."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for kind, pattern, firsts in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), list(firsts))


def read(text: str) -> Any:
    """A YAML text as an editor sees it."""
    return yaml.load(text, Loader=EditorLoader)  # noqa: S506  # derived from SafeLoader


def complaints(schema: str, value: Any) -> list[str]:
    """What an editor underlines."""
    validator = Draft7Validator(json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8")))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def front_matter(path: Path) -> Any:
    """The front matter of a Markdown file."""
    return read(path.read_text(encoding="utf-8").split("---\n")[1])


def writers_files() -> Iterator[tuple[str, Path]]:
    """Every real file that a schema is for, with the schema's name."""
    for path in sorted((REPOSITORY / "municipalities").glob("*.yml")):
        yield "municipality", path
    for path in sorted((REPOSITORY / "curricula").glob("*/curriculum.yml")):
        yield "curriculum", path
    yield "vocabulary", REPOSITORY / "curricula" / "vocabulary.yml"
    for path in sorted((REPOSITORY / "docs").glob("*.md")):
        yield "page", path
    for path in sorted((REPOSITORY / "curricula").glob("*/*.md")):
        yield schema_of(path), path


def schema_of(path: Path) -> str:
    """The schema of a Markdown file in curricula/."""
    key, _, language = path.stem.partition(".")
    kind = {"sheets": "sheet", "cases": "case"}.get(path.parent.name, "module")
    if key == "index" or (kind == "case" and language):
        return "page"
    return f"{kind}-translation" if language else kind


@pytest.mark.parametrize(("name", "text"), list(files()), ids=[name for name, _ in files()])
def test_made_files_are_in_step_with_the_model(name: str, text: str) -> None:
    """The schemas and the guide in the repository are those that `handbook schema` makes now."""
    assert (REPOSITORY / name).read_text(encoding="utf-8") == text


def test_schema_writes_all_made_files(tmp_path: Path, handbook: Callable[..., Said]) -> None:
    """`handbook schema` writes every file and prints where."""
    said = handbook("schema", "--project", tmp_path)
    assert said == Said(0, "".join(f"{tmp_path / name}\n" for name, _ in files()), "")
    made = {
        p.relative_to(tmp_path).as_posix(): p.read_text(encoding="utf-8") for p in tmp_path.rglob("*") if p.is_file()
    }
    assert made == dict(files())


@pytest.mark.parametrize("name", [name for name, _ in files() if name.endswith(".json")])
def test_schemas_are_schemas(name: str) -> None:
    """Each schema follows the draft that it names."""
    Draft7Validator.check_schema(json.loads((REPOSITORY / name).read_text(encoding="utf-8")))


def test_schemas_accept_every_real_file() -> None:
    """No editor underlines a value in the real content: municipalities' layers, curricula, front matter."""
    wrong = {}
    for schema, path in writers_files():
        value = front_matter(path) if path.suffix == ".md" else read(path.read_text(encoding="utf-8"))
        if found := complaints(schema, value):
            wrong[path.relative_to(REPOSITORY).as_posix()] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        ("municipality", "nmae: Veld", ["$: Additional properties are not allowed ('nmae' was unexpected)"]),
        (
            "municipality",
            "contacts: {privacy: {funtion: desk}}",
            ["$.contacts: {'privacy': {'funtion': 'desk'}} is not valid under any of the given schemas"],
        ),
        (
            "municipality",
            "departments: [{key: safety}]",
            ["$.departments: [{'key': 'safety'}] is not valid under any of the given schemas"],
        ),
        ("municipality", "country: de", ["$.country: 'de' is not valid under any of the given schemas"]),
        ("municipality", 'code: "12"', ["$.code: '12' is not valid under any of the given schemas"]),
        (
            "municipality",
            "population: {count: -1}",
            ["$.population: {'count': -1} is not valid under any of the given schemas"],
        ),
        ("curriculum", None, ["$.parts[1]: {'pause': 5} is not valid under any of the given schemas"]),
        ("module", None, ["$.minutes: 0 is less than the minimum of 1", "$: 'goals' is a required property"]),
    ],
)
def test_schemas_refuse_mistakes(schema: str, text: str | None, expected: list[str]) -> None:
    """An editor underlines a misspelt key, a value of the wrong kind and what is missing in a list."""
    whole = {
        "curriculum": "{title: A, purpose: B, minutes: 10, group: {min: 1, max: 2}, room: C, parts: [a, {pause: 5}]}",
        "module": "{title: A, code: A1, minutes: 0, method: a, group: b, lead: c}",
    }
    assert complaints(schema, read(text or whole[schema])) == expected
