"""The page about the architecture is the house as it stands: every module, every function on its walks, every term."""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.test_imports import FRONT_DOORS, ROOT, SOURCES, floor
from tools import shape

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
#: Whose names stand on the walks beside ours.
OTHERS = ("sys.",)


def section(title: str, page: str = PAGE) -> str:
    """Return what stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {title!r}"
    return found[1]


def dotted(name: str) -> str:
    """Return a module's name as it is imported: `pik/mode/` is `histshell.pik.mode`."""
    return ".".join(["histshell", *name.replace("__init__", "").strip("/").split("/")]).rstrip(".")


def lines() -> list[tuple[int, str, str]]:
    """Return each module's line as (floor, module, what it does)."""
    parts = re.split(r"^### (\d) .*$", section("Every module"), flags=re.MULTILINE)[1:]
    rows = []
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        rows += [(int(number), dotted(name), line) for name, line in re.findall(r"^\| `(.+?)` \| (.+) \|$", text, re.M)]
    return rows


def test_every_module_has_one_line() -> None:
    """Each module is named once with what it does, and no line names one that is not there."""
    assert sorted(name for _floor, name, _line in lines()) == sorted(SOURCES)
    assert [name for _floor, name, line in lines() if len(line) < 4] == []


def test_no_two_modules_have_the_same_line() -> None:
    """A line that fits two modules tells them apart for nobody."""
    said = [line for _floor, _name, line in lines()]
    assert len(set(said)) == len(said)


def test_the_lines_stand_on_the_floors_of_the_modules() -> None:
    """A module's line is under the heading of the floor that the test of imports has for it."""
    wrong = [
        name for number, name, _line in lines() if name not in FRONT_DOORS - {"histshell"} and number != level(name)
    ]
    assert not wrong


def level(name: str) -> int | None:
    """Return the floor of a module; the front door is a door."""
    return 6 if name == "histshell" else floor(name)


