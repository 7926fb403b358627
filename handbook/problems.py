"""What can be wrong with the content, told so that a writer can mend it: where, what, what to do."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Place(NamedTuple):  # a dataclass takes three times as long to make, and a project has thousands of places
    """A place in a file; lines and columns count from 1, 0 means the whole file or line."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True)
class Problem:
    """One finding; `handbook` is empty when it does not belong to a single handbook."""

    code: str
    place: Place
    what: str
    advice: str = ""
    severity: Severity = "error"
    handbook: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f"\n  {self.advice}" if self.advice else "")


class ContentError(Exception):
    """The content has problems; the author can mend them, so no traceback is shown."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ContentError], tuple[tuple[Problem, ...]]]:
        """Let the error travel from a build process to the one that reports it."""
        return type(self), (self.problems,)


MOST = 100  # problems of one kind that are told of a file; with more of them, the first ones show what is wrong


def and_more(file: str, number: int) -> Iterator[Problem]:
    """What is said in place of the problems beyond the first ones."""
    if number > MOST:
        yield Problem("many", Place(file), "there are more problems of this kind", "mend the first ones")


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop a build."""
    return [p for p in problems if p.severity == "error"]


def stop_on_errors(problems: Iterable[Problem]) -> None:
    """Raise ContentError with all problems when one of them is an error."""
    found = tuple(problems)
    if errors(found):
        raise ContentError(found)


def did_you_mean(word: str, choices: Iterable[str], where: str = "") -> str:
    """One line of advice for an unknown word: the nearest choice, or where the choices are listed."""
    known = sorted(choices)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"the list is in {where}" if where else f"choose from {', '.join(known)}" if known else ""
    return " ".join(filter(None, [f'did you mean "{near[0]}"?' if near else "", listed]))


def merged(problems: Iterable[Problem]) -> list[tuple[Problem, tuple[str, ...]]]:
    """Each different problem once, sorted by place, with the handbooks it was found in."""
    handbooks: dict[Problem, list[str]] = {}
    for problem in problems:
        names = handbooks.setdefault(replace(problem, handbook=""), [])
        if problem.handbook and problem.handbook not in names:
            names.append(problem.handbook)
    return sorted(
        ((problem, tuple(sorted(names))) for problem, names in handbooks.items()),
        key=lambda pair: (pair[0].severity, pair[0].place, pair[0].what),
    )


def count(problems: Iterable[Problem]) -> str:
    """A closing line such as "2 errors, 1 warning in 3 files"."""
    rows = merged(problems)
    kinds = [
        f"{n} {kind}{'' if n == 1 else 's'}"
        for kind in ("error", "warning")
        if (n := sum(p.severity == kind for p, _ in rows))
    ]
    files = len({p.place.file for p, _ in rows})
    return f"{', '.join(kinds)} in {files} file{'' if files == 1 else 's'}" if kinds else "no problems"


def as_text(problems: Iterable[Problem]) -> str:
    """All problems for a terminal: grouped by severity and file, counted."""
    rows = merged(problems)
    lines = []
    for problem, handbooks in rows:
        kind = "warning: " if problem.severity == "warning" else ""
        lines.append(f"{problem.place}: {kind}{problem.what}")
        if problem.advice:
            lines.append(f"    {problem.advice}")
        if handbooks:
            shown = ", ".join(handbooks[:4]) + (f" and {len(handbooks) - 4} more" if len(handbooks) > 4 else "")
            lines.append(f"    in {shown}")
    if rows:
        lines.append("")
    return "\n".join([*lines, count(problem for problem, _ in rows)])


def as_json(problems: Iterable[Problem]) -> str:
    """All problems for tools: a JSON list of objects."""
    return json.dumps(
        [
            {
                "code": problem.code,
                "severity": problem.severity,
                "file": problem.place.file,
                "line": problem.place.line or None,
                "column": problem.place.column or None,
                "message": problem.what,
                "advice": problem.advice or None,
                "handbooks": list(handbooks),
            }
            for problem, handbooks in merged(problems)
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_annotations(problems: Iterable[Problem], environ: Mapping[str, str] = os.environ) -> str:
    """The same for the forge that runs us: the commands of GitHub (Forgejo and Gitea read them too) or of Azure.

    Source of the formats: GitHub's "Workflow commands", Azure Pipelines' "Logging commands". Elsewhere plain text.
    """
    found = list(problems)
    command = _github if environ.get("GITHUB_ACTIONS") == "true" else _azure if environ.get("TF_BUILD") else None
    if command is None:
        return as_text(found)
    return "\n".join([*(command(problem) for problem, _ in merged(found)), count(found)])


def _github(problem: Problem) -> str:
    at = f"file={problem.place.file}"
    at += f",line={problem.place.line}" if problem.place.line else ""
    at += f",col={problem.place.column}" if problem.place.column else ""
    return f"::{problem.severity} {at}::{_escaped(problem)}"


def _azure(problem: Problem) -> str:
    at = f"type={problem.severity};sourcepath={problem.place.file}"
    at += f";linenumber={problem.place.line}" if problem.place.line else ""
    at += f";columnnumber={problem.place.column}" if problem.place.column else ""
    return f"##vso[task.logissue {at}]{_escaped(problem)}"


def _escaped(problem: Problem) -> str:
    text = problem.what + (f"\n{problem.advice}" if problem.advice else "")
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


FORMATS = {"text": as_text, "json": as_json, "annotations": as_annotations}
