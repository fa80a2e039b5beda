"""What stays after `histshell uninstall`: all of it is said, and `--purge` removes that and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from histshell import home, places
from histshell.completion.inference import client
from histshell.setup import leftovers
from histshell.setup.small_files import FileError
from tests.prompt.session import CHECKOUT, environment
from tests.terminal import Terminal
from tests.ui.rich import start

COMMAND = [sys.executable, "-m", "histshell.command"]
JEDIS_FILE = ".cache/histshell/jedi/parso/a.pickle"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of our own with everything in it that histshell leaves."""
    monkeypatch.delenv("HISTSHELL_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, length in {
        JEDIS_FILE: 2_500_000,
        ".cache/histshell/jedi-times": 20,
        ".cache/histshell/settings.4711": 9,
        ".local/share/histshell/inputs": 12_001,
        ".config/histshell/config.toml": 30,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * length)
    return tmp_path


def names(folder: Path) -> set[str]:
    """All files and links below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def test_all_of_it_is_found_with_its_size(place: Path) -> None:
    """Each as a sentence: where, how much, what."""
    cache, data, config = (str(place / name / "histshell") for name in (".cache", ".local/share", ".config"))
    assert list(map(str, leftovers.find())) == [
        f"{cache}/jedi (2.5 MB): made anew at any time",
        f"{cache}/jedi-times (20 bytes): made anew at any time",
        f"{cache}/settings.4711 (9 bytes): made anew at any time",
        f"{data}/inputs (12 kB): what you typed in the rich prompt",
        f"{config}/config.toml (30 bytes): your settings",
    ]


def test_they_and_their_folders_are_removed(place: Path) -> None:
    """Nothing is left to find, and no empty folder of ours; those around them stay."""
    leftovers.remove(leftovers.find())
    assert leftovers.find() == []
    assert {str(path.relative_to(place)) for path in place.rglob("*")} == {
        ".cache",
        ".local",
        ".local/share",
        ".config",
    }


def test_what_is_not_ours_stays(place: Path) -> None:
    """A checkout of somebody's in a folder that happens to be ours, and a settings file that lies elsewhere."""
    for name in ("README.md", ".git/config", "histshell/__init__.py", "inputs-of-mine"):
        path = place / ".local/share/histshell" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    before = names(place / ".local")
    leftovers.remove(leftovers.find())
    assert names(place) == {f".local/{name}" for name in before - {"share/histshell/inputs"}}


def test_a_settings_file_named_by_the_variable_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is wherever its owner wants it, so it is its owner's to remove."""
    monkeypatch.setenv("HISTSHELL_CONFIG", str(place / "mine.toml"))
    (place / "mine.toml").touch()
    leftovers.remove(leftovers.find())
    assert names(place) == {"mine.toml"}


def test_no_symbolic_link_is_followed(place: Path) -> None:
    """Neither one in the place of a file or a folder of ours, nor one inside."""
    outside = place / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    cache, inputs = place / ".cache/histshell", place / ".local/share/histshell/inputs"
    (cache / "jedi/parso/link").symlink_to(outside)
    (cache / "settings").symlink_to(outside / "kept")
    inputs.unlink()
    inputs.symlink_to(outside)
    found = [one.path for one in leftovers.find()]
    assert (str(cache / "settings") in found, str(inputs) in found) == (False, False)
    leftovers.remove(leftovers.find())
    assert names(place) == {".cache/histshell/settings", ".local/share/histshell/inputs", "outside/kept"}


def test_a_file_that_cannot_be_removed_is_an_error_with_its_name(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not a traceback."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(FileError, match=f"cannot remove {place}/.local/share/histshell/inputs: Permission denied"):
        leftovers.remove([one for one in leftovers.find() if one.what == leftovers.TYPED])


def test_what_histshell_writes_is_known(tmp_path: Path) -> None:
    """After the rich prompt, completion by jedi and settings, `--purge` leaves what bare Python and the shell left."""
    home_folder = tmp_path / "home"
    (home_folder / ".config/histshell").mkdir(parents=True)
    (home_folder / ".config/histshell/config.toml").write_text('style = "green"\n')
    with start(home_folder) as rich:
        rich.enter("'typed'")
        rich.press("ctrl-d")
        rich.wait_for_end()
    folder = str(home_folder / ".cache/histshell/jedi")
    asked = client.Client(sys.executable, folder, home.SITE)
    try:
        assert asked.ask(client.EXAMPLE, client.START_LIMIT)
    finally:
        asked.stop()
    env = environment(home_folder, PYTHONPATH=str(CHECKOUT))
    subprocess.run([*COMMAND, "uninstall", "--purge", "--yes"], env=env, check=True, capture_output=True)
    assert names(home_folder) - {".python_history"} == set()


def test_uninstall_says_what_stays(place: Path) -> None:
    """Each thing, and how to remove it; it stays."""
    before = names(place)
    env = environment(place, PYTHONPATH=str(CHECKOUT))
    said = subprocess.run([*COMMAND, "uninstall"], env=env, check=True, capture_output=True, text=True).stdout
    for one in leftovers.find():
        assert f"this stays: {one}" in said
    assert "histshell uninstall --purge removes" in said
    assert names(place) == before
    words = [*COMMAND, "uninstall", "--purge", "--dry-run"]
    said = subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout
    assert said.count("this goes: ") == 5
    assert names(place) == before


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("n", False), ("", False)])
def test_purge_asks_first(place: Path, answer: str, gone: bool) -> None:
    """All that goes stands above the question; only a yes removes it, and takes histshell out."""
    before = names(place)
    env = environment(place, PYTHONPATH=str(CHECKOUT))
    subprocess.run([*COMMAND, "install", "--shell", "bash"], env=env, check=True, capture_output=True)
    stub = {".local/share/histshell/pythonstartup.py"}
    with Terminal([*COMMAND, "uninstall", "--purge"], env=env, rows=60, columns=200) as terminal:
        terminal.wait_for(lambda: bool(re.search(r"Remove it\? \[y/N\]: *\Z", terminal.line.rstrip())))
        shown = "\n".join(terminal.screen())
        assert all(str(one) in shown for one in leftovers.find())
        terminal.type(answer + "\r")
        assert terminal.wait_for_end() == (0 if gone else 1)
        assert sum(row.startswith("removed") for row in terminal.screen()) == (5 if gone else 0)
    assert names(place) >= (stub if gone else before | stub)
    assert (names(place) == stub) == gone
    assert (place / ".bashrc").exists() != gone


def test_purge_without_a_terminal_asks_for_yes(place: Path) -> None:
    """Where nobody can answer, nothing is changed."""
    before = names(place)
    env = environment(place, PYTHONPATH=str(CHECKOUT))
    done = subprocess.run(
        [*COMMAND, "uninstall", "--purge"], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, "--purge --yes" in done.stderr) == (1, True)
    assert names(place) == before
    done = subprocess.run([*COMMAND, "uninstall", "--purge", "--rc", "x"], env=env, capture_output=True, text=True)
    assert done.returncode == 2


def test_the_places_are_ours(place: Path) -> None:
    """What is looked for lies where the parts of histshell write it."""
    from histshell.ui import input_history

    assert input_history.path() == os.path.join(places.data_dir(), "inputs")
    assert input_history.path() in [one.path for one in leftovers.find()]
    assert places.config_file() in [one.path for one in leftovers.find()]
    assert str(place) in places.cache_dir()
