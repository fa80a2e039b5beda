"""The documentation is true: it builds, its transcripts are what the prompt shows, and what it names exists."""

from __future__ import annotations

import doctest
import html
import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import histshell
from histshell import command_line, settings
from histshell.cli import main as command
from tests.prompt.session import STARTUP, Session, fresh_home
from tests.pythons import BASIC, READLINE, Python, Target
from tests.test_imports import SOURCES
from tests.transcripts import Transcript, blocks, transcripts
from tools import picture

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG", "RELEASING", "SECURITY")),
    *sorted((ROOT / "docs").glob("*.md")),
]
VARIABLE = re.compile(r"HISTSHELL(?:_[A-Z]+)+")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

#: The interpreter that runs the tests, at the prompt that does not indent by itself.
HERE = Target(
    Python(sys.executable, sys.implementation.name, sys.version_info[:3]),
    READLINE if sys.version_info < (3, 13) else BASIC,
)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def sessions() -> list[object]:
    """Return every session that the pages show, as parameters."""
    return [
        pytest.param(transcript, id=f"{page.relative_to(ROOT)}:{transcript.line}")
        for page in PAGES
        for transcript in transcripts(page)
    ]


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    """What `make docs` does: every link leads somewhere, every page can be reached."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            "-E",
            "-d",
            tmp_path / "trees",
            ROOT / "docs",
            tmp_path / "html",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "h[1]" in (tmp_path / "html" / "start.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("transcript", sessions())
def test_a_transcript_is_what_the_prompt_shows(transcript: Transcript, tmp_path: Path) -> None:
    """Each line is typed at a real prompt; what the terminal shows then is what the page says."""
    env, size = {"NO_COLOR": "1"}, (50, 120)
    if transcript.page.stem == "display":  # as that page says
        env["HISTSHELL_DISPLAY"], size = "pretty", (24, 80)
    home = fresh_home(tmp_path / "home")
    with Session(HERE, home, startup=STARTUP, args=["-q"], env=env, rows=size[0], columns=size[1]) as session:
        session.wait_for_prompt()
        for line in transcript.inputs():
            session.enter(line, until=session.at_any_prompt)
        shown = session.history()[: session.row]
    if difference := transcript.difference(shown):
        pytest.fail(difference, pytrace=False)


def test_a_transcript_that_is_wrong_is_found(tmp_path: Path) -> None:
    """The comparison itself: other text, a missing line and one too many are differences; `…` is not."""
    page = tmp_path / "page.md"
    page.write_text("```histshell\nh[1] >>> if 1:\n     ...   2\n     ...\n2 …\n…\nend\n```\n", encoding="utf-8")
    (transcript,) = transcripts(page)
    top = ["h[1] >>> if 1:", "     ...   2", "     ..."]
    assert transcript.inputs() == ["if 1:", "  2", ""]
    assert transcript.difference([*top, "2 x ", "end"]) == ""
    assert transcript.difference([*top, "2 x", "a", "b", "end"]) == ""
    assert "the terminal shows" in transcript.difference([*top, "3 x", "end"])
    assert transcript.difference([*top, "2 x"])
    assert transcript.difference([*top, "2 x", "end", "more"])


@each_page
def test_the_examples_of_a_page_run(page: Path) -> None:
    """Blocks with `>>> ` are doctests; those of one page share their names."""
    text = "\n".join(block.text for block in blocks(page) if block.language in ("python", "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, str(page), str(page), 0)
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert results.failed == 0


WITH_EXAMPLES = [
    name for name, path in SOURCES.items() if re.search(r"^\s*>>> ", path.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_in_docstrings_run(module: str) -> None:
    """Examples in docstrings are doctests."""
    results = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert results.attempted > 0
    assert results.failed == 0


def code(page: Path) -> list[str]:
    """Return what a page shows as code to run or to look for: inline code, and the lines of shell blocks."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    shell = [line.partition("#")[0].strip() for line in lines]
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    return [*filter(None, shell), *inline]


