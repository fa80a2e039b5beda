"""Looking for what is wrong with an installation, and saying what to do about it.

Every check gives diagnoses, as data, and none may raise: who is ill needs the rest of the page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from histshell import __version__, home, places, settings
from histshell.shells.stock import detect

from . import dialects, install, journals, pythons, rcfile, stub
from .small_files import FileError, read, shown

OK, NOTE, PROBLEM = "ok", "note", "problem"

# The first Python that the start-up file does not pass over in silence.
RUNS_FROM = (3, 8)


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's page: `level` (OK, NOTE or PROBLEM), `what` was found, and the `remedy` of a problem."""

    level: str
    what: str
    remedy: str = ""


def examine(environ: Mapping[str, str] | None = None) -> list[Diagnosis]:
    """Run all checks, in the order in which a start of Python meets their subjects. Raises nothing."""
    environ = os.environ if environ is None else environ
    diagnoses: list[Diagnosis] = []
    for check in CHECKS:
        try:
            diagnoses += check(environ)
        except Exception as error:
            what = f"{check.__name__} could not be done: {type(error).__name__}: {error}"
            diagnoses.append(Diagnosis(PROBLEM, what, "this is an error in histshell: please report it with that line"))
    return diagnoses


def check_stub(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that the start-up file is in its place, and that it is the one of this version."""
    path = shown(stub.installed())
    try:
        state = stub.state()
    except FileError as error:
        yield Diagnosis(PROBLEM, f"the start-up file {path} cannot be used: {error.reason}", "histshell install")
        return
    if state == stub.CURRENT:
        yield Diagnosis(OK, f"the start-up file is {path} (histshell {__version__})")
    elif state == stub.OTHER:
        yield Diagnosis(
            PROBLEM, f"the start-up file {path} is not the one of histshell {__version__}", "histshell install"
        )
    elif state == stub.GONE:
        yield Diagnosis(PROBLEM, "histshell was uninstalled; an empty start-up file is left", "histshell install")
    else:
        yield Diagnosis(PROBLEM, "histshell is not installed: there is no start-up file", "histshell install")


def check_home(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that the installed start-up file finds the package, the one whose command runs now."""
    if stub.state() not in (stub.CURRENT, stub.OTHER):
        return
    named = stub.named_home()
    if named is None:
        what = f"the file {stub.HOME!r} beside the start-up file is missing, so it does not find histshell"
        yield Diagnosis(PROBLEM, what, "histshell install")
    elif not (os.path.isabs(named) and os.access(os.path.join(named, "histshell", "session.py"), os.R_OK)):
        what = f"the start-up file looks for histshell in {shown(named)}, and there is none that can be read"
        yield Diagnosis(PROBLEM, what, "histshell install")
    elif os.path.realpath(named) != os.path.realpath(home.SITE):
        what = f"the start-up file starts the histshell in {shown(named)}; this command is in {shown(home.SITE)}"
        yield Diagnosis(PROBLEM, what, "histshell install, to use this one")
    else:
        yield Diagnosis(OK, f"it starts the histshell in {shown(named)}")
        interpreter = stub.named_python()
        if interpreter is None or not os.access(interpreter, os.X_OK):
            gone = f"the Python {shown(interpreter)} is gone" if interpreter else "its Python is not noted"
            what = f"{gone}: elsewhere there is no completion by jedi and no rich prompt"
            yield Diagnosis(PROBLEM, what, "histshell install")


def check_rich(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that there is a ptpython for the rich prompt."""
    for folder in home.sites():
        if os.path.isdir(os.path.join(folder, "ptpython")):
            yield Diagnosis(OK, f"the rich prompt is drawn by the ptpython in {shown(folder)}")
            return
    yield Diagnosis(PROBLEM, "there is no ptpython beside histshell, so no rich prompt", "install histshell again")


def check_terminal(environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that a Python started in this terminal runs the start-up file."""
    if environ.get("HISTSHELL") == "0":
        yield Diagnosis(PROBLEM, "HISTSHELL=0 keeps histshell off in this terminal", "unset HISTSHELL")
    yield _startup_variable(environ)
    chained = environ.get("HISTSHELL_CHAIN")
    if chained and stub.is_ours(chained):
        what = f"HISTSHELL_CHAIN names histshell's own start-up file, {shown(chained)}: it is run once all the same"
        yield Diagnosis(NOTE, what)
    elif chained and not os.path.isfile(chained):
        what = f"HISTSHELL_CHAIN names {shown(chained)}, and there is no such file: Python says so at each start"
        yield Diagnosis(PROBLEM, what, "take it out of your shell's start-up file, then: unset HISTSHELL_CHAIN")
    elif chained and is_vscodes(chained):
        what = (
            f"VS Code's own file, {shown(chained)}, is run after it (HISTSHELL_CHAIN): the prompt has number and marks"
        )
        yield Diagnosis(OK, what)
    elif chained:
        yield Diagnosis(OK, f"{shown(chained)} is run after it (HISTSHELL_CHAIN)")


def check_vscode(environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check what VS Code's Python extension has done in a terminal of its own.

    It sets variables when the terminal is made, so what the shell's own files set comes later and wins.
    """
    if environ.get("TERM_PROGRAM") != "vscode":
        return
    files = environ.get("PYTHONSTARTUP", ""), environ.get("HISTSHELL_CHAIN", "")
    if not any(map(is_vscodes, files)):
        why = "its Python extension has not set it, or your shell's file sets PYTHONSTARTUP above histshell's block"
        yield Diagnosis(NOTE, f"this is a terminal of VS Code, whose own start-up file is not run: {why}")
    if environ.get("PYTHON_BASIC_REPL"):
        what = "PYTHON_BASIC_REPL is set, by VS Code if not by you: its marks and PyREPL do not go together"
        yield Diagnosis(NOTE, what, f"for PyREPL without marks: {_EXTENSION_OFF}")


def check_rc_files(environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check which shells name the start-up file, and that nothing behind the block takes that back."""
    paths = install.carriers(environ)
    if not paths:
        if stub.state() in (stub.CURRENT, stub.OTHER):
            what = "no shell's start-up file has histshell's block"
            by_hand = stub.is_ours(environ.get("PYTHONSTARTUP", ""))
            yield Diagnosis(NOTE if by_hand else PROBLEM, what, "" if by_hand else "histshell install")
        return
    for path in paths:
        name = shown(path)
        data = read(path).data or b""
        try:
            block = rcfile.find(data, name)
        except rcfile.BlockError as error:
            yield Diagnosis(PROBLEM, str(error), f"delete it by hand, then: histshell install --rc {name}")
            continue
        later = [number for number, after in install.assignments(data, name) if after]
        dialect = dialects.DIALECTS[dialects.shell_of(path) or "sh"]
        current = rcfile.put_in(data, dialect.lines(os.fsencode(stub.installed())), name)
        if later:
            what = f"{name}:{later[0]} sets PYTHONSTARTUP again, after histshell's block"
            yield Diagnosis(
                PROBLEM, what, "move that line above the block; what it names is then run after histshell's"
            )
        elif current != data:
            yield Diagnosis(PROBLEM, f"{name} has a block of another version", f"histshell install --rc {name}")
        else:
            yield Diagnosis(OK, f"{name}:{block.line if block else 0} names it for every new shell")


def check_pythons(environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check which Pythons on this machine run it, tried out in each, and which compile it anew at every start."""
    site = _site()
    slow = []
    for python in pythons.find(environ, site):
        name = ".".join(map(str, python.version))
        name = f"{'PyPy ' if python.implementation == 'pypy' else 'Python '}{name} ({shown(python.path)})"
        if python.problem:
            yield Diagnosis(NOTE, f"{shown(python.path)}: {python.problem}")
        elif python.version < RUNS_FROM:
            yield Diagnosis(NOTE, f"{name} is too old: there the start-up file does nothing")
        elif python.failure:
            remedy = "HISTSHELL_DEBUG=1 in the environment of that Python shows more; or histshell install again"
            yield Diagnosis(PROBLEM, f"{name} cannot load histshell: {python.failure}", remedy)
        else:
            yield Diagnosis(OK, f"{name} runs it, {_line_editor(python)}")
            if not _is_compiled(site, python.cache_tag) and not _will_compile(site, environ):
                slow.append(shown(python.path))
    if slow:
        folder = shown(os.path.join(site, "histshell"))
        variable = environ.get("PYTHONDONTWRITEBYTECODE")
        why = "PYTHONDONTWRITEBYTECODE is set" if variable else f"{folder} is not yours to write"
        what = f"histshell is compiled anew at each start of {', '.join(slow)}: {why}"
        remedy = f"{'' if variable else 'as its owner: '}PYTHON -m compileall -q {folder}, with each of them"
        yield Diagnosis(NOTE if variable else PROBLEM, what, remedy)


def check_settings(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check the settings."""
    loaded = settings.load()
    for problem in loaded.problems:
        yield Diagnosis(
            PROBLEM, f"a setting is ignored: {problem}", "correct it; histshell config shows what is in force"
        )
    if loaded.problems:
        return
    path = places.config_file()
    if os.path.exists(path):
        yield Diagnosis(OK, f"the settings are right ({shown(path)})")
    elif os.environ.get("HISTSHELL_CONFIG"):
        yield Diagnosis(NOTE, f"HISTSHELL_CONFIG names {shown(path)}, and there is no such file")
    else:
        yield Diagnosis(OK, f"the settings are right: there is no file of them ({shown(path)})")


def check_journal(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Can what is typed be kept, how much has been, and is all of it as it should be?"""
    for level, what, remedy in journals.examine(settings.load().journal == "on"):
        yield Diagnosis(level, what, remedy)


def check_marks(environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that the prompts are marked for this terminal; if they are not, say why."""
    setting = settings.load().shell_integration
    terminal = detect.marking_terminal(environ)
    if setting == "off":
        why = "shell_integration = off"
    elif environ.get("TERM", "dumb") == "dumb":
        why = "TERM=dumb: this terminal takes no control sequences"
    elif setting == "on" or terminal:
        for_whom = f"for {terminal}" if terminal else "for the terminal, known or not (shell_integration = on)"
        yield Diagnosis(OK, f"prompts are marked {for_whom}")
        return
    elif environ.get("TMUX"):
        why = "tmux reads the marks from 3.4 on, and shows its version in TERM_PROGRAM_VERSION"
    elif environ.get("STY") or environ.get("ZELLIJ"):
        why = "GNU screen or Zellij is between Python and the terminal"
    else:
        why = "this terminal is not known to read the marks; HISTSHELL_SHELL_INTEGRATION=on writes them all the same"
    yield Diagnosis(NOTE, f"prompts are not marked for the terminal: {why}")


def check_completion(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
    """Check that TAB gets what jedi can infer: which jedi answers, in which Python, and how long it takes."""
    setting = settings.load().completion
    if setting == "off":
        yield Diagnosis(NOTE, "TAB is Python's own (completion = off)")
        return
    if setting == "basic":
        yield Diagnosis(NOTE, "TAB does without jedi (completion = basic)")
        return
    python = home.python()
    if python is None:
        what = "TAB does without jedi, since no Python that has it is known: results of calls are not completed"
        yield Diagnosis(PROBLEM, what, "histshell install")
        return
    from histshell.completion.inference import client

    folder = os.path.join(places.cache_dir(), "jedi")
    last = client.last_times(folder)
    asked = client.Client(python, folder, home.SITE)
    try:
        first = asked.ask(client.EXAMPLE, client.START_LIMIT)
        again = asked.ask({**client.EXAMPLE, "source": '"".lo'}, client.LIMIT) if first else None
    finally:
        asked.stop()
    if not first or not again or not again.get("names"):
        why = asked.off or (again or first or {}).get("error") or f"no answer within {client.START_LIMIT:.0f} s"
        what = f"TAB does without jedi: {why}; the other completions are not affected"
        yield Diagnosis(PROBLEM, what, "install histshell again, with what it depends on")
        return
    about = asked.about
    what = f"TAB asks jedi {about['jedi']} in Python {about['python']} ({shown(python)}), which has just answered"
    yield Diagnosis(OK, f"{what} in {again['ms']:.0f} ms{last}")


CHECKS: tuple[Callable[[Mapping[str, str]], Iterable[Diagnosis]], ...] = (
    check_stub,
    check_home,
    check_rc_files,
    check_terminal,
    check_vscode,
    check_pythons,
    check_settings,
    check_journal,
    check_marks,
    check_completion,
    check_rich,
)


def is_vscodes(path: str) -> bool:
    """Return whether a path is that of the file which VS Code's Python extension puts into PYTHONSTARTUP."""
    path = path.replace("\\", "/")
    return path.endswith("/pythonrc.py") and ("ms-python" in path or "vscode" in path)


# Some versions of the extension do it with that setting off too (vscode-python issue 25485).
_EXTENSION_OFF = 'set "python.terminal.shellIntegration.enabled" to false in VS Code'


def _startup_variable(environ: Mapping[str, str]) -> Diagnosis:
    """Judge PYTHONSTARTUP as it is in this terminal."""
    value = environ.get("PYTHONSTARTUP", "")
    name = shown(value)
    if not value:
        return Diagnosis(
            PROBLEM,
            "PYTHONSTARTUP is not set in this terminal",
            "open a new terminal; if this is a new one, its shell does not read a file that has the block: "
            "histshell install --shell SHELL",
        )
    if not os.path.isfile(value):
        remedy = "histshell install, or unset PYTHONSTARTUP"
        return Diagnosis(PROBLEM, f"PYTHONSTARTUP names {name}, and there is no such file", remedy)
    if os.path.realpath(value) == os.path.realpath(stub.installed()):
        return Diagnosis(OK, "PYTHONSTARTUP names it in this terminal")
    if stub.is_ours(value):
        return Diagnosis(NOTE, f"PYTHONSTARTUP names another copy of histshell's start-up file here: {name}")
    if is_vscodes(value):
        what = (
            f"VS Code has set PYTHONSTARTUP to a file of its own, {name}, and no shell has read histshell's block since"
        )
        return Diagnosis(PROBLEM, what, f"{_until_the_block_is_read(environ)}; or {_EXTENSION_OFF}")
    remedy = "open a new terminal, where histshell's block keeps that file and runs it second; else: histshell install"
    return Diagnosis(PROBLEM, f"PYTHONSTARTUP names another file in this terminal: {name}", remedy)


def _until_the_block_is_read(environ: Mapping[str, str]) -> str:
    """Return what to do where VS Code's file is the one that is run: the block comes later, wins, and keeps it."""
    paths = install.carriers(environ)
    if not paths:
        return "histshell install, then a new terminal: there that file is kept, and run after histshell's"
    note = next(filter(None, (dialects.login_note(environ, path) for path in paths)), "")
    return note or f"a new terminal whose shell reads {shown(paths[0])}; in this one: . {shown(paths[0])}"


def _line_editor(python: pythons.Python) -> str:
    """Say what reads the keys at this Python's prompt."""
    if "_pyrepl" in python.editors or "pyrepl" in python.editors:
        return "with PyREPL"
    return "with readline" if "readline" in python.editors else "without a line editor"


def _site() -> str:
    """Return the folder that the installed start-up file loads from; our own where it is not installed."""
    try:
        named = stub.named_home()
    except FileError:
        named = None
    return named or home.SITE


def _is_compiled(site: str, tag: str) -> bool:
    """Return whether there is an up-to-date compiled file of the session, for the Pythons whose files are tagged `tag`."""
    source = os.path.join(site, "histshell", "session.py")
    compiled = os.path.join(site, "histshell", "__pycache__", f"session.{tag}.pyc")
    try:
        with open(compiled, "rb") as file:
            header = file.read(16)
        status = os.stat(source)
    except OSError:
        return False
    # PEP 552: magic number, flags, then the source's time and size, or its hash.
    if header[4:8] != bytes(4):
        return len(header) == 16
    facts = (int(status.st_mtime), status.st_size)
    return header[8:] == b"".join((fact & 0xFFFFFFFF).to_bytes(4, "little") for fact in facts)


def _will_compile(site: str, environ: Mapping[str, str]) -> bool:
    """Return whether a Python started by this user keeps what it compiles."""
    if environ.get("PYTHONDONTWRITEBYTECODE"):
        return False
    if environ.get("PYTHONPYCACHEPREFIX"):
        return True
    folder = os.path.join(site, "histshell")
    cache = os.path.join(folder, "__pycache__")
    return os.access(cache if os.path.isdir(cache) else folder, os.W_OK | os.X_OK)
