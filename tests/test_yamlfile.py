"""The one door to YAML: every attack is refused with its place, values stay strings, and nothing else ever happens."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Said
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handbook.__main__ import run
from handbook.problems import ContentError, Place, Problem
from handbook.yamlfile import MAX_DEPTH, MAX_NODES, Document, Value, decode, lost_text, parse, show_path

FILE = "municipalities/veld.yml"
SECONDS = 5  # of the processor, the longest that any file may take

QUOTES = "look at the indentation and the quotes on this line and the one above"
ANCHORS = "anchors (&) and aliases (*) are not used here\n  write the value out, or quote it"
DEEP = "nested deeper than 20 levels\n  write it flatter"
MANY = "more than 50000 values\n  split the file"
NO_UTF8 = "this is not UTF-8 text\n  save the file with the encoding UTF-8"


def read(raw: bytes) -> Document:
    """A municipality file of these bytes."""
    return parse(decode(raw, FILE), FILE)


def told(raw: bytes) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(ContentError) as refused:
        read(raw)
    return str(refused.value)


# ---------------------------------------------------------------- attacks, each with its whole message

ATTACKS = {
    # repeated keys: the last one must not win in silence
    "key-twice": (b"name: Veld\ncode: GM1\nname: Berg\n",
                  '3:1: "name" stands here twice\n  the first is on line 1; keep one'),
    "key-twice-inside": (b"look:\n  accent: a\n  accent: b\n",
                         '3:3: "accent" stands here twice\n  the first is on line 2; keep one'),
    "key-twice-in-a-row": (b"look: {accent: a, accent: b}\n",
                           '1:19: "accent" stands here twice\n  the first is on line 1; keep one'),
    "key-twice-in-quotes": (b"name: a\n\"name\": b\n",
                            '2:1: "name" stands here twice\n  the first is on line 1; keep one'),
    "key-twice-as-escape": (b"name: a\n\"\\u006eame\": b\n",
                            '2:1: "name" stands here twice\n  the first is on line 1; keep one'),
    "key-twice-decomposed": ("é: a\ne\u0301: b\n".encode(),
                             '2:1: "é" stands here twice\n  the first is on line 1; keep one'),
    "key-twice-decomposed-as-escape": ('é: a\n"e\\u0301": b\n'.encode(),
                                       '2:1: "é" stands here twice\n  the first is on line 1; keep one'),
    # anchors and aliases
    "anchor": (b"name: &name Veld\n", f"1:7: {ANCHORS}"),
    "anchor-of-a-map": (b"look: &look {accent: a}\n", f"1:7: {ANCHORS}"),
    "alias": (b"name: *name\n", f"1:7: {ANCHORS}"),
    "alias-bomb": (b"a: &a [x, x, x, x, x, x, x, x, x]\n"
                   + b"".join(b"%c: &%c [%s]\n" % (now, now, b", ".join([b"*%c" % (now - 1)] * 9))
                              for now in range(ord("b"), ord("k"))), f"1:4: {ANCHORS}"),
    "word-that-becomes-an-anchor": (b"name: &Co\n", f"1:7: {ANCHORS}"),
    "key-with-anchor": (b"&a name: Veld\n", "1:1: a key must be a plain word\n  write `key: value`"),
    "key-that-is-an-alias": (b"*a : Veld\n", "1:1: a key must be a plain word\n  write `key: value`"),
    # tags
    "tag-of-python": (b"name: !!python/object/apply:os.system [id]\n",
                      "1:7: the tag tag:yaml.org,2002:python/object/apply:os.system is not used here\n"
                      "  leave the tag out"),
    "tag-of-yaml": (b"name: !!str Veld\n", "1:7: the tag tag:yaml.org,2002:str is not used here\n  leave the tag out"),
    "tag-of-their-own": (b"name: !include /etc/passwd\n",
                         "1:7: the tag !include is not used here\n  leave the tag out"),
    "tag-without-a-name": (b"name: ! Veld\n", "1:7: the tag ! is not used here\n  leave the tag out"),
    "tag-of-a-map": (b"look: !!omap\n- a: b\n",
                     "1:7: the tag tag:yaml.org,2002:omap is not used here\n  leave the tag out"),
    "tag-of-a-key": (b"!!str name: Veld\n", "1:1: a key must be a plain word\n  write `key: value`"),
    # merge keys
    "merge-key": (b"look:\n  <<: {accent: a}\n", "2:3: merge keys (<<) are not used here\n  write the values out"),
    "merge-key-in-quotes": (b"look:\n  '<<': {accent: a}\n",
                            "2:3: merge keys (<<) are not used here\n  write the values out"),
    # keys that are no words
    "key-that-is-a-list": (b"? [a, b]\n: c\n", "1:3: a key must be a plain word\n  write `key: value`"),
    "key-that-is-a-map": (b"{{a: b}: c}\n", "1:2: a key must be a plain word\n  write `key: value`"),
    # a second document
    "second-document": (b"name: Veld\n---\nname: Berg\n",
                        "2:1: a second document starts here\n  keep one document; delete the line ---"),
    "second-document-that-is-empty": (b"name: Veld\n---\n",
                                      "2:1: a second document starts here\n  keep one document; delete the line ---"),
    "text-after-the-end": (b"name: Veld\n...\nname: Berg\n",
                           f"3:1: this is not YAML: did not find expected <document start>\n  {QUOTES}"),
    # limits
    "deep-lists": (b"[" * 500, f"1:22: {DEEP}"),
    "deep-maps": (b"{a: " * 100_000, f"1:85: {DEEP}"),
    "deep-dashes": (b"- " * 100_000 + b"a\n", f"1:43: {DEEP}"),
    "deep-lines": (b"".join(b"%sa:\n" % (b" " * depth) for depth in range(100)), f"22:22: {DEEP}"),
    "many-values": (b"[" + b"x," * 60_000 + b"]", f"1:100000: {MANY}"),
    "many-keys": (b"".join(b"k%d: x\n" % number for number in range(60_000)), f"50000:9: {MANY}"),
    "large-file": (b"name: " + b"x" * 1_000_000,
                   ": the file is larger than 1000 kB\n  split it or make it shorter"),
    "large-key": (b"x" * 2_000 + b": a\n",
                  f"1:2001: this is not YAML: mapping values are not allowed in this context\n  {QUOTES}"),
    # what is not UTF-8
    "latin-1": ("population: 1\nname: Café\n".encode("latin-1"), f"2:10: {NO_UTF8}"),
    "utf-16": ("name: Veld\n".encode("utf-16"), f"1:1: {NO_UTF8}"),
    "surrogate-in-bytes": (b"name: Veld \xed\xa0\x80\n", f"1:12: {NO_UTF8}"),
    "cut-in-the-middle": ("name: Café".encode()[:-1], f"1:10: {NO_UTF8}"),
    "overlong": (b"name: \xc0\xaf\n", f"1:7: {NO_UTF8}"),
    "not-utf-8-after-a-mark": (b"\xef\xbb\xbfname: \xff\n", f"1:7: {NO_UTF8}"),
    "not-utf-8-after-old-line-ends": (b"a: b\rc: d\r\ne: \xff\n", f"3:4: {NO_UTF8}"),
    # tabs, and what else is no YAML
    "tab": (b"look:\n\taccent: a\n",
            "2:1: this is not YAML: while scanning for the next token found character that cannot start any token\n"
            "  indent with spaces, not with tabs"),
    "tab-in-a-list": (b"themes:\n  - a\n\t- b\n",
                      "3:1: this is not YAML: while scanning a plain scalar found a tab character that violates "
                      "indentation\n  indent with spaces, not with tabs"),
    "colon": (b"name: Veld: aan Zee\n",
              "1:11: this is not YAML: mapping values are not allowed in this context\n"
              "  a text that contains a colon and a space goes between quotes"),
    "open-quote": (b"name: 'Veld\n", "2:1: this is not YAML: while scanning a quoted scalar found unexpected end of "
                   f"stream\n  {QUOTES}"),
    "open-list": (b"themes: [a, b\n", "2:1: this is not YAML: while parsing a flow sequence did not find expected "
                  f"',' or ']'\n  {QUOTES}"),
    "sign-that-yaml-keeps": (b"name: @veld\n",
                             "1:7: this is not YAML: while scanning for the next token found character that cannot "
                             f"start any token\n  {QUOTES}"),
    "surrogate-as-escape": (b'name: "Veld \\ud800"\n',
                            "1:15: this is not YAML: while parsing a quoted scalar found invalid Unicode character "
                            f"escape code\n  {QUOTES}"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused(attack: str) -> None:
    """Each attack on YAML is refused with its place, what it is, and what to do."""
    raw, expected = ATTACKS[attack]
    assert told(raw) == f"{FILE}{'' if expected.startswith(':') else ':'}{expected}"


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a != "large-file"])
def test_attacks_in_front_matter_have_the_line_of_the_file(attack: str) -> None:
    """A text that starts on another line, such as front matter, is refused with the lines of its file."""
    raw, expected = ATTACKS[attack]
    try:
        text = decode(raw, FILE)
    except ContentError:
        return
    with pytest.raises(ContentError) as refused:
        parse(text, FILE, first_line=8)
    line, rest = expected.split(":", 1)
    rest = rest.replace("the first is on line 1;", "the first is on line 8;").replace("on line 2;", "on line 9;")
    assert str(refused.value) == f"{FILE}:{int(line) + 7}:{rest}"


# ---------------------------------------------------------------- characters that nobody sees

UNSEEN = {
    "\x00": "U+0000", "\x07": "U+0007", "\x0b": "U+000B", "\x0c": "U+000C", "\x1b": "U+001B", "\x7f": "U+007F",
    "\x80": "U+0080", "\x85": "U+0085", "\x9b": "U+009B", "\xad": "SOFT HYPHEN",
    "\u034f": "COMBINING GRAPHEME JOINER", "\u061c": "ARABIC LETTER MARK", "\u115f": "HANGUL CHOSEONG FILLER",
    "\u17b4": "KHMER VOWEL INHERENT AQ", "\u180e": "MONGOLIAN VOWEL SEPARATOR", "\u200b": "ZERO WIDTH SPACE",
    "\u200c": "ZERO WIDTH NON-JOINER", "\u200d": "ZERO WIDTH JOINER", "\u200e": "LEFT-TO-RIGHT MARK",
    "\u200f": "RIGHT-TO-LEFT MARK", "\u2028": "LINE SEPARATOR", "\u2029": "PARAGRAPH SEPARATOR",
    "\u202a": "LEFT-TO-RIGHT EMBEDDING", "\u202d": "LEFT-TO-RIGHT OVERRIDE", "\u202e": "RIGHT-TO-LEFT OVERRIDE",
    "\u2060": "WORD JOINER", "\u2064": "INVISIBLE PLUS", "\u2066": "LEFT-TO-RIGHT ISOLATE",
    "\u2069": "POP DIRECTIONAL ISOLATE", "\u3164": "HANGUL FILLER", "\ufeff": "ZERO WIDTH NO-BREAK SPACE",
    "\uffa0": "HALFWIDTH HANGUL FILLER", "\ufff9": "INTERLINEAR ANNOTATION ANCHOR", "\ufffe": "U+FFFE",
    "\uffff": "U+FFFF", "\U0001d173": "MUSICAL SYMBOL BEGIN BEAM", "\U000e0041": "TAG LATIN CAPITAL LETTER A",
}  # fmt: skip


@pytest.mark.parametrize("character", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_unseen_characters_are_refused(character: str) -> None:
    """Control, bidi, blank and zero-width characters are refused with line and column, wherever they stand."""
    what = f"an invisible or control character ({UNSEEN[character]})"
    typed = "delete it and type the text again"
    assert told(f"code: GM1\nname: Ve{character}ld\n".encode()) == f"{FILE}:2:9: {what}\n  {typed}"
    assert told(f"# Ve{character}ld\n".encode()) == f"{FILE}:1:5: {what}\n  {typed}"


@pytest.mark.parametrize("character", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_unseen_characters_are_refused_as_escapes(character: str) -> None:
    """What may not be typed may not be written as an escape either, in values and in keys."""
    what = f"an invisible or control character ({UNSEEN[character]})\n  write the text without it"
    escape = f"\\U{ord(character):08x}"
    assert told(f'code: GM1\nname: "Ve{escape}ld"\n'.encode()) == f"{FILE}:2:7: {what}"
    assert told(f'look:\n  "ac{escape}cent": a\n'.encode()) == f"{FILE}:2:3: {what}"


@pytest.mark.parametrize("text", ["Café 👩 ñ ß İ", "العربية", "日本語", "a\u00a0b", "❤\ufe0f", "1\u202f000", "−½™"])
def test_other_characters_are_kept(text: str) -> None:
    """Letters of any script, emoji, narrow spaces and signs are texts like others."""
    assert read(f"name: {text}\n".encode()).value == {"name": text}


def test_texts_are_composed() -> None:
    """The same word typed in two ways is the same word: texts are NFC, also those written as escapes."""
    typed, escaped = "name: Cafe\u0301\n".encode(), b'name: "Cafe\\u0301"\n'
    assert read(typed).value == read(escaped).value == {"name": "Café"}


def test_a_byte_order_mark_and_old_line_ends_do_no_harm() -> None:
    """A mark at the beginning and line ends of Windows and old Macs are taken for what they are."""
    document = read(b"\xef\xbb\xbfname: Veld\r\ncode: GM1\rstart: safety\n")
    assert document.value == {"name": "Veld", "code": "GM1", "start": "safety"}
    assert [document.key_place((key,)) for key in ("name", "code", "start")] == [
        Place(FILE, 1, 1), Place(FILE, 2, 1), Place(FILE, 3, 1)
    ]  # fmt: skip


# ---------------------------------------------------------------- values and their places


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("true", "true"), ("0123", "0123"),
        ("12:30", "12:30"), ("2026-01-02", "2026-01-02"), ("2026-01-02 10:00:00", "2026-01-02 10:00:00"),
        ("1_000", "1_000"), ("0x1F", "0x1F"), ("0b11", "0b11"), ("1e3", "1e3"), (".inf", ".inf"), (".nan", ".nan"),
        ("=", "="), ("071016", "071016"), ("'null'", "null"), ('"~"', "~"), ("''", ""), ('""', ""),
        ('"a\\nb"', "a\nb"), ("null", None), ("~", None), ("", None), ("Null", None), ("NULL", None),
        ("|\n  a\n  b", "a\nb\n"), (">-\n  a\n  b", "a b"), ("[NO, 0123, ~]", ["NO", "0123", None]),
        ("{NO: no}", {"NO": "no"}), ("[]", []), ("{}", {}),
    ],
)  # fmt: skip
def test_values_stay_strings(written: str, value: Value) -> None:
    """No word, number, time or date turns into something else; only an empty value and null are None."""
    assert read(f"key: {written}\n".encode()).value == {"key": value}


def test_keys_stay_strings() -> None:
    """Keys are words as well, whatever they look like."""
    assert read(b"NO: a\n1: b\n12:30: c\n~: d\nnull: e\n").value == {
        "NO": "a", "1": "b", "12:30": "c", "~": "d", "null": "e"
    }  # fmt: skip


def test_every_value_and_key_has_its_place() -> None:
    """Values and keys know their line and column, counted from 1, in block and flow style."""
    document = read(b"name: Veld\nlook: {accent: red}\nthemes:\n  - key: fireworks\n    line: a\n  - [x, y]\n")
    assert document.value == {
        "name": "Veld", "look": {"accent": "red"}, "themes": [{"key": "fireworks", "line": "a"}, ["x", "y"]]
    }  # fmt: skip
    assert {show_path(path): str(place) for path, place in document.values.items()} == {
        "": f"{FILE}:1:1",
        "name": f"{FILE}:1:7",
        "look": f"{FILE}:2:7",
        "look.accent": f"{FILE}:2:16",
        "themes": f"{FILE}:4:3",
        "themes[1]": f"{FILE}:4:5",
        "themes[1].key": f"{FILE}:4:10",
        "themes[1].line": f"{FILE}:5:11",
        "themes[2]": f"{FILE}:6:5",
        "themes[2][1]": f"{FILE}:6:6",
        "themes[2][2]": f"{FILE}:6:9",
    }
    assert {show_path(path): str(place) for path, place in document.keys.items()} == {
        "name": f"{FILE}:1:1",
        "look": f"{FILE}:2:1",
        "look.accent": f"{FILE}:2:8",
        "themes": f"{FILE}:3:1",
        "themes[1].key": f"{FILE}:4:5",
        "themes[1].line": f"{FILE}:5:5",
    }


def test_places_of_front_matter_are_those_of_the_file() -> None:
    """With a first line, places count from it."""
    document = parse("title: A\ngoals:\n  - B\n", "docs/index.md", first_line=2)
    assert document.place(("goals", 0)) == Place("docs/index.md", 3 + 1, 5)
    assert document.key_place(("title",)) == Place("docs/index.md", 2, 1)


def test_what_is_not_there_has_the_place_around_it() -> None:
    """A missing value has the place of the nearest thing around it; an empty document that of its file."""
    document = read(b"look:\n  accent: red\n")
    assert document.place(("look", "logo")) == Place(FILE, 2, 3)
    assert document.key_place(("look", "logo")) == Place(FILE, 2, 3)
    assert document.place(("version",)) == Place(FILE, 1, 1)
    assert read(b"# nothing yet\n").place(("version",)) == Place(FILE)


@pytest.mark.parametrize("raw", [b"", b"\n", b"# nothing yet\n", b"\xef\xbb\xbf", b"---\n", b"~\n"])
def test_nothing_is_none(raw: bytes) -> None:
    """An empty file is an empty document, not a mistake of its own."""
    assert read(raw).value is None


def test_lists_of_any_depth() -> None:
    """However deep lists stand in each other, and whichever part of the reader stops first, the message is the same."""
    assert re.fullmatch(rf"{re.escape(FILE)}:1:\d+: {DEEP}", told(b"[" * 100_000))


def test_as_deep_and_as_many_as_allowed() -> None:
    """The limits themselves may be reached."""
    deep = b"".join(b"%sa:\n" % (b" " * depth) for depth in range(MAX_DEPTH))
    assert str(read(deep).value).count("'a'") == MAX_DEPTH
    assert read(b"[" + b"x," * (MAX_NODES - 1) + b"]").value == ["x"] * (MAX_NODES - 1)


# ---------------------------------------------------------------- words that YAML swallows


def test_words_lost_to_a_comment_are_told() -> None:
    """A ` #` inside a text that is not quoted is warned of, with the words that are lost."""
    text = "name: Veld #1 of all\nreporting: 'call #112'\nowner: a#b\n# all fine\nlook: {accent: a} # fine\n"
    assert list(lost_text(text, FILE, 4)) == [
        Problem(
            "yaml-comment", Place(FILE, 4, 12), '"#1 of all" is read as a comment and left out',
            "put the whole text between quotes if it belongs to it", "warning",
        )
    ]  # fmt: skip


# ---------------------------------------------------------------- anything at all

# fragments that YAML reads as something, so that the search does not stay among plain words
_PIECES = st.sampled_from(
    [
        "name: ", "look:\n  ", "- ", "[", "]", "{", "}", ": ", ",", "\n", "  ", "\t", "#", "&a ", "*a", "!!str ", "!",
        "<<: ", "---\n", "...\n", "|\n ", ">-\n ", "'", '"', "\\", "\\u200b", "\\x00", "\\ud800", "? ", "%YAML 1.1\n",
        "@", "`", "~", "null", "NO", "country: nl\n", "languages: [nl]\n", "\ufeff", "\x00", "\x85", "\u202e", "é",
        "name: Veld\n", "themes: null\n", "departments:\n  - key: safety\n    name: x\n", "{{ x }}", "{%", "😀",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=60).map("".join))
_BYTES = st.one_of(
    st.binary(max_size=400),
    _TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(_TEXTS, st.binary(max_size=8)).map(lambda both: both[0].encode("utf-8", "surrogatepass") + both[1]),
)


@settings(max_examples=500, deadline=None)
@given(raw=_BYTES)
def test_any_bytes_are_a_document_or_a_problem_with_a_place(raw: bytes) -> None:
    """Whatever stands in a file, reading it ends soon, with a document or with a problem that has a place."""
    began = time.process_time()
    try:
        document = read(raw)
    except ContentError as error:
        assert error.problems
        assert {problem.place.file for problem in error.problems} == {FILE}
        assert all(problem.place.line and problem.place.column for problem in error.problems)
    else:
        assert all(place.line and place.column for place in document.values.values())
        str(document.value).encode()  # nothing in it that cannot be written again
    assert time.process_time() - began < SECONDS


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project whose municipality file is replaced again and again."""
    target = tmp_path_factory.mktemp("any") / "small"
    return Path(shutil.copytree(SMALL, target, ignore=shutil.ignore_patterns("build", "site")))


