r"""jedi in a process of its own: reads questions on standard input and writes answers to standard output.

Run as a script by histshell's home Python (3.10 or later), isolated from the user's environment: it knows nothing of
histshell and needs nothing but the standard library and jedi. A question is one line of JSON and so is its answer:

    {"id": 1, "do": "complete", "bare": false, "source": "import os\nos.pa", "line": 2, "column": 3,
     "path": ["/usr/lib/…"], "python": [3, 12]}
    {"id": 1, "names": [["path", "module", "module path"], …]}

`line` is counted from 1, `column` in characters from 0; `bare` says that a name is wanted, and not one of an object's or
a module's. `do` is `complete`, `signature`, or `warm`, which is not answered: jedi gets ready for that `path` and
version. The first line of output says which jedi answers, or why none does. The process ends with its input;
while it works on a question a timer of the kernel's limits it, so that it is gone even when it hangs where no Python
code runs.

jedi keeps the modules that it has parsed as pickles, and loading a pickle can run anything: they lie in a folder that only
this user can write to, or nothing is kept.
"""

from __future__ import annotations

import builtins
import gc
import importlib.util
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jedi.api.classes import Completion

FIRST_WORDS = ('"".', "import os; os.path.", "open(", "[].", "{}.")
"""What is completed before there is a question, so that the first one finds jedi warm."""

MOST_NAMES = 3_000
KEPT_TIMES = 20
DETAIL = 200
"""The length of a detail or a signature, in characters."""

_LONGEST_TYPE = 40

# C code of Python's that finds no memory does not always say so: "error return without exception set".
_OUT_OF_MEMORY = (MemoryError, SystemError)

PARENT_SECONDS = 10.0
"""How often it is looked whether the parent is still there: a child of the parent's may keep our input open."""


class Jedi:
    """jedi, set up once: it reads the user's modules as text, and loads none of them.

    jedi would run a Python of the user's, or import his extension modules into this process, to look at what has no
    source. Here it is given an environment that is this process and loads the standard library's own extension modules
    only; it lacks the names of others that come without stubs, and the user's code is never run.

    What has been found out about a module is kept from one question to the next, as long as no file of it changes.
    """

    def __init__(self, cache: str) -> None:
        import jedi
        import parso
        from jedi import settings

        self.jedi: Any = jedi
        self.parso: Any = parso
        settings.dynamic_params_for_other_modules = False  # it would search the disk for callers
        settings.fast_parser = False  # its differential parser is for editors, and the source of most errors
        settings.auto_import_modules = []
        settings.cache_directory = cache
        ours = _beside("server_jedi")
        ours.keep_pickles_safely(parso.cache, cache)
        try:
            ours.look_into_classes_only(importlib.import_module("jedi.inference.filters"))
        except ImportError:  # a jedi that is built in another way
            pass
        self._environments: dict[tuple[int, int], Any] = {}
        self._scope: tuple[object, ...] = ()
        self._project: Any = None
        self._state: Any = None
        self._asked = 0

    def about(self) -> dict[str, object]:
        """Say who answers."""
        version = ".".join(map(str, sys.version_info[:3]))
        return {"jedi": self.jedi.__version__, "parso": self.parso.__version__, "python": version}

    def answer(self, question: dict[str, Any]) -> dict[str, object]:
        """Answer one question. Raises what jedi raises."""
        script = self._script(question)
        place = question["line"], question["column"]
        try:
            if question["do"] == "signature":
                return _signature(script.get_signatures(*place))
            return {"names": list(_names(script.complete(*place), script._module_node, question["bare"]))}
        except BaseException:
            self._state = None  # it was left in the middle of something
            raise

    def _script(self, question: dict[str, Any]) -> Any:
        """A `jedi.Script` for the question, which goes on from what is known from earlier ones."""
        version = (question["python"][0], question["python"][1])
        scope = (version, *[(folder, _changed_at(folder)) for folder in question["path"]])
        self._asked += 1
        if scope != self._scope or self._asked % 200 == 0 or self._changed():
            self._scope, self._state = scope, None
            self._project = self.jedi.Project("/", sys_path=question["path"], smart_sys_path=False)
        api: Any = sys.modules["jedi.api"]
        make = api.InferenceState

        def known(*args: Any, **named: Any) -> Any:
            """What jedi knows of modules. By itself it forgets that after each question: 150 ms for `"".strip().`"""
            if self._state is None:
                self._state = make(*args, **named)
            self._state.inferred_element_counts = {}  # limits for one question
            self._state.analysis = []
            return self._state

        api.InferenceState = known
        try:
            return self.jedi.Script(question["source"], environment=self._environment(version), project=self._project)
        finally:
            api.InferenceState = make

    def _changed(self) -> bool:
        """Whether a file that has been parsed is newer than what is known of it; about 1 µs a file."""
        for items in list(self.parso.cache.parser_cache.values()):
            for path, item in list(items.items()):
                try:
                    if os.stat(path).st_mtime > item.change_time:
                        return True
                except OSError:
                    pass
        return False

    def _environment(self, version: tuple[int, int]) -> Any:
        """This process, speaking the grammar and having the standard library of the user's version."""
        if version not in self._environments:
            self._environments[version] = _environment(self.jedi, self.parso, version)
        return self._environments[version]


