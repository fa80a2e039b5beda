"""What jedi says to a question: names, or signatures.

Loaded by `server`, in its process, which has the standard library and jedi and nothing else.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from jedi.api.classes import Completion

    from .client import Question

MOST_NAMES = 3_000
DETAIL = 200
"""The length of a detail, in characters."""
DOC = 600
"""The length of the first paragraph of a docstring, in characters."""
MOST_SIGNATURES = 10
MOST_PARAMETERS = 100
LONGEST_PARAMETER = 60

_LONGEST_TYPE = 40


class Jedi:
    """jedi, set up once: it reads the user's modules as text, and loads none of them.

    jedi would run a Python of the user's, or import its extension modules into this process, to look at what has no
    source. Here it is given an environment that is this process and loads the standard library's own extension modules
    only; it lacks the names of others that come without stubs, and the user's code is never run.

    What has been found out about a module is kept from one question to the next, as long as no file of it changes.
    """

    def __init__(self, patches: ModuleType) -> None:
        import jedi
        import parso
        from jedi import settings

        self.jedi: Any = jedi
        self.parso: Any = parso
        settings.dynamic_params_for_other_modules = False  # it would search the disk for callers
        settings.fast_parser = False  # its differential parser is for editors, and the source of most errors
        settings.auto_import_modules = []
        patches.keep_no_pickles(parso.cache)
        try:
            patches.look_into_classes_only(importlib.import_module("jedi.inference.filters"))
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

    def answer(self, question: Question) -> dict[str, object]:
        """Answer one question. Raises what jedi raises."""
        script = self._script(question)
        place = question["line"], question["column"]
        try:
            if question["do"] == "signature":
                return _signatures(script.get_signatures(*place))
            return {"names": list(_names(script.complete(*place), script._module_node, question["bare"]))}
        except BaseException:
            self._state = None  # it was left in the middle of something
            raise

    def _script(self, question: Question) -> Any:
        """Return a `jedi.Script` for the question, which goes on from what is known from earlier ones."""
        version = (question["python"][0], question["python"][1])
        scope = (version, *[(folder, _changed_at(folder)) for folder in question["path"]])
        self._asked += 1
        if scope != self._scope or self._asked % 200 == 0 or self._changed():
            self._scope, self._state = scope, None
            self._project = self.jedi.Project("/", sys_path=question["path"], smart_sys_path=False)
        api: Any = sys.modules["jedi.api"]
        make = api.InferenceState

        def known(*args: Any, **named: Any) -> Any:
            """Return what jedi knows of modules. By itself it forgets that after each question: 150 ms for `"".strip().`"""
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
        """Return whether a file that has been parsed is newer than what is known of it; about 1 µs a file."""
        for items in list(self.parso.cache.parser_cache.values()):
            for path, item in list(items.items()):
                try:
                    if os.stat(path).st_mtime > item.change_time:
                        return True
                except OSError:
                    pass
        return False

    def _environment(self, version: tuple[int, int]) -> Any:
        """Return this process, speaking the grammar and having the standard library of the user's version."""
        if version not in self._environments:
            self._environments[version] = _environment(self.jedi, self.parso, version)
        return self._environments[version]


def _changed_at(folder: str) -> float:
    """Return when a file was last put into a folder or taken out, in seconds since the epoch; 0 if there is none."""
    try:
        return os.stat(folder).st_mtime
    except OSError:
        return 0.0


def _environment(jedi: Any, parso: Any, version: tuple[int, int]) -> Any:
    """Return the environment that stands for the user's Python in jedi. A version without a grammar in parso gets the newest."""
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
    """Return the type of a name, in jedi's words or as it is annotated, and its definition without the body."""
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
    """Return whether a function is decorated as a property, `cached_property` and the like included."""
    return any("property" in decorator.get_code() for decorator in definition.get_decorators())


def _signatures(signatures: list[Any]) -> dict[str, object]:
    """Return the signatures of the call that the cursor is in: parameters, what is returned, the first paragraph of the
    docstring.

    A parameter is its name, its kind by the number that `inspect` gives it, and how it is written.
    """
    found = []
    for one in signatures[:MOST_SIGNATURES]:
        parameters = [
            [parameter.name.lstrip("*"), int(parameter.kind), _line(parameter.to_string())[:LONGEST_PARAMETER]]
            for parameter in one.params[:MOST_PARAMETERS]
        ]
        returned = _line(one.to_string()).rpartition(") -> ")
        doc = "\n".join(takewhile(str.strip, one.docstring(raw=True)[: 4 * DOC].strip().splitlines()))
        found.append(
            {
                "parameters": parameters,
                "returns": f"-> {returned[2]}"[:LONGEST_PARAMETER] if returned[1] else "",
                "doc": _line(doc)[:DOC],
            }
        )
    return {"signatures": found}


def _line(text: str) -> str:
    """Return the text on one line."""
    return " ".join(text.split())
