"""The command line: what each command prints, and the exit code it ends with."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import REPOSITORY, Said

import handbook as package
from handbook.load import load
from handbook.style import fingerprint

COMMANDS = ("new", "list", "check", "plan", "show", "build", "print", "serve", "translated", "schema")
Run = Callable[..., Said]


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that stands once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def started(*words: object, **options: object) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "handbook", *map(str, words)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options,
    )  # type: ignore[call-overload]  # fmt: skip


# ---------------------------------------------------------------- a new municipality


def open_in(handbook: Run, slug: str) -> list[str]:
    """What the check says of a profile: the keys that are still open."""
    said = handbook("check", slug, "--format", "json")
    return [found["message"] for found in json.loads(said.out) if found["file"] == f"municipalities/{slug}.yml"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real content, and the folder one stands in."""
    for name in ("docs", "curricula", "municipalities"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


GIVEN = {
    "nl": ("province: null", 'province: "Noord-Brabant"'),
    "be": ("region: null", "region: brussels"),
}


@pytest.mark.parametrize("country", ["nl", "be"])
def test_a_new_municipality(handbook: Run, project: Path, country: str) -> None:
    """A draft says what must be filled in; with that, and nothing else, its handbook can be planned."""
    said = handbook("new", "'s-Hertogen  «Bosch»: ñ", "--country", country)
    assert (said.code, said.err) == (0, "")
    path = project / "municipalities" / "s-hertogen-bosch-n.yml"
    assert said.out.splitlines()[0] == (
        "municipalities/s-hertogen-bosch-n.yml is a first draft. Open it in an editor and fill in every `null`."
    )
    where = "region" if country == "be" else "province"
    keys = ["code", where, "population.count", "population.year", "population.source"]
    assert open_in(handbook, path.stem) == [f"{key}: has no value" for key in keys]
    for old, new in [("code: null", 'code: "GM0796"'), ("count: null", "count: 1"), ("year: null", "year: 2025"),
                     ("source: null", "source: a list"), GIVEN[country]]:  # fmt: skip
        replace(path, old, new)
    assert open_in(handbook, path.stem) == []
    planned = handbook("plan", path.stem, "--language", "nl", "--edition", "participant")
    assert planned.out.splitlines()[0].startswith("'s-Hertogen «Bosch»: ñ, nl, participant edition: ")


def test_a_new_municipality_never_overwrites(handbook: Run, project: Path) -> None:
    """A name that is taken, or that no file name can be made of, is told, and nothing is written."""
    before = (project / "municipalities" / "genk.yml").read_bytes()
    assert handbook("new", "GENK", "--country", "be") == Said(
        1, "", "municipalities/genk.yml: this municipality is here already\n"
        "    open that file, or look at it: handbook show genk\n\n1 error in 1 file\n",
    )  # fmt: skip
    assert (project / "municipalities" / "genk.yml").read_bytes() == before
    assert handbook("new", "!!!", "--country", "nl").err == (
        'municipalities: no file name can be made of "!!!"\n    give the name as people write it\n\n1 error in 1 file\n'
    )


# ---------------------------------------------------------------- help and usage


def test_help_reads_well(handbook: Run, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """`--help` of the program and of each command is the text in the golden file, exit code 0."""
    monkeypatch.setenv("COLUMNS", "100")
    said = [handbook("--help"), *(handbook(command, "--help") for command in COMMANDS)]
    golden("help.txt", "\n\n".join(one.out for one in said))
    assert {(one.code, one.err) for one in said} == {(0, "")}


def test_version(handbook: Run) -> None:
    """`--version` prints the name and the version."""
    assert handbook("--version") == Said(0, f"handbook {package.__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [  # what is typed, what is said
        ("", "the following arguments are required: COMMAND\n  see `handbook --help`"),
        ("plan", "the following arguments are required: CITY\n  see `handbook plan --help`"),
        ("build veld --jobs many", "argument --jobs: invalid int value: 'many'\n  see `handbook build --help`"),
        ("build", "name a municipality, or --all for every one"),
        ("build veld --language fr", "no handbook fits: look at the languages with `handbook list`"),
        ("plan veld --language fr", "no handbook fits: look at the languages with `handbook list`"),
        ("print veld --language fr", "no handbook fits: look at the languages with `handbook list`"),
        (
            "print veld attendence",
            'there is no document "attendence"\n  did you mean "attendance"? choose from attendance, handbook, '
            "intervision-log, pocket-card, sheets, trainer-guide, workbook, workbook-a5",
        ),
        ("serve veld --language fr", "no handbook fits: look at the languages with `handbook list`"),
        (
            "check velt",
            'there is no municipality "velt"\n'
            '  did you mean "veld"? the list is in municipalities/, or `handbook list`',
        ),
        (
            "build veld x",
            'there is no municipality "x"\n  the list is in municipalities/, or `handbook list`',
        ),
        ("show Berg", 'there is no municipality "Berg"\n'
                      '  did you mean "berg"? the list is in municipalities/, or `handbook list`'),
        ("check --project no/such/place", 'there is no folder "no/such/place"'),
        (
            "translated docs/index.md",
            "docs/index.md is not a translation in docs/ or curricula/",
        ),
    ],
)  # fmt: skip
def test_wrong_use(handbook: Run, small: Path, monkeypatch: pytest.MonkeyPatch, words: str, message: str) -> None:
    """A call that makes no sense gets one message with what to do, and exit code 2."""
    monkeypatch.chdir(small)
    assert handbook(*words.split()) == Said(2, "", f"handbook: {message}\n")


def test_an_unknown_command_names_those_that_exist(handbook: Run) -> None:
    """An unknown command gets the list of commands, and exit code 2."""
    said = handbook("publish")
    assert (said.code, said.out) == (2, "")
    assert re.findall(r"\b[a-z]+\b", said.err.partition("choose from")[2].partition(")")[0]) == list(COMMANDS)


# ---------------------------------------------------------------- list, plan, show


def test_list(handbook: Run, small: Path, golden: Callable[[str, str], None]) -> None:
    """`list` prints a row for each municipality: languages, sessions, what is to be confirmed or translated."""
    said = handbook("list", "--project", small)
    golden("list.txt", said.out)
    assert (said.code, said.err) == (0, "")


def test_list_tells_what_is_not_in_order(handbook: Run, small: Path, golden: Callable[[str, str], None]) -> None:
    """`list` tells which municipality is not in order, and that shared content is not; exit code 1."""
    replace(small / "municipalities" / "veld.yml", "key: safety", "key: saftey")
    (small / "municipalities" / "veldhoven.yml").write_text("name: Veldhoven\ncountry: nl\n", encoding="utf-8")
    (small / "docs" / "spare.md").write_text("---\ntitle: Spare\n---\n", encoding="utf-8")
    said = handbook("list", "--project", small)
    golden("list-not-in-order.txt", said.out)
    assert (said.code, said.err) == (1, "")


def test_list_with_a_mistake_below_all(handbook: Run, small: Path) -> None:
    """A mistake in the common layer leaves no municipality in order, and is told once, as shared."""
    replace(small / "municipalities" / "_base.yml", '"#0b5c8a"', "blue")
    said = handbook("list", "--project", small)
    assert said == Said(
        1,
        "municipality  name  languages  sessions  state\n"
        "berg                                     not in order\n"
        "veld                                     not in order\n"
        "\nin what all share: 1 error in 1 file; see `handbook check`\n",
        "",
    )


def test_plan(handbook: Run, small: Path, golden: Callable[[str, str], None]) -> None:
    """`plan` prints the outline of each handbook of a city, with minutes and clock times."""
    said = handbook("plan", "veld", "--project", small)
    golden("plan-veld.txt", said.out)
    assert (said.code, said.err) == (0, "")


def test_plan_of_one_handbook(handbook: Run, small: Path) -> None:
    """`--language` and `--edition` choose one handbook."""
    every = handbook("plan", "veld", "--project", small).out.split("\n\n\n")
    blocks = handbook("plan", "veld", "--project", small, "--language", "en", "--edition", "trainer").out
    assert blocks.startswith("Veld aan Zee, en, trainer edition: 9 pages\n")
    assert blocks in "\n\n\n".join(every)


def test_plan_of_a_broken_city(handbook: Run, small: Path) -> None:
    """`plan` of a city with a mistake prints the mistake and exit code 1; another city's mistake does not matter."""
    replace(small / "municipalities" / "veld.yml", "key: safety", "key: saftey")
    broken = handbook("plan", "veld", "--project", small)
    assert broken == Said(
        1, "",
        'municipalities/veld.yml:7:10: departments[1].key: unknown department "saftey"\n'
        '    did you mean "safety"? the list is in curricula/vocabulary.yml\n\n1 error in 1 file\n',
    )  # fmt: skip
    assert handbook("plan", "berg", "--project", small).code == 0


def test_show(handbook: Run, small: Path, golden: Callable[[str, str], None]) -> None:
    """`show` prints every value of a municipality and the file and line it comes from."""
    said = handbook("show", "veld", "--project", small)
    golden("show-veld.txt", said.out)
    assert (said.code, said.err) == (0, "")


def test_show_of_a_city_that_cannot_be_read(handbook: Run, small: Path) -> None:
    """`show` of a city whose file is broken tells why, and exit code 1."""
    (small / "municipalities" / "veld.yml").write_text("name: {\n", encoding="utf-8")
    said = handbook("show", "veld", "--project", small)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("municipalities/veld.yml:2:1: this is not YAML: ")


# ---------------------------------------------------------------- check and its formats


@pytest.fixture
def wrong(small: Path) -> Path:
    """A project with an error in what all share, one in a city, and a warning for both cities."""
    replace(small / "municipalities" / "veld.yml", "key: safety", "key: 100%")
    replace(small / "docs" / "index.md", "(page:talk/hello#listen)", "(page:talk/helo)")
    return small


def test_check_of_good_content(handbook: Run, small: Path) -> None:
    """`check` of content with warnings only prints them and ends with 0."""
    said = handbook("check", "--project", small)
    assert said == Said(
        0,
        "curricula/talk: warning: 1 page not translated into nl: readers see en with a notice\n"
        "    write answers.nl.md\n    in berg, veld\n\n1 warning in 1 file\n",
        "",
    )


def test_check_of_content_without_any_problem(handbook: Run, small: Path) -> None:
    """`check` says so when there is nothing to say."""
    module = (small / "curricula" / "talk" / "answers.md").read_text(encoding="utf-8")
    matter = "---\ntitle: Antwoorden\ngoals: [Antwoordt.]\n---\n"
    (small / "curricula" / "talk" / "answers.nl.md").write_text(matter + module.split("---\n", 2)[2], encoding="utf-8")
    assert handbook("check", "--project", small) == Said(0, "no problems\n", "")


def test_check_of_one_city_leaves_out_the_others(handbook: Run, wrong: Path) -> None:
    """`check berg` tells what is wrong for Berg: shared content and its own file, not Veld's."""
    assert handbook("check", "berg", "--project", wrong) == Said(
        1,
        'docs/index.md:18:24: no page has the address "talk/helo"\n'
        '    did you mean "talk/hello"? the list is in the guide\n'
        "curricula/talk: warning: 1 page not translated into nl: readers see en with a notice\n"
        "    write answers.nl.md\n    in berg\n\n1 error, 1 warning in 2 files\n",
        "",
    )


def test_check_as_json(handbook: Run, wrong: Path) -> None:
    """`--format json` is a list of objects with code, place, message, advice and handbooks."""
    said = handbook("check", "--format", "json", "--project", wrong)
    assert (said.code, said.err) == (1, "")
    assert json.loads(said.out) == [
        {
            "code": "link", "severity": "error", "file": "docs/index.md", "line": 18, "column": 24,
            "message": 'no page has the address "talk/helo"',
            "advice": 'did you mean "talk/hello"? the list is in the guide', "handbooks": [],
        },
        {
            "code": "shape", "severity": "error", "file": "municipalities/veld.yml", "line": 7, "column": 10,
            "message": "departments[1].key: expected a key: small letters, digits and -",
            "advice": None, "handbooks": [],
        },
        {
            "code": "not-translated", "severity": "warning", "file": "curricula/talk", "line": None, "column": None,
            "message": "1 page not translated into nl: readers see en with a notice",
            "advice": "write answers.nl.md", "handbooks": ["berg"],
        },
    ]  # fmt: skip


GITHUB = (
    '::error file=docs/index.md,line=18,col=24::no page has the address "talk/helo"'
    '%0Adid you mean "talk/hello"? the list is in the guide\n'
    "::error file=municipalities/veld.yml,line=7,col=10::"
    "departments[1].key: expected a key: small letters, digits and -\n"
    "::warning file=curricula/talk::1 page not translated into nl: readers see en with a notice%0Awrite answers.nl.md\n"
    "2 errors, 1 warning in 3 files\n"
)
AZURE = (
    "##vso[task.logissue type=error;sourcepath=docs/index.md;linenumber=18;columnnumber=24]"
    'no page has the address "talk/helo"%0Adid you mean "talk/hello"? the list is in the guide\n'
    "##vso[task.logissue type=error;sourcepath=municipalities/veld.yml;linenumber=7;columnnumber=10]"
    "departments[1].key: expected a key: small letters, digits and -\n"
    "##vso[task.logissue type=warning;sourcepath=curricula/talk]"
    "1 page not translated into nl: readers see en with a notice%0Awrite answers.nl.md\n"
    "2 errors, 1 warning in 3 files\n"
)


@pytest.mark.parametrize(
    ("variable", "value", "told"), [("GITHUB_ACTIONS", "true", GITHUB), ("TF_BUILD", "True", AZURE)]
)
def test_check_under_a_forge(
    handbook: Run, wrong: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    """Where a forge runs us, the same problems come as its annotations, without being asked; text when asked."""
    text = handbook("check", "--project", wrong)
    monkeypatch.setenv(variable, value)
    assert handbook("check", "--project", wrong) == Said(1, told, "")
    assert handbook("check", "--project", wrong, "--format", "text") == text


def test_problems_that_stop_a_command_come_in_the_format_too(
    handbook: Run, wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that cannot start tells its problems as JSON on standard output, or as annotations."""
    asked = handbook("build", "--all", "--project", wrong, "--format", "json")
    assert [row["message"] for row in json.loads(asked.out)] == ['no page has the address "talk/helo"']
    assert (asked.code, asked.err) == (1, "")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    told = handbook("plan", "berg", "--project", wrong)
    assert told == Said(1, "", GITHUB.splitlines()[0] + "\n1 error in 1 file\n")


def test_percent_signs_and_line_breaks_are_escaped_in_annotations(
    handbook: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a forge would read as an escape arrives as it was written."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    replace(small / "curricula" / "talk" / "hello.md", "method: talk", "method: 50%0Atalk")
    lines = handbook("check", "--project", small).out.splitlines()
    assert lines[0] == (
        "::error file=curricula/talk/hello.md,line=6,col=9::method: expected a key: small letters, digits and -"
    )
    replace(small / "curricula" / "talk" / "hello.md", "method: 50%0Atalk", "method: talk")
    replace(small / "docs" / "index.md", "(page:talk/hello#listen)", "(50%0Atalk)")
    lines = handbook("check", "--project", small).out.splitlines()
    assert lines[0] == (
        '::error file=docs/index.md,line=18,col=24::this link is not understood: "50%250Atalk"'
        "%0Awrite page:… for a page of the handbook, or a full https:// address"
    )


# ---------------------------------------------------------------- translated


def test_translated(handbook: Run, small: Path) -> None:
    """`translated` notes which text a translation was made of, once, and leaves the rest of the file alone."""
    file = small / "curricula" / "talk" / "hello.nl.md"
    before = file.read_text(encoding="utf-8")
    library, _ = load(small)
    assert library
    mark = fingerprint(library.sessions["talk"].modules["hello"].source)
    for _ in range(2):
        assert handbook("translated", file, "--project", small) == Said(
            0, f"{file}: noted that it translates curricula/talk/hello.md as it is now\n", ""
        )
        assert file.read_text(encoding="utf-8") == before.replace(
            "goals: [Zegt hallo.]\n", f'goals: [Zegt hallo.]\nsource: "{mark}"\n'
        )
    assert handbook("check", "--project", small).code == 0


# ---------------------------------------------------------------- exit codes of the process


def test_a_build_tells_its_steps_and_where_to_open_it(small: Path) -> None:
    """Away from a terminal a build prints plain lines with the names of the steps, and ends with the addresses."""
    done = started("build", "veld", "--language", "nl", "--edition", "participant", "--no-pdf", "--project", small)
    out, err = done.communicate(timeout=120)
    steps = ("plan", "stage", "render", "check", "publish", "published")
    assert err == "".join(f"veld/nl/participant: {step}\n" for step in steps)
    assert re.sub(r"\d+ s", "N s", out) == (
        f"\n1 handbook in N s. Open in a browser:\n  {small / 'site/participant/veld/nl/index.html'}\n"
    )
    assert done.returncode == 0


def test_a_build_on_a_terminal_shows_progress(small: Path) -> None:
    """On a terminal a bar for each handbook tells the step, and at the end that it is published."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "handbook", "build", "veld", "--language", "nl", "--no-pdf", "--project", str(small)],
        cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert done.wait(timeout=60) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    last = {line.split()[0]: line.split()[-2] for line in re.split(r"[\r\n]+", text) if line.startswith("veld/")}
    assert last == {"veld/nl/participant": "published", "veld/nl/trainer": "published"}
    assert "━" in text


def test_print_makes_one_document_alone(handbook: Run, small: Path, tmp_path: Path) -> None:
    """`print` makes the named document, tells its steps and where it lies, and publishes no site."""
    output = tmp_path / "papers"
    said = handbook("print", "veld", "sheets", "--language", "nl", "--project", small, "--output", output)
    made = [path for path in output.rglob("*") if path.is_file()]
    assert [path.relative_to(output).as_posix() for path in made] == ["veld/nl/sheets/card.pdf"]
    assert made[0].read_bytes().startswith(b"%PDF-")
    assert said.out == f"  {made[0]}\n"
    assert {line.partition(": ")[0] for line in said.err.splitlines()} == {"veld/nl"}
    assert said.code == 0
    assert not (small / "site").exists()


@pytest.mark.parametrize("whole_group", [True, False], ids=["ctrl-c", "kill-int"])
def test_an_interrupted_build_ends_with_130(small: Path, whole_group: bool) -> None:
    """Ctrl-C ends a build at once, with one line; nothing half-made is published and no process stays."""
    process = started("build", "--all", "--no-pdf", "--project", small)
    assert process.stderr
    while ": render" not in process.stderr.readline():
        assert process.poll() is None
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert err.endswith("\nstopped; what was published stays\n")
    published = [folder for folder in (small / "site").glob("*/*/*") if folder.is_dir()]
    assert all((folder / "index.html").is_file() and (folder / "404.html").is_file() for folder in published)
    with pytest.raises(ProcessLookupError):  # the whole process group is gone
        os.killpg(process.pid, 0)


def test_a_fault_of_ours_ends_with_3_and_a_traceback(small: Path) -> None:
    """What nobody foresaw, here a file where `schema` needs a folder, is told as our fault, with the traceback."""
    (small / "guide").write_text("not a folder\n", encoding="utf-8")
    process = started("schema", "--project", small)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.endswith("\n\nThis is a fault of handbook itself. Please report it with the lines above.\n")


def test_content_problems_never_show_a_traceback(small: Path) -> None:
    """The author's fault ends with 1 and messages only."""
    (small / "curricula" / "vocabulary.yml").write_text("departments: [\n", encoding="utf-8")
    process = started("build", "--all", "--project", small)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err == (
        "curricula/vocabulary.yml:2:1: this is not YAML: while parsing a flow node did not find expected node content\n"
        "    look at the indentation and the quotes on this line and the one above\n\n1 error in 1 file\n"
    )


def test_a_closed_pipe_is_no_fault(small: Path) -> None:
    """`handbook show veld | head -1` ends quietly."""
    process = started("show", "veld", "--project", small)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


def test_names_that_a_terminal_cannot_show_are_told_anyway(small: Path) -> None:
    """A file name that is no text, on a terminal that knows only ASCII, becomes a message and no traceback."""
    Path(os.fsdecode(os.fsencode(small / "docs") + b"/caf\xe9.md")).write_text("x", encoding="utf-8")
    process = started("check", "--project", small, env={**os.environ, "PYTHONIOENCODING": "ascii:strict"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert out.startswith("docs/caf\\udce9.md: this file name is not understood\n")


@pytest.mark.parametrize(
    "variable", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "LANG": "C", "TZ": "Asia/Tokyo"}]
)
def test_messages_do_not_depend_on_the_machine(wrong: Path, handbook: Run, variable: dict[str, str]) -> None:
    """The same problems come in the same order whatever the hash seed, the language and the time zone are."""
    process = started("check", "--project", wrong, env={**os.environ, **variable})
    out, _ = process.communicate(timeout=60)
    assert out == handbook("check", "--project", wrong).out


def test_the_project_is_the_folder_around_you(handbook: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --project the project is the nearest folder above with municipalities/; elsewhere it is our own."""
    monkeypatch.chdir(small / "curricula" / "talk")
    assert handbook("list").out.splitlines()[1].split()[0] == "berg"
    monkeypatch.chdir("/")
    assert [line.split()[0] for line in handbook("list").out.splitlines()[1:4]] == ["genk", "mechelen", "rotterdam"]
