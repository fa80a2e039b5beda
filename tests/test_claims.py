"""What the pages say in passing, and nobody would notice if it stopped being so: numbers, lists, modes of files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

import histshell
from histshell import recorder, settings
from histshell.completion import engine
from histshell.completion.inference import client
from histshell.history import Command, History
from histshell.pik.mode import files
from histshell.pik.mode.commands import COMMANDS
from histshell.pik.opcodes import OPCODES
from histshell.pik.policy.play import PLAY
from histshell.pik.policy.policy import SAFE
from histshell.setup.dialects import DIALECTS
from tests.prompt.session import environment
from tests.test_imports import ROOT


def page(name: str) -> str:
    """Return the text of a page, its lines joined."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def between(text: str, first: str, last: str) -> str:
    """Return what stands between two texts, of which each must be there."""
    assert first in text
    rest = text[text.index(first) + len(first) :]
    assert last in rest
    return rest[: rest.index(last)]


def project() -> dict[str, object]:
    """Return the table of the project in pyproject.toml."""
    found = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("name", "claim", "holds"),
    [
        ("docs/history.md", "cut to 200 characters", recorder.PREVIEW == 200),
        ("docs/glossary.md", "at most 200 characters", recorder.PREVIEW == 200),
        ("docs/completion.md", "more than 15 seconds of the processor", client.LIMIT == 15),
        ("docs/completion.md", "or a minute by the clock, ends it", client.LIMIT * client.HANGS == 60),
        ("docs/completion.md", "it may take a gigabyte of memory", client.MEMORY == 1024),
        ("docs/completion.md", "it answers within a tenth of a second", engine.BUDGET_MS == 100),
        ("docs/completion.md", "An answer takes 100 ms at most", engine.BUDGET_MS == 100),
        ("docs/pik.md", "regular files of up to 4 GB", files._MOST == 4 << 30),
        ("docs/glossary.md", "There are 68.", len(OPCODES) == 68),
        ("SECURITY.md", "the developers named in", False),  # they have no address
    ],
)
def test_a_number_on_a_page_is_that_of_the_source(name: str, claim: str, holds: bool) -> None:
    """What is said of a limit is the limit; what is not so is not said."""
    assert (claim in page(name)) == holds


def test_the_page_about_settings_shows_what_the_command_shows() -> None:
    """The sample of `histshell config` has each setting, in its order, with the meaning that it has."""
    text = between((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), "```text\n", "Settings file:")
    rows = [line for line in text.splitlines()[1:] if line]
    assert [row.split()[0] for row in rows] == [setting.name for setting in settings.SETTINGS]
    assert [s.name for s, row in zip(settings.SETTINGS, rows, strict=True) if not row.endswith("  " + s.doc)] == []
    plain = [(s, row) for s, row in zip(settings.SETTINGS, rows, strict=True) if "  default  " in row]
    assert len(plain) > 5
    assert [s.name for s, row in plain if repr(s.default) not in row] == []


def test_every_word_of_a_style_is_taken() -> None:
    """Those on the page, each by itself and bright where that is said; and the two ends of the numbers."""
    text = between(page("docs/settings.md"), "## `style` Words, in any order: ", "As long as you say nothing")
    words = re.findall(r"`([a-z]+)`", text)
    colours = words[words.index("black") : words.index("white") + 1]
    assert len(words) > 13
    for style in [*words, *(f"bright-{colour}" for colour in colours), "0", "255", "red bold"]:
        assert settings.check_style(style)
    for style in ("256", "blinking"):
        with pytest.raises(ValueError, match="no style"):
            settings.check_style(style)


def test_the_commands_of_the_pickle_mode_are_on_the_page() -> None:
    """The table has each of them, and no other."""
    text = between((ROOT / "docs" / "pik.md").read_text(encoding="utf-8"), "Lines that start with `:`", "`quit`, or")
    named = {name for row in re.findall(r"^\| (`:.*?) \|", text, re.MULTILINE) for name in re.findall(r"`:(\w+)", row)}
    assert named == set(COMMANDS)


def test_the_functions_to_play_with_are_on_the_page() -> None:
    """Those that a typed stream may call and a file's may not: what the page says, and nothing else."""
    text = between(page("docs/pik.md"), "pure functions: those of `math`, and ", ". A stream of Python 2")
    more = {name for module, name in set(PLAY.rules) - set(SAFE.rules) if module == "builtins"}
    assert set(re.findall(r"`(\w+)`", text)) == more | {"range"}
    assert {module for module, _name in set(PLAY.rules) - set(SAFE.rules)} == {"builtins", "__builtin__", "math"}


