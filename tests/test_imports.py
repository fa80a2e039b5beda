"""Guards over the source: which module may import which, and what the start path may be written with.

The floors are those of docs/architecture.md. The modules are read, not imported, so an import inside a function counts
as much as one at the top; one under `TYPE_CHECKING` is never run and does not count.
"""

from __future__ import annotations

import ast
import functools
import marshal
import re
from collections.abc import Iterator
from pathlib import Path

import histshell

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "histshell"

#: Module or package → floor; the longest name that fits decides. A new module has to be put on one.
FLOORS = {
    "histshell.errors": 0,
    "histshell.places": 0,
    "histshell.home": 0,
    "histshell.quiet": 0,
    "histshell.interrupts": 0,
    "histshell.forking": 0,
    "histshell.libraries": 0,
    "histshell.history": 1,
    "histshell.entry": 1,
    "histshell.edits": 1,
    "histshell.placeholder": 1,
    "histshell.lazily": 1,
    "histshell.helping": 1,
    "histshell.saved": 1,
    "histshell.tracebacks": 1,
    "histshell.views": 2,
    "histshell.finding": 2,
    "histshell.positions": 1,
    "histshell.prompt": 1,
    "histshell.preview": 1,
    "histshell.display": 1,
    "histshell.settings": 1,
    "histshell.settings_file": 1,
    "histshell.settings_edit": 1,
    "histshell.hook": 2,
    "histshell.recorder": 2,
    "histshell.line_editor": 2,
    "histshell.compiling": 2,
    "histshell.editing": 2,
    "histshell.pyrepl": 2,
    "histshell.pik": 2,
    "histshell.completion": 2,
    "histshell.holding": 2,
    "histshell.holding.memory_commands": 5,
    "histshell.journal": 2,
    "histshell.privacy": 5,
    "histshell.paging": 5,
    "histshell.secret_patterns": 1,
    "histshell.values": 2,
    "histshell.values.past": 5,
    "histshell.values.resuming": 5,
    "histshell.values.keeping": 5,
    "histshell.values.releasing": 5,
    "histshell.session": 5,
    "histshell.shell_session": 5,
    "histshell.first_input": 5,
    "histshell.rich_prompt": 5,
    "histshell.shells": 3,
    "histshell.shells.ptpython": 6,
    "histshell.setup": 5,
    "histshell.setup.small_files": 0,
    "histshell.where": 5,
    "histshell.ui": 4,
    "histshell.pik.mode": 4,
    "histshell.cli": 6,
    "histshell.cli_config": 6,
    "histshell.cli_import": 6,
    "histshell.cli_pik": 6,
    "histshell.cli_pik_scan": 6,
    "histshell.cli_history": 6,
    "histshell.cli_output": 6,
    "histshell.__main__": 6,
    "histshell.command_line": 6,
    "histshell.start": 6,
    "histshell.launch": 6,
    "histshell.command": 6,
}

#: They hand out names from every floor, on first use, for those who are outside.
FRONT_DOORS = frozenset({"histshell", "histshell.pik"})

#: The display hook's work is to print, a prompt shows what went wrong, and the start-up file has one line to warn with.
PRINTERS = {
    "histshell.recorder",
    "histshell.session",
    "histshell.shell_session",
    "histshell.pik.mode.console",
    "startup.guest",
    "startup.otherwise",
}
PRINTERS |= {"histshell.tracebacks"}


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


