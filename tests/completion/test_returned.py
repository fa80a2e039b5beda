"""What functions are annotated with, as it is read without running anything."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.pythons import Target, home_pythons

ROOT = Path(__file__).resolve().parents[2]

_ASK = """
import sys, types
sys.path.insert(0, sys.argv[1])
from histshell.completion.returned import _annotations

def made(source):
    module = types.ModuleType("made")
    exec(source, module.__dict__)
    return module

texts = made('''
from __future__ import annotations
def f(a: int, b: int = 1, *c: "str") -> list[int]: ...
def g(): ...
def h(x) -> int: ...
''')
names = made('''
def boom():
    print("run")
    return int
if %r >= (3, 14):
    def f(x: boom()) -> boom(): ...
else:
    def f(x): ...
def made_up(format):
    print("run")
''' % (sys.version_info[:2],))
print(_annotations(texts.f), _annotations(texts.g), _annotations(texts.h), _annotations(names.f))
if hasattr(names.f, "__annotate__"):
    names.f.__annotate__ = names.made_up
    _annotations(names.f)
    names.f.__annotate__ = lambda format: {}["return", "x"]
    print(_annotations(names.f))
"""


@home_pythons
def test_texts_are_read_and_nothing_is_run(target: Target, tmp_path: Path) -> None:
    """From 3.14 on annotations are made by code; that of texts has them as constants."""
    words = [target.python.path, "-c", _ASK, str(ROOT)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True)
    told = {"a": "int", "b": "int", "c": "'str'", "return": "list[int]"}
    lines = done.stdout.splitlines()
    assert lines[0] == f"{told} {{}} {{'return': 'int'}} {{}}"
    assert lines[1:] == (["{}"] if target.minor >= (3, 14) else [])