@functools.cache
def definitions(module: str) -> frozenset[str]:
    """Return what a module defines, as names with dots: functions, classes, and their methods; those in an `if` too."""
    found: set[str] = set()

    def look(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(prefix + child.name)
                if isinstance(child, ast.ClassDef):
                    look(child, f"{prefix}{child.name}.")
            elif isinstance(child, (ast.Assign, ast.AnnAssign)):
                targets = child.targets if isinstance(child, ast.Assign) else [child.target]
                found.update(prefix + target.id for target in targets if isinstance(target, ast.Name))
            elif isinstance(child, (ast.If, ast.Try)):
                look(child, prefix)

    look(ast.parse(SOURCES[module].read_text(encoding="utf-8")), "")
    return frozenset(found)


def is_defined(name: str) -> bool:
    """Whether `package.module.Class.method` is something in the source."""
    parts = ["histshell", *name.split(".")]
    for length in range(len(parts) - 1, 1, -1):
        module = ".".join(parts[:length])
        if module in SOURCES:
            return ".".join(parts[length:]) in definitions(module)
    return False


WALKS = [name for name in re.findall(r"`([\w.]+\.[\w.]+)`", section("The walks")) if not name.startswith(OTHERS)]


@pytest.mark.parametrize("name", sorted(set(WALKS)))
def test_what_the_walks_pass_is_there(name: str) -> None:
    """Every function, class and method that a walk names is defined in the module that it says."""
    assert is_defined(name)


@pytest.mark.parametrize("name", re.findall(r"`([a-z_]+\.[\w.]+)`", section("Where would I go", CONTRIBUTING)))
def test_where_one_would_go_is_there(name: str) -> None:
    """What CONTRIBUTING sends people to is in the module or at the place that it says."""
    assert is_defined(name) or f"histshell.{name}" in SOURCES


def test_the_walks_name_functions_of_every_floor_but_the_doors() -> None:
    """A step without a name is a story; and a name that is wrong is found."""
    assert len(set(WALKS)) > 30
    steps = re.findall(r"^\d+\. (.*(?:\n   .*)*)", section("The walks"), re.MULTILINE)
    assert len(steps) > 20
    assert not is_defined("recorder.Recorder.no_such_method")
    assert not is_defined("no_such_module.function")


TERMS = re.findall(r"^(\S.*)\n: ", GLOSSARY, re.MULTILINE)


@functools.cache
def said_elsewhere() -> str:
    """Return the text of all other pages and of the source, in one line and one case."""
    pages = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", *SOURCES.values()]
    text = " ".join(page.read_text(encoding="utf-8") for page in pages if page.name != "glossary.md")
    return re.sub(r"[\s#\"]+", " ", text).casefold()


@pytest.mark.parametrize("term", TERMS)
def test_a_term_of_the_glossary_is_used(term: str) -> None:
    """Each word that is explained stands on another page or in the source; what nobody says needs no entry."""
    assert re.search(rf"\b{re.escape(term.casefold())}", said_elsewhere())


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    """A reader finds a word by the alphabet."""
    words = [term.casefold() for term in TERMS]
    assert words == sorted(set(words))


@functools.cache
def all_names() -> frozenset[str]:
    """Return what any module defines: the whole name, and its last part."""
    defined = {name for each in SOURCES for name in definitions(each)}
    return frozenset(part for name in defined for part in (name, name.rpartition(".")[2]))


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_what_a_docstring_sends_the_reader_to_is_there(module: str) -> None:
    """A name in backticks after "see" leads to a module of the package, or to something that one of them defines."""
    text = SOURCES[module].read_text(encoding="utf-8")
    ends = all_names()
    missing = []
    for name in re.findall(r"\b[Ss]ee\s+`(?:histshell\.)?([\w.]+)`", text):
        *path, last = name.split(".")
        is_module = any(f".{each}".endswith(f".{name}") for each in SOURCES)
        is_there = name in ends or (
            path and any(each.endswith("." + ".".join(path)) for each in SOURCES) and last in ends
        )
        if not (is_module or is_there):
            missing.append(name)
    assert not missing


#: About Peter Norvig.
ABOUT_SOMEBODY = ("Norvig", "His twelve lines", "His object")
MALE = re.compile(r"\b(he|his|him|himself)\b", re.IGNORECASE)


def prose(path: Path) -> list[str]:
    """Return the lines that are written for people: of a page all, of a module its comments and texts."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text.splitlines()
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    wanted = (tokenize.COMMENT, tokenize.STRING)
    return [line for token in tokens if token.type in wanted for line in token.string.splitlines()]


def test_the_wording_about_people_is_neutral() -> None:
    """No user is taken for a man, on the pages, in the source and in the tests."""
    folders = ("histshell", "startup", "tests", "benchmarks", "tools")
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    paths += [path for folder in folders for path in (ROOT / folder).rglob("*.py") if path != Path(__file__)]
    wrong = [
        f"{path}: {line.strip()}"
        for path in paths
        if MALE.search(path.read_text(encoding="utf-8"))  # few are worth taking apart
        for line in prose(path)
        if MALE.search(line) and not any(words in line for words in ABOUT_SOMEBODY)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_figures_of_a_package_are_counted(tmp_path: Path) -> None:
    """Circles, those of types by themselves, the longest, and what has two meanings; of a package small enough to count by hand."""
    folder = tmp_path / "little"
    folder.mkdir()
    sources = {
        "__init__": "",
        "one": "def late() -> 'Any':\n    from . import two\n",
        "two": "from . import one\nclass Twice:\n    def a(self): pass\n    def b(self): pass\n",
        "three": "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from . import four\nclass Twice: pass\n",
        "four": "from . import three\n" + "x = 1\n" * 400,
    }
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    found = shape.figures(folder)
    assert found["modules"] == "5"
    assert found["modules in a circle of imports at run time"] == "2"
    assert found["modules in a circle, type-only imports counted"] == "4"
    assert (found["biggest module"], found["modules over 400 lines"]) == ("little.four, 401", "1")
    assert found["class with most methods"] == "little.two.Twice, 2"
    assert found["names of classes or modules that stand for two things"] == "Twice"
    assert found["`Any` in 1,000 lines"] == f"{1000 / sum(len(text.splitlines()) for text in sources.values()):.0f}"


def test_what_became_of_the_sketch_is_there() -> None:
    """The modules that the table of moves leads to exist, those that it says are gone do not; nor do two come from one."""
    rows = re.findall(r"^\| `([\w/]+)` \| `([\w/]+)` \| ", section("The sketch and what became of it"), re.MULTILINE)
    assert len(rows) > 30
    assert [now for _before, now in rows if dotted(now) not in SOURCES] == []
    before = [before for before, _now in rows]
    assert len(set(before)) == len(before)
