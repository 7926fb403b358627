"""Merge the layers of a municipality: maps merge, lists and texts replace, every value keeps its place."""

from __future__ import annotations

from typing import Any

from . import yamlfile
from .problems import Place


def merge(layers: list[yamlfile.Document]) -> yamlfile.Document:
    """One document of several, later ones first: maps merge, lists and texts replace, every place is kept."""
    value: Any = {}
    values: dict[yamlfile.Path, Place] = {}
    keys: dict[yamlfile.Path, Place] = {}
    for layer in layers:
        value = _merged(value, layer, (), values, keys)
    return yamlfile.Document(value, layers[-1].file, values, keys)


def _merged(
    below: Any, layer: yamlfile.Document, path: yamlfile.Path,
    values: dict[yamlfile.Path, Place], keys: dict[yamlfile.Path, Place],
) -> Any:  # fmt: skip
    above = value_at(layer.value, path)
    values[path] = layer.place(path)
    if path in layer.keys:
        keys[path] = layer.keys[path]
    if isinstance(above, dict) and isinstance(below, dict):
        return {
            **below,
            **{key: _merged(below.get(key), layer, (*path, key), values, keys) for key in above},
        }
    for places, own in ((values, layer.values), (keys, layer.keys)):
        for old in [p for p in places if len(p) > len(path) and p[: len(path)] == path]:
            del places[old]
        places.update({p: at for p, at in own.items() if len(p) > len(path) and p[: len(path)] == path})
    return above


def value_at(value: Any, path: yamlfile.Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value
