"""Nothing of histshell assumes a Unix when it is imported, or where a guest starts.

A stand-in for Windows, which these tests have not been run on: a Python in which the modules and functions that Windows
lacks are taken away. What Windows has and does differently, its terminal above all, is not tried.
"""

from __future__ import annotations

import ntpath
import os
import subprocess
import sys

import pytest

from histshell import places
from tests.pythons import Python, found
from tests.test_imports import ROOT, SOURCES

_TAKE_AWAY = """
import subprocess, sys  # the standard library's own use of these names is over when they go
class Missing:
    names = {"fcntl", "termios", "resource", "pwd", "grp", "readline", "tty", "pty", "posix_spawn", "curses", "syslog", "crypt"}
    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
sys.meta_path.insert(0, Missing())
for name in Missing.names:
    sys.modules.pop(name, None)
import os, select, signal, time
for name in ("fork", "getuid", "geteuid", "getgid", "getegid", "getpgid", "setsid", "killpg", "posix_spawn", "fchown", "chown",
             "fchmod", "lchown", "uname", "mkfifo", "register_at_fork", "WNOHANG", "set_blocking", "getxattr", "listxattr",
             "setxattr", "O_NONBLOCK", "POSIX_SPAWN_OPEN", "POSIX_SPAWN_DUP2", "waitid", "wait3", "nice", "getloadavg"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("poll", "epoll", "kqueue"):
    if hasattr(select, name):
        delattr(select, name)
for name in ("SIGALRM", "setitimer", "ITIMER_REAL", "alarm", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGWINCH", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
"""


def run(program: str, python: str = sys.executable) -> str:
    """Run a program where that is missing, with the checkout in its path; return what it prints."""
    whole = _TAKE_AWAY + f"sys.path.insert(0, {str(ROOT)!r})\n" + program
    done = subprocess.run([python, "-c", whole], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_module_can_be_imported() -> None:
    """None asks at its top for what only a Unix has. A module is not run again for the next one, since circles of imports, in
    which it would matter who comes first, have a test of their own.
    """
    names = sorted(set(SOURCES) - {"histshell.__main__"})
    program = f"""
import importlib
failed = []
for name in {names!r}:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append((name, repr(error)))
print(failed)
"""
    assert run(program) == "[]\n"


GUESTS = [python for python in found() if python.implementation == "cpython" and python.version >= (3, 8)]


@pytest.mark.parametrize("python", GUESTS, ids=lambda python: python.name)
def test_a_session_starts_and_ends(python: Python) -> None:
    """Install, prompt, record, complete without jedi, uninstall."""
    program = """
import histshell
names = {}
histshell.install(names)
sys.displayhook("a text")
assert "h[2] >>> " in str(sys.ps1) and "h[2] >>> " in format(sys.ps1) and "x" not in sys.ps1
assert names["h"][1] == "a text"
print([one.text for one in histshell.complete("h[1].capital", namespace=names)])
histshell.uninstall()
print(getattr(sys, "ps1", None), sys.displayhook is sys.__displayhook__, names)
"""
    shown = run(program, python.path)
    assert "'a text'" in shown
    assert "capitalize" in shown
    assert shown.splitlines()[-1] == ">>>  True {}"


def test_windows_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below %LOCALAPPDATA%, in paths with backslashes."""
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("HISTSHELL_CONFIG", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\you\\AppData\\Local")
    assert places.data_dir() == "C:\\Users\\you\\AppData\\Local\\histshell"
    assert places.config_file() == "C:\\Users\\you\\AppData\\Local\\histshell\\config.toml"
    assert places.cache_dir() == "C:\\Users\\you\\AppData\\Local\\histshell\\Cache"
