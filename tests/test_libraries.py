"""Our own imports: where they look, what they leave behind, and that no module of the library exists twice."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.pythons import Python, found, telling
from tests.test_imports import ROOT

GUESTS = telling([python for python in found() if python.minor >= (3, 8)])
every_guest = pytest.mark.parametrize("python", GUESTS, ids=lambda python: python.name)

MINE = "import os\nopen(os.path.join(os.environ['MARKS'], __name__), 'a').close()\nmine = True\nraise ImportError('mine')\n"
"""What stands in a file of the user's: a mark is left when it is run."""

#: What the features import, at once or late in a function of the library's.
NAMES = [
    "__future__", "_strptime", "_compat_pickle", "array", "ast", "calendar", "copyreg", "dataclasses", "datetime",
    "decimal", "difflib", "dis", "enum", "fractions", "functools", "importlib", "inspect", "json", "keyword",
    "linecache", "locale", "numbers", "opcode", "operator", "pathlib", "pickle", "random", "select", "shutil",
    "string", "struct", "subprocess", "textwrap", "token", "tokenize", "tomllib", "traceback", "typing", "uuid",
    "weakref", "zoneinfo", "_pydatetime", "_pydecimal", "_pickle", "_datetime", "_decimal", "_struct", "_json",
    "_uuid", "platform", "reprlib", "copy", "heapq", "statistics", "contextlib", "types", "warnings",
]  # fmt: skip

WALK = """
import os, sys
sys.path.append({root!r})
import histshell
from histshell import pik
names = {{}}
histshell.install(names)
sys.displayhook(1)
sys.displayhook("text")
h = names["h"]
repr(h.find("text")), h.entry(1).when, h.entry(1).source, repr(h)
for data in {streams!r}:
    print(type(pik.loads(data)).__name__)
pik.loads(b"I1\\n.")
[one.text for one in histshell.complete("h[2].up", namespace=names)]
[one.text for one in histshell.complete("import js", namespace=names)]
if sys.version_info >= (3, 9):
    from histshell.pik.mode import console
    console.dump([1, 2])
"""

STREAMS = [
    b"cfractions\nFraction\n(S'3/4'\ntR.",
    b"cdatetime\ndate\n(I2020\nI1\nI2\ntR.",
    b"cdecimal\nDecimal\n(S'1.5'\ntR.",
    b"ccollections\nOrderedDict\n(tR.",
    b"ccollections\nCounter\n(tR.",
    b"carray\narray\n(S'b'\n(I1\nltR.",
    b"cpathlib\nPurePosixPath\n(S'a'\ntR.",
    b"cuuid\nUUID\n)\x81}S'int'\nI5\nsb.",
]
KINDS = ["Fraction", "date", "Decimal", "OrderedDict", "Counter", "array", "PurePosixPath", "UUID"]


def run(python: Python, program: str, **how: object) -> str:
    """Run a program and return what it prints; nothing may be warned of or fail."""
    done = subprocess.run([python.path, "-c", program], capture_output=True, text=True, timeout=120, **how)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def shadow(folder: Path, names: list[str], as_packages: bool = False) -> Path:
    """Fill a folder with modules of those names."""
    folder.mkdir(exist_ok=True)
    for name in names:
        if as_packages:
            (folder / name).mkdir()
        (folder / name / "__init__.py" if as_packages else folder / f"{name}.py").write_text(MINE)
    return folder


FINDER = """
import importlib.machinery, sys
class Mine:
    def find_spec(self, name, path=None, target=None):
        if path is None:
            return importlib.machinery.PathFinder.find_spec(name, [%r])
sys.meta_path.insert(0, Mine())
"""


