"""The command `histshell`: alone, or with a script, it opens the rich prompt; the other words are commands of `histshell.cli`.

What opens the prompt does not wait for what parses commands.
"""

from __future__ import annotations

import sys

COMMANDS = ("config", "doctor", "install", "path", "pik", "uninstall")


def main() -> None:
    """Do what the command line says."""
    words = sys.argv[1:]
    if words and words[0] in (*COMMANDS, "-h", "--help", "--version"):
        from .cli import main as run

        run()
        return
    from . import by_hand

    sys.exit(by_hand.rich(words[1:] if words[:1] == ["repl"] else words))


if __name__ == "__main__":
    main()
