"""Figures of the package's shape: lines, sizes, circles of imports, names with two meanings. `python -m tools.shape`.

Another folder than `histshell` can be named, to compare with an older tree. Everything is counted in the source as it is
written; nothing is imported.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import sys
import tokenize
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

from tests.test_imports import cycles, imports

#: Sizes beyond which a module and a function are said to be long, in lines.
LONG_MODULE, LONG_FUNCTION = 400, 40

#: Two places are said to be the same from so many lines of code on.
LONG_DUPLICATE = 6

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def read(folder: Path) -> dict[str, str]:
    """Return the source of each module below a package's folder, by dotted name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


def in_circles(sources: dict[str, str], packages: set[str], types: bool) -> list[str]:
    """Return the modules that import themselves by way of others; with `types` what only a type checker sees counts too."""
    known = frozenset(sources)
    edges: dict[str, set[str]] = {}
    for name, source in sources.items():
        text = re.sub(r"\bif (?:typing\.)?TYPE_CHECKING:", "if True:", source) if types else source
        edges[name] = {target for target, _line in imports(name, text, name in packages, known)}
    return cycles(edges)


def length(node: ast.stmt) -> int:
    """Return the lines of a definition."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def figures(folder: Path) -> dict[str, str]:
    """Return the figures of the package in `folder`, name to what is shown."""
    sources = read(folder)
    packages = {".".join(path.parent.relative_to(folder.parent).parts) for path in folder.rglob("__init__.py")}
    trees = {name: ast.parse(source) for name, source in sources.items()}
    lines = {name: len(source.splitlines()) for name, source in sources.items()}
    nodes = [(name, node) for name, tree in trees.items() for node in ast.walk(tree)]
    classes = {
        f"{name}.{node.name}": sum(isinstance(part, Function) for part in node.body)
        for name, node in nodes
        if isinstance(node, ast.ClassDef)
    }
    functions = [length(node) for _name, node in nodes if isinstance(node, Function)]
    running = in_circles(sources, packages, types=False)
    total = sum(lines.values())
    biggest = max(lines, key=lambda name: lines[name])
    largest = max(classes, key=lambda name: classes[name])
    return {
        "modules": f"{len(sources)}",
        "lines": f"{total:,}",
        "modules in a circle of imports at run time": f"{len(running)}",
        "modules in a circle, type-only imports counted": f"{len(in_circles(sources, packages, types=True))}",
        "biggest module": f"{biggest}, {lines[biggest]}",
        f"modules over {LONG_MODULE} lines": f"{sum(count > LONG_MODULE for count in lines.values())}",
        "class with most methods": f"{largest}, {classes[largest]}",
        f"functions over {LONG_FUNCTION} lines": f"{sum(count > LONG_FUNCTION for count in functions)} of {len(functions):,}",
        "names of classes or modules that stand for two things": ", ".join(said_twice(sources, classes)) or "none",
        f"pairs of places that share {LONG_DUPLICATE} lines and more, renamed ones too": f"{len(duplicates(sources))}",
        "`Any` in 1,000 lines": f"{1000 * mentions_of_any(nodes) / total:.0f}",
    }


def mentions_of_any(nodes: list[tuple[str, ast.AST]]) -> int:
    """Return how often `Any` stands in the source, in the quoted annotations of the start path too."""
    mentions = [node for _name, node in nodes if isinstance(node, ast.Name) and node.id == "Any"]
    notes = [getattr(node, field, None) for _name, node in nodes for field in ("annotation", "returns")]
    parts = [part for note in notes if isinstance(note, ast.AST) for part in ast.walk(note)]
    quoted = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return len(mentions) + sum(len(re.findall(r"\bAny\b", text)) for text in quoted)


def said_twice(sources: dict[str, str], classes: dict[str, int]) -> list[str]:
    """Return the public names that two classes have, or two modules."""
    named = Counter(name.rpartition(".")[2] for name in classes)
    named.update(name.rpartition(".")[2] for name in sources)
    return sorted(name for name, count in named.items() if count > 1 and not name.startswith("_"))


def code_lines(source: str) -> list[tuple[int, list[str]]]:
    """Return the number and the tokens of each line of functions that has code: no comments, no docstrings."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            inside.update(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
    found: dict[int, list[str]] = {}
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_text = token.type == tokenize.STRING and token.line.strip().startswith(('"""', 'r"""'))
        if token.type not in skipped and not is_text and token.start[0] in inside:
            found.setdefault(token.start[0], []).append(token.string)
    return list(found.items())


def shape_of(lines: list[list[str]]) -> tuple[str, ...]:
    """Return the tokens of lines, with each name replaced by a number: the same for lines that differ in names only."""
    numbers: dict[str, str] = {}
    tokens = []
    for line in lines:
        for token in line:
            is_name = token.isidentifier() and not keyword.iskeyword(token)
            tokens.append(numbers.setdefault(token, f"#{len(numbers)}") if is_name else token)
        tokens.append("\n")
    return tuple(tokens)


def duplicates(sources: dict[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of places, as `module:line`, from which on functions share their lines, but for names."""
    places = defaultdict(list)
    numbered = {name: code_lines(source) for name, source in sources.items()}
    for name, lines in numbered.items():
        for at in range(len(lines) - LONG_DUPLICATE + 1):
            places[shape_of([tokens for _number, tokens in lines[at : at + LONG_DUPLICATE]])].append((name, at))
    pairs = {pair for same in places.values() for pair in combinations(same, 2)}
    apart = {(one, two) for one, two in pairs if one[0] != two[0] or two[1] - one[1] >= LONG_DUPLICATE}
    first = [(one, two) for one, two in sorted(apart) if ((one[0], one[1] - 1), (two[0], two[1] - 1)) not in apart]
    return [
        (f"{one[0]}:{numbered[one[0]][one[1]][0]}", f"{two[0]}:{numbered[two[0]][two[1]][0]}") for one, two in first
    ]


def main() -> None:
    """Print the figures of the folders that are named, one beside the other."""
    folders = [Path(word).resolve() for word in sys.argv[1:]] or [Path(__file__).resolve().parent.parent / "histshell"]
    columns = [figures(folder) for folder in folders]
    for name in columns[0]:
        print("| " + " | ".join([name, *(column[name] for column in columns)]) + " |")


if __name__ == "__main__":
    main()