def checked(project: Path, raw: bytes) -> tuple[int, str]:
    """The exit code and the words of `handbook check` with these bytes as a municipality's file."""
    (project / FILE).write_bytes(raw)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(["check", "--project", str(project)])
    return code, out.getvalue() + err.getvalue()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=_BYTES, whole=st.booleans())
def test_any_municipality_file_is_checked(raw: bytes, whole: bool, project: Path) -> None:
    """`handbook check` of any municipality file ends soon: in order, or with problems that name the file."""
    before = (SMALL / FILE).read_bytes() if whole else b""
    began = time.process_time()
    code, words = checked(project, before + raw)
    assert time.process_time() - began < SECONDS
    assert "Traceback" not in words
    assert code in {0, 1}
    assert code == 0 or f"\n{FILE}:" in f"\n{words}"


def _without(key: str) -> bytes:
    """The good municipality file without one of its keys."""
    return re.sub(rb"^%s:.*\n([ -].*\n)*" % key.encode(), b"", GOOD, flags=re.MULTILINE)


def _endless(key: str, entry: bytes) -> tuple[bytes, str]:
    """A list with very many entries, and what is said of it."""
    others = _without(key)
    what = f"{FILE}:{others.count(10) + 1}:{len(key) + 3}: {key}: expected at most 300, found 10000\n"
    return others + key.encode() + b": [" + entry * 10_000 + b"]\n", what


