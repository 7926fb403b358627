"""What tests share: small projects in folders, the command line, and handbooks that are built once for all."""

from __future__ import annotations

import fcntl
import functools
import gc
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from handbook.__main__ import run

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
SMALL = HERE / "projects" / "small"

gc.enable()  # the command line starts without
# a job in a shell's background ignores Ctrl-C, and so would the previews that tests start and stop
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("handbook", deadline=None)  # a busy machine is no fault
settings.load_profile("handbook")


@dataclass(frozen=True)
class Said:
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-goldens` writes what was made as what is expected."""
    parser.addoption("--update-goldens", action="store_true", help="rewrite the expected files")


@pytest.fixture(autouse=True)
def _no_forge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are plain text, also where the tests themselves run under a forge."""
    for name in ("GITHUB_ACTIONS", "TF_BUILD", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small project: two municipalities, one session, everything writers can use."""
    return _copied(tmp_path / "small")


def _copied(target: Path) -> Path:
    """The small project in another folder, without what was built there."""
    return Path(shutil.copytree(SMALL, target, ignore=shutil.ignore_patterns("build", "site"), dirs_exist_ok=True))


@pytest.fixture
def handbook(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """The command line, in this process: `handbook("check", "--project", folder)`."""

    def call(*words: object) -> Said:
        capsys.readouterr()
        try:
            code = run([str(word) for word in words])
        except SystemExit as end:  # --help and --version
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file in tests/goldens/ that holds what is expected."""

    def compare(name: str, text: str) -> None:
        path = HERE / "goldens" / name
        if request.config.getoption("--update-goldens"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


def _built_once(tmp_path_factory: pytest.TempPathFactory, name: str, *words: str, command: str = "build") -> Path:
    """Build handbooks in a process of their own, once for all test workers; returns the published folder."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    place = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / ".done").exists():
            done = subprocess.run(
                [sys.executable, "-m", "handbook", command, *words, "--output", str(place)],
                cwd=REPOSITORY, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
            (place / ".done").touch()
    return place


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, published: all its cities, languages and editions, with PDFs."""
    project = _copied(tmp_path_factory.mktemp("small-project"))
    return _built_once(tmp_path_factory, "small-site", "--all", "--project", str(project))


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rotterdam's handbooks of the real content, published with PDFs."""
    return _built_once(tmp_path_factory, "real-site", "rotterdam", "--force")


@pytest.fixture(scope="session")
def genk_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Genk's handbooks of the real content, without PDFs."""
    return _built_once(tmp_path_factory, "genk-site", "genk", "--no-pdf", "--force")


@pytest.fixture(scope="session")
def french_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The participants' handbook of Sint-Jans-Molenbeek in French, without PDF."""
    words = ("sint-jans-molenbeek", "--language", "fr", "--edition", "participant", "--no-pdf", "--force")
    return _built_once(tmp_path_factory, "french-site", *words)


# ---------------------------------------------------------------- a real browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the system has it."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "the tests need chromium; `make test` installs it"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile; a test may ask for options with `@pytest.mark.parametrize("context", [...], indirect=True)`."""
    made = browser.new_context(**getattr(request, "param", {}))
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that profile."""
    return context.new_page()


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that closes in the middle of an answer is no fault."""


@contextmanager
def web(folder: Path, asked: list[str] | None = None) -> Iterator[str]:
    """A folder on a plain static server; yields its address, such as `http://127.0.0.1:4711`.

    The paths that browsers ask for are added to `asked`.
    """

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # the name of the base class
            del format, args
            if asked is not None:
                asked.append(self.path)

    handler = functools.partial(Handler, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def address(small_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The published handbooks on a plain static server, in a sub-folder: `http://127.0.0.1:…/some/folder/`."""
    root = tmp_path_factory.mktemp("web")
    shutil.copytree(small_site, root / "some" / "folder")
    with web(root) as found:
        yield f"{found}/some/folder"
