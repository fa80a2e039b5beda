"""Compiling what is only looked at: nothing is warned of, and the user's warnings are as they were.

`warnings.catch_warnings` would make Python forget which warnings it has shown, so that each of them came once more.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any, List, Tuple

_FILE = "<looked at by histshell>"
"""What is compiled here has this name, by which the filter knows it: warnings of other threads are shown."""

_filter: "Tuple[Any, ...]" = ()


def compiled(source: "str", mode: "str", flags: "int" = 0) -> "Any":
    """Return what `compile` gives for a text, without its warnings. Raises what that does."""
    global _filter
    if not _filter:
        import re

        _filter = ("ignore", None, Warning, re.compile(re.escape(_FILE)), 0)
    filters = _filters()
    filters.insert(0, _filter)  # past the functions of `warnings`, which void what it remembers
    try:
        return compile(source, _FILE, mode, flags, dont_inherit=True)
    finally:
        for index, one in enumerate(filters):
            if one is _filter:
                del filters[index]
                break


def parsed(source: "str", mode: "str" = "exec") -> "Any":
    """Return the tree of a text, without warnings. Raises what `ast.parse` does."""
    return compiled(source, mode, 0x400)  # ast.PyCF_ONLY_AST


def literal(source: "str") -> "Any":
    """Return what `ast.literal_eval` gives for a text, without warnings. Raises what that does."""
    import ast

    tree: "ast.Expression" = parsed(source.lstrip(" \t"), "eval")
    return ast.literal_eval(tree)


def _filters() -> "List[Any]":
    """Return the list in which Python looks a warning up; an empty one where a user has put something else in its place."""
    module: "Any" = sys.modules.get("warnings")
    if module is None:
        import _warnings as module
    filters = module.filters
    return filters if type(filters) is list else []
