"""The environment of macros: no way out, nothing printed that is no text, a stop at what is undefined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, Said
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from handbook import render as rendering
from handbook.escape import finalize
from handbook.load import load
from handbook.names import environment, run
from handbook.plan import City, plan
from handbook.problems import ContentError
from handbook.render import render
from handbook.stage import stage
from macros import MACROS

CITY = City(
    name="Veld <aan> Zee", slug="veld", country="nl", region="", province="Zeeland", population="12.345", year="2025",
    start="safety", owner="Team", reporting="Bel 112.", version="1.0", date="1 november 2026",
)  # fmt: skip
PAGE = "docs/glossary.nl.md"  # a page that prints nothing of the city by itself


def word() -> Markup:
    """A macro."""
    return Markup("<b>woord</b>")


def said(text: str) -> str:
    """What a text becomes, run as pages are; the same whether its prints run alone or all together."""
    sandbox = environment()
    sandbox.globals["word"] = word
    alone = run(sandbox, text, city=CITY)
    assert run(sandbox, "{% set together = 1 %}" + text, city=CITY) == alone
    return alone


def refused(text: str) -> str:
    """Why a text is not run."""
    found = []
    for before in ("", "{% set together = 1 %}"):
        sandbox = environment()
        sandbox.globals["word"] = word
        with pytest.raises(Exception) as error:
            run(sandbox, before + text, city=CITY)
        found.append(f"{type(error.value).__name__}: {error.value}")
    assert found[0] == found[1]
    return found[0]


# ---------------------------------------------------------------- ways out

CITY_CLASS = "SecurityError: access to attribute '__class__' of 'City' object is unsafe."
TEXT_CLASS = "SecurityError: access to attribute '__class__' of 'str' object is unsafe."
NO_INIT = "SecurityError: access to attribute '__init__' of 'StrictUndefined' object is unsafe."

ESCAPES = {
    "{{ cycler.__init__.__globals__ }}": NO_INIT,
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}": NO_INIT,
    "{{ joiner.__init__.__globals__.os.popen('id').read() }}": NO_INIT,
    "{{ namespace.__init__.__globals__.os.popen('id').read() }}": NO_INIT,
    "{{ lipsum.__globals__['os'].popen('id').read() }}": "UndefinedError: 'lipsum' is undefined",
    "{{ dict.__base__.__subclasses__() }}": "UndefinedError: 'dict' is undefined",
    "{{ word.__globals__ }}": "SecurityError: access to attribute '__globals__' of 'function' object is unsafe.",
    "{{ word.__code__ }}": "SecurityError: access to attribute '__code__' of 'function' object is unsafe.",
    "{{ word['__globals__'] }}": "SecurityError: access to attribute '__globals__' of 'function' object is unsafe.",
    "{{ word().__class__ }}": "SecurityError: access to attribute '__class__' of 'Markup' object is unsafe.",
    "{{ city.__class__ }}": CITY_CLASS,
    "{{ city['__class__'] }}": CITY_CLASS,
    "{{ city.__class__.__mro__[1].__subclasses__() }}": CITY_CLASS,
    "{{ city|attr('__class__') }}": CITY_CLASS,
    "{{ city|attr('__cl' ~ 'ass__') }}": CITY_CLASS,
    "{{ [city]|map(attribute='__class__')|first }}": CITY_CLASS,
    "{{ [city]|groupby('__class__') }}": "TypeError: {{ … }} would print a list, which is no text",
    "{{ '{0.__class__}'.format(city) }}": CITY_CLASS,
    "{{ '{c.__class__.__mro__}'.format(c=city) }}": CITY_CLASS,
    "{{ ('{0.__class__}'|attr('format'))(city) }}": CITY_CLASS,
    "{{ '{c.__class__}'.format_map({'c': city}) }}": CITY_CLASS,
    "{% set out = '{0.__class__}'.format %}{{ out(city) }}": CITY_CLASS,
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": TEXT_CLASS,
    "{{ city.name.__class__.__base__ }}": TEXT_CLASS,
    "{% for one in ().__class__.__base__.__subclasses__() %}{% endfor %}":
        "SecurityError: access to attribute '__class__' of 'tuple' object is unsafe.",
    "{{ self.__init__.__globals__ }}":
        "SecurityError: access to attribute '__init__' of 'TemplateReference' object is unsafe.",
    "{{ self._TemplateReference__context }}":
        "SecurityError: access to attribute '_TemplateReference__context' of 'TemplateReference' object is unsafe.",
    # writing to lists and maps that everything shares
    "{% set found = [] %}{{ found.append(1) }}":
        "SecurityError: access to attribute 'append' of 'list' object is unsafe.",
    "{% set found = {} %}{{ found.update({'a': 1}) }}":
        "SecurityError: access to attribute 'update' of 'dict' object is unsafe.",
    # other files
    "{% include '/etc/passwd' %}": "TypeError: no loader for this environment specified",
    "{% import 'os' as os %}": "TypeError: no loader for this environment specified",
    "{% extends 'main.html' %}": "TypeError: no loader for this environment specified",
    # too much
    "{{ range(10000000) }}": "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).",
    # what says of a text that it is markup already
    "{{ city.name|safe }}": "TemplateAssertionError: No filter named 'safe'.",
    "{{ city.name|e }}": "TemplateAssertionError: No filter named 'e'.",
    "{{ city.name|escape }}": "TemplateAssertionError: No filter named 'escape'.",
    "{{ city.name|forceescape }}": "TemplateAssertionError: No filter named 'forceescape'.",
    "{{ city.name|tojson }}": "TemplateAssertionError: No filter named 'tojson'.",
    "{{ city.name|urlize }}": "TemplateAssertionError: No filter named 'urlize'.",
    "{{ {'a': city.name}|xmlattr }}": "TemplateAssertionError: No filter named 'xmlattr'.",
    "{% autoescape true %}{{ city.name }}{% endautoescape %}x{{ nothing }}": "UndefinedError: 'nothing' is undefined",
}  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_ways_out_are_closed(text: str) -> None:
    """No text reaches Python's insides, other files or shared lists, nor makes markup of a city's value."""
    assert refused(text) == ESCAPES[text]


def test_the_environment_knows_range_and_nothing_else() -> None:
    """Of Jinja's own functions only `range` is there; the environment is the sandboxed one that changes nothing."""
    sandbox = environment()
    assert list(sandbox.globals) == ["range"]
    assert isinstance(sandbox, ImmutableSandboxedEnvironment)
    assert sandbox.undefined is StrictUndefined


