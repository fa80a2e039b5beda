"""One completer in a process of its own, for `benchmarks.completion`: reads questions, a line of JSON each, and answers.

    python completers.py NAME ROOT

All have the same globals. A question is `["ask", source, cursor]` or `["corpus", number]`; the answer is the seconds that
it took and the lines that taking each completion makes, without an opening parenthesis at the end.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

Complete = Callable[[str, int], "list[tuple[int, str]]"]
"""Given a source and a cursor, gives (start, text) for each completion."""

SETUP = """
import collections, datetime, functools, itertools, json, logging, math, os, re, sys
import numpy as np
import pandas as pd

class Account:
    "A bank account."
    bank = "first"
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        self.history = [{"amount": 5, "note": "opened"}]
    def deposit(self, amount, note=None):
        "Put money in."
    def statement(self) -> str:
        return ""
    @property
    def interest(self):
        return self.balance * 0.01

account = Account("Ann", 10)
accounts = {"Ann": account, "Bob Smith": Account("Bob"), 7: Account("Seven")}
words = "the quick brown fox".split()
nested = {"users": [{"name": "Ann", "langs": {"python": 3}}]}
array = np.arange(12.0).reshape(3, 4)
df = pd.DataFrame({"city": ["Rome", "Oslo"] * 50, "temperature": np.arange(100.0), "rain fall": 0.5})
df["when"] = pd.date_range("2026-01-01", periods=100)
series = df["temperature"]
today = datetime.date(2026, 1, 1)
pattern = re.compile("a+")
log = logging.getLogger("benchmark")
counter = collections.Counter("mississippi")
def get_config_value(name, default=None): "Look a value up."
"""


def names() -> dict[str, Any]:
    """Return the globals of the questions."""
    found: dict[str, Any] = {"__name__": "__main__"}
    exec(SETUP, found)
    return found


def ours(namespace: dict[str, Any]) -> Complete:
    """Return our engine with jedi in its process, as at the prompt."""
    from histshell.completion import Engine
    from histshell.completion.inference.provider import Inference

    engine = Engine(namespace, inference=Inference(earlier=lambda: [SETUP]))
    engine.prompt_shown()
    time.sleep(3)  # ready, as it is a moment after the first prompt
    return lambda source, cursor: [(found.start, found.text) for found in engine.complete(source, cursor)]


def rlcompleter(namespace: dict[str, Any]) -> Complete:
    """Return Python's own, with readline's delimiters."""
    completer = importlib.import_module("rlcompleter").Completer(namespace)
    delimiters = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"

    def complete(source: str, cursor: int) -> list[tuple[int, str]]:
        start = cursor
        while start and source[start - 1] not in delimiters:
            start -= 1
        text = source[start:cursor]
        found: list[tuple[int, str]] = []
        while (match := completer.complete(text, len(found))) is not None if text else False:
            found.append((start, match))
        return found

    return complete


def jedi(namespace: dict[str, Any]) -> Complete:
    """Return jedi.Interpreter by itself."""
    interpreter = importlib.import_module("jedi").Interpreter

    def complete(source: str, cursor: int) -> list[tuple[int, str]]:
        before = source[:cursor]
        line, column = before.count("\n") + 1, cursor - before.rfind("\n") - 1
        found = interpreter(source, [namespace]).complete(line, column)
        return [(cursor - one.get_completion_prefix_length(), one.name_with_symbols) for one in found]

    return complete


def ipython(namespace: dict[str, Any], with_jedi: bool = True) -> Complete:
    """Return IPython's completer; with jedi is how it comes."""
    shell = importlib.import_module("IPython.core.interactiveshell").InteractiveShell.instance(
        history_manager=None, colors="NoColor"
    )
    shell.user_ns.update(namespace)
    shell.Completer.use_jedi = with_jedi
    provisional = importlib.import_module("IPython.core.completer").provisionalcompleter

    def complete(source: str, cursor: int) -> list[tuple[int, str]]:
        with provisional():
            return [(one.start, one.text) for one in shell.Completer.completions(source, cursor)]

    return complete


def ptpython(namespace: dict[str, Any]) -> Complete:
    """Return the completer of ptpython, with the completion of dict keys switched on."""
    make = importlib.import_module("ptpython.completer").PythonCompleter
    completer = make(lambda: namespace, lambda: namespace, lambda: True)
    document = importlib.import_module("prompt_toolkit.document").Document
    event = importlib.import_module("prompt_toolkit.completion").CompleteEvent(completion_requested=True)

    def complete(source: str, cursor: int) -> list[tuple[int, str]]:
        found = completer.get_completions(document(source, cursor), event)
        return [(cursor + one.start_position, one.text) for one in found]

    return complete


COMPLETERS: dict[str, Callable[[dict[str, Any]], Complete]] = {
    "histshell": ours,
    "rlcompleter": rlcompleter,
    "jedi.Interpreter": jedi,
    "IPython": ipython,
    "IPython without jedi": lambda namespace: ipython(namespace, False),
    "ptpython": ptpython,
}


def main(name: str, root: str) -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a completer prints is no answer
    sys.path.insert(0, root)
    corpus = importlib.import_module("tests.completion.corpus")
    complete = COMPLETERS[name](names())
    table = corpus.namespace()
    there = ["", *corpus.packages(table)]
    complete_corpus: Complete | None = None
    with tempfile.TemporaryDirectory() as folder:
        corpus.surroundings(folder)
        for line in sys.stdin:
            kind, *question = json.loads(line)
            if kind == "corpus":
                row = corpus.CASES[question[0]]
                if row.group not in there:
                    print(json.dumps([0, None]), file=answers, flush=True)
                    continue
                complete_corpus = complete_corpus or COMPLETERS[name](table)
                cursor = row.line.index("|")
                source = row.line[:cursor] + row.line[cursor + 1 :]
                asked = complete_corpus
            else:
                (source, cursor), asked = question, complete
            begun = time.perf_counter()
            try:
                found = asked(source, cursor)
            except Exception:  # an answer of nothing, which is what its user sees
                found = []
            seconds = time.perf_counter() - begun
            lines = [(source[:start] + text).rstrip("( ") for start, text in found]
            print(json.dumps([seconds, lines]), file=answers, flush=True)
        os.chdir("/")


if __name__ == "__main__":
    main(*sys.argv[1:])
