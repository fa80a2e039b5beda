"""The command `histshell`: alone, or with a script, it opens the rich prompt; the other words are commands of `histshell.cli`.

What opens the prompt does not wait for what parses commands.
"""

# Nothing is imported here but what is there: with `python -m histshell.command` `runpy` executes this, by the path of the user.
import sys

COMMANDS = (
    "config", "doctor", "export", "forget", "import", "install", "path", "pik", "search", "sessions", "show", "uninstall",
)  # fmt: skip


QUICK = ("export", "search", "sessions", "show")
"""Those that do not wait for what the others need."""


def main() -> "None":
    """Do what the command line says."""
    words = sys.argv[1:]
    if words and words[0] in QUICK:
        from .cli_history import main as quick

        quick(words)
        return
    if words and words[0] in (*COMMANDS, "-h", "--help", "--version") and not _opens_pickle_mode(words):
        from .cli import main as run

        run()
        return
    from . import command_line, interrupts

    meant = command_line.meant(words, (*COMMANDS, "repl"))
    if meant:
        raise SystemExit(command_line.wrong(meant))
    interrupts.sigint.ours()  # while the prompt opens, and from its end on; the user's code is given it
    from . import start

    try:
        status = start.run(words)
    except KeyboardInterrupt:  # on the way from the user's code back to ours
        status = 130
    finally:
        interrupts.sigint.let_go()
    raise SystemExit(status)  # by a name that is left: what is run may have emptied this namespace


def _opens_pickle_mode(words: "list[str]") -> "bool":
    """Return whether the command `pik` is to run in a Python that is to be chosen: the mode itself; files, if one is named."""
    import os

    if words[0] != "pik":
        return False
    return words == ["pik"] and os.isatty(0)


if __name__ == "__main__":
    main()
