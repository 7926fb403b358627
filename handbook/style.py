"""Rules on the language of texts, which guide/style.md explains: warnings, for a person to weigh."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import blocks
from .library import Article, Body, Library
from .model import CaseMatter, ModuleMatter, Style
from .problems import Place, Problem

GUIDE = "guide/style.md"
NO_DEBRIEF = 6  # minutes; a shorter module needs no questions afterwards
FAIR = 0.2  # how much longer one end of a case may be than the other
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|«[^»\n]*»|(?<!\w)'[^'\n]*'(?!\w)|‘[^’\n]*’(?!\w)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?:\s?[\"'”’»)])*\s+(?=[\"'“‘«(]*[A-ZÀ-Þ0-9])|(?<=:)\s+(?=[\"“«])")


@dataclass(frozen=True)
class Passage:
    """A paragraph, list item or cell: its first line, its words as a reader sees them, and for whom it is."""

    line: int
    text: str
    trainer: bool


def style_of(body: Body, style: Style) -> list[Problem]:
    """What a text alone shows: long sentences and words to leave."""
    found: list[Problem] = []
    for passage in passages(body.nodes):
        found += _long(body, passage, style)
        found += _avoided(body, passage, style)
    return found


def passages(nodes: tuple[blocks.Node, ...], trainer: bool = False) -> Iterator[Passage]:
    """The passages of a tree of blocks, without headings and code."""
    run: list[blocks.Line] = []
    for node in nodes:
        if isinstance(node, blocks.Line):
            if _starts_new(node.text) and run:
                yield from _passage(run, trainer)
                run = []
            if node.text.strip() and not node.text.startswith("#"):
                run.append(node)
            continue
        yield from _passage(run, trainer)
        run = []
        yield from passages(node.inside, trainer or node.name in {*blocks.TRAINER_ONLY, "answer"})
    yield from _passage(run, trainer)


def _starts_new(line: str) -> bool:
    return not line.strip() or bool(re.match(r"\s*(?:[-*+]\s|\d+[.)]\s|\||#|>|\{\{|```|~~~)", line))


def _passage(run: list[blocks.Line], trainer: bool) -> Iterator[Passage]:
    if not run:
        return
    text = plain(" ".join(line.text.strip() for line in run))
    for cell in text.split("|") if run[0].text.lstrip().startswith("|") else [text]:
        if cell.strip():
            yield Passage(run[0].number, " ".join(cell.split()), trainer)


def plain(markdown: str) -> str:
    """A line as a reader sees it: without marks, links' targets and macros (a term keeps its word)."""
    text = re.sub(r"\{\{\s*term\(\s*\"([^\"]*)\"(?:,\s*\"([^\"]*)\")?\s*\)\s*\}\}", lambda m: m[2] or m[1], markdown)
    text = re.sub(r"\{\{\s*word\([^)]*\)\s*\}\}|\{\{\s*city\.\w+\s*\}\}", "Naam", text)
    text = re.sub(r"\*\*\[[^\]]*\]\*\*(?!\()", " ", text)  # a gap that the municipality fills in
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{:[^}]*\}", " ", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"^\s*(?:[-*+]|\d+[.)]|>)\s+|\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", text)


