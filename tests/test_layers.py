"""The layers of a municipality: maps merge, lists and texts replace, null must be given, every place is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said
from hypothesis import given
from hypothesis import strategies as st

from handbook.layers import merge, value_at
from handbook.yamlfile import Document, Value, parse, show_path
from handbook.yamlfile import Path as ValuePath


def layer(file: str, text: str) -> Document:
    """One layer."""
    return parse(text, file)


def places(document: Document) -> dict[str, str]:
    """Where each value of a document stands."""
    return {show_path(path): str(document.place(path)) for path in document.values}


# ---------------------------------------------------------------- merging


def test_maps_merge() -> None:
    """A map takes the keys of the layer above it and keeps its own others, at any depth."""
    merged = merge([
        layer("_base", "look: {accent: red, logo: a.png}\ncontacts: {privacy: {function: desk, phone: 1}}\n"),
        layer("_nl", "contacts: {privacy: {phone: 2}}\n"),
        layer("veld", "look: {accent: blue}\nname: Veld\n"),
    ])  # fmt: skip
    assert merged.value == {
        "look": {"accent": "blue", "logo": "a.png"},
        "contacts": {"privacy": {"function": "desk", "phone": "2"}},
        "name": "Veld",
    }


def test_lists_and_texts_replace() -> None:
    """A list replaces the whole list below it, also with nothing; a text replaces a text, a map or a list."""
    below = layer("_base", "languages: [nl, en]\npartners: [{type: police}]\nname: {nl: a, en: b}\nowner: a\n")
    above = layer("veld", "languages: [fr]\npartners: []\nname: c\nowner: {nl: d}\n")
    assert merge([below, above]).value == {
        "languages": ["fr"], "partners": [], "name": "c", "owner": {"nl": "d"}
    }  # fmt: skip


def test_order_of_keys_is_that_of_the_lowest_layer() -> None:
    """Keys come in the order in which the layers bring them, the common one first."""
    merged = merge([layer("_base", "b: 1\na: 2\n"), layer("veld", "c: 3\na: 4\n")]).value
    assert isinstance(merged, dict)
    assert list(merged.items()) == [("b", "1"), ("a", "4"), ("c", "3")]


def test_null_above_takes_a_value_away() -> None:
    """`null` in a higher layer takes away what the layers below gave, so that it must be given again."""
    merged = merge([layer("_base", "owner: Safety\nlook: {accent: red}\n"), layer("_be", "owner: null\nlook: ~\n")])
    assert merged.value == {"owner": None, "look": None}
    assert places(merged) == {"": "_be:1:1", "owner": "_be:1:8", "look": "_be:2:7"}


# ---------------------------------------------------------------- places


def test_places_are_kept() -> None:
    """Each value has the place in the layer it comes from, each key that of the layer that wrote it last."""
    merged = merge([
        layer("_base", "look:\n  accent: red\n  logo: a.png\nthemes:\n  - key: a\n    line: b\n  - key: c\n"),
        layer("veld", "name: Veld\nlook:\n  accent: blue\nthemes:\n  - key: d\n"),
    ])  # fmt: skip
    assert places(merged) == {
        "": "veld:1:1",
        "look": "veld:3:3",
        "look.accent": "veld:3:11",
        "look.logo": "_base:3:9",
        "themes": "veld:5:3",
        "themes[1]": "veld:5:5",
        "themes[1].key": "veld:5:10",
        "name": "veld:1:7",
    }
    assert {show_path(path): str(place) for path, place in merged.keys.items()} == {
        "look": "veld:2:1",
        "look.accent": "veld:3:3",
        "look.logo": "_base:3:3",
        "themes": "veld:4:1",
        "themes[1].key": "veld:5:5",
        "name": "veld:1:1",
    }


def test_places_inside_what_was_replaced_are_gone() -> None:
    """Nothing is known any more of the inside of a map or list that a higher layer replaced."""
    merged = merge([
        layer("_base", "name: {nl: a, en: b}\nthemes: [{key: a}, {key: b}]\n"),
        layer("veld", "name: c\nthemes: []\n"),
    ])  # fmt: skip
    assert places(merged) == {"": "veld:1:1", "name": "veld:1:7", "themes": "veld:2:9"}
    assert {show_path(path) for path in merged.keys} == {"name", "themes"}


def test_a_layer_of_its_own_is_itself() -> None:
    """One layer, merged with nothing, is what it was."""
    only = layer("veld", "name: Veld\nlook: {accent: red}\nthemes: [a, {b: c}]\n")
    assert merge([only]) == only


_VALUES = st.recursive(
    st.none() | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=12,
)
_LAYERS = st.lists(st.dictionaries(st.sampled_from("xyz"), _VALUES, max_size=3), min_size=1, max_size=4)


def _written(value: Value) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return "~" if value is None else value


def _laid(below: Value, above: Value) -> Value:
    """What stands in the guide, in four lines."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {key: _laid(below.get(key), above[key]) if key in above else below[key] for key in {**below, **above}}
    return above


