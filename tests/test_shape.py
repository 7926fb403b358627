"""From YAML to records: pydantic's findings in our words, each with the place of the value or key it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from handbook.library import Glossary, Outline, Phrases
from handbook.model import (
    Break,
    CaseMatter,
    ContactPoint,
    Curriculum,
    Figure,
    Look,
    ModuleMatter,
    ModuleWords,
    Municipality,
    PageMatter,
    Planned,
    Publication,
    Range,
    SheetMatter,
    Source,
    Style,
    Text,
    Theme,
    Vocabulary,
)
from handbook.problems import MOST
from handbook.shape import shaped
from handbook.yamlfile import parse

MAP = "expected a map: `key: value` lines"
LIST = "expected a list: lines that begin with `- `"
KEY = "expected a key: small letters, digits and -"
CODE = "expected a code such as GM0599 or 71016 (modules: A4, worksheets: S4, cases: C04)"
DATE = "expected a date such as 2027-03-31"
URL = "expected an address that starts with https:// (or http://)"
TEMPLATE = "{{, {% and {# are not allowed here: this is text, not a template"
LOCALES = "expected 'en', 'nl', 'fr', 'nl-NL', 'nl-BE' or 'fr-BE'"


def told(kind: type[BaseModel], text: str) -> list[str]:
    """What is said of a text's shape, without the name of the file."""
    record, problems = shaped(parse(text, "f.yml"), kind)
    assert (record is None) == bool(problems)
    return [str(problem).removeprefix("f.yml:").strip() for problem in problems]


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("''", ["1:1: expected a text, found nothing"]),
        ("'  '", ["1:1: expected a text, found nothing"]),
        ("'\u00a0'", ["1:1: expected a text, found nothing"]),
        ("~", ["1:1: expected a text"]),
        ("[a]", ["1:1: expected a text"]),
        ("{}", ["1:1: expected a text, or one per language"]),
        ("{en: ''}", ["1:6: en: expected a text, found nothing"]),
        ("{en: '  '}", ["1:6: en: expected a text, found nothing"]),
        ("{en: ~}", ["1:6: en: expected a text"]),
        ("{en: [a]}", ["1:6: en: expected a text"]),
        ("{en: a, de: b}", [f"1:13: de: {LOCALES}"]),
        ("{EN: a}", [f"1:6: EN: {LOCALES}"]),
        ("'{{ city.name }}'", [f"1:1: {TEMPLATE}"]),
        ("'a {% if x %}'", [f"1:1: {TEMPLATE}"]),
        ("'a {# b #}'", [f"1:1: {TEMPLATE}"]),
        ("{en: a, nl: '{{ x }}'}", [f"1:13: nl: {TEMPLATE}"]),
        ("x" * 4001, ["1:1: the text is longer than 4000 characters"]),
    ],
)
def test_texts(text: str, expected: list[str]) -> None:
    """A text is one text or one per language: never empty, endless, of an unknown language, or a template."""
    assert told(Text, text) == expected


def test_texts_are_stripped() -> None:
    """Blanks around a text are not part of it."""
    record, _ = shaped(parse("{en: ' a ', nl: \"\\n b \"}", "f.yml"), Text)
    assert record == Text({"en": "a", "nl": "b"})


