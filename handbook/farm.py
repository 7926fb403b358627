"""Many handbooks: which of them changed, and several at once, each in a process of its own."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import resource
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from .build import Result, Where, build
from .library import Library
from .load import HOME
from .model import Edition
from .print import PRINTERS
from .problems import ContentError, Place, Problem

Job = tuple[str, str, Edition]
Step = tuple[str, str]
MEMORY = 4_000_000_000  # bytes a build process may use; a page that asks for more is a problem of that page
STEPS = 6  # steps that a handbook takes here; load and validate come before, once for all
_TOOLS = (
    "mkdocs",
    "mkdocs-material",
    "mkdocs-macros-plugin",
    "mkdocs-with-pdf",
    "weasyprint",
    "typst",
    "pymdown-extensions",
)


@dataclass(frozen=True)
class Order:
    """What is to be built, and how."""

    jobs: tuple[Job, ...]
    where: Where
    printer: str = "typst"
    force: bool = False
    at_once: int = 0

    @property
    def workers(self) -> int:
        """How many processes: one a core, and no more than there are handbooks."""
        return max(1, min(self.at_once or os.cpu_count() or 1, len(self.jobs)))


@dataclass(frozen=True)
class Outcome:
    """How it went with one handbook: its result, or its problems."""

    name: str
    result: Result | None = None
    problems: tuple[Problem, ...] = ()
    unchanged: bool = False


def name_of(job: Job) -> str:
    """`rotterdam/nl/participant`."""
    return "/".join(job)


def farm(library: Library, order: Order, told: Callable[[str, str], None]) -> Iterator[Outcome]:
    """Build what changed; yields each handbook's outcome as it is ready, and tells its steps in between."""
    marks = {job: _fingerprint(library.root, job, order) for job in order.jobs}
    todo = [job for job in order.jobs if order.force or not _is_current(job, marks[job], order.where)]
    for job in order.jobs:
        if job not in todo:
            place = order.where.output / job[2] / job[0] / job[1]
            yield Outcome(name_of(job), Result(name_of(job), place, _pdf_in(place)), unchanged=True)
    for job, outcome in _built(library, order, todo, told):
        if outcome.result:
            mark = _mark(order.where, job)
            mark.write_text(_written(marks[job]), encoding="utf-8")
        yield outcome


def _built(
    library: Library, order: Order, todo: list[Job], told: Callable[[str, str], None]
) -> Iterator[tuple[Job, Outcome]]:
    if not todo:
        return
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    steps: SimpleQueue[Step] = context.SimpleQueue()
    pool = ProcessPoolExecutor(order.workers, context, _begin, (library, order.where, order.printer, steps))
    futures: dict[Future[Result], Job] = {pool.submit(_work, job): job for job in todo}
    try:
        waiting = set(futures)
        while waiting:
            done = {future for future in waiting if future.done()}
            while not steps.empty():
                told(*steps.get())
            for future in done:
                yield futures[future], _outcome(futures[future], future)
            waiting -= done
            if waiting and not done:
                _pause(waiting)
    except BaseException:
        for process in list(pool._processes.values()):  # the pool itself would wait for its handbooks to end
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _pause(waiting: Iterable[Future[Result]]) -> None:
    """Wait a tenth of a second, or until a handbook is ready."""
    try:
        next(as_completed(waiting, timeout=0.1))
    except TimeoutError:
        return


def _outcome(job: Job, future: Future[Result]) -> Outcome:
    name = name_of(job)
    try:
        return Outcome(name, future.result())
    except ContentError as error:
        return Outcome(name, problems=error.problems)
    except BrokenProcessPool:
        what = "the build process was ended from outside, perhaps for lack of memory"
        problem = Problem("process", Place(name), what, "build fewer at once: --jobs 1", handbook=name)
        return Outcome(name, problems=(problem,))


# ---------------------------------------------------------------- in the child processes


_shared: tuple[Library, Where, str, SimpleQueue[Step]]


def _begin(library: Library, where: Where, printer: str, steps: SimpleQueue[Step]) -> None:
    global _shared  # noqa: PLW0603  # what every job of this process shares
    _shared = (library, where, printer, steps)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _work(job: Job) -> Result:
    library, where, printer, steps = _shared
    return build(library, *job, where, lambda step: steps.put((name_of(job), step)), PRINTERS.get(printer))


# ---------------------------------------------------------------- what changed


def _mark(where: Where, job: Job) -> Path:
    return where.work.joinpath(*job) / "published.json"


def _is_current(job: Job, fingerprint: str, where: Where) -> bool:
    """Whether the published handbook was made of the same inputs."""
    mark = _mark(where, job)
    if not mark.is_file() or not (where.output / job[2] / job[0] / job[1] / "index.html").is_file():
        return False
    # a mark that was cut short, by a full disk or a kill, is the mark of something else
    return mark.read_text(encoding="utf-8", errors="replace") == _written(fingerprint)


def _written(fingerprint: str) -> str:
    return json.dumps({"fingerprint": fingerprint})


def _pdf_in(place: Path) -> Path | None:
    return next(iter(sorted(place.glob("*.pdf"))), None)


def _fingerprint(root: Path, job: Job, order: Order) -> str:
    """A hash of everything that a handbook is made of: a build is a pure function of its inputs."""
    slug = job[0]
    sums = hashlib.sha256(repr((job, order.printer, [version(tool) for tool in _TOOLS])).encode())
    for path in _inputs(root, slug, order.where.config_file):
        sums.update(os.fsencode(path) + b"\0" + path.read_bytes() + b"\0")
    return sums.hexdigest()


def _inputs(root: Path, slug: str, config_file: Path) -> Iterator[Path]:
    folders = [root / "docs", root / "curricula", HOME / "curricula/phrases.yml", HOME / "handbook", HOME / "macros",
               config_file, config_file.parent / "theme", root / "municipalities" / slug]  # fmt: skip
    for folder in dict.fromkeys(folders):
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        yield from (path for path in paths if path.is_file() and "__pycache__" not in path.parts)
    yield from (path for path in sorted((root / "municipalities").glob("_*.yml")))
    yield root / "municipalities" / f"{slug}.yml"
