"""Guards over the source: which module may import which, and what the start path may be written with.

The floors are those of docs/architecture.md. The modules are read, not imported, so an import inside a function counts
as much as one at the top; one under `TYPE_CHECKING` is never run and does not count.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "histshell"

#: Module or package → floor; the longest name that fits decides. A new module has to be put on one.
FLOORS = {
    "histshell.errors": 0,
    "histshell.places": 0,
    "histshell.home": 0,
    "histshell.history": 1,
    "histshell.entry": 1,
    "histshell.failures": 1,
    "histshell.views": 1,
    "histshell.inputs": 1,
    "histshell.prompt": 1,
    "histshell.preview": 1,
    "histshell.settings": 1,
    "histshell.settings_file": 1,
    "histshell.hook": 2,
    "histshell.recorder": 2,
    "histshell.pik": 2,
    "histshell.completion": 2,
    "histshell.session": 3,
    "histshell.shells": 3,
    "histshell.setup": 3,
    "histshell.ui": 3,
    "histshell.pik.console": 3,
    "histshell.cli": 4,
    "histshell.__main__": 4,
    "histshell.by_hand": 4,
    "histshell.command": 4,
}

#: A face hands out names from every floor, on first use, and is imported with any module of its package.
FACES = frozenset({"histshell", "histshell.pik"})

#: The display hook's work is to print, a prompt shows what went wrong, and the start-up file has one line to warn with.
PRINTERS = {"histshell.recorder", "histshell.session", "histshell.pik.console", "startup.otherwise"}
PRINTERS |= {"histshell.failures"}


def module_name(path: Path) -> str:
    """Return the dotted name of a source file of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "pythonstartup.py"}


def floor(module: str) -> int | None:
    """Return the floor of a module, None if nobody has put it on one."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        found = FLOORS.get(".".join(parts[:length]))
        if found is not None:
            return found
    return None


def is_type_checking(node: ast.AST) -> bool:
    """Tell whether `node` is `if TYPE_CHECKING:` in one of its spellings."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node of a tree but those that only a type checker sees."""
    for child in ast.iter_child_nodes(tree):
        if is_type_checking(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield other
                yield from running_nodes(other)
        else:
            yield child
            yield from running_nodes(child)


def imports(module: str, source: str, is_package: bool, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield (module of `known`, line) for each import that `source` can run, at the top or in a function."""
    for node in running_nodes(ast.parse(source)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parents = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parents, base] if base else parents)
            # `from package import name` may mean a module; otherwise it is the package itself.
            targets = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        else:
            continue
        for target in targets:
            if target in known:
                yield target, node.lineno


@functools.cache
def graph() -> dict[str, list[tuple[str, int]]]:
    """Return for each module of the package what it imports from the package, with the lines."""
    known = frozenset(SOURCES)
    return {
        module: list(imports(module, path.read_text(encoding="utf-8"), path.name == "__init__.py", known))
        for module, path in SOURCES.items()
    }


def cycles(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules that can reach themselves."""
    found = []
    for start in edges:
        seen: set[str] = set()
        left = list(edges[start])
        while left:
            module = left.pop()
            if module not in seen:
                seen.add(module)
                left.extend(edges.get(module, ()))
        if start in seen:
            found.append(start)
    return found


@pytest.mark.parametrize("module", sorted(set(SOURCES) - FACES))
def test_each_module_stands_on_a_floor(module: str) -> None:
    """A new module is put on a floor in FLOORS, and into docs/architecture.md."""
    assert floor(module) is not None


@pytest.mark.parametrize("module", sorted(set(SOURCES) - FACES))
def test_imports_point_down(module: str) -> None:
    """A module imports from its own floor and those below."""
    own = floor(module)
    wrong = [
        f"{SOURCES[module]}:{line}: {module} (floor {own}) imports {target} (floor {floor(target)})"
        for target, line in graph()[module]
        if target not in FACES and own is not None and (floor(target) or 0) > own
    ]
    assert not wrong, "\n".join(wrong)


def test_there_is_no_cycle() -> None:
    """No module imports itself by way of others, not even inside functions."""
    edges = {
        module: {target for target, _ in targets if target not in FACES}
        for module, targets in graph().items()
        if module not in FACES
    }
    assert cycles(edges) == []


def test_the_guard_sees_lazy_imports_and_skips_type_checking() -> None:
    """The guard itself: an import in a function counts, one for the type checker does not."""
    source = (
        "TYPE_CHECKING = False\n"
        "if TYPE_CHECKING:\n    from .session import install\n"
        "else:\n    from . import places\n"
        "def late():\n    from .cli import main\n    import histshell.errors\n"
    )
    known = frozenset({"histshell.session", "histshell.cli", "histshell.places", "histshell.errors"})
    found = list(imports("histshell.history", source, False, known))
    assert found == [("histshell.places", 5), ("histshell.cli", 7), ("histshell.errors", 8)]
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


PATHS = sorted([*SOURCES.values(), *(ROOT / "startup").glob("*.py")])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_doors_print(path: Path) -> None:
    """`print` and writing to the standard streams is for the doors, the Pik console and what draws at the prompt."""
    name = module_name(path)
    if name in PRINTERS or floor(name) == 4:
        return
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    ]
    assert not calls, f"{path}: prints on lines {calls}"