def sentences(text: str) -> list[str]:
    """The sentences of a passage."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))


def _long(body: Body, passage: Passage, style: Style) -> Iterator[Problem]:
    limit = style.longest.trainer if passage.trainer else style.longest.participant
    for sentence in sentences(passage.text):
        if (count := words_in(sentence)) > limit:
            what = f"a sentence of {count} words: “{sentence[:50]}…”"
            yield _warning("long-sentence", body, passage.line, what, f"make two of it ({limit} words at most)")


def _avoided(body: Body, passage: Passage, style: Style) -> Iterator[Problem]:
    text = _QUOTED.sub(" ", passage.text)
    for avoid in style.avoid.get(body.language, ()):  # type: ignore[call-overload]  # any language may be asked for
        if match := avoid.pattern.search(text):
            what = f"“{match[0]}” is on the list of words to leave"
            yield _warning("avoid", body, passage.line, what, f"try: {avoid.instead} (see {GUIDE})")


def without_accepted(problems: Iterable[Problem], style: Style) -> Iterator[Problem]:
    """The findings that nobody has accepted, and what was accepted but is not found any more."""
    used: set[tuple[str, str]] = set()
    accepted = {(one.page, one.rule) for one in style.accepted}
    for problem in problems:
        about = (problem.place.file.partition(".")[0], problem.code)
        if about in accepted:
            used.add(about)
        else:
            yield problem
    for page, rule in sorted(accepted - used):
        what = f"accepted: nothing of “{rule}” is found in {page} any more"
        yield Problem("accepted", Place("curricula/style.yml"), what, "take it off the list", "warning")


# ---------------------------------------------------------------- rules over the library


def style_of_library(library: Library, style: Style) -> Iterator[Problem]:
    """Rules that need more than one text: first use of terms, anatomy, fairness of cases, age of translations."""
    for article in library.articles():
        for body in article.bodies.values():
            yield from _terms_are_linked(library, body, style)
            yield from _pictures_have_words(body)
        yield from _modules_have_a_debrief(article)
        yield from _cases_are_fair(article)
        yield from _translations_are_young(article)


def _terms_are_linked(library: Library, body: Body, style: Style) -> Iterator[Problem]:
    linked = {word for name, word in body.manuscript.called["participant"] if name == "term"}
    open_text = [passage for passage in passages(body.nodes) if not passage.trainer]
    for key in style.first_use:
        term = library.glossary.get(key)
        if term is None or key in linked or not term.name.has(body.language):
            continue
        word = re.compile(rf"(?<!\w){re.escape(term.name.to(body.language))}(?!\w)", re.IGNORECASE)
        first = next((passage for passage in open_text if word.search(passage.text)), None)
        if first:
            name = term.name.to(body.language)
            yield _warning(
                "jargon", body, first.line, f"“{name}” is not explained here", f'write {{{{ term("{key}") }}}}'
            )


def _pictures_have_words(body: Body) -> Iterator[Problem]:
    for line in body.manuscript.prose:
        if re.search(r"!\[\s*\]\(", line.text):
            yield _warning("alt", body, line.number, "a picture without words", "say what it tells: ![words](…)")


def _modules_have_a_debrief(article: Article) -> Iterator[Problem]:
    matter = article.source.matter
    if isinstance(matter, ModuleMatter) and matter.minutes > NO_DEBRIEF:
        names = {block.name for block in blocks.walk(article.source.nodes)}
        if "debrief" not in names:
            yield _warning(
                "anatomy", article.source, 1, "this module has no debrief", "add ::: debrief with its questions"
            )


def _cases_are_fair(article: Article) -> Iterator[Problem]:
    if not isinstance(article.source.matter, CaseMatter):
        return
    for body in article.bodies.values():
        cards = [block for block in blocks.walk(body.nodes) if block.name == "card"]
        for one, other in zip(cards[::2], cards[1::2], strict=False):
            counts = sorted(
                words_in(plain(" ".join(line.text for line in blocks.lines(card.inside)))) for card in (one, other)
            )
            if counts[0] < counts[1] * (1 - FAIR):
                what = f"one end has {counts[1]} words, the other {counts[0]}"
                yield _warning("fairness", body, one.line, what, "give both ends the same room (within 20 %)")


def _translations_are_young(article: Article) -> Iterator[Problem]:
    now = fingerprint(article.source)
    for language, body in article.bodies.items():
        if language == article.language or body.matter.source == now:
            continue
        if body.matter.source is None:
            what, advice = "it is not noted which source this translates", "compare them, then: handbook translated"
        else:
            what, advice = "the source has changed since this was translated", "mend it, then: handbook translated"
        yield _warning("outdated", body, 1, what, f"{advice} {body.file}")


def fingerprint(source: Body) -> str:
    """A short hash of a source's text and words, as translations note it under `source`."""
    text = "\n".join(line.text.rstrip() for line in blocks.lines(source.nodes))
    goals = getattr(source.matter, "goals", ())
    told = (source.matter.title, source.matter.description, goals, getattr(source.matter, "purpose", ""), text)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


def note_source(path: Path, mark: str) -> None:
    """Write into a translation's front matter which text it translates."""
    text = path.read_text(encoding="utf-8")
    end = re.search(r"^---[ \t]*$", text[4:], re.MULTILINE)
    assert end  # it was read before
    front, rest = text[: 4 + end.start()], text[4 + end.start() :]
    front = re.sub(r"^source:.*\n", "", front, flags=re.MULTILINE)
    path.write_text(f'{front}source: "{mark}"\n{rest}', encoding="utf-8")


def _warning(code: str, body: Body, line: int, what: str, advice: str) -> Problem:
    return Problem(code, Place(body.file, line), what, advice, "warning")