def _paths(value: Value, path: ValuePath = ()) -> set[ValuePath]:
    if isinstance(value, dict):
        return {path}.union(*(_paths(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        return {path}.union(*(_paths(inner, (*path, index)) for index, inner in enumerate(value)))
    return {path}


@given(values=_LAYERS)
def test_any_layers(values: list[dict[str, Value]]) -> None:
    """For any layers: maps merge and all else replaces, and every value has a place that holds this very value."""
    layers = [layer(f"layer-{number}", _written(value)) for number, value in enumerate(values)]
    merged = merge(layers)
    expected: Value = {}
    for value in values:
        expected = _laid(expected, value)
    assert merged.value == expected
    assert set(merged.values) == _paths(expected)
    for path, place in merged.values.items():
        own = next(document for document in layers if document.file == place.file)
        assert own.values[path] == place
        found = value_at(merged.value, path)
        if not isinstance(found, dict):
            assert value_at(own.value, path) == found


def test_many_values_merge_quickly() -> None:
    """Merging takes time in step with the number of values, not with its square."""
    large = "".join(f"k{number}: {{a: x}}\n" for number in range(12_000))
    base, city = layer("_base", large), layer("veld", large)
    began = time.process_time()
    merge([base, city])
    assert time.process_time() - began < 2


# ---------------------------------------------------------------- in a project


def changed(path: Path, old: str, new: str) -> None:
    """Replace words in a file that has them."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("text", ["", "# nothing of our own yet\n", "~\n", "{}\n"])
def test_an_empty_layer_changes_nothing(text: str, small: Path, handbook: Callable[..., Said]) -> None:
    """A country's layer with nothing in it, or with comments only, leaves the common one as it is."""
    before = handbook("show", "veld", "--project", small)
    (small / "municipalities/_nl.yml").write_text(text, encoding="utf-8")
    assert handbook("show", "veld", "--project", small) == before
    assert before.code == 0


def test_a_layer_that_is_no_map_is_told(small: Path, handbook: Callable[..., Said]) -> None:
    """A layer that is a list is told of once, in its own file, and the cities above it are not blamed."""
    (small / "municipalities/_nl.yml").write_text("- region\n", encoding="utf-8")
    said = handbook("check", "--project", small, "veld")
    assert said.out.splitlines()[:2] == [
        "municipalities/_nl.yml:1:1: expected `key: value` lines",
        "    see guide/municipality.md",
    ]
    assert said.out.splitlines()[-1] == "1 error, 1 warning in 2 files"


def test_null_must_be_given(small: Path, handbook: Callable[..., Said]) -> None:
    """What the common layer leaves open must be given by the city; the message names the line that asks for it."""
    changed(small / "municipalities/veld.yml", "province: Zeeland\n", "")
    changed(small / "municipalities/veld.yml", "code: GM9999\n", "")
    changed(small / "municipalities/_nl.yml", "{}", "province: null\n")
    said = handbook("check", "--project", small, "veld")
    assert said == Said(
        1,
        "municipalities/veld.yml: code: must be given\n"
        "    add it to this file (asked for by municipalities/_base.yml:2:7)\n"
        "municipalities/veld.yml: province: must be given\n"
        "    add it to this file (asked for by municipalities/_nl.yml:1:11)\n"
        "\n2 errors in 1 file\n",
        "",
    )


def test_null_of_the_city_itself(small: Path, handbook: Callable[..., Said]) -> None:
    """A value that the city's own file leaves empty is told with its line."""
    changed(small / "municipalities/veld.yml", "province: Zeeland", "province:")
    changed(small / "municipalities/veld.yml", "{name: Duinwijk}", "{name: ~}")
    said = handbook("check", "--project", small, "veld")
    assert said == Said(
        1,
        "municipalities/veld.yml:4:10: province: has no value\n"
        "    write a value, or delete the line\n"
        "municipalities/veld.yml:11:20: districts[1].name: has no value\n"
        "    write a value, or delete the line\n"
        "\n2 errors in 1 file\n",
        "",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("_base", '"#0b5c8a"', "blue", "_base.yml:17:16"),
        ("_nl", "{}", "look: {accent: blue}", "_nl.yml:1:16"),
        ("veld", "confirm: [population]", "look: {accent: blue}", "veld.yml:23:16"),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    file: str, old: str, new: str, place: str, small: Path, handbook: Callable[..., Said]
) -> None:
    """A wrong value is told at its place, whichever layer it comes from."""
    changed(small / f"municipalities/{file}.yml", old, new)
    said = handbook("check", "--project", small, "veld")
    assert said.code == 1
    assert said.out.splitlines()[0] == f"municipalities/{place}: look.accent: expected a colour such as #00811f"
    assert said.out.count("look.accent") == 1
