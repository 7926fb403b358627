"""Merge the layers of a municipality: maps merge, lists and texts replace, every value keeps its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import yamlfile
from .problems import Place


def merge(layers: list[yamlfile.Document]) -> yamlfile.Document:
    """One document of several, later ones first: maps merge, lists and texts replace, every place is kept."""
    value: yamlfile.Value = {}
    values: dict[yamlfile.Path, Place] = {}
    keys: dict[yamlfile.Path, Place] = {}
    for layer in layers:
        replaced: set[yamlfile.Path] = set()
        value = _merged(value, layer.value, (), replaced)
        values = {**_kept(values, replaced), **layer.values}
        keys = {**_kept(keys, replaced), **layer.keys}
    return yamlfile.Document(value, layers[-1].file, values, keys)


def _merged(
    below: yamlfile.Value, above: yamlfile.Value, path: yamlfile.Path, replaced: set[yamlfile.Path]
) -> yamlfile.Value:
    if isinstance(above, dict) and isinstance(below, dict):
        own = {key: _merged(below.get(key), above[key], (*path, key), replaced) for key in above}
        return {**below, **own}
    replaced.add(path)
    return above


def _kept(places: Mapping[yamlfile.Path, Place], replaced: set[yamlfile.Path]) -> dict[yamlfile.Path, Place]:
    """The places that do not stand inside something that was replaced."""
    return {path: at for path, at in places.items() if not any(path[:end] in replaced for end in range(len(path)))}


def value_at(value: Any, path: yamlfile.Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value