AND_MORE = f"{FILE}: there are more problems of this kind\n    mend the first ones\n"
GOOD = (SMALL / FILE).read_bytes()
# files that are full up to the limits, and a line that is said of each
LARGE = {
    "districts": _endless("districts", b"{name: D},"),
    "partners": _endless("partners", b"{type: polic, name: P},"),
    "departments": _endless("departments", b"{key: safety, name: D},"),
    "themes": _endless("themes", b"{key: fireworks, line: L},"),
    "confirm": _endless("confirm", b"populatio,"),
    "languages": (GOOD + b"languages: [" + b"nl," * 40_000 + b"]\n",
                  f"{FILE}:24:12: languages: expected at most 3, found 40000\n"),
    "unknown-keys": (GOOD + b"".join(b"k%d: x\n" % number for number in range(49_000)), AND_MORE),
    "nulls": (GOOD.replace(b"[{name: Duinwijk}]", b"[" + b"{name: }," * 20_000 + b"]"), AND_MORE),
    "names": (GOOD.replace(b"Veld aan Zee", b"{" + b"".join(b"k%d: x," % n for n in range(45_000)) + b"}"),
              AND_MORE),
    "colons": (b"[" + b":a" * 400_000,
               f"{FILE}:1:2: this is not YAML: while parsing a flow node did not find expected node content\n"),
    "quote": (b"a: 'x\n" + b":a" * 400_000,
              f"{FILE}:2:800001: this is not YAML: while scanning a quoted scalar found unexpected end of stream\n"),
    "blanks": (GOOD + b"a:" + b" " * 900_000 + b"#", f"{FILE}:24:3: a: has no value\n"),
    "hashes": (GOOD + b"a: b" + b" #" * 400_000, f"{FILE}:24:1: a: unknown key\n"),
    "long-text": (GOOD + b"owner: " + b"x " * 400_000,
                  f"{FILE}:24:8: owner: the text is longer than 4000 characters\n"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LARGE)
def test_large_municipality_files_do_not_take_long(kind: str, small: Path) -> None:
    """A file that is full up to the limits is told of within seconds, and without thousands of lines."""
    raw, expected = LARGE[kind]
    began = time.process_time()
    code, words = checked(small, raw)
    assert time.process_time() - began < SECONDS
    assert code == 1
    assert expected in words
    assert len(words.splitlines()) < 300


def test_hidden_escape_is_told_by_check(small: Path, handbook: Callable[..., Said]) -> None:
    """`handbook check` tells an escape that would bring in a character nobody sees, and nothing else of the file."""
    path = small / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("Veld aan Zee", '"Veld\\u200b"'), encoding="utf-8")
    said = handbook("check", "--project", small, "veld")
    assert said == Said(
        1,
        f"{FILE}:1:7: an invisible or control character (ZERO WIDTH SPACE)\n"
        "    write the text without it\n\n1 error in 1 file\n",
        "",
    )
