"""Check every name in the writers' `{{ … }}` and `{% … %}` without rendering, in all branches."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from .escape import finalize
from .plan import City
from .problems import Place, Problem, did_you_mean

GUIDE = "guide/modules.md"
_CITY = tuple(field.name for field in fields(City))
# {{ … }} with nothing inside that could end it too early, and no {{- that would take the space around it
_PRINT = re.compile(r"\{\{(?<!\{\{\{)(?![-+])[^{}]*(?<![-+])\}\}(?!\})")
_MARK = re.compile(r"\{[{%#]")
# what writers write nearly always: a value of the city, or a macro with plain words and numbers
_VALUE = re.compile(r"\{\{ *city\.(\w+) *\}\}")
_ARGUMENT = re.compile(r'(?:([a-z]\w*)=)?(?:"([^"\\]*)"|(0|[1-9][0-9]{0,8})\b)')
_CALL = re.compile(rf"\{{\{{ *([a-z]\w*)\( *((?:{_ARGUMENT.pattern})(?:, *(?:{_ARGUMENT.pattern}))*)? *\) *\}}\}}")
# these filters say that a text is markup already, and a city's value would stand in the page as it is
_MAKES_MARKUP = ("e", "escape", "forceescape", "safe", "tojson", "urlize", "xmlattr")
_TAGS = {
    "scope": "autoescape",
    "callblock": "call",
    "filterblock": "filter",
    "fromimport": "from",
    "assignblock": "endset",
}
_ALLOWED = (nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign)


def environment() -> ImmutableSandboxedEnvironment:
    """The Jinja environment in which macros run: sandboxed, strict, and everything printed is text."""
    found = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, finalize=_printed, keep_trailing_newline=True
    )
    found.globals = {"range": found.globals["range"]}  # the other functions of Jinja are no use to writers
    for name in _MAKES_MARKUP:
        del found.filters[name]
    return found


def run(sandbox: ImmutableSandboxedEnvironment, text: str, **values: object) -> str:
    """The text with what its `{{ … }}` print; where nothing else stands in it, each of them runs alone.

    Nearly all of those are one call with plain arguments, or a value of the city; they need no compiling.
    """

    def said(source: str) -> str:
        name, attribute, arguments, named = _simple(source) or ("", "", [], {})
        if attribute:
            return str(_printed(getattr(values[name], attribute)))
        if callable(macro := sandbox.globals.get(name)):
            return str(_printed(macro(*arguments, **named)))
        return sandbox.from_string(source).render(**values)

    if _MARK.search(_PRINT.sub("", text)):
        return sandbox.from_string(text).render(**values)
    return _PRINT.sub(lambda match: said(match[0]), text)


_Simple = tuple[str, str, list[object], dict[str, object]]  # a name, and what follows: `.attribute`, or `(…)`


@functools.lru_cache(maxsize=10_000)
def _simple(source: str) -> _Simple | None:
    """`{{ city.name }}` and `{{ macro("word", n=1) }}` taken apart; None for anything else."""
    if found := _VALUE.fullmatch(source):
        return ("city", found[1], [], {}) if found[1] in _CITY else None
    call = _CALL.fullmatch(source)
    if call is None:
        return None
    given: list[object] = []
    named: dict[str, object] = {}
    for key, words, number in _ARGUMENT.findall(call[2] or ""):
        if named and (not key or key in named):
            return None  # Jinja tells what is wrong with it
        if key:
            named[key] = int(number) if number else words
        else:
            given.append(int(number) if number else words)
    return call[1], "", given, named


def _printed(value: object) -> Markup:
    """What `{{ … }}` prints; an undefined name says which one it is."""
    return finalize(str(value) if isinstance(value, jinja2.Undefined) else value)


@dataclass(frozen=True)
class Signature:
    """What a macro may be called with; `lists` names the list its argument must be in."""

    call: inspect.Signature
    lists: Mapping[str, str]

    @classmethod
    def of(cls, macro: Callable[..., Any]) -> Signature:
        """The signature without the first argument, which is filled in."""
        whole = inspect.signature(macro)
        hints = get_type_hints(macro, include_extras=True)
        lists = {
            name: mark.name
            for name, hint in hints.items()
            for mark in getattr(hint, "__metadata__", ())
            if hasattr(mark, "name")
        }
        return cls(whole.replace(parameters=list(whole.parameters.values())[1:]), lists)


class Names:
    """Knows the macros and lists, and checks texts against them."""

    def __init__(self, macros: tuple[Callable[..., Any], ...], lists: Mapping[str, Container[str]]) -> None:
        self.macros = {macro.__name__: Signature.of(macro) for macro in macros}
        self.lists = lists
        self.environment = environment()
        self.right: set[str] = set()  # what stands in many texts and was right the first time

    def check(self, text: str, file: str, first_line: int) -> Iterator[Problem]:
        """What is wrong with the names and the syntax of a text that starts on `first_line` of the file."""
        prints, marks = set(_PRINT.findall(text)), _MARK.search(_PRINT.sub("", text))
        self.right.update(one for one in prints - self.right if self._is_right(one))
        if marks or prints - self.right:
            yield from self._problems(text, file, first_line)

    def _is_right(self, source: str) -> bool:
        """Whether nothing is wrong with a `{{ … }}` that stands alone."""
        name, attribute, given, named = _simple(source) or ("", "", [], {})
        if attribute:
            return True
        signature = self.macros.get(name)
        if signature is None:
            return not any(self._problems(source, "", 1))
        try:
            bound = signature.call.bind(*given, **named).arguments
        except TypeError:
            return False
        return all(bound[key] in self.lists[listed] for key, listed in signature.lists.items() if key in bound)

    def _problems(self, text: str, file: str, first_line: int) -> Iterator[Problem]:
        try:
            tree = self.environment.parse(text)
        except jinja2.TemplateSyntaxError as error:
            place = Place(file, error.lineno + first_line - 1, 1)
            yield Problem("template", place, f"this is not understood: {error.message}", _syntax_advice(str(error)))
            return
        walk = _Walk(self, text.split("\n"), file, first_line)
        walk.visit(tree, frozenset({"city", "range", *_assigned(tree)}))
        yield from walk.problems


class _Walk:
    """Visits a template's tree and collects problems."""

    def __init__(self, names: Names, lines: list[str], file: str, first_line: int) -> None:
        self.names = names
        self.lines = lines
        self.file = file
        self.first_line = first_line
        self.problems: list[Problem] = []

    def visit(self, node: nodes.Node, known: frozenset[str]) -> None:
        if isinstance(node, nodes.Stmt) and not isinstance(node, _ALLOWED):
            word = type(node).__name__.lower()
            word = _TAGS.get(word, word)
            self.problem(node, word, f"{{% {word} %}} is not used here", f"if, for and set are; see {GUIDE}")
            return None
        if isinstance(node, nodes.Call):
            return self.call(node, known)
        if isinstance(node, nodes.Name) and node.ctx == "load":
            self.name(node, known)
        elif isinstance(node, nodes.Filter) and node.name not in self.names.environment.filters:
            self.problem(node, node.name, f'unknown filter "{node.name}"', did_you_mean(node.name, (), GUIDE))
        elif isinstance(node, nodes.Const) and node.value is None:
            self.problem(node, "none", "none is no text", "leave it out")
        elif isinstance(node, nodes.Getattr | nodes.Getitem) and not self.attribute(node):
            return None
        inner = known | {"loop"} if isinstance(node, nodes.For) else known
        for child in node.iter_child_nodes():
            self.visit(child, inner)
        return None

    def name(self, node: nodes.Name, known: frozenset[str]) -> None:
        if node.name in self.names.macros or node.name == "range":
            self.problem(node, node.name, f'the macro "{node.name}" is called with ()', f"write {node.name}(…)")
        elif node.name == "city":
            self.problem(node, "city", "city is no text, its values are", f"write city.name or another; see {GUIDE}")
        elif node.name not in known:
            self.unknown(node, node.name, known)

    def unknown(self, node: nodes.Node, name: str, known: frozenset[str]) -> None:
        choices = {*self.names.macros, *known} - {"range", "loop"}
        self.problem(node, name, f'unknown name "{name}"', did_you_mean(name, choices, GUIDE))

    def attribute(self, node: nodes.Getattr | nodes.Getitem) -> bool:
        """Look at `city.name`; whether what stands before the dot is still to be looked at."""
        base = node.node.name if isinstance(node.node, nodes.Name) else ""
        key = node.arg.value if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) else ""
        attr = node.attr if isinstance(node, nodes.Getattr) else str(key)
        if base == "city" and attr not in _CITY:
            self.problem(node, attr or base, f'city has no "{attr}"', did_you_mean(attr, _CITY))
        elif base not in {"city", "loop"}:
            self.problem(node, attr, "only city and loop have values inside", f"see {GUIDE}")
        return base not in {"city", "loop"}

    def call(self, node: nodes.Call, known: frozenset[str]) -> None:
        arguments = [*node.args, *(pair.value for pair in node.kwargs)]
        for argument in arguments:
            self.visit(argument, known)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name == "range":
            return
        signature = self.names.macros.get(name)
        if signature is None:
            shown = name or getattr(node.node, "attr", "this")
            self.unknown(node, shown, known)
            return
        try:
            bound = signature.call.bind(*node.args, **{pair.key: pair.value for pair in node.kwargs})
        except TypeError as error:
            shown = ", ".join(str(p) for p in signature.call.parameters)
            self.problem(node, name, f"{name}(): {error}", f"write {name}({shown})")
            return
        for parameter, listed in signature.lists.items():
            given = bound.arguments.get(parameter)
            if isinstance(given, nodes.Const) and given.value not in self.names.lists[listed]:
                key = str(given.value)
                advice = did_you_mean(key, list(self.names.lists[listed]), LISTED_IN[listed])  # type: ignore[call-overload]
                self.problem(node, key, f'{name}(): unknown key "{key}"', advice)

    def problem(self, node: nodes.Node, word: str, what: str, advice: str) -> None:
        number = node.lineno or next((inner.lineno for inner in node.iter_child_nodes() if inner.lineno), 1)
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        found = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line) if word else None
        column = found.start() + 1 if found else 1
        self.problems.append(Problem("name", Place(self.file, number + self.first_line - 1, column), what, advice))


LISTED_IN = {
    "glossary": "curricula/glossary.yml",
    "words": "curricula/vocabulary.yml, under words",
    "sheets": "curricula/sheets/",
    "figures": "docs/figures/",
    "prose": "",
}


def _assigned(tree: nodes.Template) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}


def _syntax_advice(message: str) -> str:
    if "end of template" in message or "unexpected '}'" in message or "end of print" in message:
        return "look for {{ without }}, or {% if %} without {% endif %} in the same block"
    return f"{{{{ … }}}} holds a macro or a value; see {GUIDE}"