# ---------------------------------------------------------------- what is printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ none }}", "nothing"),
        ("{{ None }}", "nothing"),
        ("{{ city.name if false else none }}", "nothing"),
        ("{{ word }}", "the macro word without ()"),
        ("{{ range }}", "the macro safe_range without ()"),
        ("{{ city.name.upper }}", "the macro upper without ()"),
        ("{{ city.slug.items }}", None),
        ("{{ city }}", "a City, which is no text"),
        ("{{ self }}", "a TemplateReference, which is no text"),
        ("{{ [1, 2] }}", "a list, which is no text"),
        ("{{ [none] }}", "a list, which is no text"),
        ("{{ {'a': word} }}", "a dict, which is no text"),
        ("{{ (1, 2) }}", "a tuple, which is no text"),
        ("{{ true }}", "a bool, which is no text"),
        ("{{ 1 == 1 }}", "a bool, which is no text"),
        ("{{ [1]|map('string') }}", "a generator, which is no text"),
        ("{{ range(3) }}", "a range, which is no text"),
    ],
)
def test_only_texts_and_numbers_are_printed(text: str, expected: str | None) -> None:
    """None, functions, lists and records are never printed: the page stops with what it would have printed."""
    if expected is None:
        assert refused(text) == "UndefinedError: 'str object' has no attribute 'items'"
    else:
        assert refused(text) == f"TypeError: {{{{ … }}}} would print {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ nothing.at.all }}", "'nothing' is undefined"),
        ("{{ nothing() }}", "'nothing' is undefined"),
        ("{{ nothing ~ 'x' }}", "'nothing' is undefined"),
        ("{{ nothing + 1 }}", "'nothing' is undefined"),
        ("{{ nothing|upper }}", "'nothing' is undefined"),
        ("{{ [nothing]|join }}", "'nothing' is undefined"),
        ("{{ city.mayor }}", "'handbook.plan.City object' has no attribute 'mayor'"),
        ("{{ city['mayor'] }}", "'handbook.plan.City object' has no attribute 'mayor'"),
        ("{{ loop.index }}", "'loop' is undefined"),
        ("{% if nothing %}x{% endif %}", "'nothing' is undefined"),
        ("{% if false %}{% set x = 1 %}{% endif %}{{ x }}", "'x' is undefined"),
        ("{% for one in nothing %}x{% endfor %}", "'nothing' is undefined"),
        ("{{ nothing == 'x' }}", "'nothing' is undefined"),
        ("{{ 'x' in nothing }}", "'nothing' is undefined"),
    ],
)
def test_what_is_undefined_stops(text: str, expected: str) -> None:
    """A name that is not there stops the page and is named, whatever is done with it."""
    assert refused(text) == f"UndefinedError: {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ city.name }}", "Veld &#60;aan&#62; Zee"),
        ("{{ city.name | upper }}", "VELD &#60;AAN&#62; ZEE"),
        ("{{ '<b>' }}", "&#60;b&#62;"),
        ("{{ '{{ city.name }}' }}", "&#123;&#123; city&#46;name &#125;&#125;"),
        ("{{ 3 }} {{ 1.5 }} {{ 7 // 2 }}", "&#51; 1&#46;5 &#51;"),
        ("{{ word() }}", "<b>woord</b>"),
        ("{{ word() ~ city.name }}", "&#60;b&#62;woord&#60;&#47;b&#62;Veld &#60;aan&#62; Zee"),
        (
            "{% for n in range(1, 4) %}{{ n }}{{ loop.last and '.' or ',' }}{% endfor %}",
            "&#49;&#44;&#50;&#44;&#51;&#46;",
        ),
        ("{% if city.country == 'nl' %}ja{% else %}nee{% endif %}", "ja"),
        ("{# a remark #}text\n", "text\n"),
        ("no marks < at & all\n", "no marks < at & all\n"),
    ],
)
def test_what_writers_may_do(text: str, expected: str) -> None:
    """Texts and numbers are printed as text, macros as their markup; conditions, loops and remarks work."""
    assert said(text) == expected


