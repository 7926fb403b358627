"""JSON Schemas for editors and the key-by-key guide, both made from the model; a test keeps them in step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .model import (
    CaseMatter,
    Curriculum,
    ModuleMatter,
    ModuleWords,
    Municipality,
    PageMatter,
    SheetMatter,
    SheetWords,
    Vocabulary,
)

SCHEMAS: dict[str, type[BaseModel]] = {
    "municipality": Municipality,
    "curriculum": Curriculum,
    "vocabulary": Vocabulary,
    "module": ModuleMatter,
    "module-translation": ModuleWords,
    "sheet": SheetMatter,
    "sheet-translation": SheetWords,
    "case": CaseMatter,
    "page": PageMatter,
}
_BEGIN = "<!-- made from the model by `handbook schema`; edit handbook/model.py instead -->"


def files() -> Iterator[tuple[str, str]]:
    """Every made file: its path in the project and its text."""
    for name, record in SCHEMAS.items():
        yield f"guide/schema/{name}.json", schema_of(record)
    yield "guide/municipality-keys.md", reference(Municipality)


def write(root: Path) -> list[Path]:
    """Write all made files; returns their paths."""
    made = []
    for name, text in files():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        made.append(path)
    return made


def schema_of(record: type[BaseModel]) -> str:
    """A JSON Schema for editors."""
    made = record.model_json_schema()
    made["$schema"] = "http://json-schema.org/draft-07/schema#"
    if record is Municipality:
        _as_layer(made, made["$defs"])
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _as_layer(part: dict[str, Any], records: dict[str, Any]) -> None:
    """A layer may leave keys to others, so none is required in maps, and null means "must be given"."""
    part.pop("required", None)
    for name, field in part["properties"].items():
        below = records.get(field.get("$ref", "").rpartition("/")[2], {})
        if "properties" in below:
            _as_layer(below, records)
        told = {key: field.pop(key) for key in ("title", "description") if key in field}
        part["properties"][name] = {"anyOf": [*field.pop("anyOf", []), *([field] if field else []), _NULL], **told}


_NULL = {"type": "null"}


def reference(record: type[BaseModel]) -> str:
    """The keys of a record and of the records in it, as Markdown tables."""
    schema = record.model_json_schema()
    lines = ["# A municipality's file, key by key", "", _BEGIN, ""]
    lines += ["What the keys mean together is told in [municipality.md](municipality.md).", ""]
    lines += _table(schema, schema)
    for name in _order(schema):
        part = schema["$defs"][name]
        lines += ["", f"## {name}", "", str(part.get("description", "")).split("\n")[0], "", *_table(part, schema)]
    return "\n".join(lines).rstrip() + "\n"


def _order(schema: dict[str, Any]) -> list[str]:
    return [name for name in schema.get("$defs", {}) if "properties" in schema["$defs"][name]]


def _table(part: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    rows = ["| key | kind | must be given | meaning |", "|---|---|---|---|"]
    for name, field in part["properties"].items():
        must = "yes" if name in part.get("required", []) else ""
        rows.append(f"| `{name}` | {_kind(field, schema)} | {must} | {field.get('description', '')} |")
    return rows


def _kind(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return "text, or one per language" if name == "Text" else f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        kinds = [_kind(option, schema) for option in field["anyOf"] if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "yes" in field.get("enum", ()):
        return "yes or no"
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), schema)}"
    names = {"string": "text", "integer": "whole number", "boolean": "yes or no"}
    return {"date": "date", "uri": "address"}.get(field.get("format", ""), names.get(field.get("type", ""), "value"))