def _changed_at(folder: str) -> float:
    """When a file was last put into a folder or taken out, in seconds since the epoch; 0 if there is none."""
    try:
        return os.stat(folder).st_mtime
    except OSError:
        return 0.0


def _environment(jedi: Any, parso: Any, version: tuple[int, int]) -> Any:
    """Make jedi's idea of the user's Python. A version that parso has no grammar for gets the newest one."""
    from jedi.api import environment
    from jedi.inference.compiled import subprocess

    class Process(subprocess.InferenceStateSameProcess):  # type: ignore[misc]  # jedi is not typed
        def load_module(self, dotted_name: str, sys_path: list[str]) -> Any:  # noqa: ARG002  # it is another Python's
            """Import what has no source, if it is the standard library's."""
            if dotted_name.partition(".")[0] not in sys.stdlib_module_names:
                return None
            state = self._inference_state_weakref()
            return subprocess.functions.load_module(state, dotted_name=dotted_name, sys_path=list(sys.path))

    class Environment(jedi.InterpreterEnvironment):  # type: ignore[misc]  # as above
        def get_inference_state_subprocess(self, inference_state: Any) -> Any:
            return Process(inference_state)

        def get_grammar(self) -> Any:
            for minor in range(version[1], 5, -1):
                try:
                    return parso.load_grammar(version=f"{version[0]}.{minor}")
                except NotImplementedError:
                    continue
            return parso.load_grammar()

    made = Environment()
    made.version_info = environment._VersionInfo(*version, 0)
    return made


def _names(completions: list[Completion], own: object, bare: bool) -> Iterator[list[str]]:
    """Yield name, type and detail of each. Only what is in the syntax tree: inferring numpy's takes 20 s.

    `own` is the tree of the source; `bare` says that no object was asked for its names.
    """
    for completion in completions[:MOST_NAMES]:
        node = getattr(completion._name, "tree_name", None)
        definition = node.get_definition(import_name_always=True, include_setitem=True) if node is not None else None
        if definition is None:
            kind, detail = completion._name.api_type, ""
            if kind in ("path", "string", "keyword"):
                continue  # file names, dict keys and keywords; others know them better
            if kind not in ("module", "namespace"):
                detail = completion.description
        else:
            name = completion.name
            is_real = not bare or definition.type == "param" or name in builtins.__dict__
            if not is_real and completion._name.tree_name.get_root_node() is not own:
                continue  # what the stub file of `builtins` imports for itself
            kind, detail = _facts(name, definition)
        yield [completion.name_with_symbols, kind, _line(detail[: 3 * DETAIL])[:DETAIL]]


def _facts(name: str, definition: Any) -> tuple[str, str]:
    """The type of a name, in jedi's words or as it is annotated, and its definition without the body."""
    if definition.type == "funcdef":
        parameters = definition.children[2].get_code(include_prefix=False)
        returned = f" -> {definition.annotation.get_code(include_prefix=False)}" if definition.annotation else ""
        return "property" if _is_property(definition) else "function", f"{name}{parameters}{returned}"
    if definition.type == "classdef":
        bases = definition.get_super_arglist()
        return "class", f"class {name}({bases.get_code(include_prefix=False)})" if bases else f"class {name}"
    if definition.type == "param":
        return "param", definition.get_code(include_comma=False, include_prefix=False)
    kind = ""
    if definition.type == "expr_stmt" and definition.children[1].type == "annassign":
        kind = _line(definition.children[1].children[1].get_code())
    return kind if len(kind) <= _LONGEST_TYPE else "", definition.get_code(include_prefix=False)


def _is_property(definition: Any) -> bool:
    """Whether a function is decorated as a property, `cached_property` and the like included."""
    return any("property" in decorator.get_code() for decorator in definition.get_decorators())


def _signature(signatures: list[Any]) -> dict[str, object]:
    """The signature of the call that the cursor is in, and the first line of the function's docstring."""
    if not signatures:
        return {"label": "", "doc": ""}
    chosen = signatures[0]
    doc = chosen.docstring(raw=True).strip().partition("\n")[0]
    return {"label": _line(chosen.to_string())[: 2 * DETAIL], "doc": doc[:DETAIL]}