_KEYS = st.sampled_from(["", "", "", "n=", "key=", "None=", "x = "])
_WORDS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs", "Cc"]), max_size=12)
_GIVEN = st.one_of(
    _WORDS.map(lambda word: f'"{word}"'), st.integers(0, 10**12).map(str), st.sampled_from(["'a'", "1.5", "-1", "none"])
)


@given(st.lists(st.tuples(_KEYS, _GIVEN), max_size=4), st.sampled_from([", ", ",", " ,"]), st.sampled_from(["", " "]))
def test_calls_are_understood_as_jinja_does(arguments: list[tuple[str, str]], comma: str, space: str) -> None:
    """A macro is called with what Jinja would call it with, whether it runs alone or in a compiled text."""
    text = f"{{{{{space}told({comma.join(key + value for key, value in arguments)}){space}}}}}"
    heard: list[object] = []
    for before in ("", "{% set together = 1 %}"):
        sandbox = environment()
        sandbox.globals["told"] = lambda *words, **named: repr((words, sorted(named.items())))
        try:
            heard.append(run(sandbox, before + text, city=CITY))
        except Exception as error:  # both ways fail alike
            heard.append(type(error))
    assert heard[0] == heard[1]


def test_finalize_is_the_last_word() -> None:
    """What is printed is text or the markup of a macro; the rest is an error, outside Jinja too."""
    assert finalize("a*b") == Markup("a&#42;b")
    assert finalize(Markup("<b>a*b</b>")) == Markup("<b>a*b</b>")
    with pytest.raises(TypeError, match=r"^\{\{ … \}\} would print nothing$"):
        finalize(None)
    with pytest.raises(TypeError, match=r"^\{\{ … \}\} would print the macro str without \(\)$"):
        finalize(str)


# ---------------------------------------------------------------- in a project


SEE = "see guide/modules.md"


