"""Many handbooks: which of them changed, and several at once, in processes of their own; one alone is built here."""

from __future__ import annotations

import functools
import gc
import json
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from .build import Log, Result, Where, build
from .documents import DEFAULT
from .inputs import mark, sum_of
from .library import Library
from .model import EDITIONS, Edition
from .print import PRINTERS
from .problems import ContentError, Place, Problem
from .publish import renew_list
from .render import warm

Job = tuple[str, str, Edition]
Step = tuple[str, str]
MEMORY = 4_000_000_000  # bytes a build process may use; a page that asks for more is a problem of that page
STEPS = 6  # steps that a handbook takes here; load and validate come before, once for all


@dataclass(frozen=True)
class Order:
    """What is to be built, and how."""

    jobs: tuple[Job, ...]
    where: Where
    printer: str = "typst"
    documents: tuple[str, ...] = DEFAULT
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
    """Build what changed; yields each handbook's outcome as it is ready, and tells its steps in between.

    A fault of ours in one handbook is raised when all others are done.
    """
    sums = {slug: sum_of(library.root, slug, order.where.config_file) for slug in {job[0] for job in order.jobs}}
    marks = {job: mark(sums[job[0]], job, order.printer, order.documents) for job in order.jobs}
    todo = [job for job in order.jobs if order.force or not _is_current(job, marks[job], order.where)]
    todo.sort(key=lambda job: EDITIONS.index(job[2]))  # trainers' guides show the workbook's page numbers
    for job in order.jobs:
        if job not in todo:
            place = order.where.output / job[2] / job[0] / job[1]
            yield Outcome(name_of(job), Result(name_of(job), place, _pdf_in(place)), unchanged=True)
    for job, outcome in _built(library, order, todo, told):
        if outcome.result:
            note = _note(order.where, job)
            note.write_text(_written(marks[job]), encoding="utf-8")
        yield outcome
    if order.where.output.is_dir():
        renew_list(order.where.output, library.phrases)


def _built(
    library: Library, order: Order, todo: list[Job], told: Callable[[str, str], None]
) -> Iterator[tuple[Job, Outcome]]:
    if len(todo) == 1:
        yield todo[0], _alone(library, order, todo[0], told)
    elif todo:
        yield from _together(library, order, todo, told)


def _alone(library: Library, order: Order, job: Job, told: Callable[[str, str], None]) -> Outcome:
    """One handbook, in this process: a process of its own would cost a twentieth more."""
    name, collects, limits = name_of(job), gc.isenabled(), _limit_memory()
    gc.disable()  # a handbook's garbage is two megabytes, and looking for it takes longer than some of the steps
    try:
        return Outcome(name, _build(library, order, job, functools.partial(told, name)))
    except ContentError as error:
        return Outcome(name, problems=error.problems)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        if collects:
            gc.enable()


def _limit_memory() -> tuple[int, int]:
    """Take no more memory than a build may, or than the user allows; the limits that there were."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = min(limit for limit in (MEMORY, *before) if limit != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    return before


def _together(
    library: Library, order: Order, todo: list[Job], told: Callable[[str, str], None]
) -> Iterator[tuple[Job, Outcome]]:
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    steps: SimpleQueue[Step] = context.SimpleQueue()
    if order.workers > 1:
        warm(order.where.config_file)
    pool = ProcessPoolExecutor(order.workers, context, _begin, (library, order, steps))
    futures: dict[Future[Result], Job] = {pool.submit(_work, job): job for job in todo}
    faults: list[BaseException] = []
    try:
        waiting = set(futures)
        while waiting:
            done = {future for future in waiting if future.done()}
            while not steps.empty():
                told(*steps.get())
            for future in done:
                if fault := _fault(future):
                    faults.append(fault)
                else:
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
    if faults:  # ours; the other handbooks are published by now
        raise faults[0]


def _pause(waiting: Iterable[Future[Result]]) -> None:
    """Wait a tenth of a second, or until a handbook is ready."""
    try:
        next(as_completed(waiting, timeout=0.1))
    except TimeoutError:
        return


def _fault(future: Future[Result]) -> BaseException | None:
    """What went wrong that is no problem of the content and not the end of a process."""
    error = future.exception()
    return None if isinstance(error, ContentError | BrokenProcessPool) else error


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


_shared: tuple[Library, Order, SimpleQueue[Step]]


def _begin(library: Library, order: Order, steps: SimpleQueue[Step]) -> None:
    global _shared  # noqa: PLW0603  # what every job of this process shares
    _shared = (library, order, steps)
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # the parent tells of it, in one line
    _limit_memory()


def _work(job: Job) -> Result:
    library, order, steps = _shared
    return _build(library, order, job, lambda step: steps.put((name_of(job), step)))


def _build(library: Library, order: Order, job: Job, log: Log) -> Result:
    return build(library, *job, order.where, log, PRINTERS.get(order.printer), order.documents)


# ---------------------------------------------------------------- what changed


def _note(where: Where, job: Job) -> Path:
    return where.work.joinpath(*job) / "published.json"


def _is_current(job: Job, fingerprint: str, where: Where) -> bool:
    """Whether the published handbook was made of the same inputs."""
    note = _note(where, job)
    if not note.is_file() or not (where.output / job[2] / job[0] / job[1] / "index.html").is_file():
        return False
    # a note that was cut short, by a full disk or a kill, is the note of something else
    return note.read_text(encoding="utf-8", errors="replace") == _written(fingerprint)


def _written(fingerprint: str) -> str:
    return json.dumps({"fingerprint": fingerprint})


def _pdf_in(place: Path) -> Path | None:
    return next(iter(sorted(place.glob("*.pdf"))), None)