# ---------------------------------------------------------------- keys that are missing or unknown


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PageMatter, "{}", ["1:1: title: must be given"]),
        (PageMatter, "description: a", ["1:1: title: must be given"]),
        (PageMatter, "title: a\ndescripton: b",
         ['2:1: descripton: unknown key\n  did you mean "description"? choose from description, source, title']),
        (Look, "a: b\nAccent: '#000000'", [
            "1:1: accent: must be given",
            "1:1: a: unknown key\n  choose from accent, logo",
            '2:1: Accent: unknown key\n  did you mean "accent"? choose from accent, logo',
        ]),
        (Theme, "key: a\nline: b\nsource: {titel: c}", [
            "3:9: source.title: must be given",
            '3:10: source.titel: unknown key\n  did you mean "title"? choose from title, url',
        ]),
        (Glossary, "fuel: {name: a, definition: b, alsoo: [c]}",
         ['1:32: fuel.alsoo: unknown key\n  did you mean "also"? choose from also, definition, name']),
        (Outline, "- index\n- {title: a, pages: [b], page: c}",
         ['2:26: [2].page: unknown key\n  did you mean "pages"? choose from pages, title']),
        (Style, "longest: {participant: 1, trainer: 2}\nfirst_use: [a]\navoid: {en: [{words: a, instead: b}]}", [
            "3:14: avoid.en[1].try: must be given",
            "3:25: avoid.en[1].instead: unknown key\n  choose from try, words",
            "1:1: first-use: must be given",
            '2:1: first_use: unknown key\n  did you mean "first-use"? choose from accepted, avoid, first-use, longest',
        ]),
        (Vocabulary, "\n".join(f"{key}: {{}}" for key in Vocabulary.model_fields if key != "materials")
         + "\nmaterials: {cards: {name: a, resue: yes}}",
         ['11:30: materials.cards.resue: unknown key\n  did you mean "reuse"? choose from name, reuse']),
    ],
)  # fmt: skip
def test_keys(kind: type[BaseModel], text: str, expected: list[str]) -> None:
    """A missing key is told where it belongs; an unknown one at the key, with the nearest and the choice."""
    assert sorted(told(kind, text)) == sorted(expected)


# ---------------------------------------------------------------- another kind of value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PageMatter, "- a", [f"1:1: {MAP}"]),
        (PageMatter, "a", [f"1:1: {MAP}"]),
        (PageMatter, "", [MAP]),
        (Glossary, "- a", [f"1:1: {MAP}"]),
        (Phrases, "a: {b: c}", [f"1:8: a.b: {LOCALES}"]),
        (Outline, "a: b", [f"1:1: {LIST}"]),
        (Outline, "- ~", ["1:3: [1]: expected a text"]),
        (PageMatter, "title: {en: a}", ["1:8: title: expected a text"]),
        (PageMatter, "title:", ["1:7: title: expected a text"]),
        (Theme, "key: a\nline: b\nsource: c", [f"3:9: source: {MAP}"]),
        (ModuleWords, "title: a\ngoals: b", [f"2:8: goals: {LIST}"]),
        (ModuleWords, "title: a\ngoals: {b: c}", [f"2:8: goals: {LIST}"]),
        (ModuleWords, "title: a\ngoals: []", ["2:8: goals: expected at least 1, found 0"]),
        (ModuleWords, "title: a\ngoals: [b, c, d, e]", ["2:8: goals: expected at most 3, found 4"]),
        (Planned, "session: a\npeople: [1]", ["2:9: people: expected a whole number"]),
        (Planned, "session: a\ndate: [b]", [f"2:7: date: {DATE}"]),
        (Planned, "session: a\nstart: [b]", ["2:8: start: expected a text"]),
        (Publication, "index: [a]", ["1:8: index: expected yes or no"]),
        (Publication, "index: {a: b}", ["1:8: index: expected yes or no"]),
        (ContactPoint, "function: a\nurl: [b]", ["2:6: url: expected a text"]),
        (Figure, "alt: a\ncaption: b\ntexts: [c]", [f"3:8: texts: {MAP}"]),
    ],
)  # fmt: skip
def test_kinds_of_value(kind: type[BaseModel], text: str, expected: list[str]) -> None:
    """A map, a list and a text are asked for by name where something else stands."""
    assert told(kind, text) == expected


# ---------------------------------------------------------------- numbers, times, codes


