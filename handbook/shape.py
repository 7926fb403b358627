"""From a YAML document to a record of the model, with pydantic's findings told in our words and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel, ValidationError

from . import yamlfile
from .problems import MOST, Problem, and_more, did_you_mean

R = TypeVar("R", bound=BaseModel)

_MESSAGES = {
    "missing": "must be given",
    "extra_forbidden": "unknown key",
    "string_type": "expected a text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "dict_type": "expected a map: `key: value` lines",
    "model_type": "expected a map: `key: value` lines",
    "model_attributes_type": "expected a map: `key: value` lines",
    "tuple_type": "expected a list: lines that begin with `- `",
    "list_type": "expected a list: lines that begin with `- `",
    "too_short": "expected at least {min_length}, found {actual_length}",
    "too_long": "expected at most {max_length}, found {actual_length}",
    "string_too_short": "expected a text, found nothing",
    "string_too_long": "the text is longer than {max_length} characters",
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
    "literal_error": "expected {expected}",
    "date_from_datetime_parsing": "this day does not exist",
    "date_parsing": "this day does not exist",
    "date_type": "expected a date such as 2027-03-31",
    "bool_type": "expected yes or no",
    "value_error": "{error}",
}
_PATTERNS = {
    "code": "expected a code such as GM0599 or 71016 (modules: A4, worksheets: S4, cases: C04)",
    "accent": "expected a colour such as #00811f",
    "programme.start": 'expected a time such as "13:30"',
    "email": "expected an address such as office@rotterdam.nl",
    "phone": "expected a telephone number",
    "source": "expected what `handbook translated` writes here",
    "key": "expected a key: small letters, digits and -",
}


def shaped(document: yamlfile.Document, kind: type[R]) -> tuple[R | None, list[Problem]]:
    """The document as a record, or what is wrong with its shape."""
    try:
        return kind.model_validate(document.value), []
    except ValidationError as error:
        return None, list(_shape_problems(error, document, kind))


def _shape_problems(error: ValidationError, document: yamlfile.Document, kind: type[BaseModel]) -> Iterator[Problem]:
    seen = set()
    found = error.errors(include_url=False, include_input=False)
    items = [(item, _path_of(item, document.value)) for item in found[:MOST]]
    kinds = [(item["type"], path) for item, path in items]
    for item, path in items:
        if _is_echo(item["type"], path, kinds):
            continue
        extra = item["type"] == "extra_forbidden"
        what = _message(item["type"], item.get("ctx", {}), path, item["msg"])
        if (path, extra) in seen:
            continue  # the branches of a union complain about the same value
        seen.add((path, extra))
        advice = did_you_mean(str(path[-1]), _fields_at(kind, path[:-1])) if extra and path else ""
        place = document.key_place(path) if extra else document.place(path)
        shown = yamlfile.show_path(path)
        yield Problem("shape", place, f"{shown}: {what}" if shown else what, advice)
    yield from and_more(document.file, len(found))


def _path_of(item: Mapping[str, Any], document: Any) -> yamlfile.Path:
    path = _known_path(document, item["loc"])
    return (*path, str(item["loc"][-1])) if item["type"] == "missing" else path


def _is_echo(kind: str, path: yamlfile.Path, kinds: list[tuple[str, yamlfile.Path]]) -> bool:
    """Whether pydantic says this of a value only because something else is wrong with it, or inside it."""
    inside = any(len(p) > len(path) and p[: len(path)] == path for _, p in kinds)
    beside = any(p == path and not k.endswith("_type") for k, p in kinds)
    return (kind in {"too_short", "string_type"} and inside) or (kind == "string_type" and beside)


def _known_path(document: Any, location: tuple[int | str, ...]) -> yamlfile.Path:
    """The part of pydantic's location that really is in the document (union branches name themselves in it)."""
    value = document
    path: list[int | str] = []
    for step in location:
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if in_list or (isinstance(value, dict) and step in value):
            value = value[step]
            path.append(step)
    return tuple(path)


def _message(kind: str, context: Mapping[str, Any], path: yamlfile.Path, fallback: str) -> str:
    if kind == "string_pattern_mismatch":
        names = [step for step in path if isinstance(step, str)]
        found = (_PATTERNS.get(name) for name in (".".join(names[-2:]), ".".join(names[-1:])))
        return next(filter(None, found), _PATTERNS["key"])
    return _MESSAGES.get(kind, fallback).format(**context)


def _fields_at(kind: type[BaseModel], path: yamlfile.Path) -> list[str]:
    """The keys that a record has at a path."""
    fields = _fields(kind)
    for step in path:
        if step in fields:
            fields = _fields(_record_in(fields[str(step)]))
    return list(fields)


def _fields(kind: type[BaseModel] | None) -> dict[str, Any]:
    """The keys of a record as writers know them, and what stands under each."""
    if kind is None:
        return {}
    if issubclass(kind, RootModel):  # a list or map of records
        return _fields(_record_in(kind.model_fields["root"].annotation))
    return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _record_in(part)) is not None:
            return found
    return None
