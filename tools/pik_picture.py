"""Take the picture of the README that shows what is in files: a terminal in which `histshell pik` was typed, as SVG.

    python -m tools.pik_picture docs/_static/pik-files.svg

The files are those of the tests; nothing in the picture is drawn by hand.
"""

from __future__ import annotations

import itertools
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pyte
from rich.text import Text

from tests.pik.scan.comparing import EVIL, FILES
from tools.picture import style, svg

COLUMNS, ROWS = 84, 30
_COMMAND = "import sys; from histshell.command import main; sys.argv[0] = 'histshell'; main()"


def take() -> str:
    """Run the two commands in a terminal, and return the SVG of what they print."""
    screen = pyte.Screen(COLUMNS, 2 * ROWS)
    stream = pyte.ByteStream(screen)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FILES / "sklearn-forest.pkl", f"{folder}/model.pkl")
        Path(f"{folder}/evil.pkl").write_bytes(EVIL)
        for name in ("model.pkl", "evil.pkl"):
            stream.feed(f"$ histshell pik {name}\r\n".encode())
            stream.feed(_printed(name, folder))
    rows = [line for line in range(2 * ROWS) if screen.display[line].strip()]
    return svg(Text("\n").join(_row(screen, row) for row in rows), COLUMNS, "histshell pik")


def _printed(name: str, folder: str) -> bytes:
    """Return what the command prints in a terminal of that size."""
    import fcntl
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
    command = [sys.executable, "-c", _COMMAND, "pik", name]
    process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        parts.append(part)
    process.wait()
    os.close(ours)
    return b"".join(parts)


def _row(screen: pyte.Screen, row: int) -> Text:
    """Return a row in its colours."""
    cells = [screen.buffer[row][column] for column in range(len(screen.display[row].rstrip()))]
    runs = itertools.groupby(cells, style)
    return Text.assemble(*(("".join(cell.data for cell in run), look) for look, run in runs))


def main() -> None:
    """Write the picture to the path given."""
    Path(sys.argv[1]).write_text(take(), encoding="utf-8")
    print(sys.argv[1])


if __name__ == "__main__":
    main()