def _line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


class Lines:
    """The lines of a file descriptor. `waiting()` tells whether there is one, without waiting for it."""

    def __init__(self, descriptor: int, parent: int) -> None:
        self._descriptor = descriptor
        self._parent = parent
        self._data = b""
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def waiting(self) -> bool:
        """Whether there is something to read, or nothing will ever come."""
        return b"\n" in self._data or bool(self._poll.poll(0))

    def next(self) -> bytes | None:
        """Wait for the next line; None at the end, or when the parent has gone."""
        while b"\n" not in self._data:
            while not self._poll.poll(PARENT_SECONDS * 1000):
                if os.getppid() != self._parent:
                    return None
            data = os.read(self._descriptor, 1 << 16)
            if not data:
                return None
            self._data += data
        line, _, self._data = self._data.partition(b"\n")
        return line


class Times:
    """How long the last answers took, kept in a file beside the cache for whoever asks how well this works.

    Written after an answer has been sent; of several processes the last one's stay.
    """

    def __init__(self, path: str, about: dict[str, object]) -> None:
        self.path = path
        self.about = about
        self.last: list[float] = []
        try:
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            if {name: kept[name] for name in about} == about:
                self.last = [float(one) for one in kept["ms"]]
        except (OSError, ValueError, LookupError, TypeError):  # none yet, or of another jedi
            pass

    def note(self, milliseconds: float) -> None:
        """Add the time of one answer."""
        self.last = [*self.last[1 - KEPT_TIMES :], milliseconds]
        unfinished = f"{self.path}.{os.getpid()}"
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w") as file:
                json.dump({**self.about, "ms": self.last}, file)
            os.replace(unfinished, self.path)
        except OSError:  # the disk is full, the folder is not ours
            pass


def _beside(name: str) -> Any:
    """Load a module that lies beside this file; isolated, Python looks for none there."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"histshell_{name}", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(folder: str, site: str, megabytes: str, seconds: str, parent: str) -> int:
    """Serve until the input ends; return the exit status.

    `folder` is for the cache, `site` where jedi is looked for after this Python's own places; the process may take up
    that many megabytes, a question that many seconds, and `parent` is the process that started it.
    """
    _close_others()
    os.umask(0o077)
    os.chdir("/")
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what anything prints is no answer
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit_memory(int(megabytes))

    def say(answer: dict[str, object]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(answers, data) :]

    lines = Lines(0, int(parent))
    sys.path.append(site)
    try:
        engine = Jedi(folder)
    except _OUT_OF_MEMORY:
        raise
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
        return 1
    say(engine.about())
    times = Times(folder + "-times", engine.about())
    while True:
        line = lines.next()
        if line is None:
            return 0
        question = json.loads(line)
        if question["do"] == "warm":
            _warm_up(engine, question, lines)
            continue
        signal.setitimer(signal.ITIMER_REAL, float(seconds))
        answer = _answered(engine.answer, question)
        signal.setitimer(signal.ITIMER_REAL, 0)
        say(answer)
        times.note(answer["ms"])


def _answered(answer: Callable[[dict[str, Any]], dict[str, object]], question: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question, which may be that there was an error."""
    start = time.monotonic()
    try:
        given = answer(question)
    except _OUT_OF_MEMORY:
        raise
    except Exception as error:  # jedi raises many things, RecursionError and its own errors among them
        given = {"error": f"{type(error).__name__}: {error}"[:DETAIL]}
    return {"id": question["id"], "ms": round(1000 * (time.monotonic() - start), 1), **given}


def _warm_up(engine: Jedi, scope: dict[str, Any], lines: Lines) -> None:
    """Let jedi read the stubs that nearly every question needs, until there is a question."""
    for source in FIRST_WORDS:
        if lines.waiting():
            return
        question = {"do": "complete", "source": source, "line": 1, "column": len(source), "bare": False, "id": 0}
        _answered(engine.answer, {**scope, **question})
    gc.freeze()  # syntax trees stay for good; a full collection would go through all of them
    gc.set_threshold(20_000, 20, 50)


def _close_others() -> None:
    """Close what the parent left open for its children: its terminal, perhaps."""
    for name in os.listdir("/dev/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:  # the one that the list was read with
                pass


def _limit_memory(megabytes: int) -> None:
    """Let the kernel refuse what goes beyond; systems without that limit go on without."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    try:
        status = main(*sys.argv[1:])
    except _OUT_OF_MEMORY:
        status = 3
    except (KeyboardInterrupt, BrokenPipeError):
        status = 2
    os._exit(status)  # nothing to tidy up, and a heap of syntax trees takes 100 ms to take down