@every_guest
@pytest.mark.parametrize("how", ["files", "packages", "zip", "finder"])
def test_nothing_of_the_users_path_is_run(python: Python, how: str, tmp_path: Path) -> None:
    """A file for each name that we need: in the first folder of the path, in an archive, by a finder; none is run."""
    if how in ("packages", "zip", "finder") and python not in (GUESTS[0], GUESTS[-1], GUESTS[len(GUESTS) // 2]):
        pytest.skip("for the oldest and the newest")
    marks = tmp_path / "marks"
    marks.mkdir()
    folder = shadow(tmp_path / "mine", NAMES, how == "packages")
    before = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    if how == "zip":
        with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
        before = f"import sys; sys.path.insert(0, {str(tmp_path / 'mine.zip')!r})\n"
    elif how == "finder":
        before = FINDER % str(folder)
    loaded = "import sys; [sys.modules.pop(name, None) for name in ('json', 'random')]\n"
    env = {**os.environ, "MARKS": str(marks)}
    shown = run(python, before + loaded + WALK.format(root=str(ROOT), streams=STREAMS), env=env, cwd=tmp_path)
    assert [line for line in shown.splitlines() if line in KINDS] == KINDS
    assert os.listdir(marks) == []


@every_guest
def test_one_copy(python: Python, tmp_path: Path) -> None:
    """What the user imports later is the module that we have loaded; its spec, its loader and its submodules are in order."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import histshell
from histshell import pik, libraries
values = [pik.loads(data) for data in {STREAMS!r}]
assert "fractions" not in sys.modules and "decimal" not in sys.modules
import fractions, decimal, collections, uuid, pickle, importlib
assert isinstance(values[0], fractions.Fraction) and isinstance(values[2], decimal.Decimal)
assert isinstance(values[7], uuid.UUID) and type(values[4]) is collections.Counter
assert pickle.loads(pickle.dumps(values)) == values
assert fractions.__spec__.name == "fractions" and type(fractions.__spec__).__name__ == "ModuleSpec"
assert type(fractions.__spec__.loader).__name__ == "SourceFileLoader" and not fractions.__spec__._initializing
assert sys.modules["fractions"] is fractions
first = fractions.Fraction
del sys.modules["fractions"]
import fractions
assert fractions.Fraction is not first  # as ever: a fresh copy for who asks for one
assert importlib.reload(fractions) is fractions
assert [one for one in sys.meta_path if type(one).__module__.startswith("histshell")]
histshell.uninstall()
assert not [one for one in sys.meta_path if type(one).__module__.startswith("histshell")]
import enum, dataclasses, re, inspect, warnings
@dataclasses.dataclass
class D:
    a: int = 1
assert D() == D(1) and inspect.signature(D).parameters
print("fine")
"""
    assert run(python, program, cwd=tmp_path) == "fine\n"


@every_guest
def test_a_project_keeps_its_own(python: Python, tmp_path: Path) -> None:
    """After `os.chdir` into a project, `import fractions` gives the project's; a listed name in a pickle stays the library's."""
    (tmp_path / "fractions.py").write_text("class Fraction:\n    def __init__(self, *args): print('MINE')\n")
    program = f"""
import os, sys
sys.path.append({str(ROOT)!r})
sys.path.insert(0, "")
import histshell
from histshell import pik
assert type(pik.loads({STREAMS[0]!r})).__module__ == "fractions"
os.chdir({str(tmp_path)!r})
import fractions
assert os.path.samefile(fractions.__file__, {str(tmp_path / "fractions.py")!r})
value = pik.loads({STREAMS[0]!r})
assert value.numerator == 3 and type(value) is not fractions.Fraction
print("fine")
"""
    assert run(python, program, cwd="/") == "fine\n"


@every_guest
def test_a_class_that_the_user_put_there_is_not_used(python: Python, tmp_path: Path) -> None:
    """A listed name is the library's, whatever stands in the module now; a name of builtins too."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import fractions, builtins, histshell.libraries
class Mine:
    def __init__(self, *args): print("MINE")
fractions.Fraction = Mine
builtins.complex = Mine
from histshell import pik
print(pik.loads({STREAMS[0]!r}), pik.loads(b"cbuiltins\\ncomplex\\n(I1\\nI2\\ntR."))
"""
    assert run(python, program, cwd=tmp_path) == "3/4 (1+2j)\n"


@every_guest
def test_nobody_sees_our_imports(python: Python, tmp_path: Path) -> None:
    """Neither a wrapper in `builtins` nor a finder is asked for what we import."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import histshell, builtins
seen, theirs = [], builtins.__import__
class Spy:
    def find_spec(self, name, path=None, target=None):
        seen.append(name)
sys.meta_path.insert(0, Spy())
if not hasattr(sys, "pypy_version_info"):
    builtins.__import__ = lambda name, *more, **named: seen.append(name) or theirs(name, *more, **named)
print(histshell.h.find("x") is None, [one.text for one in histshell.complete("'x'.upp", namespace={{}})])
# The import system's own, and `typing` asking for itself by way of `abc`, which the interpreter has loaded.
built_in = (*sys.builtin_module_names, "typing", "_frozen_importlib", "_frozen_importlib_external")
print([name for name in seen if not name.startswith("histshell") and name not in built_in])
"""
    assert run(python, program, cwd=tmp_path) == "False ['upper(']\n[]\n"


@every_guest
def test_threads_that_import_meanwhile(python: Python, tmp_path: Path) -> None:
    """No thread gets half a module, and nothing of ours is left in `sys.modules`."""
    if python.implementation == "pypy":
        pytest.skip("PyPy does not ask a module in sys.modules whether it is being initialised")
    program = f"""
import sys, threading
sys.path.append({str(ROOT)!r})
import histshell
from histshell import libraries
sys.setswitchinterval(1e-5)
failed = []
def user():
    try:
        import json, fractions, decimal, difflib, random
        json.dumps, json.decoder.JSONDecoder, fractions.Fraction, decimal.Decimal, difflib.Differ, random.random
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=user) for _ in range(6)]
for thread in threads: thread.start()
for name in ("decimal", "random", "json", "fractions", "difflib"):
    libraries.import_(name)
for thread in threads: thread.join()
import json, fractions, decimal
from histshell.libraries import lending
assert not lending.lent, lending.lent
assert libraries.import_("json").dumps and libraries.import_("decimal").Decimal
print(failed)
"""
    assert run(python, program, cwd=tmp_path) == "[]\n"


@every_guest
def test_threads_that_import_a_module_of_ours(python: Python, tmp_path: Path) -> None:
    """Who comes second waits until the first one has all of it: a thread that saves values, and the prompt."""
    program = f"""
import sys, threading, time
sys.path.append({str(ROOT)!r})
import histshell
from histshell import libraries
from histshell.journal import secrets
names = {{"__builtins__": libraries.BUILTINS, "__package__": "histshell.journal", "__name__": "histshell.journal.late"}}
sys.setswitchinterval(1e-6)
failed = []
def load(wait):
    time.sleep(wait)
    try:
        exec("from . import named_secrets\\nnamed_secrets.is_told_of", dict(names))
    except Exception as error:
        failed.append(error)
threads = [threading.Thread(target=load, args=(n * 0.002,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(failed)
"""
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    assert run(python, program, cwd=tmp_path, env=compiled) == "[]\n"


@every_guest
def test_a_module_that_the_user_is_importing(python: Python, tmp_path: Path) -> None:
    """We wait for it, and have that one: it is not executed twice, and nothing is taken from under the user's import."""
    program = f"""
import sys, threading, time
from importlib.machinery import PathFinder
sys.path.append({str(ROOT)!r})
import histshell
from histshell import libraries
libraries.import_("json")
asked, goes_on, got = threading.Event(), threading.Event(), []
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "fractions":
            asked.set()
            goes_on.wait()
            time.sleep(0.2)  # for ours to begin
            return PathFinder.find_spec(name)
sys.meta_path.insert(0, Slow())
def user():
    try:
        import fractions
        got.append(fractions.Fraction)
    except BaseException as error:
        got.append(error)
thread = threading.Thread(target=user)
thread.start()
asked.wait()
goes_on.set()
ours = libraries.import_("fractions").Fraction
thread.join()
import fractions
print(got == [ours], ours is fractions.Fraction)
"""
    assert run(python, program, cwd=tmp_path) == "True True\n"


@every_guest
def test_an_interruption_leaves_it_sound(python: Python, tmp_path: Path) -> None:
    """KeyboardInterrupt while a module is executed: it is out of `sys.modules`, and is loaded anew the next time."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import histshell
from histshell import libraries
count = 0
def trace(frame, event, arg):
    global count
    if frame.f_code.co_filename.endswith("fractions.py") and event == "call" and frame.f_code.co_name == "<module>":
        raise KeyboardInterrupt
sys.settrace(trace)
try: libraries.import_("fractions")
except KeyboardInterrupt: count += 1
sys.settrace(None)
assert "fractions" not in sys.modules
print(count, libraries.import_("fractions").Fraction(1, 2))
"""
    assert run(python, program, cwd=tmp_path) == "1 1/2\n"


@every_guest
def test_a_late_import_in_the_library_is_ours(python: Python, tmp_path: Path) -> None:
    """C code that imports when it is called finds the library's, and it is gone from `sys.modules` afterwards."""
    shadow(tmp_path, ["_strptime", "calendar", "locale"])
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
sys.path.insert(0, {str(tmp_path)!r})
import histshell
from histshell import libraries
names = {{"__builtins__": libraries.BUILTINS, "__name__": "ours"}}
exec("import datetime\\ndef f(): return datetime.datetime.strptime('2020', '%Y').year", names)
print(names["f"]())
libraries.import_("token")
print([name for name in ("_strptime", "datetime") if name in sys.modules])
"""
    env = {**os.environ, "MARKS": str(tmp_path)}
    assert run(python, program, cwd=tmp_path, env=env) == "2020\n[]\n"
    assert not (tmp_path / "_strptime").exists()


@every_guest
def test_parts_that_have_no_file(python: Python, tmp_path: Path) -> None:
    """What a module has put into `sys.modules` itself is found whoever loaded it: in 3.15 `collections.abc` is no file."""
    names = ["collections.abc", "xml.parsers.expat.errors", "pyexpat.model", "os.path"]
    names += ["math.integer"] if python.minor >= (3, 15) else []
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
from histshell import libraries
for name in {names!r}:
    if "user" in sys.argv:
        __import__(name)
    ours = libraries.import_(name, None, None, ("*",))
    __import__(name)
    assert ours is sys.modules[name], name
for name in ("collections._sys", "os.sys", "collections.abc.Mapping"):
    try:
        libraries.import_(name, None, None, ("*",))
    except ModuleNotFoundError:
        continue
    raise AssertionError(name)
"""
    for who in ("ours", "user"):
        done = subprocess.run([python.path, "-c", program, who], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def _imported_by_us() -> list[str]:
    """The modules of the library that an import statement of ours names, wherever it stands."""
    found: set[str] = set()
    for path in (ROOT / "histshell").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module))
    return sorted(name for name in found if name.partition(".")[0] in sys.stdlib_module_names)


@every_guest
def test_what_the_user_has_loaded_imports_nothing_late_for_us(python: Python, tmp_path: Path) -> None:
    """What we import has been loaded by the user: no function of it, called by us, asks the user's finders for another module."""
    program = f"""
import importlib, sys
sys.path.append({str(ROOT)!r})
for name in {_imported_by_us()!r}:
    if not name.startswith(("_", "inspect", "tokenize", "runpy", "code")):
        try: importlib.import_module(name)
        except ImportError: pass
for name in "inspect tokenize dis heapq copy typing codeop _suggestions difflib warnings grp pwd".split():
    if name != "warnings" or "subprocess" not in sys.modules:  # which has loaded it itself
        sys.modules.pop(name, None)  # what they import late
seen = []
class Spy:
    def find_spec(self, name, path=None, target=None):
        if not name.startswith(("histshell", "encodings.")):
            seen.append((name, sys._getframe(1).f_back.f_back.f_code.co_filename))
sys.meta_path.insert(0, Spy())
{WALK.format(root=str(ROOT), streams=STREAMS)}
from histshell import tracebacks
try: exec(compile("nosuchname", {str(tmp_path / "x.py")!r}, "exec"))
except NameError as error:
    tracebacks.show(error, lambda frame: False)
print("seen", seen)
"""
    (tmp_path / "x.py").write_text("nosuchname\n")
    assert run(python, program, cwd=tmp_path).splitlines()[-1] == "seen []"


@every_guest
def test_a_finder_of_the_users_that_fails(python: Python, tmp_path: Path) -> None:
    """It is not asked for what histshell loads late, and what `h` can do is loaded late."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import histshell
names = {{}}
histshell.install(names)
sys.displayhook("a value")
class Mine:
    def find_spec(self, name, path=None, target=None):
        raise OSError(name)
sys.meta_path.insert(0, Mine())
h = names["h"]
print(h.entry(1).when.year > 2000, len(h.find("value")), repr(h).split()[0])
"""
    shown = run(python, program, cwd=tmp_path)
    assert shown.splitlines()[-1] == "True 1 n"


@every_guest
def test_a_numpy_of_the_users_is_not_numpy(python: Python, tmp_path: Path) -> None:
    """A module of the user's called numpy has no say in what a stream makes."""
    (tmp_path / "numpy.py").write_text(
        "class ndarray:\n    def __init__(self, *args): print('MINE')\ndtype = ndarray\n"
    )
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
sys.path.insert(0, {str(tmp_path)!r})
import numpy
from histshell import pik
for name in ("ndarray", "dtype"):
    try: print(pik.loads(f"cnumpy\\n{{name}}\\n(S'f8'\\ntR.".encode()))
    except pik.PikError as error: print(type(error).__name__)
"""
    assert run(python, program, cwd=tmp_path) == "RefusedError\n" * 2


@every_guest
def test_a_saved_session_asks_for_no_importlib(python: Python, tmp_path: Path) -> None:
    """What stands for `h` in a pickle is had from what is built in: a file called importlib.py is not run, saving or loading."""
    shadow(tmp_path, ["importlib"])
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import pickle, histshell
sys.modules.pop("importlib", None)
sys.path.insert(0, {str(tmp_path)!r})
names = {{}}
histshell.install(names)
sys.displayhook(5)
h = names["h"]
again, hook = pickle.loads(pickle.dumps([h, sys.displayhook]))
print(again is h, hook is sys.displayhook)
"""
    env = {**os.environ, "MARKS": str(tmp_path)}
    assert run(python, program, cwd=tmp_path, env=env).splitlines()[-1] == "True True"
    assert not (tmp_path / "importlib").exists()


@every_guest
def test_what_a_package_makes_for_itself(python: Python, tmp_path: Path) -> None:
    """`collections.abc` has no file of its own in some versions: it is found whether the user has loaded it or not."""
    for before in ("", "import collections.abc, pyexpat\n"):
        program = f"{before}import sys\nsys.path.append({str(ROOT)!r})\nfrom histshell import libraries\n"
        program += "print(libraries.import_('collections.abc', None, None, ['x',]).Sized.__name__)\n" * 2
        program += "print(libraries.import_('pyexpat.errors', None, None, ('x',)).__name__)\n"
        assert run(python, program, cwd=tmp_path) == "Sized\nSized\npyexpat.errors\n"


@every_guest
def test_caches_that_are_cleared(python: Python, tmp_path: Path) -> None:
    """Without the importers' cache, and with finders told to forget, our imports go on coming from the library."""
    shadow(tmp_path, NAMES)
    program = f"""
import importlib.metadata, sys  # which `invalidate_caches` imports in some versions, by the path of who calls it
sys.path.append({str(ROOT)!r})
import histshell
names = {{}}
histshell.install(names)
sys.displayhook(1)
sys.path.insert(0, {str(tmp_path)!r})
for _ in range(3):
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    repr(names["h"]), names["h"].entry(1).when, [one.text for one in histshell.complete("h[1].re", namespace=names)]
from histshell import pik
sys.path_importer_cache.clear()
import histshell.pik.mode.console, histshell.settings
print(pik.loads({STREAMS[0]!r}).numerator)
"""
    env = {**os.environ, "MARKS": str(tmp_path)}
    assert run(python, program, cwd="/", env=env).splitlines()[-1] == "3"
    assert [name for name in os.listdir(tmp_path) if "." not in name and name != "__pycache__"] == []


@every_guest
def test_an_audit_hook_sees_no_import_of_ours(python: Python, tmp_path: Path) -> None:
    """The event `import` is of the interpreter's own import system, which is not asked for ours, and of the loader of C modules."""
    program = f"""
import sys
sys.path.append({str(ROOT)!r})
import histshell
names, seen = {{}}, []
histshell.install(names)
sys.addaudithook(lambda event, arguments: seen.append(arguments[0]) if event == "import" else None)
sys.displayhook(1)
repr(names["h"]), names["h"].entry(1).when, [one.text for one in histshell.complete("h[1].re", namespace=names)]
from histshell import pik
pik.loads({STREAMS[0]!r})
from histshell import libraries
written_in_c = [name for name in seen if not str(libraries.find_spec(name).origin).endswith(".py")]  # the loader of those tells
print([name for name in seen if name not in written_in_c and not name.startswith("histshell") and not name.startswith("encodings")])
"""
    assert run(python, program, cwd=tmp_path).splitlines()[-1] == "[]"