def written(project: Path, text: str) -> Path:
    """The project with a text at the end of one of its pages."""
    page = project / PAGE
    page.write_text(page.read_text(encoding="utf-8") + text + "\n", encoding="utf-8")
    return project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ cycler('a') }}", '6:4: unknown name "cycler"\n    the list is in guide/modules.md'),
        ("{{ city.__class__ }}",
         '6:9: city has no "__class__"\n    choose from country, date, name, owner, population, province,'
         " region, reporting, slug, start, version, year"),
        ("{{ ''.__class__ }}", f"6:7: only city and loop have values inside\n    {SEE}"),
        ("{{ none ~ 'x' }}", "6:4: none is no text\n    leave it out"),
        ("{{ city }}", f"6:4: city is no text, its values are\n    write city.name or another; {SEE}"),
        ("{{ city | pprint }}", f"6:4: city is no text, its values are\n    write city.name or another; {SEE}"),
        ("{{ programme ~ 'x' }}", '6:4: the macro "programme" is called with ()\n    write programme(…)'),
        ("{{ range ~ 'x' }}", '6:4: the macro "range" is called with ()\n    write range(…)'),
        ("{{ city.name | safe }}", '6:16: unknown filter "safe"\n    the list is in guide/modules.md'),
        ("{{ city.name | e }}", '6:16: unknown filter "e"\n    the list is in guide/modules.md'),
        ("{% include '/etc/passwd' %}", f"6:4: {{% include %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% import 'os' as os %}", f"6:4: {{% import %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% from 'os' import path %}", f"6:4: {{% from %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% extends 'main.html' %}", f"6:4: {{% extends %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% macro a() %}{% endmacro %}", f"6:4: {{% macro %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% block a %}{% endblock %}", f"6:4: {{% block %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% filter upper %}a{% endfilter %}", f"6:4: {{% filter %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% set a %}b{% endset %}", f"6:16: {{% endset %}} is not used here\n    if, for and set are; {SEE}"),
        ("{% autoescape true %}{{ 1 }}{% endautoescape %}",
         f"6:4: {{% autoescape %}} is not used here\n    if, for and set are; {SEE}"),
    ],
)  # fmt: skip
def test_check_finds_them_before_a_build(text: str, expected: str, small: Path, handbook: Callable[..., Said]) -> None:
    """`handbook check` tells them with line and column before anything is rendered."""
    assert handbook("check", "--project", written(small, text), "veld") == Said(
        1,
        f"{PAGE}:{expected}\n"
        "curricula/talk: warning: 1 page not translated into nl: readers see en with a notice\n"
        "    write answers.nl.md\n    in veld\n\n1 error, 1 warning in 2 files\n",
        "",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ cycler.__init__.__globals__.os.popen('id') }}",
         "access to attribute '__init__' of 'StrictUndefined' object is unsafe."),
        ("{{ programme.__globals__ }}", "access to attribute '__globals__' of 'function' object is unsafe."),
        ("{{ none }}", "{{ … }} would print nothing"),
        ("{{ programme }}", "{{ … }} would print the macro programme without ()"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ 'x' * 999999999999 }}", "it asks for more memory than there is"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
         "took longer than 1 seconds"),
    ],
)  # fmt: skip
def test_the_renderer_runs_in_it(text: str, expected: str, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should one get past the checks, the page stops with its file, and no site is made of it."""
    monkeypatch.setattr(rendering, "SECONDS_A_PAGE", 1)
    library, _ = load(written(small, text))
    assert library is not None
    book = plan(library, "veld", "nl", "trainer")
    with pytest.raises(ContentError) as stopped:
        render(book, stage(book, small / "build"), small / "site", REPOSITORY / "mkdocs.yml")
    assert [(p.place.file, p.what, p.handbook) for p in stopped.value.problems] == [
        (PAGE, f"a macro failed: {expected}", "veld/nl/trainer")
    ]
    assert not (small / "site" / "glossary.html").exists()


def test_macros_are_plain_functions() -> None:
    """Each macro is a function with a docstring whose first argument is filled in, so nothing of the builder leaks."""
    for macro in MACROS:
        assert inspect.isfunction(macro)
        assert inspect.getdoc(macro)
        assert next(iter(inspect.signature(macro).parameters)) == "here"