@each_page
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    """Links to files, and paths below one of the repository's folders; `*` and `{a,b}` are not expanded."""
    folders = "histshell|startup|tests|docs|benchmarks|tools|.ci"
    named = [word for text in code(page) for word in re.findall(rf"(?<![\w/.~$-])(?:{folders})/[\w./-]+", text)]
    made = ("docs/_build/", ".ci/work")
    missing = [name for name in named if not (ROOT / name).exists() and not name.startswith(made)]
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing += [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@each_page
def test_every_link_to_a_heading_hits_one(page: Path) -> None:
    """`page.md#heading`, as GitHub and Sphinx make the anchors of headings."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s#]*)#([^)\s]+)\)", text)
    links = [(target, anchor) for target, anchor in links if "://" not in target]
    assert [link for link in links if link[1] not in anchors(page.parent / link[0] if link[0] else page)] == []


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings: in small letters, blanks as hyphens, without other signs."""
    text = re.sub(r"^(```+).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    """`make something` is in the Makefile."""
    named = {word for text in code(page) for word in re.findall(r"(?:^|[;&(] *)make ([a-z]+)", text)}
    assert named <= targets()


def targets() -> set[str]:
    """Return the targets of the Makefile that are meant for people."""
    return set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


def test_every_make_target_is_in_the_list() -> None:
    """Each target for people is phony, explained by `make help`, and in CONTRIBUTING's table in the same order."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    table = re.findall(r"^\| `make ([a-z]+)` \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(phony.split()) == targets()
    assert table == re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE)


@each_page
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    """`histshell something --option` is a command that has that option."""
    assert isinstance(command, click.Group)
    wrong = []
    for text in code(page):
        for words in re.findall(r"(?:^|[;&|] *)histshell((?: +[^\s;&|]+)*)", text):
            first, *rest = words.split() or ["--help"]
            if first not in command.commands and not command_line.parse(shlex.split(words), "histshell").wrong:
                continue  # the rich prompt
            if first.startswith("-"):
                known: click.Command = command
                rest = [first]
            elif first in command.commands:
                known = command.commands[first]
            else:
                wrong.append(text)
                continue
            options = {option for parameter in known.params for option in parameter.opts} | {"--help"}
            wrong += [
                text
                for word in rest
                if word.startswith("-") and not word[1:].isdigit() and word.partition("=")[0] not in options
            ]
    assert not wrong


def test_every_command_is_documented() -> None:
    """Each command of `histshell` is explained on the page about what it is for."""
    assert isinstance(command, click.Group)
    text = "".join(
        (ROOT / "docs" / name).read_text(encoding="utf-8")
        for name in ("install.md", "settings.md", "pik.md", "rich.md", "memory.md", "privacy.md")
    )
    assert [name for name in command.commands if f"histshell {name}" not in text] == []


@each_page
def test_every_environment_variable_that_a_page_names_is_read(page: Path) -> None:
    """A HISTSHELL_… variable in the documentation is one that the source reads."""
    sources = [*SOURCES.values(), STARTUP, ROOT / "tests" / "pythons.py"]
    known = {setting.env for setting in settings.SETTINGS}
    known |= {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert set(VARIABLE.findall(page.read_text(encoding="utf-8"))) <= known


def test_every_setting_is_documented() -> None:
    """The page about settings has each one with its environment variable and default."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [s.name for s in settings.SETTINGS if f"`{s.name}`" not in text or s.env not in text] == []


@each_page
def test_every_public_name_that_a_page_names_exists(page: Path) -> None:
    """`histshell.something` in the text can be imported, or is an attribute of what can."""
    text = " ".join(code(page))
    for name in set(re.findall(r"(?<![\w./-])histshell(?:\.[A-Za-z_]+)+", text)):
        if not name.endswith((".py", ".toml")):
            resolve(name)


def resolve(name: str) -> object:
    """Return what a dotted name means; fail if it means nothing."""
    parts = name.split(".")
    found: object = importlib.import_module(parts[0])
    for depth, part in enumerate(parts[1:], 2):
        if not hasattr(found, part):
            importlib.import_module(".".join(parts[:depth]))
        found = getattr(found, part)
    return found


def test_every_public_name_is_documented() -> None:
    """What the package offers is explained on one of the pages."""
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [name for name in histshell.__all__ if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert [name for name in missing if name != "__version__"] == []


def test_the_changelog_starts_with_what_is_not_released() -> None:
    """The section "Unreleased" stands on top."""
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"


def test_the_pages_speak_to_people() -> None:
    """No page names a path of the machine it was written on."""
    home = os.path.expanduser("~")
    assert home == "/" or not [page for page in PAGES if home + "/" in page.read_text(encoding="utf-8")]


def test_the_picture_is_what_the_prompt_shows() -> None:
    """The picture in the README, taken again now, has the same text, but for addresses, ages and Python's version."""
    committed = (ROOT / "docs" / "_static" / "session.svg").read_text(encoding="utf-8")
    assert drawn(picture.take()) == drawn(committed)
    assert any("max(h[2], key=h[2].get)" in row for row in drawn(committed))


def drawn(svg: str) -> list[str]:
    """Return the rows of text of a terminal picture, with what changes from one run to the next taken out."""
    rows: dict[float, str] = {}
    found = re.findall(r'<text class="histshell-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    for x, y, text in sorted((float(x), float(y), html.unescape(text)) for x, y, text in found):
        rows[y] = rows.get(y, "").ljust(round(x / picture.CELL)) + text
    lines = [row for _, row in sorted(rows.items())]
    return [re.sub(r"0x[0-9a-f]+", "0x…", re.sub(r"\b\d+s\b", "0s", line)).rstrip() for line in lines]