@pytest.mark.parametrize("written", ["a", "-1", "1.5", "1e3", "0x1", "''", "1_000", "'١'", "' 1'", "+1", "1234567890"])
def test_what_is_no_number(written: str) -> None:
    """Whole numbers are written with at most nine digits and nothing else."""
    assert told(Range, f"min: {written}\nmax: 2") == ["1:6: min: expected a whole number"]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Range, "min: 1\nmax: 999999999", ["2:6: max: expected 100000000 or less"]),
        (Range, "min: 1\nmax: 2\ntable: 0", ["3:8: table: expected 1 or more"]),
        (Break, "minutes: 0\nkind: break", ["1:10: minutes: expected 1 or more"]),
        (Break, "minutes: 1441\nkind: tea", [
            "1:10: minutes: expected 1440 or less", "2:7: kind: expected 'break' or 'lunch'"
        ]),
        (Publication, "index: maybe", ["1:8: index: expected yes or no"]),
        (Publication, "index: 1", ["1:8: index: expected yes or no"]),
        (Planned, "session: a\ndate: 2026-1-1", [f"2:7: date: {DATE}"]),
        (Planned, "session: a\ndate: 2026-01-01T00:00", [f"2:7: date: {DATE}"]),
        (Planned, "session: a\ndate: 1027-03-31", [f"2:7: date: {DATE}"]),
        (Planned, "session: a\ndate: 9999-03-31", [f"2:7: date: {DATE}"]),
        (Planned, "session: a\ndate: 2026-02-29", ["2:7: date: this day does not exist"]),
        (Planned, "session: a\ndate: 2026-13-01", ["2:7: date: this day does not exist"]),
        (Planned, "session: Talk", [f"1:10: session: {KEY}"]),
        (Planned, "session: ../etc", [f"1:10: session: {KEY}"]),
        (Planned, f"session: {'a' * 64}", [f"1:10: session: {KEY}"]),
        (SheetMatter, "title: a\ncode: A1\npurpose: b", [f"2:7: code: {CODE}"]),
        (CaseMatter, "title: a\ncode: 1\ntheme: A\ndepartments: []\nswitches: a", [
            f"2:7: code: {CODE}", f"3:8: theme: {KEY}", "4:14: departments: expected at least 1, found 0",
            f"5:11: switches: {LIST}",
        ]),
        (PageMatter, "title: a\nsource: 1", ["2:9: source: expected what `handbook translated` writes here"]),
        (Look, "accent: red", ["1:9: accent: expected a colour such as #00811f"]),
        (Look, "accent: '#fff'", ["1:9: accent: expected a colour such as #00811f"]),
        (Look, "accent: '#12345g'", ["1:9: accent: expected a colour such as #00811f"]),
        (Look, "accent: '#000000;}*{display:none'", ["1:9: accent: expected a colour such as #00811f"]),
        (ContactPoint, "function: a\nemail: a\nphone: call me", [
            "2:8: email: expected an address such as office@rotterdam.nl", "3:8: phone: expected a telephone number"
        ]),
        (ContactPoint, "function: a\nemail: 'a\"onclick=@b.c'", [
            "2:8: email: expected an address such as office@rotterdam.nl"
        ]),
        (Style, "longest: {participant: 1, trainer: 2}\nfirst-use: []\navoid: {en: [{words: '(', try: b}]}", [
            "3:22: avoid.en[1].words: this is no regular expression: "
            "missing ), unterminated subpattern at position 0"
        ]),
    ],
)  # fmt: skip
def test_values(kind: type[BaseModel], text: str, expected: list[str]) -> None:
    """Numbers, times, codes and colours are told with an example of what is expected."""
    assert told(kind, text) == expected


@pytest.mark.parametrize("written", ["24:00", "9:00", "13.30", "13:60", "1330", "١٣:٣٠", "'13:30:00'"])
def test_start_times(written: str) -> None:
    """A start time is told with an example; the start door of the programme is a key, not a time."""
    kind, text = Municipality, f"programme: [{{session: a, start: {written}}}]\nstart: Safety"
    found = [line for line in told(kind, text) if "start" in line]
    assert found == [
        f"2:8: start: {KEY}",
        '1:33: programme[1].start: expected a time such as "13:30"',
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("javascript:alert(1)", URL), ("JavaScript:alert(1)", URL), ("data:text/html,x", URL), ("ftp://a.nl", URL),
        ("file:///etc/passwd", URL), ("//a.nl", URL), ("a.nl", URL), ("https:a.nl", URL), ("https://", URL),
        ("https://user:word@a.nl/", URL), ("https://a.nl@b.nl/", URL), ("https://münchen.de", URL),
        ("'https://a b.nl'", URL),
        ("https://[::1", "expected an address such as https://www.rotterdam.nl"),
        ("'https://a.nl/\" onclick=x'", "this address has a character that addresses do not have"),
        ("'https://a.nl/<b>'", "this address has a character that addresses do not have"),
        ("'https://a.nl/`x`'", "this address has a character that addresses do not have"),
        ("'https://a.nl/{{ x }}'", "this address has a character that addresses do not have"),
        ("'https://a.nl/\\x'", "this address has a character that addresses do not have"),
        ('"https://a.nl/\\nx"', "this address has a character that addresses do not have"),
        ('"https://a.nl/\\tx"', "this address has a character that addresses do not have"),
    ],
)  # fmt: skip
def test_addresses(written: str, expected: str) -> None:
    """Addresses are http or https, without a name and password, and without a character that ends an attribute."""
    assert told(Source, f"title: a\nurl: {written}") == [f"2:6: url: {expected}"]