def test_every_shell_that_is_installed_for_is_in_the_table() -> None:
    """Its name and the name of its file stand in one row of the page about installing."""
    rows = [row for row in (ROOT / "docs" / "install.md").read_text(encoding="utf-8").splitlines() if row[:1] == "|"]
    for shell, dialect in DIALECTS.items():
        name = os.path.basename(dialect.rc_file({"HOME": "/home/you"}))
        assert [row for row in rows if re.search(rf"\b{shell}\b", row.split("|")[1]) and name in row], shell


def test_every_method_of_the_table_has_its_row() -> None:
    """What `h` can do more than a list is in the first table or in the second one of the page about the history."""
    text = page("docs/history.md")
    rows = [name for name, row in vars(History).items() if isinstance(row, Command) and not name.startswith("_")]
    assert [name for name in rows if not re.search(rf"`h\.{name}[`(]", text)] == []


def test_the_versions_of_the_page_are_those_of_the_metadata() -> None:
    """Everything works in the Pythons of the classifiers, the oldest of which is the one that is required."""
    classifiers = project()["classifiers"]
    assert isinstance(classifiers, list)
    minors = [int(found[1]) for found in (re.fullmatch(r".* :: 3\.(\d+)", each) for each in classifiers) if found]
    assert minors == [*range(minors[0], minors[-1] + 1)]
    assert f"| 3.{minors[0]} to 3.{minors[-1]} | everything |" in page("docs/shells.md")
    assert project()["requires-python"] == f">=3.{minors[0]}"


def test_the_version_stands_once() -> None:
    """Neither the metadata nor the documentation has another copy of it, as RELEASING says."""
    assert project()["dynamic"] == ["version"]
    for name in ("pyproject.toml", "docs/conf.py", "README.md", "docs/install.md"):
        assert f'"{histshell.__version__}"' not in (ROOT / name).read_text(encoding="utf-8")


def test_continuous_integration_runs_what_contributing_says() -> None:
    """`make` is called for the three that are named there, and for nothing else."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = {" ".join(words.split()) for words in re.findall(r"^within \d+ (make [a-z]+(?: ALL=1)?)", script, re.M)}
    said = between(page("CONTRIBUTING.md"), "`make clean` | ", "and nothing else")
    assert called == {"make lint", "make shells", "make test ALL=1"}
    assert {f"`{words}`" for words in called} <= set(re.findall(r"`[^`]+`", said))


@pytest.mark.skipif(os.name == "nt", reason="modes of files are Unix's")
def test_what_histshell_writes_for_itself_is_the_users_alone(tmp_path: Path) -> None:
    """Its folders have mode 0700, whatever the umask; what they hold of what was typed, set or asked, 0600."""
    home = tmp_path / "home"
    (home / ".config" / "histshell").mkdir(parents=True)
    (home / ".config" / "histshell" / "config.toml").write_text('style = "green"\n', encoding="utf-8")
    env = {**environment(home), "HOME": str(home), "SHELL": "/bin/bash"}
    code = "import os; os.umask(0o022); from histshell.command import main; main()"
    for words in (["install", "--shell", "bash"], ["config"]):
        done = subprocess.run([sys.executable, "-c", code, *words], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    ours = [path for path in home.rglob("histshell") if path.is_dir() and path.parent.name != ".config"]
    assert len(ours) == 2
    assert {path.stat().st_mode & 0o777 for path in ours} == {0o700}
    kept = [path for path in (home / ".cache" / "histshell").iterdir() if path.is_file()]
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_no_change_is_told_twice() -> None:
    """Each line of the changes begins otherwise, and stands in a part of a kind that Keep a Changelog has."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.findall(r"^### (.*)$", text, re.MULTILINE)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert {part.partition(":")[0] for part in parts} <= kinds
    told = [" ".join(line.split())[:50] for line in re.findall(r"^- (.*(?:\n  .*)*)", text, re.MULTILINE)]
    assert sorted(told) == sorted(set(told))
    assert [part for part in re.split(r"^### .*\n", text, flags=re.M)[1:] if not part.strip().startswith("- ")] == []