def is_adapters(node: ast.Dict) -> bool:
    """Tell whether `node` is the dict of adapters, which are imported by the names in it."""
    return any(ast.unparse(value) == "'xonsh'" for value in node.values)


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
            # `from package import name` may mean a module; otherwise it is the package itself. The version is no name of a door.
            names = [f"{base}.{alias.name}" for alias in node.names if alias.name != "__version__"]
            targets = [name if name in known else base for name in names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_", "__import__")):
            name = node.args[0]
            targets = [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []
        elif isinstance(node, ast.Dict) and is_adapters(node):
            targets = [f"histshell.shells.{ast.literal_eval(value)}" for value in node.values]
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


#: One test for all of them: a test for each takes longer to be run than to look.
BEHIND_THE_DOORS = sorted(set(SOURCES) - FRONT_DOORS)


def test_each_module_stands_on_a_floor() -> None:
    """A new module is put on a floor in FLOORS, and into docs/architecture.md."""
    assert BEHIND_THE_DOORS
    assert [module for module in BEHIND_THE_DOORS if floor(module) is None] == []


def test_imports_point_down() -> None:
    """A module imports from its own floor and those below."""
    wrong = [
        f"{SOURCES[module]}:{line}: {module} (floor {own}) imports {target} (floor {floor(target)})"
        for module in BEHIND_THE_DOORS
        for target, line in graph()[module]
        if (own := floor(module)) is not None and (floor(target) or 0) > own
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_inside_comes_in_by_a_front_door() -> None:
    """What is behind the names of a front door is imported from where it is; but the prompt's `pik` hands out its names."""
    wrong = [
        f"{SOURCES[module]}:{line}: {module} imports {target}"
        for module in BEHIND_THE_DOORS
        for target, line in graph()[module]
        if target in FRONT_DOORS and (module, target) != ("histshell.shell_session", "histshell.pik")
    ]
    assert not wrong, "\n".join(wrong)


def test_there_is_no_cycle() -> None:
    """No module imports itself by way of others, not even inside functions."""
    edges = {
        module: {target for target, _ in targets} for module, targets in graph().items() if module not in FRONT_DOORS
    }
    assert cycles(edges) == []


def test_the_guard_sees_lazy_imports_and_skips_type_checking() -> None:
    """The guard itself: an import in a function or by name counts, one for the type checker does not."""
    source = (
        "TYPE_CHECKING = False\n"
        "if TYPE_CHECKING:\n    from .session import install\n"
        "else:\n    from . import places\n"
        "def late():\n    from .cli import main\n    import histshell.errors\n"
        "    import histshell\n    from . import install, __version__\n    __import__('histshell.session')\n"
        "ADAPTERS = {'xonsh': 'xonsh'}\n"
    )
    known = frozenset({"histshell", "histshell.session", "histshell.cli", "histshell.places", "histshell.errors"})
    known |= {"histshell.shells.xonsh"}
    found = sorted(imports("histshell.history", source, False, known), key=lambda pair: pair[1])
    assert found == [
        ("histshell.places", 5),
        ("histshell.cli", 7),
        ("histshell.errors", 8),
        ("histshell", 9),
        ("histshell", 10),
        ("histshell.session", 11),
        ("histshell.shells.xonsh", 12),
    ]
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


PATHS = sorted([*SOURCES.values(), *(ROOT / "startup").glob("*.py")])


def test_only_the_doors_print() -> None:
    """`print` and writing to the standard streams is for the doors, the Pik console and what draws at the prompt."""
    wrong = [
        f"{path}:{node.lineno}: prints"
        for path in PATHS
        if module_name(path) not in PRINTERS and floor(module_name(path)) != 6
        if re.search(r"\bprint\b|\bwrite\b", path.read_text(encoding="utf-8"))  # the others are not worth taking apart
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    ]
    assert not wrong, "\n".join(wrong)


def test_no_character_is_written_by_its_name() -> None:
    """To compile that Python imports unicodedata, and looks for it in the folder where the user stands."""
    assert [path for path in PATHS if r"\N{" in path.read_text(encoding="utf-8")] == []


def test_what_a_start_loads_is_read_at_once() -> None:
    """The byte code of each module fits into the one read that it takes, with room; a larger one is left to Python's own loader."""
    for place in histshell._START:
        path = PACKAGE / f"{place}.py"
        size = len(marshal.dumps(compile(path.read_bytes(), str(path), "exec")))
        assert size < histshell._MOST * 0.9, place