@pytest.mark.parametrize(
    "written", ["https://a.nl", "http://a.nl:8080/b?c=d&e=f#g", "https://a.nl/é", "https://[::1]/", "HTTPS://a.nl"]
)
def test_good_addresses(written: str) -> None:
    """Addresses that people use are kept as they are written."""
    record, problems = shaped(parse(f"title: a\nurl: '{written}'", "f.yml"), Source)
    assert record is not None
    assert (record.url, problems) == (written, [])


def test_parts_of_a_session() -> None:
    """Each part of a session is a module's name or a pause; each other thing is told once, in words of its own."""
    text = """title: a
purpose: b
minutes: 1
group: {min: 1, max: 2}
room: c
parts:
  - break: 5
  - lunch: 0
  - tea: 5
  - Bad
  - [a]
  - break: a
  - {break: 5, lunch: 6}
  - ~
  - {}
"""
    assert told(Curriculum, text) == [
        "8:5: parts[2]: expected 1 or more",
        "9:5: parts[3]: expected the name of a module, `break: 15` or `lunch: 60`",
        f"10:5: parts[4]: {KEY}",
        "11:5: parts[5]: expected a text",
        "12:5: parts[6]: expected a whole number",
        "13:5: parts[7]: expected the name of a module, `break: 15` or `lunch: 60`",
        "14:5: parts[8]: expected a text",
        "15:5: parts[9]: expected the name of a module, `break: 15` or `lunch: 60`",
    ]


def test_a_module_with_everything_wrong() -> None:
    """All findings of a file come at once, each at its place."""
    text = """title: a
code: a4
minutes: 0
goals: []
method: x
group: x
lead: x
priority: could
materials: [{key: a, per: all, count: x, c: d}, b]
sheets: [A]
"""
    assert told(ModuleMatter, text) == [
        f"2:7: code: {CODE}",
        "3:10: minutes: expected 1 or more",
        "4:8: goals: expected at least 1, found 0",
        "8:11: priority: expected 'must', 'should' or 'may'",
        "9:27: materials[1].per: expected 'person', 'pair', 'trio', 'table', 'trainer' or 'session'",
        "9:39: materials[1].count: expected a whole number",
        "9:42: materials[1].c: unknown key\n  choose from count, key, per",
        f"9:49: materials[2]: {MAP}",
        f"10:10: sheets[1]: {KEY}",
    ]


def test_of_very_many_findings_the_first_are_told() -> None:
    """Of more than a hundred findings in a file, the first hundred are told, and that there are more."""
    text = "title: a\n" + "".join(f"k{number}: x\n" for number in range(130))
    found = told(PageMatter, text)
    assert len(found) == MOST + 1
    assert found[-1] == "there are more problems of this kind\n  mend the first ones"


# ---------------------------------------------------------------- anything at all

_WORDS = st.sampled_from(["a", "", "{{ x }}", "{x}", "{0}", "%s", "NO", "1", "nl", "2026-01-01", "13:30", "#00811f"])
_ANY = st.recursive(
    st.none() | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Municipality.model_fields, "key", "en", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{key}': {_written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return "~" if value is None else f"'{value}'"


@given(value=_ANY, kind=st.sampled_from([Municipality, Curriculum, ModuleMatter, Vocabulary, Outline, Style, Text]))
def test_any_value_is_a_record_or_told_in_our_words(value: object, kind: type[BaseModel]) -> None:
    """Whatever a file holds becomes a record, or findings with a place and without pydantic's words."""
    record, problems = shaped(parse(_written(value), "f.yml"), kind)
    assert (record is None) == bool(problems)
    for problem in problems:
        assert (problem.place.line, problem.place.file) == (1, "f.yml")
        assert "Input should" not in problem.what
        assert "valid" not in problem.what
