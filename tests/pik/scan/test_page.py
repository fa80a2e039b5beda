"""The commands on the page about files print what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from histshell.cli import main
from tests.pik.scan.comparing import EVIL, FILES
from tests.test_imports import ROOT
from tests.transcripts import Transcript, blocks
from tools import pik_picture

PAGE = ROOT / "docs" / "pik-files.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page is about."""
    (tmp_path / "models").mkdir()
    for name, source in (
        ("model.pkl", "sklearn-forest.pkl"), ("models/weights.npz", "numpy-plain.npz"),
        ("models/checkpoint.pt", "torch-checkpoint.pt"), ("models/pipeline.joblib", "sklearn-pipeline.pkl"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes((FILES / source).read_bytes())
    (tmp_path / "models" / "cut.pkl.gz").write_bytes((FILES / "pandas-frame.pkl.gz").read_bytes()[:300])
    (tmp_path / "models" / "README.txt").write_text("hi\n")
    for name in ("evil.pkl", "models/evil.pkl"):
        (tmp_path / name).write_bytes(EVIL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_the_commands_print_what_the_page_says() -> None:
    """Each command of each block, in order; `…` stands for anything."""
    shown = [block for block in blocks(PAGE) if block.language == "console"]
    assert len(shown) == 3
    for block in shown:
        for part in ("\n" + block.text.rstrip()).split("\n$ ")[1:]:
            command, *lines = part.splitlines()
            words = shlex.split(command)
            assert words[:2] == ["histshell", "pik"]
            done = CliRunner().invoke(main, words[1:], catch_exceptions=False)
            assert Transcript(PAGE, block.line, lines).difference(done.stdout.splitlines()) == ""


@pytest.mark.slow
def test_the_picture_is_what_the_command_shows() -> None:
    """The picture in the README has what is shown now: what is not of a tree, which is cut as the terminal has room for."""
    committed = (ROOT / "docs" / "_static" / "pik-files.svg").read_text(encoding="utf-8")
    shown = [text for text in _texts(pik_picture.take()) if text[:1] not in "├└│"]
    assert [text for text in shown if text not in _texts(committed)] == []
    assert "runs a shell command" in committed.replace("&#160;", " ")


def _texts(svg: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", svg)
