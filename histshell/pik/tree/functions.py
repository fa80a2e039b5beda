"""Functions, code objects and classes that a stream brings (dill, cloudpickle), and what refers to functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import disassembly
from histshell.pik.tree.code_objects import MOST, Code, code_of, word
from histshell.pik.tree.generic import children, named_children, object_node
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import clip, printable, quoted, sentence, show

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker


def _code(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a code object."""
    code = code_of(thing)
    if code is None:
        return None
    node = _of_code(maker, code, "code")
    node.identity = maker.number(thing)
    return node


def _of_code(maker: Maker, code: Code, type_: str) -> Node:
    """Make the node of what has code: its arguments, names and constants."""
    facts: dict[str, Any] = {
        "name": word(code.name), "signature": code.signature, "names": [word(name) for name in code.names[:MOST]],
        "filename": sentence(code.filename, 100), "line": code.line, "bytes": len(code.code),
    }  # fmt: skip
    words = [f"{word(code.name)}{code.signature}"]
    if code.names:
        words.append(f"uses {', '.join(facts['names'])}{', …' if len(code.names) > MOST else ''}")
    node = Node("function", type_, text=clip("  ".join(words), 300), facts=facts)
    node.children = named_children(maker, [(".co_consts", code.consts), (".co_names", code.names)])
    node.more = lambda: disassembly.lines(code)
    return node


def _function(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a function whose code the stream brings."""
    code = code_of(given.args[0])
    if code is None:
        return None
    node = _of_code(maker, code, "function")
    node.module = given.module.partition(".")[0]
    node.identity = maker.number(thing)
    inner = node.children

    def parts() -> Any:
        yield from inner()
        yield from children(maker, given._replace(args=(), kwargs=None))

    node.children = parts
    return node


def _skeleton(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a class that the stream brings."""
    name = text(given.args[1])
    node = object_node(maker, thing, given)
    node.kind, node.type, node.text = "function", "class", f"{quoted(name)}, of the stream's own"
    node.whole = False
    node.children = lambda: children(maker, given)
    return node


def _partial(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a partial function."""
    function, args, keywords, _ = (
        given.state if type(given.state) is tuple else (given.args[0], given.args[1:], given.kwargs, None)
    )
    node = maker.node(function)
    words = f"of {node.text if node.kind == 'class' else node.type}"
    pairs = [("(0)", function), *((f"({number})", arg) for number, arg in enumerate(args or (), 1))]
    pairs += [(f"({printable(text(name))[:40]}=)", arg) for name, arg in (keywords or {}).items()]
    return Node(
        "object", "partial", "functools", words, identity=maker.number(thing), children=named_children(maker, pairs)
    )


def _attribute(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an attribute of a class: a member of an enum, a method."""
    owner, name = given.args[:2]
    if type(owner) is not Placeholder or type(name) is not str:
        return None
    holder = made(owner)
    if owner.args is None:
        return Node("scalar", holder.short, printable(holder.module), f"{holder.short}.{quoted(name)}", whole=True)
    return Node(
        "object",
        "getattr",
        "builtins",
        f"{holder.short}().{quoted(name)}",
        children=named_children(maker, [("(0)", owner)]),
    )


def _type(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a type that a function gives by its name."""
    name = given.args[0]
    if type(name) is type(None):
        return Node("class", "class", text="NoneType", whole=True)
    return Node("class", "class", "types", quoted(text(name)), whole=True) if text(name) else None


def _module(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a module."""
    return Node("class", "module", text=quoted(text(given.args[0])), whole=True)


def _cell(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a cell."""
    node = object_node(maker, thing, given)
    node.type, node.module = "cell", ""
    return node


def _pattern(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a regular expression."""
    pattern = given.args[0]
    flags = given.args[1] if len(given.args) > 1 and type(given.args[1]) is int else 0
    if type(pattern) not in (str, bytes):
        return None
    return Node("scalar", "Pattern", "re", show(pattern, total=200) + _flags(flags), facts={"flags": flags}, whole=True)


def _flags(flags: int) -> str:
    """Name the flags of a regular expression, but that its text is one of characters."""
    names = {2: "IGNORECASE", 4: "LOCALE", 8: "MULTILINE", 16: "DOTALL", 64: "VERBOSE", 256: "ASCII"}
    found = [name for bit, name in names.items() if flags & bit]
    return f"  {'|'.join(found)}" if found else ""


def _itself(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an object that a function gives back from what it is given."""
    return object_node(maker, thing, given)


_PICKLERS = ("cloudpickle", "dill", "ray", "joblib", "pyspark")
TABLE: dict[str, Any] = {
    "types.CodeType": _code,
    "new.code": _code,
    "types.FunctionType": _function,
    "types.LambdaType": _function,
    "functools.partial": _partial,
    "_functools.partial": _partial,
    "builtins.getattr": _attribute,
    "builtins.type": _type,
    "re._compile": _pattern,
    "re.compile": _pattern,
    "importlib.import_module": _module,
    **{f"{top}._make_function": _function for top in _PICKLERS},
    **{f"{top}._create_function": _function for top in _PICKLERS},
    **{f"{top}._make_skeleton_class": _skeleton for top in _PICKLERS},
    **{f"{top}._create_type": _skeleton for top in _PICKLERS},
    **{f"{top}._create_code": _code for top in _PICKLERS},
    **{f"{top}._builtin_type": _type for top in _PICKLERS},
    **{f"{top}._load_type": _type for top in _PICKLERS},
    **{f"{top}.subimport": _module for top in _PICKLERS},
    **{f"{top}._import_module": _module for top in _PICKLERS},
    **{f"{top}._make_empty_cell": _cell for top in _PICKLERS},
    **{f"{top}._make_cell": _cell for top in _PICKLERS},
    **{f"{top}._create_cell": _cell for top in _PICKLERS},
    **{f"{top}._get_attr": _attribute for top in _PICKLERS},
}
