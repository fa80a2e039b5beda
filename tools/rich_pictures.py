"""Take the pictures of the rich prompt: run it in a terminal emulator and write what it shows as SVG.

    python -m tools.rich_pictures docs/_static

Writes rich-menu.svg, rich-browser.svg and rich-pik.svg; nothing in them is drawn by hand.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.ui.rich import Rich
from tools import picture

COLUMNS, ROWS = 84, 20


def menu(rich: Rich) -> None:
    """Show the keys of a row of data, with the menu open."""
    rich.enter("import csv, io, statistics")
    rich.enter("file = io.StringIO('city,day,kg\\nOslo,Mon,12\\nLima,Mon,30\\nLima,Tue,28\\n')")
    rich.enter("list(csv.DictReader(file))")
    rich.enter("statistics.mean(float(row['kg']) for row in h[1])")
    rich.begin('h[1][0]["')
    rich.wait_for(lambda: any("city" in row and "Oslo" in row for row in rich.screen()[6:]))
    rich.wait_for("2 results")


def browser(rich: Rich) -> None:
    """Show the history browser, narrowed."""
    rich.enter("text = 'the quick brown fox jumps over the lazy dog'")
    rich.enter("text.split()")
    rich.enter("{word: len(word) for word in h[1]}")
    rich.enter("sorted(h[2], key=h[2].get)")
    rich.press("f5")
    rich.wait_for("Search:")
    rich.type("h[")
    rich.wait_for(lambda: "3 found " in rich.screen()[-1])
    rich.press("down")
    rich.wait_for(lambda: any("h[2]  dict of 8" in row for row in rich.screen()))
    rich.wait_for(lambda: any(row.endswith("'dog': 3,") for row in rich.screen()))


def pik(rich: Rich) -> None:
    """Show the pickle mode: two lines entered, a third being typed."""
    rich.type("pik()")
    rich.press("enter")
    rich.wait_for(lambda: rich.before_cursor == "pik> ")
    for line in ("(I1", "I2"):
        rich.type(line)
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "...> ")
    rich.begin("](K\\x07K\\x08e")
    rich.wait_for("[7, 8]")
    rich.press("tab")
    rich.wait_for("TUPLE")


PICTURES: dict[str, Callable[[Rich], None]] = {"rich-menu": menu, "rich-browser": browser, "rich-pik": pik}


def take(name: str) -> str:
    """Type one session, and return the SVG of the screen."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Rich(
            Path(folder) / "home",
            rows=ROWS,
            columns=COLUMNS,
            VIRTUAL_ENV="",
            PYTHONDONTWRITEBYTECODE="1",
            HISTSHELL_COMPLETION="full",
        ) as rich,
    ):
        rich.wait_for_prompt()
        PICTURES[name](rich)
        return picture.svg(picture.text(rich), COLUMNS, "histshell")


def main() -> None:
    """Write the pictures into the folder given."""
    for name in PICTURES:
        path = Path(sys.argv[1]) / f"{name}.svg"
        path.write_text(take(name), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
