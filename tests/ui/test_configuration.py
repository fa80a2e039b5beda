"""A user's own `config.py` of ptpython in the rich prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.rich import start

CONFIG = """\
from histshell.shells.ptpython import configure as number
from ptpython.layout import CompletionVisualisation


def configure(repl):
    number(repl)
    repl.prompt_style = "classic"
    repl.show_signature = False
    repl.confirm_exit = True
    repl.completion_visualisation = CompletionVisualisation.NONE
    repl.use_code_colorscheme("monokai")

    @repl.add_key_binding("c-o")
    def _(event):
        event.current_buffer.insert_text("pasted")
"""


@pytest.mark.parametrize("where", [".config/ptpython", ".ptpython"])
def test_it_is_run(where: str, tmp_path: Path) -> None:
    """Its settings and keys are in force; the prompt stays the numbered one."""
    folder = tmp_path / "home" / where
    folder.mkdir(parents=True)
    (folder / "config.py").write_text(CONFIG)
    with start(tmp_path / "home") as rich:
        rich.type("\x0f")
        rich.wait_for(lambda: rich.before_cursor == "h[1] >>> pasted")
        rich.abort()
        rich.begin("'x'")
        rich.wait_for(lambda: rich.cell(rich.row, 10).fg not in ("default", "red"))  # the usual one is red
        rich.abort()
        rich.press("ctrl-d")
        rich.wait_for("Do you really want to exit?")
        rich.type("y")
        assert rich.wait_for_end() == 0


def test_a_broken_one(tmp_path: Path) -> None:
    """Its error is shown, and the prompt opens."""
    folder = tmp_path / "home" / ".config" / "ptpython"
    folder.mkdir(parents=True)
    (folder / "config.py").write_text("def configure(repl):\n    repl.nothing_of_the_kind()\n")
    with start(tmp_path / "home") as rich:
        rows = rich.history()
        assert any("AttributeError" in row for row in rows)
        assert not any("configuration.py" in row for row in rows)
        assert rich.enter("1") == ["1"]


def test_what_is_chosen_in_the_menu_is_kept_by_a_key(tmp_path: Path) -> None:
    """F7 writes it into the settings file, where all else stays; the next prompt has it, and one that is not there is told."""
    home = tmp_path / "home"
    file = home / ".config" / "histshell" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("# mine\n")
    with start(home) as rich:
        rich.press("f2")
        rich.wait_for("F7 keeps these choices")
        rich.press("right")  # the first one is the editing mode
        rich.press("f7")
        rich.wait_for("1 choice kept in config.toml  Vi insert")
    assert file.read_text() == '# mine\nmenu = "Editing mode=Vi"\n'
    file.write_text('menu = "Editing mode=Vi, Nonsense=on, Code=monokai"\n')
    with start(home) as rich:
        assert any(row == "histshell: the menu has no Nonsense = on" for row in rich.history())
        rich.wait_for("Vi insert")
        rich.press("f4")
        rich.press("f2")
        rich.wait_for(lambda: any("Editing mode" in row and "Emacs" in row for row in rich.screen()))
        rich.press("f7")
        rich.wait_for("1 choice kept in")
    assert file.read_text() == 'menu = "Code=monokai"\n'
