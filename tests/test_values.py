"""Hostile values: whatever a municipality's texts hold, no page changes its shape, and readers see these very texts.

Each text stands in every kind of field. A handbook with hostile texts is compared with the same handbook with harmless
words in their place: all tags, attributes and texts are the same when the words are replaced.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import cycle, pairwise
from pathlib import Path

import markdown
import pytest
import yaml
from conftest import REPOSITORY, SMALL, Said
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from handbook.escape import as_text, finalize
from handbook.library import LocalText
from handbook.load import load
from handbook.model import MANY
from handbook.plan import plan
from handbook.publish import publish
from handbook.render import render
from handbook.stage import stage
from handbook.validate import validate
from handbook.yamlfile import show_path
from macros import MACROS
from macros.here import Here
from macros.words import local

# ---------------------------------------------------------------- the texts

HTML = r"""
<script>alert(1)</script>
</script><script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg onload=alert(1)>
"><script>alert(1)</script>
'><script>alert(1)</script>
" onmouseover="alert(1)
' onmouseover='alert(1)
</td></tr></table><h1>x</h1>
</p></div></main></body></html>
<!-- comment
-->
<!--[if IE]>
<![CDATA[x]]>
<?php echo 1 ?>
<!DOCTYPE html>
<a href="javascript:alert(1)">x</a>
<iframe src="https://example.org"></iframe>
<style>*{display:none}</style>
<link rel=stylesheet href=https://example.org/x.css>
<base href="https://example.org/">
<meta http-equiv=refresh content="0;url=https://example.org">
<form action=https://example.org><input name=x>
<object data=x></object><embed src=x>
<details open ontoggle=alert(1)>
<math><mi xlink:href="javascript:alert(1)">x</mi></math>
<div markdown="1">**x**</div>
<table class="running-sheet">
<h2>
<b>x</b
<x
< script>
&lt;script&gt;
&amp;lt;
&#60;script&#62;
&#x3c;script&#x3e;
&copy; &nbsp; &shy; &hellip;
&copy
&
a & b
a < b > c
]]>
</title><script>alert(1)</script>
</textarea>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
"""

MARKDOWN = r"""
# heading
###### heading
heading {#name}
heading {: #name .class onclick=alert(1) }
{: onclick="alert(1)" }
{: .class }
x{: style="color:red" }
text {.class}
=====
-----
***
___
- item
* item
+ item
1. item
1) item
> quote
>> quote
    code
`code`
``code``
```
``` python
~~~
**bold**
__bold__
*em* _em_
***x***
~~strike~~
~sub~ ^sup^ ^^ins^^ ==mark==
[x](javascript:alert(1))
[x](https://example.org "title")
[x](https://example.org){: target=_blank }
[x][y]
[x]: https://example.org
[](https://example.org)
![x](https://example.org/x.png)
![x](x.png){: onload=alert(1) }
<https://example.org>
<javascript:alert(1)>
<mail@example.org>
https://example.org/?a=1&b=2
www.example.org
[[wiki]]
[page](page:index)
[page](page:nothing#nowhere)
](page:index)
| a | b |
a | b
|---|---|
|
||
\|
term
:   definition
: definition
[^1]
[^1]: note
text[^1]
*[HTML]: Hyper
:smile: :material-home: :fontawesome-brands-x:
:)
--8<-- "mkdocs.yml"
--8<--
;--8<-- "mkdocs.yml"
-8<- "mkdocs.yml"
!!! note
!!! note "title"
??? note
???+ note
=== "tab"
/// note
///
/// html | div.x
//// admonition | x
::: trainer
:::
::: step 8 x
[ ] task
[x] task
- [ ] task
\# \* \_ \\
\
a\
a  \
[TOC]
[toc]
$x^2$ \(x\) $$x$$
++ctrl+alt++
{--del--} {++ins++} {~~a~>b~~} {>>c<<}
(c) (r) (tm) +/- --> <-- 1/2
"quotes" 'quotes' -- --- ... « »
H~2~O
@user #123 gh-1
%% comment
---
...
+++
title: x
"""

TEMPLATES = r"""
{ { 7*7 } }
} } { {
%}
}}
#}
{}
{0}
{city}
{n} {name!r} {0.__class__}
%s %(name)s %d
${7*7}
$city
#{7*7}
<%= 7*7 %>
[[7*7]]
@{7*7}
{{% raw %}}
lines(4)
city.name
None
null
undefined
Traceback
"""

ODD = r"""
C:\new\table
/etc/passwd
../../../etc/passwd
file:///etc/passwd
NO
0123
12:30
2026-01-02
~
''
""
'
"
`
\n
\u003cscript\u003e
%3Cscript%3E
&#0;
0
-1
1e309
ﬁ ﬂ ſt
ª º ² ½ ①
İstanbul ı ß ẞ ǅ
e\u0301 (decomposed)
العربية نص من اليمين
עברית
ܐܒܓ
हिन्दी
ไทย
日本語のテキスト
한국어
👍🏽 🇳🇱 ❤️ 🏳️
𝒜𝓁𝓁 𝔪𝔞𝔱𝔥
̷̡̢z̸a̸l̸g̸o̸
＜script＞alert(1)＜/script＞
“quotes” ‘quotes’ – — … •
§ ¶ † ‡ ° ¬ ¦ ¤
´ ¨ ¸ ¯
€ £ ¥ ¢
- – — ‐ ‑ −
waarde aan zee
#
##
# #
* * *
_a_b_c_
a_b_c
a*b*c
*
_
**
[
]
(
)
!
"""


def _lines(text: str) -> list[str]:
    return [line for line in text.strip("\n").split("\n") if line.strip()]


LONG = [
    "x" * 2000, "woord " * 300, "a-" * 500, "<" * 500, "*" * 500, "_" * 499, "[" * 300 + "]" * 300, "(" * 300, "`" * 99,
    "#" * 99, "|" * 99, "\\" * 99, "&" * 99, "{" + " {" * 99, "1" * 400, "أ" * 300, "👍" * 100,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
]  # fmt: skip
BREAKS = [
    "a\nb", "a\n\nb", "a\r\nb", "a\tb", "a\n# heading", "a\n\n    code", "a\n- item", "a\n\n::: trainer\nb\n:::",
    "a\n---\ntitle: b\n---", "a\n\n<script>alert(1)</script>\n\nb", "a\n\n| a | b |\n|---|---|\n| c | d |",
    "a\n\n[b]: https://example.org", "a\n:   b", "a\n\n/// note\nb\n///", "a  \nb", "a\\\nb", "```\ncode\n```",
    "a\u00a0b", "a\u2003b", "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "a;b,c:d\\n",
]  # fmt: skip
SIGNS = [f"{before}{sign}{after}" for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`|}~" for before, after in
         (("", "a"), ("a", ""), ("a ", " b"), ("", "a" + sign))]  # fmt: skip
HOSTILE = [
    value
    for value in dict.fromkeys(
        [*_lines(HTML), *_lines(MARKDOWN), *_lines(TEMPLATES), *_lines(ODD), *LONG, *BREAKS, *SIGNS]
    )
    if not re.search(r"\{\{|\{%|\{#", value)
]


def harmless(number: int) -> str:
    """The word that stands in the place of a hostile text."""
    return f"waarde{number:04d}x"


_HARMLESS = re.compile(r"waarde(\d{4})x")
_HARMLESS_WORD = re.compile(r"waarde\d{4}x")


def seen(text: str) -> str:
    """A text as readers see it: with one space where there is space."""
    return " ".join(text.split())


def replaced(text: str, values: list[str]) -> str:
    """A harmless text with the hostile ones in their places."""
    return seen(_HARMLESS.sub(lambda match: seen(values[int(match[1])]), text))


# ---------------------------------------------------------------- pages as a list of what they consist of

Token = tuple[str, ...]


@dataclass
class Shape(HTMLParser):
    """The tags of a page with their attributes, and the texts between them."""

    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Texts are read as browsers read them."""
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag; names of headings are made of their words, so that only their being there counts."""
        known = []
        for name, value in attrs:
            made_of_words = (name == "id" and tag in _HEADINGS) or (name == "href" and (value or "").startswith("#"))
            known.append(f"{name}={'#' if made_of_words else value}")
        self.tokens.append(("<", tag, *known))

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self.tokens.append((">", tag))

    def handle_data(self, data: str) -> None:
        """A text; data for search engines is a text for each of its values."""
        if self.tokens and self.tokens[-1] == ("<", "script", "type=application/ld+json"):
            self.tokens += [("text", value) for value in _texts_in(json.loads(data))]
            return
        if self.tokens and self.tokens[-1][0] == "text":
            data = self.tokens.pop()[1] + data
        self.tokens.append(("text", data))

    def handle_comment(self, data: str) -> None:
        """A comment."""
        self.tokens.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        """The document type."""
        self.tokens.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        """An instruction."""
        self.tokens.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        """Anything else that begins with <!."""
        self.tokens.append(("unknown", data))


def _texts_in(data: object) -> Iterator[str]:
    if isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _texts_in(part)
    else:
        yield str(data)


_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def shape(html: str) -> list[Token]:
    """What a piece of HTML consists of."""
    parser = Shape()
    parser.feed(html)
    parser.close()
    return parser.tokens


def normal(tokens: list[Token]) -> list[Token]:
    """The same with the space that readers see."""
    return [(kind, *map(seen, parts)) for kind, *parts in tokens]


def expected(tokens: list[Token], values: list[str]) -> list[Token]:
    """What a harmless page must look like with hostile values."""
    return [(kind, *(replaced(part, values) for part in parts)) for kind, *parts in tokens]


def pieces(site: Path) -> dict[str, list[Token]]:
    """All readable files of a site in pieces: pages, the search index, calendar files, everything in text."""
    found: dict[str, list[Token]] = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.suffix in {".html", ".xml"}:
            found[name] = shape(path.read_text(encoding="utf-8"))
        elif name.endswith("search/index.js"):  # plain text, which the search puts into pages as text
            for passage in json.loads(path.read_text(encoding="utf-8").removeprefix("handbookPassages=")[:-2]):
                place = passage["place"].partition("#")[0]
                for key in ("title", "text"):
                    found.setdefault(f"{name} {place} {key}", []).append(("text", passage[key]))
        elif path.suffix == ".ics":
            events = Calendar.from_ical(path.read_text(encoding="utf-8")).walk("VEVENT")
            found[name] = [(key, str(event[key])) for event in events for key in sorted(event)]
    return found


# ---------------------------------------------------------------- a handbook with these values

# the city's values wherever a writer may put them
PLACES = """---
title: Places
---

{NAME} at the beginning, and {NAME} inside, **{NAME}**, *{NAME}*, `not here`, "{NAME}", ({NAME}), at the end {NAME}

## {NAME}

### In {NAME} and {OWNER} {{#named}}

- {NAME}
- first

    {OWNER} in a paragraph of its own

1. {PROVINCE}

> {REPORTING}

| a | {NAME} |
|---|---|
| {OWNER} | b |

[{NAME}](page:glossary), [to {OWNER}](https://example.org).

{VERSION}
:   {REPORTING}

A note.[^1]

[^1]: {NAME}

::: note {NAME}
{OWNER}
:::

::: keep
{NAME}
:::

{{{{ term("fuel", city.name) }}}}

{{{{ field(city.name) }}}}

- {{{{ tick(city.owner) }}}}

{{{{ lines(2, city.name) }}}}

{{{{ scale(city.owner, 0, 2) }}}}

{{% if city.name == city.owner %}}same{{% endif %}}
{{% for one in range(2) %}}{{{{ city.owner }}}}{{% if loop.last %}} and {{{{ city.name }}}}{{% endif %}}{{% endfor %}}

{{{{ city.date }}}} {{{{ city.population }}}} {{{{ city.year }}}} {{{{ city.slug }}}} {{{{ city.country }}}}
"""

LISTS = """---
title: Lists
---

{{ departments() }}

{{ districts() }}

{{ partners() }}

{{ themes() }}

{{ contacts() }}

{{ sessions() }}

{{ cases() }}
"""


def municipality(texts: Iterator[str], entries: int) -> dict[str, object]:
    """A municipality with a text from the row in each of its fields, and lists of this many entries."""
    return {
        "name": next(texts),
        "code": "GM9999",
        "country": "nl",
        "province": next(texts),
        "languages": ["nl"],
        "population": {"count": "12345", "year": "2025", "source": next(texts)},
        "departments": [
            {"key": f"d{n}", "name": next(texts), "contact": next(texts), "confirm": "yes"} for n in range(entries)
        ],
        "districts": [{"name": next(texts), "remark": next(texts)} for _ in range(entries)],
        "partners": [{"type": "police", "name": next(texts), "confirm": "yes"} for _ in range(entries)],
        "themes": [
            {
                "key": f"t{n}", "line": next(texts), "confirm": "yes",
                "source": {"title": next(texts), "url": f"https://example.org/?a={n}&copy=(*_~)"},
            }
            for n in range(entries)
        ],
        "programme": [
            {
                "session": "talk", "place": next(texts), "label": next(texts), "trainers": [next(texts)],
                **({"date": "2027-02-04", "start": "13:30"} if n < DATED else {}),
            }
            for n in range(entries)
        ],
        "reporting": next(texts),
        "contacts": {
            "accessibility": {"function": next(texts), "email": "desk@example.org", "phone": "+31 (0)10 - 123"},
            "privacy": {"function": next(texts), "url": "https://example.org/a?b=c&d=e#f"},
        },
        "owner": next(texts),
        "version": next(texts),
        "publication": {"address": "https://example.org/veld"},
    }  # fmt: skip


DATED = 40  # planned sessions with a date, each with a calendar file
FIELDS, ENTRY = 8, 10  # texts outside the lists, and in one entry of each list


def project(target: Path, texts: Iterator[str], entries: int) -> Path:
    """The small project with one municipality of these texts, and with pages that show all of it."""
    shutil.copytree(SMALL, target, ignore=shutil.ignore_patterns("build", "site", "berg.yml"))
    profile = municipality(texts, entries)
    (target / "municipalities/veld.yml").write_text(json.dumps(profile, ensure_ascii=False), encoding="utf-8")
    vocabulary = target / "curricula/vocabulary.yml"
    known = yaml.safe_load(vocabulary.read_text(encoding="utf-8"))
    for key, letter in (("departments", "d"), ("themes", "t")):
        known[key] |= {f"{letter}{n}": {"en": f"{letter}{n}", "nl": f"{letter}{n}"} for n in range(entries)}
    vocabulary.write_text(json.dumps(known), encoding="utf-8")
    names = {key.upper(): f"{{{{ city.{key} }}}}" for key in ("name", "owner", "province", "reporting", "version")}
    for name, text in (("places", PLACES.format(**names)), ("lists", LISTS)):
        for language in ("", ".nl"):
            (target / f"docs/{name}{language}.md").write_text(text, encoding="utf-8")
    outline = target / "docs/outline.yml"
    outline.write_text(
        outline.read_text(encoding="utf-8").replace("[glossary]", "[glossary, places, lists]"), encoding="utf-8"
    )
    case = target / "curricula/cases/fireworks.md"
    case.write_text(case.read_text(encoding="utf-8").replace("theme: fireworks", "theme: t0").replace("[safety", "[d0"))
    return target


def made(target: Path, texts: Iterator[str], entries: int) -> dict[str, list[Token]]:
    """What the handbook of such a municipality consists of: planned, staged, rendered, with its first page."""
    root = project(target, texts, entries)
    library, problems = load(root)
    assert library is not None
    found = [*problems, *validate(library, MACROS)]
    assert [str(problem) for problem in found if problem.severity == "error"] == []
    book = plan(library, "veld", "nl", "trainer")
    render(book, stage(book, root / "build"), root / "made", REPOSITORY / "mkdocs.yml", "trainer-guide.pdf")
    publish(book, root / "made", root / "site")
    return pieces(root / "site")


def compare(hostile: dict[str, list[Token]], plain: dict[str, list[Token]], values: list[str]) -> None:
    """The hostile handbook is the harmless one with the words replaced, piece by piece."""
    assert list(hostile) == list(plain)
    for name, tokens in plain.items():
        assert normal(hostile[name]) == expected(tokens, values), name


def test_the_texts_are_some_hundreds() -> None:
    """There are several hundred hostile texts, each of another kind, within what a municipality may write."""
    assert len(HOSTILE) == len(set(HOSTILE)) > 350
    assert max(map(len, HOSTILE)) <= 4000


def test_hostile_values_in_every_list(tmp_path: Path) -> None:
    """Each hostile text in the lists of a municipality leaves all pages, the search and the calendars in shape."""
    texts = [HOSTILE[n % len(HOSTILE)] for n in range(FIELDS + ENTRY * MANY)]
    words = [harmless(n) for n in range(len(texts))]
    compare(made(tmp_path / "hostile", iter(texts), MANY), made(tmp_path / "plain", iter(words), MANY), texts)


def _together() -> Iterator[str]:
    """The hostile texts, some of them together in one: as many as a value may be long."""
    some: list[str] = []
    for value in [*HOSTILE, ""]:
        if not value or len(some) == 16 or sum(map(len, some)) + len(value) > 3000:
            yield "\n".join(some)
            some = []
        some.append(value)


TOGETHER = list(_together())
SINGLE = FIELDS + ENTRY  # texts of a municipality with one entry in each list


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Token]]:
    """The handbook of a municipality with harmless words."""
    words = (harmless(n) for n in range(SINGLE))
    return made(tmp_path_factory.mktemp("values") / "plain", words, 1)


@pytest.mark.parametrize("first", range(len(TOGETHER)))
def test_hostile_values_in_every_field(first: int, plain: dict[str, list[Token]], tmp_path: Path) -> None:
    """Hostile texts as name, owner, province, route … leave titles, menu, meta tags, headings and links in shape."""
    texts = [TOGETHER[(first + n) % len(TOGETHER)] for n in range(SINGLE)]
    compare(made(tmp_path / "hostile", iter(texts), 1), plain, texts)


def test_harmless_values_are_found_in_all_these_places(plain: dict[str, list[Token]]) -> None:
    """The comparison looks at every field: each text of the municipality stands on some page, and the name on all."""
    pages = {name: tokens for name, tokens in plain.items() if name.endswith(".html")}
    words = {match[0] for tokens in pages.values() for token in tokens for match in _HARMLESS.finditer(" ".join(token))}
    unseen = {harmless(2), harmless(SINGLE - 6)}  # the population's source and the trainers, which no page shows
    assert words == {harmless(n) for n in range(SINGLE)} - unseen
    name, author = harmless(0), ("<", "meta", "name=author", f"content={harmless(SINGLE - 2)}")
    assert [page for page, tokens in pages.items() if not any(name in token[-1] for token in tokens)] == []
    of_the_book = {page for page in pages if page.startswith("trainer/veld/nl/") and not page.endswith("/404.html")}
    assert {page for page, tokens in pages.items() if author in tokens} == of_the_book
    titles = {page: dict(pairwise(tokens))[("<", "title")] for page, tokens in pages.items()}
    assert all(f"Handboek {name}: omgaan met polarisatie" in text for _, text in titles.values())


def test_words_of_cells_are_apart_in_the_search(plain: dict[str, list[Token]]) -> None:
    """The search reads tables and lists of definitions word by word, so that each of their words can be found."""
    tokens = plain["trainer/veld/nl/search/index.js lists.html text"]
    texts = [token[1] for token in tokens if token[0] == "text"]
    assert re.findall(r"\w*waarde\d{4}x\w*", " ".join(texts)) == _HARMLESS_WORD.findall(" ".join(texts))
    assert len(_HARMLESS_WORD.findall(" ".join(texts))) > ENTRY


# ---------------------------------------------------------------- templates in values

MARKS = ["a {{ 7*7 }} b", "{% for x in y %}", "a {# b #}", "{{", "{%", "{#", "}}{{ city.__class__ }}"]


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """All texts of a value, each with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))
    else:
        yield show_path(path), str(value)


def test_template_marks_are_refused_in_every_text(tmp_path: Path) -> None:
    """No text of a municipality may hold {{, {% or {#; each one is told with its key, and nothing runs."""
    entries = 3
    root = project(tmp_path / "marks", cycle(MARKS), entries)
    _, problems = load(root)
    written = json.loads((root / "municipalities/veld.yml").read_text(encoding="utf-8"))
    expected = [
        f"{path}: {{{{, {{% and {{# are not allowed here: this is text, not a template"
        for path, text in _paths(written)
        if text in MARKS
    ]
    assert len(expected) == FIELDS + ENTRY * entries
    found = [problem for problem in problems if problem.severity == "error"]
    assert sorted(problem.what for problem in found) == sorted(expected)
    assert {problem.place.file for problem in found} == {"municipalities/veld.yml"}


@pytest.mark.parametrize("key", ["version", "owner", "reporting"])
@pytest.mark.parametrize("mark", MARKS)
def test_template_marks_are_told_by_check(mark: str, key: str, small: Path, handbook: Callable[..., Said]) -> None:
    """`handbook check` tells where a template stands in a value, and exits with 1."""
    path = small / "municipalities/veld.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"{key}: {json.dumps(mark)}\n", encoding="utf-8")
    assert handbook("check", "--project", small, "veld") == Said(
        1,
        f"municipalities/veld.yml:24:{len(key) + 3}: {key}: {{{{, {{% and {{# are not allowed here: "
        "this is text, not a template\n\n1 error in 1 file\n",
        "",
    )


# ---------------------------------------------------------------- a city's own prose

ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "table", "thead", "tbody", "tr",
           "th", "td", "code", "hr"}  # fmt: skip
GOOD_ATTRIBUTE = re.compile(r"(?:href=(?:https?:|mailto:|tel:|[^:]*$)|title=|scope=)")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """The first page of the small project, where a city's own text stands."""
    root = tmp_path_factory.mktemp("prose") / "small"
    shutil.copytree(SMALL, root, ignore=shutil.ignore_patterns("build", "site"))
    library, _ = load(root)
    assert library is not None
    book = plan(library, "veld", "nl", "participant")
    return Here(book, book.by_address["index"])


def prose(here: Here, text: str) -> str:
    """What `{{ local("welcome") }}` prints for such a text, on a page that has something before and after it."""
    local_text = LocalText("municipalities/veld/welcome.nl.md", "nl", text)
    profile = replace(here.book.profile, prose={"welcome": {"nl": local_text}})
    shown = local(replace(here, book=replace(here.book, profile=profile)), "welcome")
    return str(markdown.markdown(f"before\n{shown}\nafter", extensions=EXTENSIONS, extension_configs=CONFIGS))


SETTINGS = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
EXTENSIONS = [next(iter(entry)) if isinstance(entry, dict) else entry for entry in SETTINGS]
CONFIGS = {name: values for entry in SETTINGS if isinstance(entry, dict) for name, values in entry.items()}


def untamed(tokens: list[Token]) -> list[Token]:
    """What of a page with a city's own text is not as it must be: the text in its box, allowed tags and links only."""
    tags = [token for token in tokens if token[0] != "text"]
    around = [("<", "p"), (">", "p"), ("<", "div", "class=local"), (">", "div"), ("<", "p"), (">", "p")]
    wrong = [token for token, own in zip([*tags[:3], *tags[-3:]], around, strict=True) if token != own]
    for kind, *rest in tags[3:-3]:
        good = kind in "<>" and rest[0] in ALLOWED and all(GOOD_ATTRIBUTE.match(name) for name in rest[1:])
        wrong.extend([] if good else [(kind, *rest)])
    return wrong


def test_prose_of_a_city_is_tame(here: Here) -> None:
    """A city's own prose keeps to its box: no scripts, styles, frames, forms, classes, or links that run something."""
    wrong = {text: found for text in [*HOSTILE, *MARKS] if (found := untamed(shape(prose(here, text))))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Welkom\nin **Veld**.", "<p>Welkom in <strong>Veld</strong>.</p>"),
        ("a\n\n\n\nb", "<p>a</p> <p>b</p>"),
        ("- a\n- b", "<ul> <li>a</li> <li>b</li> </ul>"),
        ("[a](https://example.org)", '<p><a href="https://example.org">a</a></p>'),
        ("[a](mailto:x@example.org)", '<p><a href="mailto:x@example.org">a</a></p>'),
        ("[*a* b](page:glossary)", '<p><a href="glossary.html"><em>a</em> b</a></p>'),
        ("[a](page:glossary#fuel)", '<p><a href="glossary.html#fuel">a</a></p>'),
        ("[a](page:nowhere) [b](page:)", "<p>a b</p>"),
        ("[a](javascript:alert(1))", "<p><a>a</a></p>"),
        ("[a](JaVaScRiPt:alert(1))", "<p><a>a</a></p>"),
        ("[a](data:text/html,x)", "<p><a>a</a></p>"),
        ('<a href="https://example.org" onclick="x" style="y" class="z" id="w">a</a>',
         '<p><a href="https://example.org">a</a></p>'),
        ("a <script>alert(1)</script> b", "<p>a  b</p>"),
        ("<script>alert(1)</script>", ""),
        ("<style>*{}</style>a", " <p>a</p>"),
        ("<iframe src=x></iframe>a", " <p>a</p>"),
        ("![a](https://example.org/x.png)", "<p></p>"),
        ("# a\n\n### b", "a <h3>b</h3>"),
        ("{{ 7*7 }} {% x %} {# y #}", "<p>{{ 7*7 }} {% x %} {# y #}</p>"),
        ("a {: onclick=x }", "<p>a {: onclick=x }</p>"),
        ("::: trainer\na\n:::", "<p>::: trainer a :::</p>"),
        ('--8<-- "mkdocs.yml"', '<p>--8&lt;-- "mkdocs.yml"</p>'),
        ("a[^1]\n\n[^1]: https://example.org", '<p>a<a href="https://example.org">^1</a></p>'),
        ('<div markdown="1">**a**</div>', "**a**"),
    ],
)  # fmt: skip
def test_prose_of_a_city(text: str, expected: str, here: Here) -> None:
    """Plain Markdown works in a city's own prose; all else is left out or stays text."""
    assert prose(here, text) == f'<p>before</p>\n<div class="local">{expected}</div>\n\n<p>after</p>'


def test_hostile_prose_in_a_handbook(small: Path) -> None:
    """With hostile prose, all pages are what they were with a plain one, but for what stands in its box."""
    found = []
    for text in ("Welkom.", "\n\n".join([*HOSTILE, *MARKS])):
        (small / "municipalities/veld/welcome.nl.md").write_text(text, encoding="utf-8")
        library, problems = load(small)
        assert library is not None
        assert [problem for problem in problems if problem.severity == "error"] == []
        book = plan(library, "veld", "nl", "participant")
        render(book, stage(book, small / "build"), small / "made", REPOSITORY / "mkdocs.yml")
        found.append({name: _without_prose(tokens) for name, tokens in pieces(small / "made").items()})
    search = "search/index.js index.html text"  # it holds the words of the prose, without a box
    assert {**found[0], search: []} == {**found[1], search: []}
    assert not [token for token in found[1][search] if token[0] != "text" and token[1] not in ALLOWED]


def _without_prose(tokens: list[Token]) -> list[Token]:
    """A page without what stands in the box of the city's own prose."""
    box = ("<", "div", "class=local")
    if box not in tokens:
        return tokens
    begin = tokens.index(box)
    depth, end = 1, begin
    while depth:
        end += 1
        depth += {"<": 1, ">": -1}.get(tokens[end][0], 0) if tokens[end][1] == "div" else 0
    return [*tokens[: begin + 1], *tokens[end:]]


# ---------------------------------------------------------------- any text, in any place of Markdown

WHERE = (
    "{}", "a {} b", "{} b", "a {}", "{}\nb", "a\n{}", "# {}", "## {} {{: #named }}", "- {}\n- b", "1. {}", "> {}",
    "**{}**", "*{}*", "a ~~{}~~", "[{}](https://example.org)", "| {} | b |\n|---|---|\n| c | {} |", "a\n:   {}",
    "{}\n:   b", "a[^1]\n\n[^1]: {}", "/// note | {}\na\n///", "/// note\n{}\n///", "<b>{}</b>",
    '<span title="{}">a</span>',
    '<div class="x" title="{}">{}</div>', "a\n\n{}\n\n{}\n", "{}{}", "({})", "'{}'", "{}. b", "{}) b", "{}: b", "{}|b",
)  # fmt: skip
_ANY = st.text(
    st.one_of(
        st.sampled_from("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n0aZ"),
        st.characters(exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn")),
    ),
    min_size=1,
    max_size=30,
).filter(str.strip)


@settings(max_examples=400, deadline=None)
@given(text=_ANY.map(str.strip), where=st.sampled_from(WHERE))
def test_any_text_in_any_place_stays_text(text: str, where: str) -> None:
    """Whatever a value holds and wherever a writer prints it, Markdown sees text, and readers see that text."""
    word = harmless(0)
    places = where.count("{}")
    hostile, plain = (
        shape(markdown.markdown(where.format(*[shown] * places), extensions=EXTENSIONS, extension_configs=CONFIGS))
        for shown in (finalize(text), word)
    )
    assert normal(hostile) == expected(plain, [text])


@given(text=_ANY)
def test_text_on_its_way_into_markdown(text: str) -> None:
    """Only letters, digits, single spaces and numeric character references are left of a text."""
    assert re.fullmatch(r"(?:[^\W_]| (?! )|&#[0-9]+;)*", as_text(text))
